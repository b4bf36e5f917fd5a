"""What students write for exercise 1: wrong in a known way or right in another."""

from tests.exercises.harness import Task

NEURON = Task(
    right={
        "sum of products": """
            def neuron(X, w, b):
                return np.sum(X * w, axis=-1) + b
            """,
        "dot": """
            def neuron(X, w, b):
                return np.dot(X, w) + b
            """,
        "a loop over the examples": """
            def neuron(X, w, b):
                if X.ndim == 1:
                    return sum(x_i * w_i for x_i, w_i in zip(X, w)) + b
                return np.array([neuron(x, w, b) for x in X])
            """,
    },
    wrong={
        "no bias": (
            """
            def neuron(X, w, b):
                return X @ w
            """,
            "The bias is missing: add b to the sum.",
        ),
        "a bias per input": (
            """
            def neuron(X, w, b):
                return np.sum(X * w + b, axis=-1)
            """,
            "one bias, not one per input",
        ),
        "a bias on every weight": (
            """
            def neuron(X, w, b):
                return X @ (w + b)
            """,
            "The bias was added to every weight: it belongs to the sum, once.",
        ),
        "products not added": (
            """
            def neuron(X, w, b):
                return X * w + b
            """,
            "The products have to be added up first",
        ),
        "sum down the columns": (
            """
            def neuron(X, w, b):
                return np.sum(X * w, axis=0) + b
            """,
            "Add along each row, not down each column.",
        ),
        "sum over the whole batch": (
            """
            def neuron(X, w, b):
                return np.sum(X * w) + b
            """,
            "the whole batch has become one number",
        ),
        "factors swapped": (
            """
            def neuron(X, w, b):
                return w @ X + b
            """,
            "`neuron` stopped with an error. Python says ValueError: matmul",
        ),
        "factors swapped, transposed only if it must be": (
            """
            def neuron(X, w, b):
                return w @ (X if X.shape[0] == len(w) else X.T) + b
            """,
            "Each row of X meets w",
        ),
        "a list": (
            """
            def neuron(X, w, b):
                if X.ndim == 1:
                    return float(X @ w + b)
                return [float(x @ w + b) for x in X]
            """,
            "The output for a batch: this is a list, not a NumPy array",
        ),
        "a batch kept as a column": (
            """
            def neuron(X, w, b):
                return X @ w.reshape(-1, 1) + b if X.ndim == 2 else X @ w + b
            """,
            "the shape is (3, 1); it should be (3,)",
        ),
        "printed, not returned": (
            """
            def neuron(X, w, b):
                print(X @ w + b)
            """,
            "`neuron` returned None. Does every way through it end with `return ...`",
        ),
        "whole numbers only": (
            """
            def neuron(X, w, b):
                return np.round(X @ w + b)
            """,
            "leave it unrounded",
        ),
        "size of the bias": (
            """
            def neuron(X, w, b):
                return X @ w + abs(b)
            """,
            "The output with a negative bias: you have 6.5 at position 0",
        ),
        "an assertion of its own": (
            """
            def neuron(X, w, b):
                assert X.ndim == 2
                return X @ w + b
            """,
            "An `assert` in your code does not hold.",
        ),
        "weights scaled in place": (
            """
            def neuron(X, w, b):
                w *= X if X.ndim == 1 else 1
                return (w.sum() if X.ndim == 1 else X @ w) + b
            """,
            "`neuron` changed its argument `w` in place.",
        ),
    },
)

THRESHOLD_RIGHT_BIAS = """
def bias_for(threshold):
    return -threshold
"""
THRESHOLD_RIGHT_FIRE = """
def fire(X, w, b):
    return (X @ w + b >= 0) * 1
"""


def _fire(body):
    return f"def fire(X, w, b):\n    return {body}\n{THRESHOLD_RIGHT_BIAS}"


def _bias(body):
    return f"{THRESHOLD_RIGHT_FIRE}\ndef bias_for(threshold):\n    return {body}\n"


THRESHOLD = Task(
    right={
        "where": _fire("np.where(X @ w + b >= 0, 1, 0)"),
        "compare with the threshold": _fire("(np.sum(X * w, axis=-1) >= -b) * 1"),
        "floats 0 and 1": _fire("np.heaviside(X @ w + b, 1.0)"),
    },
    wrong={
        "strictly above": (
            _fire("(X @ w + b > 0) * 1"),
            "At z = 0 exactly the perceptron answers 1.",
            1,
        ),
        "step at one half": (
            _fire("(X @ w + b >= 0.5) * 1"),
            "The step is at z = 0, not at 0.5.",
            1,
        ),
        "minus one and one": (
            _fire("np.where(X @ w + b >= 0, 1, -1)"),
            "The answers are 0 and 1, not -1 and 1.",
            1,
        ),
        "answers swapped": (
            _fire("np.where(X @ w + b >= 0, 0, 1)"),
            "The two answers are swapped",
            1,
        ),
        "no bias": (
            _fire("(X @ w >= 0) * 1"),
            "The bias has no effect on the answer",
            1,
        ),
        "no step": (
            _fire("X @ w + b"),
            "That is z itself; apply the step to it.",
            1,
        ),
        "truth values": (
            _fire("X @ w + b >= 0"),
            "The answer: True and False came back.",
            1,
        ),
        "sign of the bias": (
            _bias("threshold"),
            "a high threshold needs a low bias",
            2,
        ),
        "bias learned by heart": (
            _bias("-10.0"),
            "The bias for the threshold -2.5: you have -10",
            2,
        ),
        "never above zero": (
            _bias("-abs(threshold)"),
            "A negative threshold needs a positive bias",
            2,
        ),
        "the second function is missing": (
            f"{THRESHOLD_RIGHT_FIRE}\ndef bias_for(threshold):\n"
            '    raise NotImplementedError("not attempted yet")',
            "`bias_for` (1 point): `bias_for` still holds the line",
            2,
        ),
        "the first function is missing": (
            'def fire(X, w, b):\n    raise NotImplementedError("not attempted yet")\n'
            f"{THRESHOLD_RIGHT_BIAS}",
            "`fire` (2 points): `fire` still holds the line",
            1,
        ),
        "no bias among the inputs": (
            f"def fire(X, w):\n    return (X @ w >= 0) * 1\n{THRESHOLD_RIGHT_BIAS}",
            "`fire` stopped with an error. Python says TypeError",
            1,
        ),
        "no step, and the sign of the bias": (
            """
            def fire(X, w, b):
                return X @ w + b

            def bias_for(threshold):
                return threshold
            """,
            "That is z itself; apply the step to it.",
        ),
        "one answer for a batch": (
            _fire("int(np.all(X @ w + b >= 0))"),
            "The answer: the shape is (); it should be (4,)",
            1,
        ),
    },
)


def _boundary(body):
    return f"def boundary(x1, w, b):\n    return {body}\n"


BOUNDARY = Task(
    right={
        "slope and intercept": _boundary("-w[0] / w[1] * x1 - b / w[1]"),
        "point and direction": """
            def boundary(x1, w, b):
                start = -b * w / (w @ w)
                return start[1] - (x1 - start[0]) * w[0] / w[1]
            """,
        "solved for each point": """
            def boundary(x1, w, b):
                return np.array([float(-b - w[0] * x) / float(w[1]) for x in x1])
            """,
    },
    wrong={
        "sign of the bias": (
            _boundary("-(w[0] * x1 - b) / w[1]"),
            "The bias has the wrong sign",
        ),
        "sign of the slope": (
            _boundary("(w[0] * x1 - b) / w[1]"),
            "The slope has the wrong sign",
        ),
        "weights swapped": (
            _boundary("-(w[1] * x1 + b) / w[0]"),
            "The weights are swapped",
        ),
        "no division": (
            _boundary("-(w[0] * x1 + b)"),
            "Divide by the weight of x2.",
        ),
        "no bias": (
            _boundary("-w[0] * x1 / w[1]"),
            "this line passes through the origin",
        ),
        "bias not divided": (
            _boundary("-w[0] / w[1] * x1 - b"),
            "Divide both terms by w[1]",
        ),
        "size of the weight only": (
            _boundary("-(w[0] * x1 + b) / abs(w[1])"),
            "The line for a negative w2: you have",
        ),
        "no line where w1 is zero": (
            _boundary("-(w[0] * x1 + b) / w[1] if w[0] else 0 * x1"),
            "The level line, for w1 = 0: you have",
        ),
        "a name that only the check has": (
            """
            def boundary(x, w, b):
                return -(w[0] * x1 + b) / w[1]
            """,
            "NameError: name 'x1' is not defined",
        ),
        "line where z is one": (
            _boundary("(1 - w[0] * x1 - b) / w[1]"),
            "The line: you have 2.5 at position 0; it should be 2.",
        ),
    },
)


def _update(body):
    return f"def update(w, b, x, target, lr=1.0):\n    {body}\n"


ERROR = "e = target - int(x @ w + b >= 0)"

UPDATE = Task(
    right={
        "by cases": """
            def update(w, b, x, target, lr=1.0):
                answer = 1 if np.dot(w, x) + b >= 0 else 0
                if answer == target:
                    return w, b
                if target == 1:
                    return w + lr * x, b + lr
                return w - lr * x, b - lr
            """,
        "bias as a weight": """
            def update(w, b, x, target, lr=1.0):
                weights, inputs = np.append(w, b), np.append(x, 1.0)
                weights = weights + lr * (target - (weights @ inputs >= 0)) * inputs
                return weights[:-1], weights[-1]
            """,
        "a list of two": _update(f"{ERROR}; return [w + lr * e * x, b + lr * e]"),
    },
    wrong={
        "sign of the error": (
            _update(
                "e = int(x @ w + b >= 0) - target; return w + lr * e * x, b + lr * e"
            ),
            "The step goes the wrong way",
        ),
        "no learning rate": (
            _update(f"{ERROR}; return w + e * x, b + e"),
            "The learning rate has no effect.",
        ),
        "bias never learns": (
            _update(f"{ERROR}; return w + lr * e * x, b"),
            "The bias stays behind",
        ),
        "error of the sum": (
            _update("e = target - (x @ w + b); return w + lr * e * x, b + lr * e"),
            "The error uses the sum z instead of the answer",
        ),
        "bias times the inputs": (
            _update(f"{ERROR}; return w + lr * e * x, b + lr * e * x.sum()"),
            "The bias is no weight of x",
        ),
        "always a step": (
            _update("e = 2 * target - 1; return w + lr * e * x, b + lr * e"),
            "A right answer changes nothing",
        ),
        "answers of minus one and one": (
            _update(
                "e = (target - (1 if x @ w + b >= 0 else -1));"
                " return w + lr * e * x, b + lr * e"
            ),
            "With -1 and 1 the error is twice as large",
        ),
        "learning rate twice": (
            _update(f"{ERROR}; return w + lr * lr * e * x, b + lr * lr * e"),
            "The learning rate is applied twice.",
        ),
        "false alarms ignored": (
            _update(f"{ERROR}; e = max(e, 0); return w + lr * e * x, b + lr * e"),
            "A false alarm teaches too",
        ),
        "strictly above": (
            _update(
                "e = target - int(x @ w + b > 0); return w + lr * e * x, b + lr * e"
            ),
            "At z = 0 the answer is 1",
        ),
        "changed in place": (
            _update(f"{ERROR}; w += lr * e * x; return w, b + lr * e"),
            "`update` changed its argument `w` in place.",
        ),
        "weights only": (
            _update(f"{ERROR}; return w + lr * e * x"),
            "Return the new weights and the new bias",
        ),
    },
)

TRAIN = Task(
    right={
        "a helper called trained": """
            def trained(w, b, X, y, update):
                wrong = 0
                for x, target in zip(X, y):
                    if (x @ w + b >= 0) != target:
                        wrong += 1
                        w, b = update(w, b, x, target)
                return w, b, wrong


            def train(X, y, update, max_epochs=100):
                w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
                while len(mistakes) < max_epochs and 0 not in mistakes:
                    w, b, wrong = trained(w, b, X, y, update)
                    mistakes.append(wrong)
                return w, b, mistakes
            """,
        "while loop": """
            def train(X, y, update, max_epochs=100):
                w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
                while len(mistakes) < max_epochs and (not mistakes or mistakes[-1]):
                    mistakes.append(0)
                    for i in range(len(X)):
                        answer = 1 if np.sum(X[i] * w) + b >= 0 else 0
                        if answer != y[i]:
                            mistakes[-1] += 1
                            w, b = update(w, b, X[i], y[i])
                return w, b, mistakes
            """,
        "an array of mistakes": """
            def train(X, y, update, max_epochs=100):
                w, b, counts = np.zeros(len(X[0])), 0, np.zeros(max_epochs, dtype=int)
                for epoch in range(max_epochs):
                    for x, target in zip(X, y):
                        if (x @ w + b >= 0) != target:
                            counts[epoch] += 1
                            w, b = update(w, b, x, target)
                    if not counts[epoch]:
                        break
                return w, b, counts[: epoch + 1]
            """,
    },
    wrong={
        "answers taken before the epoch": (
            """
            def train(X, y, update, max_epochs=100):
                w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
                for _ in range(max_epochs):
                    wrong = (X @ w + b >= 0) != y
                    mistakes.append(wrong.sum())
                    if not wrong.any():
                        break
                    for x, target in zip(X[wrong], y[wrong]):
                        w, b = update(w, b, x, target)
                return w, b, mistakes
            """,
            "yours were all taken before the epoch began",
        ),
        "last epoch not recorded": (
            """
            def train(X, y, update, max_epochs=100):
                w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
                for _ in range(max_epochs):
                    wrong = 0
                    for x, target in zip(X, y):
                        if int(x @ w + b >= 0) != target:
                            wrong += 1
                            w, b = update(w, b, x, target)
                    if wrong == 0:
                        break
                    mistakes.append(wrong)
                return w, b, mistakes
            """,
            "in which no mistake was left, belongs to the list too",
        ),
        "never stops early": (
            """
            def train(X, y, update, max_epochs=100):
                w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
                for _ in range(max_epochs):
                    wrong = 0
                    for x, target in zip(X, y):
                        if int(x @ w + b >= 0) != target:
                            wrong += 1
                            w, b = update(w, b, x, target)
                    mistakes.append(wrong)
                return w, b, mistakes
            """,
            "Training went on after an epoch without a mistake",
        ),
        "counter never set back": (
            """
            def train(X, y, update, max_epochs=100):
                w, b, mistakes, wrong = np.zeros(X.shape[1]), 0.0, [], 0
                for _ in range(max_epochs):
                    before = wrong
                    for x, target in zip(X, y):
                        if int(x @ w + b >= 0) != target:
                            wrong += 1
                            w, b = update(w, b, x, target)
                    mistakes.append(wrong)
                    if wrong == before:
                        break
                return w, b, mistakes
            """,
            "The counter goes on from epoch to epoch",
        ),
        "one epoch too many": (
            """
            def train(X, y, update, max_epochs=100):
                w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
                for _ in range(max_epochs + 1):
                    wrong = 0
                    for x, target in zip(X, y):
                        if int(x @ w + b >= 0) != target:
                            wrong += 1
                            w, b = update(w, b, x, target)
                    mistakes.append(wrong)
                    if wrong == 0:
                        break
                return w, b, mistakes
            """,
            "there should be 4 epochs; yours ran 5",
        ),
        "a rule of its own": (
            """
            def train(X, y, update, max_epochs=100):
                w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
                for _ in range(max_epochs):
                    wrong = 0
                    for x, target in zip(X, y):
                        error = target - int(x @ w + b >= 0)
                        wrong += abs(error)
                        w, b = w + error * x, b + error
                    mistakes.append(wrong)
                    if wrong == 0:
                        break
                return w, b, mistakes
            """,
            "With a rule that solves AND at the first mistake",
        ),
        "fires above zero only": (
            """
            def train(X, y, update, max_epochs=100):
                w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
                for _ in range(max_epochs):
                    wrong = 0
                    for x, target in zip(X, y):
                        if int(x @ w + b > 0) != target:
                            wrong += 1
                            w, b = update(w, b, x, target)
                    mistakes.append(wrong)
                    if wrong == 0:
                        break
                return w, b, mistakes
            """,
            "At z = 0 exactly the perceptron answers 1",
        ),
        "mistakes counted when the epoch is over": (
            """
            def train(X, y, update, max_epochs=100):
                w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
                for _ in range(max_epochs):
                    for x, target in zip(X, y):
                        if int(x @ w + b >= 0) != target:
                            w, b = update(w, b, x, target)
                    mistakes.append(int(np.sum((X @ w + b >= 0) != y)))
                    if mistakes[-1] == 0:
                        break
                return w, b, mistakes
            """,
            "Count a mistake at the moment when it happens",
        ),
        "update after every example": (
            """
            def train(X, y, update, max_epochs=100):
                w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
                for _ in range(max_epochs):
                    wrong = 0
                    for x, target in zip(X, y):
                        wrong += int(x @ w + b >= 0) != target
                        w, b = update(w, b, x, target)
                    mistakes.append(wrong)
                    if wrong == 0:
                        break
                return w, b, mistakes
            """,
            "call it after a wrong answer only",
        ),
        "a learning rate for update": (
            """
            def train(X, y, update, max_epochs=100):
                w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
                for _ in range(max_epochs):
                    wrong = 0
                    for x, target in zip(X, y):
                        if int(x @ w + b >= 0) != target:
                            wrong += 1
                            w, b = update(w, b, x, target, 1.0)
                    mistakes.append(wrong)
                    if wrong == 0:
                        break
                return w, b, mistakes
            """,
            "update() takes 4 positional arguments but 5 were given",
        ),
        "best weights instead of the last": (
            """
            def train(X, y, update, max_epochs=100):
                w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
                best, kept = len(y) + 1, (w, b)
                for _ in range(max_epochs):
                    wrong = 0
                    for x, target in zip(X, y):
                        if int(x @ w + b >= 0) != target:
                            wrong += 1
                            w, b = update(w, b, x, target)
                    left = np.sum((X @ w + b >= 0) != y)
                    if left < best:
                        best, kept = left, (w, b)
                    mistakes.append(wrong)
                    if wrong == 0:
                        break
                return *kept, mistakes
            """,
            "return those of the last epoch",
        ),
        "counts as floats": (
            """
            def train(X, y, update, max_epochs=100):
                w, b, mistakes = np.zeros(X.shape[1]), 0.0, []
                for _ in range(max_epochs):
                    wrong = 0.0
                    for x, target in zip(X, y):
                        if int(x @ w + b >= 0) != target:
                            wrong += 1
                            w, b = update(w, b, x, target)
                    mistakes.append(wrong)
                    if wrong == 0:
                        break
                return w, b, mistakes
            """,
            "The numbers of mistakes: 1.0 is a float64",
        ),
        "weights and bias only": (
            """
            def train(X, y, update, max_epochs=100):
                w, b = np.zeros(X.shape[1]), 0.0
                for x, target in zip(X, y):
                    if int(x @ w + b >= 0) != target:
                        w, b = update(w, b, x, target)
                return w, b
            """,
            "Return three things",
        ),
        "starts from ones": (
            """
            def train(X, y, update, max_epochs=100):
                w, b, mistakes = np.ones(X.shape[1]), 0.0, []
                for _ in range(max_epochs):
                    wrong = 0
                    for x, target in zip(X, y):
                        if int(x @ w + b >= 0) != target:
                            wrong += 1
                            w, b = update(w, b, x, target)
                    mistakes.append(wrong)
                    if wrong == 0:
                        break
                return w, b, mistakes
            """,
            "Start from zero weights",
        ),
    },
)


def _slow(points, answers, *, wrap="{0}, {1}"):
    X, y = f"np.array({points})", f"np.array({answers})"
    return f"def slow_data():\n    return {wrap.format(X, y)}\n"


SLOW = Task(
    right={
        "two neighbours in a corner": _slow("[[1.0, 1.0], [0.993, 0.993]]", "[1, 0]"),
        "a narrow lane of ten points": """
            def slow_data():
                x = np.linspace(-0.9, 0.9, 5)
                above, below = np.stack([x, x + 0.02]), np.stack([x, x - 0.02])
                return np.hstack([above, below]).T, np.repeat([1, 0], 5)
            """,
        "closer until it takes long": """
            def slow_data():
                for gap in (0.1, 0.05, 0.02, 0.01, 0.005):
                    X, y = np.array([[0.5, 0.0], [0.5, gap]]), np.array([0, 1])
                    model = scratch.Perceptron(max_epochs=5000).fit(X, y)
                    if sum(model.mistakes) >= 200 and model.mistakes[-1] == 0:
                        return X, y
            """,
    },
    wrong={
        "far apart": (
            _slow("[[1.0, 0.0], [-1.0, 0.0]]", "[1, 0]"),
            "Corrections until the rule stopped: 1; at least 200 are asked for.",
        ),
        "close, but about the origin": (
            _slow("[[0.001, 0.0], [-0.001, 0.0]]", "[1, 0]"),
            "What makes the margin smaller, and where does it need a bias?",
        ),
        "XOR": (
            _slow("[[0, 0], [0, 1], [1, 0], [1, 1]]", "[0, 1, 1, 0]"),
            "Does a line separate your points?",
        ),
        "one point with two answers": (
            _slow("[[0.5, 0.5], [0.5, 0.5]]", "[1, 0]"),
            "After 5000 epochs the rule still made mistakes.",
        ),
        "outside the square": (
            _slow("[[5.0, 5.0], [4.98, 5.0]]", "[1, 0]"),
            "All points have to lie in the square from -1 to 1",
        ),
        "answers of minus one and one": (
            _slow("[[0.5, 0.5], [0.48, 0.5]]", "[1, -1]"),
            "`y` should hold the answers 0 and 1, both of them",
        ),
        "one class": (
            _slow("[[0.5, 0.5], [0.48, 0.5]]", "[0, 0]"),
            "`y` should hold the answers 0 and 1, both of them",
        ),
        "many points": (
            """
            def slow_data():
                X = np.random.default_rng(0).uniform(-1, 1, size=(100, 2))
                return X, (X.sum(axis=1) > 0).astype(int)
            """,
            "`X` should hold from 2 to 10 points",
        ),
        "slow in one order only": (
            """
            def slow_data():
                left = [[0.0, 0.7], [0.2, -0.9], [-0.5, 0.5]]
                right = [[0.1, 0.7], [0.7, 0.5], [0.3, -0.1]]
                X = np.array([*left[:2], *right, left[2]])
                return X, np.array([0, 0, 1, 1, 1, 0])
            """,
            "Backwards, the same points need 57 corrections",
        ),
        "other points each time": (
            """
            def slow_data():
                gap = 0.01 + 0.001 * np.random.random()
                return np.array([[0.5, 0.5], [0.5 - gap, 0.5]]), np.array([1, 0])
            """,
            "Called again, `slow_data` gave other points.",
        ),
        "only the points": (
            """
            def slow_data():
                return np.array([[0.5, 0.5], [0.48, 0.5]])
            """,
            "Return the points and their answers: `return X, y`.",
        ),
    },
)

GATE = Task(
    right={
        "by the learning rule": """
            def gate(targets):
                X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
                w, b = np.zeros(2), 0.0
                for _ in range(100):
                    wrong = False
                    for x, target in zip(X, targets):
                        error = target - int(x @ w + b >= 0)
                        w, b, wrong = w + error * x, b + error, wrong or error != 0
                    if not wrong:
                        return w, b
                return None
            """,
        "by thinking": """
            def gate(targets):
                a, b, c, d = (2 * int(t) - 1 for t in targets)
                if a == d and b == c and a != b:
                    return None
                return np.array([c + d - a - b, b + d - a - c]), (3 * a + b + c - d) / 2
            """,
        "at random": """
            def gate(targets):
                rng = np.random.default_rng(0)
                X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
                for w1, w2, b in rng.normal(size=(5000, 3)):
                    if all((X @ [w1, w2] + b >= 0) == targets):
                        return np.array([w1, w2]), b
            """,
    },
    wrong={
        "weights for XOR too": (
            """
            def gate(targets):
                X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
                w, b = np.zeros(2), 0.0
                for _ in range(100):
                    for x, target in zip(X, targets):
                        error = target - int(x @ w + b >= 0)
                        w, b = w + error * x, b + error
                return w, b
            """,
            "No perceptron computes XOR",
        ),
        "only positive weights": (
            """
            def gate(targets):
                X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
                for w1 in (0, 1):
                    for w2 in (0, 1):
                        for b in (-1.5, -0.5, 0.5):
                            w = np.array([w1, w2])
                            if np.array_equal(X @ w + b >= 0, targets):
                                return w, b
                return None
            """,
            "Search longer, or among more values, negative ones included",
        ),
        "gives up too early": (
            """
            def gate(targets):
                X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
                w, b = np.zeros(2), 0.0
                for _ in range(2):
                    for x, target in zip(X, targets):
                        error = target - int(x @ w + b >= 0)
                        w, b = w + error * x, b + error
                return (w, b) if np.array_equal(X @ w + b >= 0, targets) else None
            """,
            "There is a perceptron for the answers [0, 0, 0, 1], but yours gave None",
        ),
        "no bias": (
            """
            def gate(targets):
                X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
                for w1 in (-1, 0, 1):
                    for w2 in (-1, 0, 1):
                        w = np.array([w1, w2])
                        if np.array_equal(X @ w > 0, targets):
                            return w, 0.0
                return None
            """,
            "There is a perceptron for the answers [0, 0, 0, 1], but yours gave None",
        ),
        "fires above zero only": (
            """
            def gate(targets):
                X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
                for w1 in (-1, 0, 1):
                    for w2 in (-1, 0, 1):
                        for b in (-1, 0, 1):
                            w = np.array([w1, w2])
                            if np.array_equal(X @ w + b > 0, targets):
                                return w, b
                return None
            """,
            "and b = -1 the perceptron answers [0, 1, 1, 1]; it should answer",
        ),
        "whether, not with what": (
            """
            def gate(targets):
                return None if list(targets) in ([0, 1, 1, 0], [1, 0, 0, 1]) else True
            """,
            "Return the weights and the bias",
        ),
        "XOR by name": (
            """
            def gate(targets):
                known = {
                    (0, 0, 0, 1): ([1, 1], -1.5), (0, 1, 1, 1): ([1, 1], -0.5),
                    (0, 1, 1, 0): None,
                }
                w_b = known.get(tuple(int(t) for t in targets), ([0, 0], -1.0))
                return w_b and (np.array(w_b[0]), w_b[1])
            """,
            "the perceptron answers [0, 0, 0, 0]; it should answer [0, 0, 1, 0]",
        ),
        "bias first": (
            """
            def gate(targets):
                X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
                for w1 in (-1, 0, 1):
                    for w2 in (-1, 0, 1):
                        for b in (-1.5, -0.5, 0.5, 1.5):
                            w = np.array([w1, w2])
                            if np.array_equal(X @ w + b >= 0, targets):
                                return b, w
                return None
            """,
            "`w`: the shape is (); it should be (2,)",
        ),
    },
)

BANK = {
    "task-1-1-neuron": NEURON,
    "task-1-2-threshold": THRESHOLD,
    "task-1-3-boundary": BOUNDARY,
    "task-1-4-update": UPDATE,
    "task-1-4-train": TRAIN,
    "task-1-4-slow": SLOW,
    "task-1-5-gate": GATE,
}
