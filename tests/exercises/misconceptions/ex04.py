"""What students write for exercise 4: wrong in a known way or right in another."""

from tests.exercises.harness import Task, together

STUB = 'raise NotImplementedError("not attempted yet")'


def _chain(
    *,
    error="a[-1] - y",
    slope="sigmoid.derivative(z[i])",
    passed="delta[i] * w[i]",
    result="np.array(a[:-1]) * delta, delta",
):
    """Return the reference for task 4.1 with some of its expressions replaced."""
    return f"""
def chain_slopes(x, y, w, b):
    a, z = [x], []
    for w_l, b_l in zip(w, b):
        z.append(w_l * a[-1] + b_l)
        a.append(sigmoid(z[-1]))
    delta, blame = np.zeros(len(w)), {error}
    for i in reversed(range(len(w))):
        delta[i] = blame * {slope}
        blame = {passed}
    return {result}
"""


CHAIN = Task(
    right={
        "slope from the activation": _chain(slope="a[i + 1] * (1 - a[i + 1])"),
        "lists turned into arrays at the end": """
            def chain_slopes(x, y, w, b):
                a = [x]
                for w_l, b_l in zip(w, b):
                    a.append(1 / (1 + np.exp(-(w_l * a[-1] + b_l))))
                delta = (a[-1] - y) * a[-1] * (1 - a[-1])
                dw, db = [delta * a[-2]], [delta]
                for i in range(len(w) - 1, 0, -1):
                    delta = delta * w[i] * a[i] * (1 - a[i])
                    dw.insert(0, delta * a[i - 1])
                    db.insert(0, delta)
                return np.array(dw), np.array(db)
            """,
        "products of all factors above": """
            def chain_slopes(x, y, w, b):
                a, slopes = [x], []
                for w_l, b_l in zip(w, b):
                    a.append(sigmoid(w_l * a[-1] + b_l))
                    slopes.append(a[-1] - a[-1] ** 2)
                db = np.array([
                    (a[-1] - y) * np.prod(w[i + 1:]) * np.prod(slopes[i:])
                    for i in range(len(w))
                ])
                return [db * np.array(a[:-1]), db]
            """,
    },
    wrong={
        "central differences": (
            """
            def chain_slopes(x, y, w, b):
                def cost(w, b):
                    a = x
                    for w_l, b_l in zip(w, b):
                        a = sigmoid(w_l * a + b_l)
                    return (a - y) ** 2 / 2

                dw, db = np.zeros(len(w)), np.zeros(len(w))
                for i, e in enumerate(1e-5 * np.eye(len(w))):
                    dw[i] = (cost(w + e, b) - cost(w - e, b)) / 2e-5
                    db[i] = (cost(w, b + e) - cost(w, b - e)) / 2e-5
                return dw, db
            """,
            "The slopes of a chain whose last neuron is saturated: you have",
        ),
        "sign of the error": (
            _chain(error="y - a[-1]"),
            "The signs are turned round",
        ),
        "cost without its half": (
            _chain(error="2 * (a[-1] - y)"),
            "the cost has the factor 1/2",
        ),
        "slope at the activation": (
            _chain(slope="sigmoid.derivative(a[i + 1])"),
            "Take the derivative of the sigmoid at z, not at a.",
        ),
        "no slope": (
            _chain(slope="1"),
            "The slope of a sigmoid is missing",
        ),
        "slope in the last layer only": (
            _chain(slope="(sigmoid.derivative(z[i]) if i == len(w) - 1 else 1)"),
            "in every layer, not only in the last",
        ),
        "the activation that leaves": (
            _chain(result="np.array(a[1:]) * delta, delta"),
            "the activation that enters its layer",
        ),
        "weight of the wrong layer": (
            _chain(passed="delta[i] * w[i - 1]"),
            "The weights have slipped by one layer",
        ),
        "last layer first": (
            _chain(result="(np.array(a[:-1]) * delta)[::-1], delta[::-1]"),
            "the first layer comes first",
        ),
        "bias forgotten on the way": (
            _chain().replace("* a[-1] + b_l", "* a[-1]"),
            "The slopes (dw, db): you have",
        ),
        "a single array": (
            _chain(result="np.array(a[:-1]) * delta"),
            "Return two arrays: `return dw, db`.",
        ),
        "lists": (
            _chain(result="list(np.array(a[:-1]) * delta), list(delta)"),
            "`dw`: this is a list, not a NumPy array",
        ),
        "the weights scaled in place": (
            _chain().replace("    a, z = [x], []", "    a, z = [x], []; w *= 1.5"),
            "`chain_slopes` changed its argument `w` in place.",
        ),
        "the numbers of the example": (
            """
            def chain_slopes(x, y, w, b):
                db = np.array([0.09375, -0.1875, -0.125])
                return np.array([0.1875, -0.09375, -0.0625]), db
            """,
            "`dw`: the shape is (3,); it should be (1,)",
        ),
    },
)


def _output(body):
    return f"def output_error(z, y, f):\n    return {body}\n"


OUTPUT = Task(
    right={
        "one example at a time": """
            def output_error(z, y, f):
                rows = [(f(z_i) - y_i) * f.derivative(z_i) for z_i, y_i in zip(z, y)]
                return np.array(rows) / z.shape[0]
            """,
        "multiply": _output("np.multiply(f(z) - y, f.derivative(z)) / len(y)"),
        "the sign moved": _output("-(y - f(z)) * f.derivative(z) * (1 / len(z))"),
    },
    wrong={
        "no average": (
            _output("(f(z) - y) * f.derivative(z)"),
            "The average over the examples is missing",
        ),
        "average over all numbers": (
            _output("(f(z) - y) / z.size * f.derivative(z)"),
            "Divide by the number of examples only",
        ),
        "a factor of two": (
            _output("2 * (f(z) - y) / len(z) * f.derivative(z)"),
            "The 2 from the square cancels",
        ),
        "sign": (
            _output("(y - f(z)) / len(z) * f.derivative(z)"),
            "output minus target",
        ),
        "slope at the activation": (
            _output("(f(z) - y) / len(z) * f.derivative(f(z))"),
            "Take the derivative of the activation at z, not at a.",
        ),
        "no slope": (
            _output("(f(z) - y) / len(z)"),
            "The slope of the activation is missing.",
        ),
        "sum in place of activation": (
            _output("(z - y) / len(z) * f.derivative(z)"),
            "not the sum z",
        ),
        "matrix product": (
            _output("(f(z) - y) / len(z) @ f.derivative(z).T"),
            "use the Hadamard product",
        ),
        "matrix product that does not fit": (
            _output("(f(z) - y) / len(z) @ f.derivative(z)"),
            "`output_error` stopped with an error. Python says ValueError: matmul",
        ),
        "summed over the batch": (
            _output("np.mean((f(z) - y) * f.derivative(z), axis=0)"),
            "as in the example: the shape is (2,); it should be (3, 2)",
        ),
        "sigmoid always": (
            _output("(sigmoid(z) - y) / len(z) * sigmoid.derivative(z)"),
            "the slope of the given `f` at its sum",
        ),
        "printed": (
            "def output_error(z, y, f):\n    print((f(z) - y) / len(z))\n",
            "`output_error` returned None",
        ),
    },
)


def _below(body):
    return f"def error_below(delta, W, z, f):\n    return {body}\n"


BELOW = Task(
    right={
        "einsum": _below("np.einsum('ij,kj->ik', delta, W) * f.derivative(z)"),
        "columns, as in the formulas": _below("(W @ delta.T).T * f.derivative(z)"),
        "one example at a time": """
            def error_below(delta, W, z, f):
                return np.array([W @ d * f.derivative(s) for d, s in zip(delta, z)])
            """,
    },
    wrong={
        "no transpose": (
            _below("delta @ W * f.derivative(z)"),
            "The transpose is missing",
        ),
        "no slope": (
            _below("delta @ W.T"),
            "The slope of the activation is missing.",
        ),
        "slope at the activation": (
            _below("delta @ W.T * f.derivative(f(z))"),
            "Take the derivative of the activation at z, not at a.",
        ),
        "activation for its slope": (
            _below("delta @ W.T * f(z)"),
            "f.derivative(z), not f(z)",
        ),
        "average again": (
            _below("delta @ W.T * f.derivative(z) / len(z)"),
            "do not divide by n again",
        ),
        "matrix product for Hadamard": (
            _below("delta @ W.T @ f.derivative(z)"),
            "yours was a matrix product",
        ),
        "Hadamard for matrix product": (
            _below("delta * W * f.derivative(z)"),
            "W meets the errors in a matrix product",
        ),
        "transposed when it must be": (
            _below(
                "delta @ (W.T if W.shape[0] != W.shape[1] else W) * f.derivative(z)"
            ),
            "The transpose is missing",
        ),
        "the weights as they come": (
            _below("W @ delta * f.derivative(z)"),
            "collects the errors above along its own row",
        ),
        "slope of a sigmoid": (
            _below("delta @ W.T * sigmoid.derivative(z)"),
            "the slope of the given `f` at its own sum",
        ),
        "errors changed in place": (
            """
            def error_below(delta, W, z, f):
                delta *= len(z)
                return delta @ W.T * f.derivative(z) / len(z)
            """,
            "`error_below` changed its argument `delta` in place.",
        ),
    },
)


def _gradients(dW="A.T @ delta", db="delta.sum(axis=0)"):
    return f"def layer_gradients(A, delta):\n    return {dW}, {db}\n"


GRADIENTS = Task(
    right={
        "sum of outer products": """
            def layer_gradients(A, delta):
                dW = sum(np.outer(a, d) for a, d in zip(A, delta))
                return dW, np.ones(len(A)) @ delta
            """,
        "einsum": _gradients(dW="np.einsum('ik,ij->kj', A, delta)"),
        "columns, as in the formulas": _gradients(dW="(delta.T @ A).T"),
        "bias as a weight of 1": """
            def layer_gradients(A, delta):
                both = np.column_stack([A, np.ones(len(A))]).T @ delta
                return both[:-1], both[-1]
            """,
    },
    wrong={
        "turned round": (
            _gradients(dW="delta.T @ A"),
            "dW is turned round",
        ),
        "average again": (
            _gradients(dW="A.T @ delta / len(A)"),
            "do not divide by n again",
        ),
        "no transpose": (
            _gradients(dW="A @ delta"),
            "The inputs are not transposed",
        ),
        "no sum": (
            _gradients(dW="A[:, :, None] * delta[:, None, :]"),
            "The sum over the examples is missing",
        ),
        "minus": (
            _gradients(dW="-A.T @ delta", db="-delta.sum(axis=0)"),
            "the minus comes with the step",
        ),
        "bias over the wrong axis": (
            _gradients(db="delta.sum(axis=1)"),
            "summed over the wrong axis",
        ),
        "bias as a mean": (
            _gradients(db="delta.mean(axis=0)"),
            "The bias gradient is a sum over the examples",
        ),
        "bias as a row": (
            _gradients(db="delta.sum(axis=0, keepdims=True)"),
            "db has one dimension",
        ),
        "one bias in all": (
            _gradients(db="delta.sum()"),
            "one number per neuron, not one in all",
        ),
        "bias not summed": (
            _gradients(db="delta"),
            "db still has a row for each example",
        ),
        "first example only": (
            _gradients(dW="np.outer(A[0], delta[0])", db="delta[0]"),
            "`dW`: you have 1 at position (0, 0); it should be 7",
        ),
        "weights only": (
            "def layer_gradients(A, delta):\n    return A.T @ delta\n",
            "Return two arrays: `return dW, db`.",
        ),
        "a dictionary": (
            "def layer_gradients(A, delta):\n"
            "    return {'dW': A.T @ delta, 'db': delta.sum(axis=0)}\n",
            "Return two arrays: `return dW, db`.",
        ),
    },
)


def _numerical(quotient, *, change="up[i] += h; down[i] -= h"):
    """Return a solution of task 4.4 with its own quotient and its own move."""
    return f"""
def numerical_gradient(f, x, h):
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        {change}
        gradient[i] = {quotient}
    return gradient
"""


NUMERICAL = Task(
    right={
        "unit vectors": """
            def numerical_gradient(f, x, h):
                slopes = []
                for row in np.eye(x.size):
                    e = row.reshape(x.shape)
                    slopes.append((f(x + h * e) - f(x - h * e)) / (2 * h))
                return np.array(slopes).reshape(x.shape)
            """,
        "one copy, put back": """
            def numerical_gradient(f, x, h):
                x, gradient = x.copy(), np.empty_like(x)
                for i, here in np.ndenumerate(x.copy()):
                    x[i] = here + h
                    above = f(x)
                    x[i] = here - h
                    gradient[i] = (above - f(x)) / 2 / h
                    x[i] = here
                return gradient
            """,
        "mean of both sides": _numerical(
            "((f(up) - f(x)) / h + (f(x) - f(down)) / h) / 2"
        ),
    },
    wrong={
        "one-sided": (
            _numerical("(f(up) - f(x)) / h"),
            "That is the one-sided difference: move up and down",
        ),
        "a step as large as the entry": (
            _numerical(
                "(f(up) - f(down)) / (2 * s)",
                change="s = h * max(1, abs(x[i])); up[i] += s; down[i] -= s",
            ),
            "The gradient of a sum of cubes, where the step matters",
        ),
        "one-sided downward": (
            _numerical("(f(x) - f(down)) / h"),
            "That is the one-sided difference, downward",
        ),
        "divided by h": (
            _numerical("(f(up) - f(down)) / h"),
            "the distance is 2h",
        ),
        "not divided": (
            _numerical("f(up) - f(down)"),
            "The differences have to be divided by 2h.",
        ),
        "sign": (
            _numerical("(f(down) - f(up)) / (2 * h)"),
            "up minus down",
        ),
        "all at once": (
            _numerical("(f(up) - f(down)) / (2 * h)", change="up += h; down -= h"),
            "All entries were moved together",
        ),
        "left above": (
            """
            def numerical_gradient(f, x, h):
                x, gradient = x.copy(), np.zeros(x.shape)
                for i in np.ndindex(x.shape):
                    x[i] -= h
                    below = f(x)
                    x[i] += 2 * h
                    gradient[i] = (f(x) - below) / (2 * h)
                return gradient
            """,
            "it was left above",
        ),
        "left below": (
            """
            def numerical_gradient(f, x, h):
                x, gradient = x.copy(), np.zeros(x.shape)
                for i in np.ndindex(x.shape):
                    x[i] += h
                    above = f(x)
                    x[i] -= 2 * h
                    gradient[i] = (above - f(x)) / (2 * h)
                return gradient
            """,
            "it was left below",
        ),
        "moved in place": (
            """
            def numerical_gradient(f, x, h):
                gradient = np.zeros(x.shape)
                for i in np.ndindex(x.shape):
                    x[i] += h
                    above = f(x)
                    x[i] -= 2 * h
                    gradient[i] = (above - f(x)) / (2 * h)
                return gradient
            """,
            "`numerical_gradient` changed its argument `x` in place.",
        ),
        "a step of its own": (
            _numerical(
                "(f(up) - f(down)) / (2 * h)",
                change="h = 1e-5; " + ("up[i] += h; down[i] -= h"),
            ),
            "Move one entry up and down by the given `h`",
        ),
        "vectors only": (
            """
            def numerical_gradient(f, x, h):
                gradient = np.zeros(len(x))
                for i in range(len(x)):
                    up, down = x.copy(), x.copy()
                    up[i] += h
                    down[i] -= h
                    gradient[i] = (f(up) - f(down)) / (2 * h)
                return gradient
            """,
            "The gradient for shape (2, 3): the shape is (2,); it should be (2, 3)",
        ),
        "f gets one number": (
            _numerical("(f(up[i]) - f(down[i])) / (2 * h)"),
            "`numerical_gradient` stopped with an error.",
        ),
    },
)


def _step(
    *,
    output="(A2 - y) / n",
    hidden="delta2 @ W2.T * (Z1 > 0)",
    dW2="A1.T @ delta2",
    biases="delta1.sum(axis=0), delta2.sum(axis=0)",
    early="",
    update="[W1 - lr * dW1, b1 - lr * db1, W2 - lr * dW2, b2 - lr * db2]",
):
    """Return a solution of task 4.5 with some of its expressions replaced."""
    return f"""
def train_step(X, y, weights, lr):
    W1, b1, W2, b2 = weights
    n = len(X)
    Z1 = X @ W1 + b1
    A1 = np.maximum(0, Z1)
    A2 = A1 @ W2 + b2
    delta2 = {output}
    {early}
    delta1 = {hidden}
    dW1, dW2 = X.T @ delta1, {dW2}
    db1, db2 = {biases}
    return {update}
"""


TRAIN_STEP = Task(
    right={
        "a helper called new_weights": """
            def new_weights(old, gradients, lr):
                return [p - lr * g for p, g in zip(old, gradients)]


            def train_step(X, y, weights, lr):
                W1, b1, W2, b2 = weights
                hidden = np.maximum(X @ W1 + b1, 0)
                top = (hidden @ W2 + b2 - y) / len(y)
                low = np.where(hidden > 0, top @ W2.T, 0)
                slopes = X.T @ low, low.sum(0), hidden.T @ top, top.sum(0)
                return new_weights(weights, slopes, lr)
            """,
        "example by example": """
            def train_step(X, y, weights, lr):
                W1, b1, W2, b2 = weights
                new = [p.astype(float) for p in weights]
                for x, target in zip(X, y):
                    z = x @ W1 + b1
                    a = np.where(z > 0, z, 0)
                    error = (a @ W2 + b2 - target) / len(X)
                    blame = np.where(z > 0, W2 @ error, 0)
                    gradients = [np.outer(x, blame), blame, np.outer(a, error), error]
                    new = [p - lr * g for p, g in zip(new, gradients)]
                return new
            """,
        "average at the end": _step(
            output="A2 - y",
            update="[W1 - lr / n * dW1, b1 - lr / n * db1, W2 - lr / n * dW2, "
            "b2 - lr / n * db2]",
        ),
        "copies changed in place": """
            def train_step(X, y, weights, lr):
                W1, b1, W2, b2 = new = [p.copy() for p in weights]
                active = X @ W1 + b1 > 0
                A1 = (X @ W1 + b1) * active
                delta2 = (A1 @ W2 + b2 - y) / len(X)
                delta1 = np.einsum("ij,kj->ik", delta2, W2) * active
                W2 -= lr * A1.T @ delta2
                b2 -= lr * delta2.sum(axis=0)
                W1 -= lr * X.T @ delta1
                b1 -= lr * delta1.sum(axis=0)
                return new
            """,
    },
    wrong={
        "slope 1 where the sum is 0": (
            _step(hidden="delta2 @ W2.T * (Z1 >= 0)"),
            "The slope of the ReLU is 0 where its sum is exactly 0",
        ),
        "no average": (
            _step(output="A2 - y"),
            "The average over the examples is missing",
        ),
        "average twice": (
            _step(
                update="[W1 - lr * dW1 / n, b1 - lr * db1 / n, W2 - lr * dW2 / n, "
                "b2 - lr * db2 / n]"
            ),
            "The average was taken twice",
        ),
        "updated before propagating": (
            _step(early="W2_old = W2; W2 = W2 - lr * A1.T @ delta2").replace(
                "W2 - lr * dW2,", "W2,"
            ),
            "W2 was updated before the error passed through it",
        ),
        "no slope": (
            _step(hidden="delta2 @ W2.T"),
            "The slope of the ReLU is missing",
        ),
        "ReLU for its slope": (
            _step(hidden="delta2 @ W2.T * A1"),
            "yours is the ReLU itself",
        ),
        "sums for activations": (
            _step(dW2="Z1.T @ delta2"),
            "the activations A1, not the sums",
        ),
        "uphill": (
            _step(output="(y - A2) / n"),
            "The step goes uphill",
        ),
        "no learning rate": (
            _step(update="[W1 - dW1, b1 - db1, W2 - dW2, b2 - db2]"),
            "The learning rate has no effect.",
        ),
        "biases stay": (
            _step(update="[W1 - lr * dW1, b1, W2 - lr * dW2, b2]"),
            "The biases stay behind",
        ),
        "bias means": (
            _step(biases="delta1.mean(axis=0), delta2.mean(axis=0)"),
            "The bias gradients are sums over the examples, not means",
        ),
        "output layer only": (
            _step(update="[W1, b1, W2 - lr * dW2, b2 - lr * db2]"),
            "Only the output layer has learned",
        ),
        "the gradients": (
            _step(update="[dW1, db1, dW2, db2]"),
            "Those are the gradients",
        ),
        "no transpose": (
            _step(hidden="delta2 @ W2 * (Z1 > 0)"),
            "`train_step` stopped with an error.",
        ),
        "bias over the wrong axis": (
            _step(biases="delta1.sum(axis=1), delta2.sum(axis=1)"),
            "The new b2: the shape is (2,); it should be (1,)",
        ),
        "in place": (
            """
            def train_step(X, y, weights, lr):
                W1, b1, W2, b2 = weights
                Z1 = X @ W1 + b1
                A1 = np.maximum(0, Z1)
                delta2 = (A1 @ W2 + b2 - y) / len(X)
                delta1 = delta2 @ W2.T * (Z1 > 0)
                W1 -= lr * X.T @ delta1
                b1 -= lr * delta1.sum(axis=0)
                W2 -= lr * A1.T @ delta2
                b2 -= lr * delta2.sum(axis=0)
                return weights
            """,
            "`train_step` changed its argument `weights` in place.",
        ),
        "the weight matrices alone": (
            _step(update="[W1 - lr * dW1, W2 - lr * dW2]"),
            "Return the four new arrays in a list",
        ),
    },
)


def _cost(forward="sum(p)", backward="2 * sum(p) - p[0]"):
    return (
        "def multiplications(sizes):\n"
        "    p = [m * k for m, k in zip(sizes[:-1], sizes[1:])]\n"
        f"    return {forward}, {backward}\n"
    )


COST = Task(
    right={
        "gradients and errors apart": _cost(backward="sum(p) + sum(p[1:])"),
        "arrays": """
            def multiplications(sizes):
                sizes = np.array(sizes)
                products = sizes[:-1] * sizes[1:]
                return products.sum(), products.sum() + products[1:].sum()
            """,
        "a loop": """
            def multiplications(sizes):
                forward = backward = 0
                for i in range(1, len(sizes)):
                    product = sizes[i - 1] * sizes[i]
                    forward += product
                    backward += product if i == 1 else 2 * product
                return forward, backward
            """,
    },
    wrong={
        "counts as floats": (
            _cost(forward="sum(p) / 1"),
            "A count: 20.0 is a float64; what is counted is a whole number",
        ),
        "error below the first layer": (
            _cost(backward="2 * sum(p)"),
            "Below the first layer nothing learns",
        ),
        "gradients only": (
            _cost(backward="sum(p)"),
            "The backward pass passes errors down as well",
        ),
        "errors only": (
            _cost(backward="sum(p[1:])"),
            "needs the gradients of the weights as well",
        ),
        "no error from the last layer": (
            _cost(backward="2 * sum(p) - p[-1]"),
            "it is the first that does not",
        ),
        "biases counted": (
            _cost(
                forward="sum(p) + sum(sizes[1:])",
                backward="2 * sum(p) - p[0] + sum(sizes[1:])",
            ),
            "Biases are added, not multiplied",
        ),
        "swapped": (
            _cost(forward="2 * sum(p) - p[0]", backward="sum(p)"),
            "The two counts are swapped",
        ),
        "two layers only": (
            _cost(forward="p[0] + p[1]", backward="p[0] + 2 * p[1]"),
            "`multiplications` stopped with an error. Python says IndexError",
        ),
        "neurons added up": (
            _cost(forward="sum(sizes)", backward="2 * sum(sizes)"),
            "(forward, backward) for the sizes 3, 4 and 2: you have 9",
        ),
        "forward only": (
            "def multiplications(sizes):\n"
            "    return sum(m * k for m, k in zip(sizes, sizes[1:]))\n",
            "Return two whole numbers",
        ),
    },
)


def _worst(result="max(errors)", each="np.linalg.norm(g - o) / size if size else 0.0"):
    return f"""
def worst_error(gradients, others):
    errors = []
    for g, o in zip(gradients, others):
        size = np.linalg.norm(g) + np.linalg.norm(o)
        errors.append({each})
    return {result}
"""


WORST = Task(
    right={
        "a loop with a running maximum": _worst(),
        "flat arrays": """
def worst_error(gradients, others):
    def error(g, o):
        g, o = g.ravel(), o.ravel()
        size = np.sqrt(g @ g) + np.sqrt(o @ o)
        return np.sqrt((g - o) @ (g - o)) / (size or 1.0)

    return max(map(error, gradients, others))
""",
    },
    wrong={
        "all together": (
            """
def worst_error(gradients, others):
    g = np.concatenate([a.ravel() for a in gradients])
    o = np.concatenate([a.ravel() for a in others])
    return np.linalg.norm(g - o) / (np.linalg.norm(g) + np.linalg.norm(o))
""",
            "All numbers were compared together",
        ),
        "mean of the arrays": (_worst("np.mean(errors)"), "That is the mean"),
        "smallest error": (_worst("min(errors)"), "That is the smallest error"),
        "last array": (_worst("errors[-1]"), "The worst error"),
        "last array that is not zero": (
            _worst("([e for e in errors if e] or [0.0])[-1]"),
            "The worst error",
        ),
        "spectral norms": (
            _worst()
            .replace("norm(g)", "norm(g, 2)")
            .replace("norm(o)", "norm(o, 2)")
            .replace("norm(g - o)", "norm(g - o, 2)"),
            "The worst error where a matrix in the middle is worst",
        ),
        "divided by one length": (
            _worst(each="np.linalg.norm(g - o) / np.linalg.norm(g) if size else 0.0"),
            "Divide by the sum of both lengths",
        ),
        "zero by zero": (
            _worst(each="np.linalg.norm(g - o) / (size + 1e-3)"),
            "Each pair of arrays has an error of its own",
        ),
    },
)


def _kinds(key="(*W1[:, j], b1[j], *W2[j])"):
    return f"""
def kinds_of_neurons(weights):
    W1, b1, W2, b2 = weights
    return len({{{key} for j in range(len(b1))}})
"""


KINDS = Task(
    right={
        "a set of columns": _kinds(),
        "unique columns": """
def kinds_of_neurons(weights):
    W1, b1, W2, b2 = weights
    return np.unique(np.vstack([W1, b1, W2.T]), axis=1).shape[1]
""",
    },
    wrong={
        "no signs coming in": (
            _kinds("(*abs(W1[:, j]), b1[j], *W2[j])"),
            "The kinds among 2 hidden neurons",
        ),
        "no signs of the biases": (
            _kinds("(*W1[:, j], abs(b1[j]), *W2[j])"),
            "The kinds among 2 hidden neurons",
        ),
        "no signs going out": (
            _kinds("(*W1[:, j], b1[j], *abs(W2[j]))"),
            "The kinds among 2 hidden neurons",
        ),
        "no neuron that leads nowhere": (
            _kinds("(*W1[:, j], b1[j], *W2[j])").replace(
                "for j in range(len(b1))", "for j in range(len(b1)) if W2[j].any()"
            ),
            "The kinds among 2 hidden neurons",
        ),
        "rounded biases": (
            _kinds("(*W1[:, j], b1[j].round(1), *W2[j])"),
            "The kinds among 2 hidden neurons",
        ),
        "weights coming in alone": (
            _kinds("(*W1[:, j], b1[j])"),
            "Look at the weights going out, too",
        ),
        "biases forgotten": (
            _kinds("(*W1[:, j], *W2[j])"),
            "Look at the biases, too",
        ),
        "all neurons": (
            _kinds("j"),
            "Neurons that agree in everything count once.",
        ),
        "one output looked at": (
            _kinds("(*W1[:, j], b1[j], W2[j, 0])"),
            "Two hidden neurons are of one kind if all three agree",
        ),
        "pairs that differ": (
            """
def kinds_of_neurons(weights):
    W1, b1, W2, b2 = weights
    keys = [(*W1[:, j], b1[j], *W2[j]) for j in range(len(b1))]
    equal = sum(a == b for i, a in enumerate(keys) for b in keys[:i])
    return len(keys) - equal
""",
            "Two hidden neurons are of one kind if all three agree",
        ),
        "sums": (
            _kinds("W1[:, j].sum() + b1[j] + W2[j].sum()"),
            "Two hidden neurons are of one kind if all three agree",
        ),
        "sets of weights": (
            _kinds("(frozenset(W1[:, j]), b1[j], frozenset(W2[j]))"),
            "Two hidden neurons are of one kind if all three agree",
        ),
        "rounded": (
            _kinds("(*W1[:, j].round(1), b1[j].round(1), *W2[j].round(1))"),
            "Two hidden neurons are of one kind if all three agree",
        ),
        "one input looked at": (
            _kinds("(W1[0, j], b1[j], *W2[j])"),
            "Two hidden neurons are of one kind if all three agree",
        ),
    },
)

QUOTIENT = "(f(up) - f(down)) / (2 * h)"
COMPARISON = together(NUMERICAL, WORST, left=((2,), (4,)))
COMPARISON.wrong |= {
    "the error is not written": (
        f"{_numerical(QUOTIENT)}\n\ndef worst_error(gradients, others):\n    {STUB}\n",
        "`worst_error` (2 points): `worst_error` still holds the line",
        4,
    ),
    "the gradient is not written": (
        f"def numerical_gradient(f, x, h):\n    {STUB}\n\n{_worst()}",
        "`numerical_gradient` (4 points): `numerical_gradient` still holds the line",
        2,
    ),
    "one-sided, and the mean of the errors": (
        _numerical("(f(up) - f(x)) / h") + _worst("np.mean(errors)"),
        "`worst_error` (2 points): That is the mean over the arrays",
    ),
}
TRAINING = together(TRAIN_STEP, KINDS, left=((2,), (5,)))
TRAINING.wrong |= {
    "the prediction is not written": (
        f"{_step()}\n\ndef kinds_of_neurons(weights):\n    {STUB}\n",
        "`kinds_of_neurons` (2 points): `kinds_of_neurons` still holds the line",
        5,
    ),
    "the step takes no learning rate": (
        _step().replace("weights, lr):", "weights):") + _kinds(),
        "`train_step` stopped with an error. Python says TypeError",
        2,
    ),
    "no average, and all neurons": (
        _step(output="A2 - y") + _kinds("j"),
        "`kinds_of_neurons` (2 points): Neurons that agree in everything count once.",
    ),
}

BANK = {
    "task-4-1-chain": CHAIN,
    "task-4-2-output-error": OUTPUT,
    "task-4-2-error-below": BELOW,
    "task-4-3-gradients": GRADIENTS,
    "task-4-4-numerical": COMPARISON,
    "task-4-5-train-step": TRAINING,
    "task-4-6-cost": COST,
}
