"""What students write for exercise 2: wrong in a known way or right in another."""

from tests.exercises.harness import Task

RIGHT_SHAPES = """
def shapes(sizes):
    return [((m, n), (n,)) for m, n in zip(sizes, sizes[1:])]
"""
RIGHT_COUNT = """
def count(sizes):
    return sum((m + 1) * n for m, n in zip(sizes, sizes[1:]))
"""


def _shapes(body):
    return f"def shapes(sizes):\n    return {body}\n{RIGHT_COUNT}"


def _count(body):
    return f"{RIGHT_SHAPES}\ndef count(sizes):\n    return {body}\n"


SHAPES = Task(
    right={
        "made and measured": """
            def layers_of(sizes):
                pairs = zip(sizes, sizes[1:])
                return [(np.zeros((m, n)), np.zeros(n)) for m, n in pairs]

            def shapes(sizes):
                return [(W.shape, b.shape) for W, b in layers_of(sizes)]

            def count(sizes):
                return sum(W.size + b.size for W, b in layers_of(sizes))
            """,
        "a loop over positions": """
            def shapes(sizes):
                pairs = []
                for i in range(1, len(sizes)):
                    pairs.append([(sizes[i - 1], sizes[i]), (sizes[i],)])
                return pairs

            def count(sizes):
                total = 0
                for i in range(1, len(sizes)):
                    total += sizes[i - 1] * sizes[i] + sizes[i]
                return total
            """,
        "a product of arrays": _count("int(np.dot(np.add(sizes[:-1], 1), sizes[1:]))"),
    },
    wrong={
        "transposed": (
            _shapes("[((n, m), (n,)) for m, n in zip(sizes, sizes[1:])]"),
            "The weights have the shape (inputs, neurons)",
            1,
        ),
        "a bias for each input": (
            _shapes("[((m, n), (m,)) for m, n in zip(sizes, sizes[1:])]"),
            "not for each input",
            1,
        ),
        "one bias per layer": (
            _shapes("[((m, n), (1,)) for m, n in zip(sizes, sizes[1:])]"),
            "not one in all",
            1,
        ),
        "biases as a row of a matrix": (
            _shapes("[((m, n), (1, n)) for m, n in zip(sizes, sizes[1:])]"),
            "The biases of a layer are a vector",
            1,
        ),
        "no output layer": (
            _shapes("[((m, n), (n,)) for m, n in zip(sizes[:-1], sizes[1:-1])]"),
            "The output layer is missing",
            1,
        ),
        "weights only": (
            _shapes("[(m, n) for m, n in zip(sizes, sizes[1:])]"),
            "Return a list of pairs of tuples",
            1,
        ),
        "lists for tuples": (
            _shapes("[([m, n], [n]) for m, n in zip(sizes, sizes[1:])]"),
            "A shape is a tuple, as NumPy gives it",
            1,
        ),
        "a tuple for the list": (
            _shapes("tuple(((m, n), (n,)) for m, n in zip(sizes, sizes[1:]))"),
            "Return a list of pairs of tuples",
            1,
        ),
        "two layers taken for granted": (
            _shapes(
                "[((sizes[0], sizes[1]), (sizes[1],)), "
                "((sizes[1], sizes[2]), (sizes[2],))]"
            ),
            "`shapes` stopped with an error. Python says IndexError",
            1,
        ),
        "biases forgotten in the count": (
            _count("sum(m * n for m, n in zip(sizes, sizes[1:]))"),
            "The biases are missing: each neuron has one.",
            2,
        ),
        "biases for the inputs": (
            _count("sum(m * n for m, n in zip(sizes, sizes[1:])) + sum(sizes)"),
            "Inputs compute nothing and have no bias.",
            2,
        ),
        "a bias per layer in the count": (
            _count("sum(m * n + 1 for m, n in zip(sizes, sizes[1:]))"),
            "Each neuron has a bias of its own",
            2,
        ),
        "no bias for the output": (
            _count("sum(m * n for m, n in zip(sizes, sizes[1:])) + sum(sizes[1:-1])"),
            "The output neurons have biases, too.",
            2,
        ),
        "nodes counted": (_count("sum(sizes)"), "That is the number of nodes", 2),
        "a bias for each input in the count": (
            _count("sum(m * (n + 1) for m, n in zip(sizes, sizes[1:]))"),
            "not for each of its inputs",
            2,
        ),
        "one hidden layer taken for granted": (
            _count("(sizes[0] + 1) * sizes[1] + (sizes[1] + 1) * sizes[-1]"),
            "The number of parameters of one neuron: you have 6",
            2,
        ),
        "a count that is a float": (
            _count("float(sum((m + 1) * n for m, n in zip(sizes, sizes[1:])))"),
            "The number of parameters: 37.0 is a float64; what is counted is a whole",
            2,
        ),
        "shapes of floats": (
            _shapes("[((m, n), (n / 1,)) for m, n in zip(sizes, sizes[1:])]"),
            "A size in a shape: 5.0 is a float64",
            1,
        ),
        "the count is not written": (
            f"{RIGHT_SHAPES}\ndef count(sizes):\n"
            '    raise NotImplementedError("not attempted yet")\n',
            "`count` (1 point): `count` still holds the line",
            2,
        ),
        "printed, not returned": (
            f"{RIGHT_SHAPES}\ndef count(sizes):\n    print(sum(sizes))\n",
            "`count` returned None.",
            2,
        ),
    },
)


def _forward(hidden="f(a @ W + b)", output="a @ W + b", start="X"):
    return f"""
def forward(X, layers, f):
    a = {start}
    for W, b in layers[:-1]:
        a = {hidden}
    W, b = layers[-1]
    return {output}
"""


FORWARD = Task(
    right={
        "by position": """
            def forward(X, layers, f):
                for i, (W, b) in enumerate(layers):
                    X = X @ W + b
                    if i < len(layers) - 1:
                        X = f(X)
                return X
            """,
        "one layer after the other, by calling itself": """
            def forward(X, layers, f):
                z = np.dot(X, layers[0][0]) + layers[0][1]
                return z if len(layers) == 1 else forward(f(z), layers[1:], f)
            """,
        "columns as examples": """
            def forward(X, layers, f):
                a = X.T
                for W, b in layers[:-1]:
                    a = f(W.T @ a + b[:, None])
                return (layers[-1][0].T @ a + layers[-1][1][:, None]).T
            """,
    },
    wrong={
        "activation on the output": (
            _forward(output="f(a @ W + b)"),
            "The output layer has no activation",
        ),
        "weights transposed": (
            _forward("f(a @ W.T + b)", "a @ W.T + b"),
            "W is turned round",
        ),
        "factors swapped": (
            _forward("f(W @ a + b)", "W @ a + b"),
            "The factors are in the wrong order",
        ),
        "transposed where it must be": (
            """
            def forward(X, layers, f):
                a = X
                for i, (W, b) in enumerate(layers):
                    W = W if W.shape[0] != W.shape[1] or len(layers) == 1 else W.T
                    a = a @ W + b
                    a = f(a) if i < len(layers) - 1 else a
                return a
            """,
            "The output of a 3-3-3 network with tanh",
        ),
        "a bias per example": (
            _forward(
                "f(a @ W + (b[:, None] if len(b) == len(a) else b))",
                "a @ W + (b[:, None] if len(b) == len(a) else b)",
            ),
            "A bias belongs to a neuron",
        ),
        "no biases": (_forward("f(a @ W)", "a @ W"), "The biases are missing."),
        "no bias in hidden layers": (
            _forward("f(a @ W)"),
            "The hidden layer's biases are missing.",
        ),
        "no bias in the output": (
            _forward(output="a @ W + (0 if len(layers) > 1 else b)"),
            "The output layer's bias is missing.",
        ),
        "no activation": (_forward("a @ W + b"), "has lost its activation"),
        "bias after the activation": (
            _forward("f(a @ W) + b"),
            "Add the bias before the activation",
        ),
        "activation on the inputs": (
            _forward(start="f(X) if len(layers) > 1 else X"),
            "the inputs go in as they are",
        ),
        "the hidden layer's output": (
            _forward(output="a if len(layers) > 1 else a @ W + b"),
            "the output layer is still to come",
        ),
        "ReLU whatever comes in": (
            _forward("np.maximum(0, a @ W + b)"),
            "and each hidden one the given `f`?",
        ),
        "returned from inside the loop": (
            """
            def forward(X, layers, f):
                a = X
                for W, b in layers[:-1]:
                    a = f(a @ W + b)
                    W, b = layers[-1]
                    return a @ W + b
            """,
            "Does every way through it end with `return ...`, also where a loop has no",
        ),
        "one hidden layer only": (
            """
            def forward(X, layers, f):
                a = X if len(layers) == 1 else f(X @ layers[0][0] + layers[0][1])
                return a @ layers[-1][0] + layers[-1][1]
            """,
            "`forward` stopped with an error. Python says ValueError: matmul",
        ),
        "a list of rows": (
            """
            def forward(X, layers, f):
                for W, b in layers[:-1]:
                    X = f(X @ W + b)
                return [list(x @ layers[-1][0] + layers[-1][1]) for x in X]
            """,
            "this is a list, not a NumPy array",
        ),
    },
)

RIGHT_SIGMOID = """
def sigmoid(z):
    return 1 / (1 + np.exp(-z))
"""
RIGHT_SIGMOID_SLOPE = """
def sigmoid_slope(z):
    return np.exp(-z) / (1 + np.exp(-z)) ** 2
"""


def _sigmoid(body):
    return f"def sigmoid(z):\n    return {body}\n{RIGHT_SIGMOID_SLOPE}"


def _sigmoid_slope(body):
    return f"{RIGHT_SIGMOID}\ndef sigmoid_slope(z):\n    return {body}\n"


SIGMOID = Task(
    right={
        "from tanh": _sigmoid("(1 + np.tanh(z / 2)) / 2"),
        "exponential above and below": _sigmoid("np.exp(z) / (1 + np.exp(z))"),
        "the slope from the sigmoid": _sigmoid_slope("sigmoid(z) * (1 - sigmoid(z))"),
        "a power": _sigmoid("(1 + np.exp(-z)) ** -1.0"),
    },
    wrong={
        "sign of the exponent": (
            _sigmoid("1 / (1 + np.exp(z))"),
            "The sign in the exponent is the other way",
            2,
        ),
        "tanh": (_sigmoid("np.tanh(z)"), "That is tanh", 2),
        "step": (_sigmoid("np.where(z >= 0, 1.0, 0.0)"), "That is the step", 2),
        "derivative at the activation": (
            _sigmoid_slope("sigmoid(sigmoid(z)) * (1 - sigmoid(sigmoid(z)))"),
            "a number went through the sigmoid twice",
            1,
        ),
        "z in place of a": (
            _sigmoid_slope("z * (1 - z)"),
            "put z through the sigmoid first",
            1,
        ),
        "the sigmoid, not its slope": (
            _sigmoid_slope("sigmoid(z)"),
            "That is the sigmoid itself, not its slope.",
            1,
        ),
        "the formula of tanh": (
            _sigmoid_slope("1 - sigmoid(z) ** 2"),
            "1 - a^2 belongs to tanh",
            1,
        ),
        "sign of the slope": (
            _sigmoid_slope("sigmoid(z) * (sigmoid(z) - 1)"),
            "The sign is wrong: the sigmoid rises everywhere.",
            1,
        ),
        "slope by central differences": (
            _sigmoid_slope("(sigmoid(z + 1e-6) - sigmoid(z - 1e-6)) / 2e-6"),
            "A difference of values loses digits here",
            1,
        ),
        "one number at a time": (
            "import math\n" + _sigmoid("1 / (1 + math.exp(-z))"),
            "`sigmoid` stopped with an error.",
            2,
        ),
        "rounded": (
            _sigmoid("np.round(1 / (1 + np.exp(-z)), 3)"),
            "you have 0.119 at position 0; it should be 0.119203.",
            2,
        ),
        "tanh and its slope": (
            """
            def sigmoid(z):
                return np.tanh(z)

            def sigmoid_slope(z):
                return 1 - np.tanh(z) ** 2
            """,
            "That is tanh",
        ),
    },
)

RIGHT_LEAKY = """
def leaky(z, slope):
    return np.where(z > 0, z, slope * z)
"""
RIGHT_LEAKY_SLOPE = """
def leaky_slope(z, slope):
    return np.where(z > 0, 1.0, slope)
"""


def _leaky(body):
    return f"def leaky(z, slope):\n    return {body}\n{RIGHT_LEAKY_SLOPE}"


def _leaky_slope(body):
    return f"{RIGHT_LEAKY}\ndef leaky_slope(z, slope):\n    return {body}\n"


LEAKY = Task(
    right={
        "the larger of two lines": _leaky("np.maximum(z, slope * z)"),
        "number by number": """
            def leaky(z, slope):
                return np.vectorize(lambda x: x if x > 0 else slope * x)(z)

            def leaky_slope(z, slope):
                return np.vectorize(lambda x: 1.0 if x > 0 else slope)(z)
            """,
        "a sum of a line and a distance": _leaky(
            "(1 + slope) / 2 * z + (1 - slope) / 2 * np.abs(z)"
        ),
        "heaviside": _leaky_slope("np.heaviside(z, 0) * (1 - slope) + slope"),
        "two halves": _leaky("np.clip(z, 0, None) + slope * np.clip(z, None, 0)"),
        "a copy with a mask": """
            def leaky(z, slope):
                a = z.copy()
                a[a < 0] *= slope
                return a

            def leaky_slope(z, slope):
                d = np.ones_like(z)
                d[z <= 0] = slope
                return d
            """,
        "arithmetic with truth values": _leaky_slope("slope + (1 - slope) * (z > 0)"),
    },
    wrong={
        "leak on the wrong side": (
            _leaky("np.where(z > 0, slope * z, z)"),
            "The leak is on the wrong side",
            2,
        ),
        "plain ReLU": (_leaky("np.maximum(0, z)"), "That is the plain ReLU", 2),
        "a list": (
            _leaky("[x if x > 0 else slope * x for x in z]"),
            "this is a list, not a NumPy array or a number. `np.array(...)` makes",
            2,
        ),
        "a list of derivatives": (
            _leaky_slope("[1.0 if x > 0 else slope for x in z]"),
            "this is a list, not a NumPy array or a number. `np.array(...)` makes",
            2,
        ),
        "the slope itself": (
            _leaky("np.where(z > 0, z, slope)"),
            "slope times z, not the slope itself",
            2,
        ),
        "positive below zero": (
            _leaky("np.where(z > 0, z, -slope * z)"),
            "Below zero the answer is negative",
            2,
        ),
        "changed in place": (
            f"def leaky(z, slope):\n    z[z < 0] *= slope\n    return z\n"
            f"{RIGHT_LEAKY_SLOPE}",
            "`leaky` changed its argument `z` in place.",
            2,
        ),
        "always a slope of a tenth": (
            _leaky("np.where(z > 0, z, 0.1 * z)"),
            "Your leak is 0.1 whatever comes in",
            2,
        ),
        "always a slope of a hundredth": (
            _leaky("np.where(z > 0, z, 0.01 * z)"),
            "Your leak is 0.01 whatever comes in",
            2,
        ),
        "slopes on the wrong sides": (
            _leaky_slope("np.where(z > 0, slope, 1.0)"),
            "The slopes are on the wrong sides",
            2,
        ),
        "derivative of the plain ReLU": (
            _leaky_slope("np.where(z > 0, 1.0, 0.0)"),
            "Below zero your derivative is 0, as that of the plain ReLU",
            2,
        ),
        "an array of whole numbers": (
            f"""{RIGHT_LEAKY}
def leaky_slope(z, slope):
    d = np.ones(z.shape, dtype=int)
    d[z <= 0] = slope
    return d
""",
            "does your array hold whole numbers only?",
            2,
        ),
        "a whole number first": (
            _leaky_slope("np.vectorize(lambda x: 1 if x > 0 else slope)(z)"),
            "the slope of the others is cut off to 0",
            2,
        ),
        "a difference to the left": (
            _leaky_slope("(leaky(z, slope) - leaky(z - 1e-6, slope)) / 1e-6"),
            "A difference of values meets both sides here.",
            2,
        ),
        "a difference to both sides": (
            _leaky_slope("(leaky(z + 1e-6, slope) - leaky(z - 1e-6, slope)) / 2e-6"),
            "How steep is the graph on either side of zero",
            2,
        ),
        "divided by the slope": (
            _leaky("np.where(z > 0, z, z / slope)"),
            "all others are multiplied by the `slope` that comes in",
            2,
        ),
        "set in the wrong order": (
            f"""{RIGHT_LEAKY}
def leaky_slope(z, slope):
    d = z.copy()
    d[d <= 0] = slope
    d[d > 0] = 1
    return d
""",
            "How steep is the graph on either side of zero",
            2,
        ),
        "the corner from the right": (
            _leaky_slope("np.where(z >= 0, 1.0, slope)"),
            "At z = 0 take the derivative on the left.",
            2,
        ),
        "slope times z": (
            _leaky_slope("np.where(z > 0, 1.0, slope * z)"),
            "The derivative of slope times z is the slope",
            2,
        ),
        "the activation, not its derivative": (
            _leaky_slope("np.where(z > 0, z, slope * z)"),
            "That is the leaky ReLU itself",
            2,
        ),
        "falling below zero": (
            _leaky_slope("np.where(z > 0, 1.0, -slope)"),
            "The graph rises below zero as well",
            2,
        ),
        "always a derivative of a tenth": (
            _leaky_slope("np.where(z > 0, 1.0, 0.1)"),
            "Your derivative is 0.1 below zero, whatever comes in",
            2,
        ),
        "always a derivative of a hundredth": (
            _leaky_slope("np.where(z > 0, 1.0, 0.01)"),
            "Your derivative is 0.01 below zero, whatever comes in",
            2,
        ),
        "sides exchanged in both": (
            """
            def leaky(z, slope):
                return np.where(z > 0, slope * z, z)

            def leaky_slope(z, slope):
                return np.where(z > 0, slope, 1.0)
            """,
            "The slopes are on the wrong sides",
        ),
    },
)


def _exactly_one(W1="np.ones((3, 2))", b1="-0.5, -1.5", W2="[1.0], [-1.0]", b2="-0.5"):
    return f"""
def exactly_one():
    return {W1}, np.array([{b1}]), np.array([{W2}]), np.array([{b2}])
"""


EXACTLY_ONE = Task(
    right={
        "scaled": _exactly_one(
            "10 * np.ones((3, 2))", "-5, -15", "[4.0], [-4.0]", "-2"
        ),
        "hidden neurons that count down": _exactly_one(
            "-np.ones((3, 2))", "0.5, 1.5", "[-1.0], [1.0]", "-0.5"
        ),
        "a neuron for each input": _exactly_one(
            "2 * np.eye(3) - 1", "-0.5, -0.5, -0.5", "[1.0], [1.0], [1.0]", "-0.5"
        ),
    },
    wrong={
        "at least one": (
            _exactly_one(W2="[1.0], [0.0]"),
            "the part *and not at least two* is missing",
        ),
        "not all three": (
            _exactly_one(b1="-0.5, -2.5"),
            "Two ones get through",
        ),
        "parity": (
            _exactly_one("np.ones((3, 3))", "-0.5, -1.5, -2.5", "[1.0], [-1.0], [1.0]"),
            "Three ones get through: that is parity.",
        ),
        "output threshold too high": (
            _exactly_one(b2="-1.5"),
            "The network never answers 1.",
        ),
        "no output bias": (
            _exactly_one(b2="0.0"),
            "The network always answers 1.",
        ),
        "the opposite": (
            _exactly_one(W2="[-1.0], [1.0]", b2="0.5"),
            "All answers are the opposite",
        ),
        "first threshold missing": (
            _exactly_one(b1="0.5, -1.5"),
            "It answers 1 for three zeros, too",
        ),
        "thresholds at the corners": (
            _exactly_one(b1="-1.0, -2.0"),
            "Put the thresholds halfway between the counts.",
        ),
        "the network of XOR": (
            _exactly_one("np.array([[1, 1], [1, 1], [0, 0]])"),
            "For the inputs (0, 0, 1) the network answers 0; it should answer 1.",
        ),
        "weights transposed": (
            _exactly_one("np.ones((2, 3))"),
            "`W1` should have one row per input",
        ),
        "output weights as a vector": (
            _exactly_one(W2="1.0, -1.0"),
            "`W2`: the shape is (2,); it should be (2, 1).",
        ),
        "output bias as a number": (
            """
            def exactly_one():
                b1, W2 = np.array([-0.5, -1.5]), np.array([[1.0], [-1.0]])
                return np.ones((3, 2)), b1, W2, -0.5
            """,
            "`b2`: the shape is (); it should be (1,).",
        ),
        "hidden layer only": (
            """
            def exactly_one():
                return np.ones((3, 2)), np.array([-0.5, -1.5])
            """,
            "Return four arrays",
        ),
    },
)


def _collapse(W="W @ W_next", b="b @ W_next + b_next"):
    return f"""
def collapse(layers):
    W, b = layers[0]
    for W_next, b_next in layers[1:]:
        W, b = {W}, {b}
    return W, b
"""


COLLAPSE = Task(
    right={
        "measured with a zero and with unit inputs": """
            def collapse(layers):
                def answer(X):
                    for W, b in layers:
                        X = X @ W + b
                    return X

                n_inputs = len(layers[0][0])
                b = answer(np.zeros(n_inputs))
                return answer(np.eye(n_inputs)) - b, b
            """,
        "from the last layer to the first": """
            def collapse(layers):
                W, b = layers[-1]
                for W_before, b_before in layers[-2::-1]:
                    b = b_before @ W + b
                    W = W_before @ W
                return W, b
            """,
        "biases as a further row": """
            def collapse(layers):
                product = 1.0
                for W, b in layers:
                    last = np.append(np.zeros(len(W)), 1.0)[:, None]
                    block = np.hstack([np.vstack([W, b]), last])
                    product = block if np.isscalar(product) else product @ block
                return product[:-1, :-1], product[-1, :-1]
            """,
    },
    wrong={
        "order reversed": (
            _collapse(W="W_next @ W"),
            "the first layer stands on the left",
        ),
        "square weights turned round": (
            _collapse("W @ (W_next.T if len(W_next) == len(b_next) else W_next)"),
            "The first layer's weights stand on the left of the product.",
        ),
        "biases added up": (
            _collapse(b="b + b_next"),
            "The biases are added up as they are.",
        ),
        "last bias only": (
            _collapse(b="b_next"),
            "Only the last bias is there",
        ),
        "first bias only": (
            _collapse(b="b @ W_next"),
            "but no other bias is added",
        ),
        "middle bias not carried on": (
            """
            def collapse(layers):
                W, b = layers[0]
                late = 0
                for W_next, b_next in layers[1:]:
                    W, b, late = W @ W_next, b @ W_next, late + b_next
                return W, b + late
            """,
            "The bias of the middle layer has to pass through the last weights.",
        ),
        "first bias forgotten": (
            """
            def collapse(layers):
                W, b = layers[0][0], 0 * layers[0][1]
                for W_next, b_next in layers[1:]:
                    W, b = W @ W_next, b @ W_next + b_next
                return W, b
            """,
            "The first layer's bias is missing.",
        ),
        "first bias not carried on": (
            """
            def collapse(layers):
                W, b = layers[0][0], 0 * layers[0][1]
                for W_next, b_next in layers[1:]:
                    W, b = W @ W_next, b @ W_next + b_next
                return W, b + layers[0][1]
            """,
            "The first layer's bias has to pass through the later weights.",
        ),
        "two layers only": (
            """
            def collapse(layers):
                (W1, b1), (W2, b2) = layers[0], layers[-1]
                return W1 @ W2, b1 @ W2 + b2
            """,
            "`collapse` stopped with an error.",
        ),
        "weights only": (
            """
            def collapse(layers):
                W = layers[0][0]
                for W_next, _ in layers[1:]:
                    W = W @ W_next
                return W
            """,
            "Return the weights and the bias",
        ),
    },
)


def _through(
    slopes="np.diff(y) / np.diff(x)",
    b1="-x[:-1]",
    W2="np.diff(slopes, prepend=0)[:, None]",
    b2="y[:1]",
):
    return f"""
def through(x, y):
    slopes = {slopes}
    b1 = {b1}
    return np.ones((1, len(b1))), b1, {W2}, {b2}
"""


THROUGH = Task(
    right={
        "a loop that remembers the slope": """
            def through(x, y):
                changes, before = [], 0.0
                for i in range(len(x) - 1):
                    slope = (y[i + 1] - y[i]) / (x[i + 1] - x[i])
                    changes.append([slope - before])
                    before = slope
                return np.ones((1, len(changes))), -x[:-1], np.array(changes), y[:1]
            """,
        "hinges that fall to the right": """
            def through(x, y):
                slopes = np.diff(y) / np.diff(x)
                W2 = np.diff(slopes, append=0)[:, None]
                return -np.ones((1, len(slopes))), x[1:], W2, y[-1:]
            """,
        "solved as equations": """
            def through(x, y):
                hinges = np.maximum(0, x[1:, None] - x[:-1])
                W2 = np.linalg.solve(hinges, y[1:] - y[0])
                return np.ones((1, len(W2))), -x[:-1], W2[:, None], y[:1]
            """,
    },
    wrong={
        "slopes, not their changes": (
            _through(W2="slopes[:, None]"),
            "A hinge adds the change of the slope, not the slope",
        ),
        "no output bias": (
            _through(b2="np.zeros(1)"),
            "The output bias is missing",
        ),
        "kinks on the wrong side": (
            _through(b1="x[:-1]"),
            "with weight 1 a kink at t needs the bias -t",
        ),
        "steps taken for even": (
            _through(slopes="np.diff(y)"),
            "A slope is a rise divided by its step in x",
        ),
        "mean step": (
            _through(slopes="np.diff(y) / np.mean(np.diff(x))"),
            "The output at the points (0, 1), (1, 3), (3, 2)",
        ),
        "kinks one point too late": (
            _through(b1="-x[1:]"),
            "Each hinge starts one point too late",
        ),
        "first hinge missing": (
            _through(b1="-x[1:-1]", W2="np.diff(slopes)[:, None]"),
            "The first hinge is missing",
        ),
        "output weights as a vector": (
            _through(W2="np.diff(slopes, prepend=0)"),
            "`W2`: the shape is (2,); it should be (2, 1).",
        ),
        "input weights as a column": (
            _through().replace("np.ones((1, len(b1)))", "np.ones((len(b1), 1))"),
            "`W1` should have one row for the one input",
        ),
        "output bias as a number": (
            _through(b2="y[0]"),
            "`b2`: the shape is (); it should be (1,).",
        ),
        "more kinks than points": (
            """
            def through(x, y):
                x = np.sort(np.append(x, 2.25)) if len(x) == 3 else x
                y = np.insert(y, 2, 3.0) if len(y) == 3 else y
                slopes = np.diff(y) / np.diff(x)
                W2 = np.diff(slopes, prepend=0)[:, None]
                return np.ones((1, len(slopes))), -x[:-1], W2, y[:1]
            """,
            "There should be a kink at each point and nowhere else.",
        ),
        "points at 0 taken for granted": (
            """
            def through(x, y):
                slopes = np.diff(y) / np.diff(x)
                W2 = np.diff(slopes, prepend=0)[:, None]
                return np.ones((1, len(slopes))), np.append(0, -x[1:-1]), W2, y[:1]
            """,
            "between two points",
        ),
    },
)

BANK = {
    "task-2-1-shapes": SHAPES,
    "task-2-2-forward": FORWARD,
    "task-2-3-sigmoid": SIGMOID,
    "task-2-3-leaky": LEAKY,
    "task-2-4-exactly-one": EXACTLY_ONE,
    "task-2-5-collapse": COLLAPSE,
    "task-2-6-through": THROUGH,
}
