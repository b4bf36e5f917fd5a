"""What students write for exercise 3: wrong in a known way or right in another."""

from tests.exercises.harness import Task, together

STUB = 'raise NotImplementedError("not attempted yet")'


def _quadratic(cost="np.sum((y - a) ** 2) / (2 * len(y))", gradient="(a - y) / len(y)"):
    return f"""
def quadratic(y, a):
    return {cost}


def quadratic_gradient(y, a):
    return {gradient}
"""


QUADRATIC = Task(
    right={
        "average over the rows": _quadratic(
            "np.mean(np.sum((a - y) ** 2, axis=1)) / 2", "-(y - a) / y.shape[0]"
        ),
        "a loop over the examples": """
            def quadratic(y, a):
                total = 0.0
                for target, output in zip(y, a):
                    total += np.dot(target - output, target - output)
                return total / 2 / len(y)

            def quadratic_gradient(y, a):
                return np.array([(output - t) / len(y) for t, output in zip(y, a)])
            """,
    },
    wrong={
        "average forgotten": (
            _quadratic("np.sum((y - a) ** 2) / 2"),
            "The sum is not averaged",
            2,
        ),
        "mean over all entries": (
            _quadratic("np.mean((y - a) ** 2)"),
            "That is the mean squared error over all entries",
            2,
        ),
        "half the mean over all entries": (
            _quadratic("np.mean((y - a) ** 2) / 2"),
            "Divide by the number of examples, not of all entries.",
            2,
        ),
        "no half": (
            _quadratic("np.sum((y - a) ** 2) / len(y)"),
            "The factor 1/2 is missing.",
            2,
        ),
        "errors cancel": (
            _quadratic("np.sum(a - y) / (2 * len(y))"),
            "Square the errors before you add them",
            2,
        ),
        "absolute values": (
            _quadratic("np.sum(np.abs(a - y)) / (2 * len(y))"),
            "Add the squares, not the absolute values.",
            2,
        ),
        "one cost per output": (
            _quadratic("np.sum((a - y) ** 2, axis=0) / (2 * len(y))"),
            "A cost is one number: add over the outputs too.",
            2,
        ),
        "sign of the gradient": (
            _quadratic(gradient="(y - a) / len(y)"),
            "The sign is turned round",
            1,
        ),
        "gradient not averaged": (
            _quadratic(gradient="a - y"),
            "The gradient belongs to the average",
            1,
        ),
        "gradient averaged over all entries": (
            _quadratic(gradient="(a - y) / a.size"),
            "Divide by the number of examples, not of all entries.",
            1,
        ),
        "factor two left in the gradient": (
            _quadratic(gradient="2 * (a - y) / len(y)"),
            "which cancels the 2 from the square",
            1,
        ),
        "gradient printed": (
            _quadratic(gradient="print((a - y) / len(y))"),
            "`quadratic_gradient` returned None.",
            1,
        ),
        "gradient as a list": (
            _quadratic(gradient="((a - y) / len(y)).tolist()"),
            "The gradient: this is a list, not a NumPy array",
            1,
        ),
        "outputs changed in place": (
            _quadratic().replace("return (a - y)", "a -= y; return a"),
            "`quadratic_gradient` changed its argument `a` in place.",
            1,
        ),
        "central differences": (
            _quadratic(
                gradient="""np.array([
        [(quadratic(y, a + 1e-5 * e) - quadratic(y, a - 1e-5 * e)) / 2e-5
         for e in np.eye(a.size).reshape(a.size, *a.shape)]
    ]).reshape(a.shape)"""
            ),
            "The gradient of large beside small errors",
            1,
        ),
        "number of examples fixed": (
            _quadratic("np.sum((y - a) ** 2) / 8"),
            "The cost of large beside small errors: you have 5e+07",
            2,
        ),
        "the gradient is not written": (
            _quadratic().replace("return (a - y) / len(y)", STUB),
            "`quadratic_gradient` (2 points): `quadratic_gradient` still holds the",
            1,
        ),
        "only the gradient is written": (
            _quadratic().replace("return np.sum((y - a) ** 2) / (2 * len(y))", STUB),
            "`quadratic` (1 point): `quadratic` still holds the line",
            2,
        ),
        "nothing averaged": (
            _quadratic("np.sum((y - a) ** 2) / 2", "a - y"),
            "`quadratic_gradient` (2 points): The gradient belongs to the average",
        ),
    },
)

SHIFT = "e = np.exp(z - z.max(axis=1, keepdims=True)); "
SOFTMAX = SHIFT + "return e / e.sum(axis=1, keepdims=True)"


def _entropy(
    softmax=SOFTMAX,
    cost="-np.sum(y * np.log(np.maximum(p, 1e-12))) / len(y)",
):
    return f"""
def softmax(z):
    {softmax}


def cross_entropy(y, p):
    return {cost}
"""


ENTROPY = Task(
    right={
        "row by row": """
            def softmax(z):
                rows = []
                for row in z:
                    e = np.exp(row - max(row))
                    rows.append(e / sum(e))
                return np.array(rows)

            def cross_entropy(y, p):
                costs = [-np.log(max(p_x[np.argmax(y_x)], 1e-12))
                         for y_x, p_x in zip(y, p)]
                return np.mean(costs)
            """,
        "logarithms and clip": _entropy(
            "z = (z.T - z.max(axis=1)).T; "
            "return np.exp(z - np.log(np.exp(z).sum(axis=1))[:, None])",
            "np.mean(-np.log(np.clip((y * p).sum(axis=1), 1e-12, 1)))",
        ),
    },
    wrong={
        "smallest sum subtracted": (
            _entropy(
                "e = np.exp(z - z.min(axis=1, keepdims=True)); "
                "return e / e.sum(axis=1, keepdims=True)"
            ),
            "with the smallest or the mean the exponential still overflows",
        ),
        "mean sum subtracted": (
            _entropy(
                "e = np.exp(z - z.mean(axis=1, keepdims=True)); "
                "return e / e.sum(axis=1, keepdims=True)"
            ),
            "with the smallest or the mean the exponential still overflows",
        ),
        "softmax without shift": (
            _entropy("e = np.exp(z); return e / e.sum(axis=1, keepdims=True)"),
            "Sums of 1000 overflow",
        ),
        "shifted by the whole batch's maximum": (
            _entropy(
                "e = np.exp(z - z.max()); return e / e.sum(axis=1, keepdims=True)"
            ),
            "Subtract the largest sum of each row, not of the whole batch",
        ),
        "sum down the columns": (
            _entropy(SHIFT + "return e / e.sum(axis=0)"),
            "The sum of a row runs along its classes, axis 1",
        ),
        "sum down the columns, no shift": (
            _entropy("return np.exp(z) / np.exp(z).sum(axis=0)"),
            "Each row adds up to 1 on its own",
        ),
        "sum over the whole batch": (
            _entropy("return np.exp(z) / np.exp(z).sum()"),
            "Divide by the sum of each row, not of the whole batch.",
        ),
        "exponentials only": (
            _entropy("return np.exp(z)"),
            "divide them by their sum",
        ),
        "log of zero": (
            _entropy(cost="-np.sum(y * np.log(p)) / len(y)"),
            "0 * log(0) is not a number",
        ),
        "nan turned into zero": (
            _entropy(cost="-np.nansum(y * np.log(p)) / len(y)"),
            "A probability of 0 for the truth must cost",
        ),
        "something added to p": (
            _entropy(cost="-np.sum(y * np.log(p + 1e-3)) / len(y)"),
            "as it is if it is at least 1e-12",
        ),
        "very little added to p": (
            _entropy(cost="-np.sum(y * np.log(p + 1e-12)) / len(y)"),
            "1e-12 was added to the probability, and 1e-11 counts as it is",
        ),
        "only zeros raised": (
            _entropy(cost="-np.sum(y * np.log(np.where(p == 0, 1e-12, p))) / len(y)"),
            "Raise p to at least 1e-12, not only where it is exactly 0.",
        ),
        "floor of another height": (
            _entropy(cost="-np.sum(y * np.log(np.maximum(p, 1e-3))) / len(y)"),
            "Raise p to at least 1e-12 and leave all larger probabilities alone.",
        ),
        "costs not averaged": (
            _entropy(cost="-np.sum(y * np.log(np.maximum(p, 1e-12)))"),
            "The costs are added up but not averaged",
        ),
        "average over all entries": (
            _entropy(cost="-np.mean(y * np.log(np.maximum(p, 1e-12)))"),
            "Divide by the number of examples, not of all entries.",
        ),
        "sign missing": (
            _entropy(cost="np.sum(y * np.log(np.maximum(p, 1e-12))) / len(y)"),
            "The sign is missing",
        ),
        "logarithm to base two": (
            _entropy(cost="-np.sum(y * np.log2(np.maximum(p, 1e-12))) / len(y)"),
            "Take the natural logarithm, np.log.",
        ),
        "binary cross-entropy": (
            _entropy(cost="-np.sum(y * np.log(p) + (1 - y) * np.log(1 - p)) / len(y)"),
            "the term with 1 - p belongs to the binary cross-entropy",
        ),
        "sums shifted in place": (
            _entropy("z -= z.max(axis=1, keepdims=True); e = np.exp(z); return e"),
            "`softmax` changed its argument `z` in place.",
        ),
    },
)


def _slopes(answer, first="a = 1 / (1 + np.exp(-z))"):
    return f"""
def slopes(z, y):
    {first}
    return {answer}
"""


SLOPES = Task(
    right={
        "by tanh": _slopes(
            "error * (1 - a) * a, error", "a = (1 + np.tanh(z / 2)) / 2; error = a - y"
        ),
        "one example at a time": """
            def slopes(z, y):
                result = np.zeros((2, len(z)))
                for i in range(len(z)):
                    a = 1 / (1 + np.exp(-z[i]))
                    result[1, i] = a - y[i]
                    result[0, i] = result[1, i] * (a - a**2)
                return result[0], result[1]
            """,
        "a list of two": _slopes("[-(y - a) * a * (1 - a), a - y]"),
    },
    wrong={
        "slope of the sigmoid forgotten": (
            _slopes("a - y, a - y"),
            "The quadratic slope lacks the slope of the sigmoid",
        ),
        "slope of the sigmoid in both": (
            _slopes("(a - y) * a * (1 - a), (a - y) * a * (1 - a)"),
            "In the slope of the cross-entropy a(1 - a) cancels.",
        ),
        "cancelled by the computer": (
            _slopes("(a - y) * a * (1 - a), (a - y) / (a * (1 - a)) * (a * (1 - a))"),
            "cancel a(1 - a) on paper",
        ),
        "along a instead of z": (
            _slopes("(a - y) * a * (1 - a), (a - y) / (a * (1 - a))"),
            "That is the slope of the cross-entropy along a",
        ),
        "derivative at the activation": (
            _slopes("(a - y) * s(a) * (1 - s(a)), a - y").replace(
                "    a =", "    s = lambda v: 1 / (1 + np.exp(-v)); a ="
            ),
            "The slope of the sigmoid is due at z",
        ),
        "sign turned round": (
            _slopes("(y - a) * a * (1 - a), y - a"),
            "The sign is turned round",
        ),
        "swapped": (
            _slopes("a - y, (a - y) * a * (1 - a)"),
            "The two are swapped",
        ),
        "averaged": (
            _slopes("(a - y) * a * (1 - a) / len(z), (a - y) / len(z)"),
            "Each example has a cost of its own here",
        ),
        "factor two": (
            _slopes("2 * (a - y) * a * (1 - a), a - y"),
            "The factor 1/2 of the cost cancels the 2",
        ),
        "only one": (
            _slopes("a - y"),
            "Return two arrays: `return quadratic, cross_entropy`.",
        ),
        "an exponential that overflows": (
            _slopes("(a - y) * a * (1 - a), a - y", "a = np.exp(z) / (1 + np.exp(z))"),
            "does an exponential overflow? e^800 is too large for a number.",
        ),
        "differences of the costs": (
            """
            def slopes(z, y):
                def costs(z):
                    a = 1 / (1 + np.exp(-z))
                    entropy = y * np.logaddexp(0, -z) + (1 - y) * np.logaddexp(0, z)
                    return np.array([(a - y) ** 2 / 2, entropy])

                return tuple((costs(z + 1e-5) - costs(z - 1e-5)) / 2e-5)
            """,
            "The slopes at z = 12, -12 and 0: you have",
        ),
        "labels only": (
            _slopes("(a - y) * a * (1 - a), np.where(y > 0.5, a - 1, a)"),
            "for targets between 0 and 1 as well",
        ),
    },
)

PROBABILITIES = together(ENTROPY, SLOPES, left=((5,), (4,)))
PROBABILITIES.wrong |= {
    "softmax alone is written": (
        _entropy(cost="COST").replace("return COST", STUB)
        + f"\n\ndef slopes(z, y):\n    {STUB}\n",
        "`cross_entropy` (2 points): `cross_entropy` and `slopes` still hold",
        2,
    ),
    "slopes alone are right": (
        _entropy("return np.exp(z)", "-np.sum(y * np.log(p)) / len(y)")
        + _slopes("(a - y) * a * (1 - a), a - y"),
        "`cross_entropy` (2 points): A probability of 0 for a class",
        3,
    ),
    "the cost alone is right": (
        _entropy("return np.exp(z)") + _slopes("a - y, a - y"),
        "`slopes` (3 points): The quadratic slope lacks the slope of the sigmoid",
        2,
    ),
    "none is right": (
        _entropy("return np.exp(z)", "-np.sum(y * np.log(p)) / len(y)")
        + _slopes("a - y, a - y"),
        "`softmax` (2 points): The exponentials are there; divide them by their sum",
    ),
}


def _descend(
    body="""path = [w]
    for _ in range(n_steps):
        w = w - lr * gradient(w)
        path.append(w)
    return np.array(path)""",
    rate="2 / np.mean(x**2)",
):
    return f"""
def descend(gradient, w, lr, n_steps):
    {body}


def largest_rate(x):
    return {rate}
"""


def _steps(line):
    return _descend(
        f"""path = [w]
    for _ in range(n_steps):
        {line}
        path.append(w)
    return np.array(path)"""
    )


DESCEND = Task(
    right={
        "an array filled in place": _descend(
            """path = np.empty((n_steps + 1, len(w)))
    path[0] = w
    for step in range(n_steps):
        path[step + 1] = path[step] - lr * gradient(path[step])
    return path""",
            "2 * len(x) / (x @ x)",
        ),
        "copies": _descend(
            """w = w.copy()
    path = [w.copy()]
    for _ in range(n_steps):
        w -= lr * gradient(w)
        path += [w.copy()]
    return np.stack(path)""",
            "2 / np.mean(np.square(x))",
        ),
    },
    wrong={
        "uphill": (
            _steps("w = w + lr * gradient(w)"),
            "The step goes uphill: subtract the gradient.",
            2,
        ),
        "learning rate twice": (
            _steps("step = lr * gradient(w); w = w - lr * step"),
            "The learning rate is applied twice.",
            2,
        ),
        "no learning rate": (
            _steps("w = w - gradient(w)"),
            "The learning rate has no effect.",
            2,
        ),
        "gradient of the start": (
            _steps("w = w - lr * gradient(path[0])"),
            "Every step uses the gradient at the start",
            2,
        ),
        "gradient of the new point": (
            _steps("new = w - lr * gradient(w); w = w - lr * gradient(new)"),
            "The gradient belongs to the point where the step begins",
            2,
        ),
        "start left out": (
            _steps("w = w - lr * gradient(w)").replace("[w]", "[]"),
            "the start belongs to it, and so does the end",
            2,
        ),
        "end left out": (
            _descend(
                """path = []
    for _ in range(n_steps):
        path.append(w)
        w = w - lr * gradient(w)
    return np.array(path)"""
            ),
            "the start belongs to it, and so does the end",
            2,
        ),
        "one array many times": (
            _steps("w -= lr * gradient(w)").replace("path = [w]", "w = +w; path = [w]"),
            "All points of the path are the same",
            2,
        ),
        "changed in place": (
            _steps("w -= lr * gradient(w)"),
            "`descend` changed its argument `w` in place.",
            2,
        ),
        "last point only": (
            _descend().replace("np.array(path)", "path[-1]"),
            "The path for the gradient 5 (w - 1.5): the shape is (1,)",
            2,
        ),
        "best rate for the limit": (
            _descend(rate="1 / np.mean(x**2)"),
            "That rate arrives in one step",
            2,
        ),
        "curvature not averaged": (
            _descend(rate="2 / np.sum(x**2)"),
            "The curvature is an average",
            2,
        ),
        "square of the average": (
            _descend(rate="2 / np.mean(x) ** 2"),
            "The curvature averages the squares",
            2,
        ),
        "inputs not squared": (
            _descend(rate="2 / np.mean(x)"),
            "Square the inputs.",
            2,
        ),
        "variance": (
            _descend(rate="2 / np.var(x)"),
            "the curvature averages the squares of the inputs as they are",
            2,
        ),
        "upside down": (
            _descend(rate="np.mean(x**2) / 2"),
            "Divide 2 by the curvature, not the curvature by 2.",
            2,
        ),
        "curvature itself": (
            _descend(rate="np.mean(x**2)"),
            "That is the curvature; the limit is 2 divided by it.",
            2,
        ),
        "the rate is not written": (
            _descend().replace("return 2 / np.mean(x**2)", STUB),
            "`largest_rate` (2 points): `largest_rate` still holds the line",
            2,
        ),
        "weights and rate without the gradient": (
            """
            def descend(w, lr, n_steps):
                return np.array([w * (1 - lr) ** step for step in range(n_steps + 1)])

            def largest_rate(x):
                return 2 / np.mean(x**2)
            """,
            "`descend` stopped with an error. Python says TypeError",
            2,
        ),
        "uphill, and the best rate for the limit": (
            _steps("w = w + lr * gradient(w)").replace("2 / np.mean", "1 / np.mean"),
            "`largest_rate` (2 points): That rate arrives in one step",
        ),
    },
)


def _train(
    step="w = w - lr * gradient(w, X[batch], y[batch])",
    begin="pass",
    order="order = shuffle(len(X))",
    starts="range(0, len(X), batch_size)",
):
    return f"""
def train(X, y, w, gradient, lr, batch_size, epochs, shuffle):
    {begin}
    for _ in range(epochs):
        {order}
        for start in {starts}:
            batch = order[start : start + batch_size]
            {step}
    return w
"""


TRAIN = Task(
    right={
        "a while loop": """
            def train(X, y, w, gradient, lr, batch_size, epochs, shuffle):
                for epoch in range(epochs):
                    left = list(shuffle(len(y)))
                    while left:
                        batch, left = left[:batch_size], left[batch_size:]
                        w = w - lr * gradient(w, X[batch], y[batch])
                return w
            """,
        "reordered first": """
            def train(X, y, w, gradient, lr, batch_size, epochs, shuffle):
                w = w.copy()
                for epoch in range(epochs):
                    order = shuffle(X.shape[0])
                    X_now, y_now = X[order], y[order]
                    for i in range(int(np.ceil(len(y) / batch_size))):
                        part = slice(i * batch_size, (i + 1) * batch_size)
                        w -= lr * gradient(w, X_now[part], y_now[part])
                return w
            """,
    },
    wrong={
        "last batch dropped": (
            _train(starts="range(0, len(X) - batch_size + 1, batch_size)"),
            "The last batch of each epoch is missing",
        ),
        "targets not reordered": (
            _train("w = w - lr * gradient(w, X[batch], y[start : start + batch_size])"),
            "Inputs and targets got out of step",
        ),
        "shuffled once": (
            _train(begin="order = shuffle(len(X))", order="pass"),
            "Draw a new order with `shuffle` at the start of each epoch.",
        ),
        "order not used": (
            _train(order="shuffle(len(X)); order = np.arange(len(X))"),
            "The examples come in their own order",
        ),
        "shuffled for each batch": (
            _train(
                "batch = shuffle(len(X))[:batch_size]; "
                "w = w - lr * gradient(w, X[batch], y[batch])"
            ),
            "Call `shuffle` only once in each epoch.",
        ),
        "weights of the epoch's start": (
            """
            def train(X, y, w, gradient, lr, batch_size, epochs, shuffle):
                for _ in range(epochs):
                    order, step = shuffle(len(X)), 0
                    for start in range(0, len(X), batch_size):
                        batch = order[start : start + batch_size]
                        step = step + lr * gradient(w, X[batch], y[batch])
                    w = w - step
                return w
            """,
            "All batches of an epoch got the same weights",
        ),
        "averaged twice": (
            _train("w = w - lr * gradient(w, X[batch], y[batch]) / len(batch)"),
            "it is averaged already",
        ),
        "learning rate twice": (
            _train("w = w - lr * lr * gradient(w, X[batch], y[batch])"),
            "you have 0.0275 for step 2 at position 0",
        ),
        "uphill": (
            _train("w = w + lr * gradient(w, X[batch], y[batch])"),
            "Step against the gradient",
        ),
        "one epoch too few": (
            _train().replace("range(epochs)", "range(epochs - 1)"),
            "`gradient` was called 3 times: an epoch is missing.",
        ),
        "one example at a time": (
            _train(
                "for i in batch: w = w - lr * gradient(w, X[[i]], y[[i]])",
            ),
            "yours have the sizes [1, 1, 1, 1, 1",
        ),
        "whole data in each step": (
            _train("w = w - lr * gradient(w, X, y)"),
            "yours have the sizes [5, 5, 5, 5, 5, 5].",
        ),
        "changed in place": (
            _train("w -= lr * gradient(w, X[batch], y[batch])"),
            "`train` changed its argument `w` in place.",
        ),
        "nothing returned": (
            _train().replace("    return w\n", ""),
            "`train` returned None.",
        ),
        "orders carried over": (
            _train(
                begin="rows = np.arange(len(X))",
                order="rows = rows[shuffle(len(X))]; order = rows",
            ),
            "The examples should come in the order that `shuffle` gave",
        ),
    },
)


def _memory(
    momentum="v = mu * v + lr * g; return w - v, v",
    rmsprop="s = rho * s + (1 - rho) * g**2; return w - lr * g / np.sqrt(s + eps), s",
):
    return f"""
def momentum_step(w, v, g, lr=0.1, mu=0.9):
    {momentum}


def rmsprop_step(w, s, g, lr=0.1, rho=0.9, eps=1e-7):
    {rmsprop}
"""


MEMORY = Task(
    right={
        "new names": _memory(
            "v_new = v * mu + g * lr; w_new = w - v_new; return [w_new, v_new]",
            "s_new = s + (1 - rho) * (g * g - s); "
            "return w - lr * g * (s_new + eps) ** -0.5, s_new",
        ),
        "weight by weight": """
            def momentum_step(w, v, g, lr=0.1, mu=0.9):
                w, v = w.copy(), v.copy()
                for i in range(len(w)):
                    v[i] = mu * v[i] + lr * g[i]
                    w[i] -= v[i]
                return w, v

            def rmsprop_step(w, s, g, lr=0.1, rho=0.9, eps=1e-7):
                w, s = w.copy(), s.copy()
                for i in range(len(w)):
                    s[i] = rho * s[i] + (1 - rho) * g[i] ** 2
                    w[i] -= lr * g[i] / (s[i] + eps) ** 0.5
                return w, s
            """,
    },
    wrong={
        "momentum without memory": (
            _memory("v = lr * g; return w - v, v"),
            "The velocity has no memory",
            2,
        ),
        "momentum uphill": (
            _memory("v = mu * v + lr * g; return w + v, v"),
            "The step goes uphill: subtract v.",
            2,
        ),
        "learning rate twice": (
            _memory("v = mu * v + lr * g; return w - lr * v, v"),
            "The learning rate is applied twice: it is in v already.",
            2,
        ),
        "learning rate in the step": (
            _memory("v = mu * v + g; return w - lr * v, v"),
            "the learning rate goes into v, not into the step",
            2,
        ),
        "an average in place of a sum": (
            _memory("v = mu * v + (1 - mu) * lr * g; return w - v, v"),
            "no factor 1 - mu",
            2,
        ),
        "old velocity": (
            _memory("new = mu * v + lr * g; return w - v, new"),
            "The step uses the old velocity",
            2,
        ),
        "nothing forgotten": (
            _memory("v = v + lr * g; return w - v, v"),
            "The whole old velocity is kept",
            2,
        ),
        "velocity first": (
            _memory("v = mu * v + lr * g; return v, w - v"),
            "The two are swapped: return w first.",
            2,
        ),
        "weights only": (
            _memory("return w - mu * v - lr * g"),
            "Return the new weights and the new memory: `return w, v`.",
            2,
        ),
        "velocity changed in place": (
            _memory("v *= mu; v += lr * g; return w - v, v"),
            "`momentum_step` changed its argument `v` in place.",
            2,
        ),
        "AdaGrad": (
            _memory(
                rmsprop="s = s + g**2; return w - lr * g / np.sqrt(s + eps), s",
            ),
            "The squares are added up, as in AdaGrad",
            2,
        ),
        "no root": (
            _memory(
                rmsprop="s = rho * s + (1 - rho) * g**2; return w - lr * g / (s+eps), s"
            ),
            "The root is missing",
            2,
        ),
        "gradient not squared": (
            _memory(
                rmsprop="s = rho * s + (1 - rho) * g; "
                "return w - lr * g / np.sqrt(s + eps), s"
            ),
            "The gradient is not squared in s.",
            2,
        ),
        "shares swapped": (
            _memory(
                rmsprop="s = (1 - rho) * s + rho * g**2; "
                "return w - lr * g / np.sqrt(s + eps), s"
            ),
            "rho and 1 - rho are swapped.",
            2,
        ),
        "old squares": (
            _memory(
                rmsprop="new = rho * s + (1 - rho) * g**2; "
                "return w - lr * g / np.sqrt(s + eps), new"
            ),
            "The step uses the old s",
            2,
        ),
        "square in the numerator": (
            _memory(
                rmsprop="s = rho * s + (1 - rho) * g**2; "
                "return w - lr * g**2 / np.sqrt(s + eps), s"
            ),
            "The gradient in the numerator is not squared",
            2,
        ),
        "RMSprop without memory": (
            _memory(
                rmsprop="s = (1 - rho) * g**2; return w - lr * g / np.sqrt(s + eps), s"
            ),
            "s has no memory",
            2,
        ),
        "eps outside the root": (
            _memory(
                rmsprop="s = rho * s + (1 - rho) * g**2; "
                "return w - lr * g / (np.sqrt(s) + eps), s"
            ),
            "eps goes under the root, beside s.",
            2,
        ),
        "RMSprop is not written": (
            _memory(rmsprop=STUB),
            "`rmsprop_step` (2 points): `rmsprop_step` still holds the line",
            2,
        ),
        "momentum is not written": (
            _memory(STUB),
            "`momentum_step` (2 points): `momentum_step` still holds the line",
            2,
        ),
        "both uphill": (
            _memory(
                "v = mu * v + lr * g; return w + v, v",
                "s = rho * s + (1 - rho) * g**2; "
                "return w + lr * g / np.sqrt(s + eps), s",
            ),
            "`rmsprop_step` (2 points): The step goes uphill: subtract it.",
        ),
    },
)


def _adam(
    m="beta_1 * m + (1 - beta_1) * g",
    v="beta_2 * v + (1 - beta_2) * g**2",
    m_hat="m / (1 - beta_1**t)",
    v_hat="v / (1 - beta_2**t)",
    step="lr * m_hat / (np.sqrt(v_hat) + eps)",
    answer="w - step, m, v",
):
    return f"""
def adam_step(w, m, v, g, t, lr=0.1, beta_1=0.9, beta_2=0.999, eps=1e-7):
    m, v = {m}, {v}
    m_hat, v_hat = {m_hat}, {v_hat}
    step = {step}
    return {answer}
"""


ADAM = Task(
    right={
        "moving towards the gradient": _adam(
            "m + (1 - beta_1) * (g - m)", "v + (1 - beta_2) * (g * g - v)"
        ),
        "correction in the rate": """
            def adam_step(w, m, v, g, t, lr=0.1, beta_1=0.9, beta_2=0.999, eps=1e-7):
                new_m = m * beta_1 + g * (1 - beta_1)
                new_v = v * beta_2 + g**2 * (1 - beta_2)
                root = (1 - beta_2**t) ** 0.5
                rate = lr * root / (1 - beta_1**t)
                return [w - rate * new_m / (new_v**0.5 + eps * root), new_m, new_v]
            """,
    },
    wrong={
        "no bias correction": (
            _adam(m_hat="m", v_hat="v"),
            "The bias correction is missing",
        ),
        "only the squares corrected": (
            _adam(m_hat="m"),
            "Only v is corrected",
        ),
        "only the gradients corrected": (
            _adam(v_hat="v"),
            "Only m is corrected",
        ),
        "no root": (
            _adam(step="lr * m_hat / (v_hat + eps)"),
            "The root is missing",
        ),
        "root of the wrong moment": (
            _adam(step="lr * np.sqrt(m_hat) / (v_hat + eps)"),
            "The root is on the wrong average",
        ),
        "root of both moments": (
            _adam(step="lr * np.sqrt(m_hat) / (np.sqrt(v_hat) + eps)"),
            "Both averages are under the root",
        ),
        "eps inside the root": (
            _adam(step="lr * m_hat / np.sqrt(v_hat + eps)"),
            "eps is under the root; add it to the root.",
        ),
        "eps as in Keras": (
            """
            def adam_step(w, m, v, g, t, lr=0.1, beta_1=0.9, beta_2=0.999, eps=1e-7):
                m, v = beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g**2
                rate = lr * (1 - beta_2**t) ** 0.5 / (1 - beta_1**t)
                return w - rate * m / (np.sqrt(v) + eps), m, v
            """,
            "eps is added to the root before v is corrected",
        ),
        "no eps": (
            _adam(step="lr * m_hat / np.sqrt(v_hat)"),
            "eps has no effect",
        ),
        "corrected averages kept": (
            _adam(answer="w - step, m_hat, v_hat"),
            "Return m and v themselves",
        ),
        "uphill": (
            _adam(answer="w + step, m, v"),
            "The step goes uphill",
        ),
        "gradient not squared": (
            _adam(v="beta_2 * v + (1 - beta_2) * g"),
            "The gradient is not squared in v.",
        ),
        "betas swapped": (
            """
            def adam_step(w, m, v, g, t, lr=0.1, beta_2=0.999, beta_1=0.9, eps=1e-7):
                m, v = beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g**2
                m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
                return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v
            """,
            "they are swapped",
        ),
        "shares swapped": (
            _adam("(1 - beta_1) * m + beta_1 * g", "(1 - beta_2) * v + beta_2 * g**2"),
            "the gradient gets 1 - beta",
        ),
        "one step late": (
            _adam(m_hat="m / (1 - beta_1**(t+1))", v_hat="v / (1 - beta_2**(t+1))"),
            "do not add 1 to it",
        ),
        "correction without t": (
            _adam(m_hat="m / (1 - beta_1)", v_hat="v / (1 - beta_2)"),
            "The correction ignores t",
        ),
        "product for power": (
            _adam(m_hat="m / (1 - beta_1 * t)", v_hat="v / (1 - beta_2 * t)"),
            "The correction takes the power beta**t",
        ),
        "gradient in place of its average": (
            _adam(step="lr * g / (np.sqrt(v_hat) + eps)"),
            "The step uses the gradient instead of its average",
        ),
        "no memory": (
            _adam("(1 - beta_1) * g", "(1 - beta_2) * g**2"),
            "The averages have no memory",
        ),
        "averages changed in place": (
            """
            def adam_step(w, m, v, g, t, lr=0.1, beta_1=0.9, beta_2=0.999, eps=1e-7):
                m *= beta_1
                m += (1 - beta_1) * g
                v = beta_2 * v + (1 - beta_2) * g**2
                m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
                return w - lr * m_hat / (np.sqrt(v_hat) + eps), m, v
            """,
            "`adam_step` changed its argument `m` in place.",
        ),
        "weights only": (
            _adam(answer="w - step"),
            "Return the weights and both averages",
        ),
    },
)


def _widen(body):
    return f"""
def best_rate(steps_needed, rate):
    needed = {{lr: steps_needed(lr) for lr in (rate / 2, rate, 2 * rate)}}
    {body}
"""


def _widen_loop(best="min(sorted(needed), key=needed.get)", answer="best, needed"):
    return _widen(
        f"""while True:
        best = {best}
        if best == min(needed):
            needed[best / 2] = steps_needed(best / 2)
        elif best == max(needed):
            needed[2 * best] = steps_needed(2 * best)
        else:
            return {answer}"""
    )


WIDEN = Task(
    right={
        "two lists": """
            def best_rate(steps_needed, rate):
                rates = [rate / 2, rate, 2 * rate]
                steps = [steps_needed(lr) for lr in rates]
                while (i := int(np.argmin(steps))) in (0, len(rates) - 1):
                    if i == 0:
                        rates.insert(0, rates[0] / 2)
                        steps.insert(0, steps_needed(rates[0]))
                    else:
                        rates.append(2 * rates[-1])
                        steps.append(steps_needed(rates[-1]))
                return rates[i], dict(zip(rates, steps))
            """,
        "once more around the best": """
            def best_rate(steps_needed, rate, needed=None):
                needed = dict(needed or {})
                for lr in (rate / 2, rate, 2 * rate):
                    if lr not in needed:
                        needed[lr] = steps_needed(lr)
                fewest = min(needed.values())
                best = min(lr for lr, steps in needed.items() if steps == fewest)
                if min(needed) < best < max(needed):
                    return best, needed
                return best_rate(steps_needed, best, needed)
            """,
        "exponents of two": """
            def best_rate(steps_needed, rate):
                low, high, found = -1, 1, {}
                while True:
                    for k in range(low, high + 1):
                        if k not in found:
                            found[k] = steps_needed(rate * 2.0**k)
                    best = sorted(found, key=lambda k: (found[k], k))[0]
                    low, high = low - (best == low), high + (best == high)
                    if len(found) == high - low + 1:
                        needed = {rate * 2.0**k: n for k, n in found.items()}
                        return rate * 2.0**best, needed
            """,
    },
    wrong={
        "three rates": (
            _widen("return min(needed, key=needed.get), needed"),
            "is not inside the rates that you tried",
        ),
        "upwards only": (
            _widen(
                """best = min(needed, key=needed.get)
    while best == max(needed):
        needed[2 * best] = steps_needed(2 * best)
        best = min(sorted(needed), key=needed.get)
    return best, needed"""
            ),
            "Where a smaller one than the first three is best: your best rate",
        ),
        "a fixed grid": (
            """
            def best_rate(steps_needed, rate):
                rates = rate * 2.0 ** np.arange(-9, 10)
                needed = {lr: steps_needed(lr) for lr in rates}
                return min(sorted(needed), key=needed.get), needed
            """,
            "You tried 19 rates; 3 were due.",
        ),
        "most steps": (
            _widen_loop("max(sorted(needed), key=needed.get)"),
            "After 200 rates the search still goes on",
        ),
        "largest of equals": (
            _widen_loop("min(sorted(needed, reverse=True), key=needed.get)"),
            "Where several rates need equally few steps, take the smallest.",
        ),
        "first of equals": (
            _widen_loop("min(needed, key=needed.get)"),
            "Where several rates need equally few steps, take the smallest.",
        ),
        "both sides at once": (
            _widen(
                """while True:
        best = min(sorted(needed), key=needed.get)
        if min(needed) < best < max(needed):
            return best, needed
        for lr in (min(needed) / 2, 2 * max(needed)):
            needed[lr] = steps_needed(lr)"""
            ),
            "widen only on the side where the best rate lies",
        ),
        "one rate more on each side": (
            _widen_loop().replace(
                "return",
                """for lr in (min(needed) / 2, 2 * max(needed)):
                needed[lr] = steps_needed(lr)
            return""",
            ),
            "stop as soon as it lies inside. You tried 5 rates; 3 were due.",
        ),
        "downhill from the first": (
            """
            def best_rate(steps_needed, rate):
                needed = {lr: steps_needed(lr) for lr in (rate / 2, rate, 2 * rate)}
                best = min(sorted(needed), key=needed.get)
                factor = 2 if best > rate else 0.5
                while best != rate:
                    lr = best * factor
                    needed[lr] = steps_needed(lr)
                    if needed[lr] >= needed[best]:
                        break
                    best = lr
                return best, needed
            """,
            "Where several rates need equally few steps, take the smallest.",
        ),
        "rates that never arrive left out": (
            _widen_loop(
                answer="best, {lr: n for lr, n in needed.items() if n < np.inf}"
            ),
            "The dictionary should hold every rate that was tried, also one that never",
        ),
        "steps in place of the rate": (
            _widen_loop(answer="needed[best], needed"),
            "is none of the rates that were tried",
        ),
        "best alone": (
            _widen_loop(answer="best"),
            "Return the best rate and the dictionary",
        ),
        "only three in the dictionary": (
            _widen_loop(
                answer="best, {lr: needed[lr] for lr in (best / 2, best, 2 * best)}"
            ),
            "The dictionary should hold every rate that was tried, also one that never",
        ),
        "second best": (
            _widen_loop(answer="sorted(needed, key=needed.get)[1], needed"),
            "another rate that you tried needs fewer steps than yours",
        ),
        "finer steps outwards": (
            _widen(
                """while True:
        best = min(sorted(needed), key=needed.get)
        if best == min(needed):
            needed[best / 1.5] = steps_needed(best / 1.5)
        elif best == max(needed):
            needed[1.5 * best] = steps_needed(1.5 * best)
        else:
            return best, needed"""
            ),
            "the neighbours of the best should be half of it and twice it",
        ),
    },
)

BANK = {
    "task-3-1-quadratic": QUADRATIC,
    "task-3-2-descend": DESCEND,
    "task-3-3-entropy": PROBABILITIES,
    "task-3-4-train": TRAIN,
    "task-3-5-memory": MEMORY,
    "task-3-5-widen": WIDEN,
    "task-3-6-adam": ADAM,
}
