"""What students write for exercise 7: wrong in a known way or right in another."""

from tests.exercises.harness import Task


def _factor(body):
    return f"def chain_factor(w, z):\n    return {body}\n"


CHAIN = Task(
    right={
        "a loop over the neighbours": """
            def chain_factor(w, z):
                factor = 1.0
                for l in range(len(w) - 1):
                    factor *= w[l + 1] * sigmoid.derivative(z[l])
                return factor
            """,
        "from the last neuron down, with an error of 1": """
            def chain_factor(w, z):
                delta = 1.0
                for l in range(len(w) - 1, 0, -1):
                    a = 1 / (1 + np.exp(-z[l - 1]))
                    delta = delta * w[l] * a * (1 - a)
                return delta
            """,
        "math.prod of two products": """
            def chain_factor(w, z):
                slopes = [float(sigmoid.derivative(value)) for value in z]
                return math.prod(w[1:]) * math.prod(slopes[:-1])
            """,
    },
    wrong={
        "the first weight counts too": (
            _factor("np.prod(w) * np.prod(sigmoid.derivative(z[:-1]))"),
            "The first weight leads from the input",
        ),
        "the last weight left out": (
            _factor("np.prod(w[:-1] * sigmoid.derivative(z[:-1]))"),
            "Leave out the first weight, not the last",
        ),
        "the slopes of the neurons above": (
            _factor("np.prod(w[1:] * sigmoid.derivative(z[1:]))"),
            "The slope is taken at the sum of the neuron at which",
        ),
        "all slopes": (
            _factor("np.prod(w[1:]) * np.prod(sigmoid.derivative(z))"),
            "part of the last error already",
        ),
        "no slopes": (_factor("np.prod(w[1:])"), "The slopes are missing"),
        "everything": (
            _factor("np.prod(w * sigmoid.derivative(z))"),
            "Leave out the first weight and the last slope",
        ),
        "the inverse": (
            _factor("1 / np.prod(w[1:] * sigmoid.derivative(z[:-1]))"),
            "That is turned round",
        ),
        "outputs for slopes": (
            _factor("np.prod(w[1:] * sigmoid(z[:-1]))"),
            "is its derivative, not its output",
        ),
        "a sum": (
            _factor("np.sum(w[1:] * sigmoid.derivative(z[:-1]))"),
            "The factors are multiplied",
        ),
        "slopes alone": (
            _factor("np.prod(sigmoid.derivative(z[:-1]))"),
            "the weights are missing",
        ),
        "the absolute value": (
            _factor("abs(np.prod(w[1:] * sigmoid.derivative(z[:-1])))"),
            "it should be -0.75",
        ),
        "all factors in an array": (
            _factor("w[1:] * sigmoid.derivative(z[:-1])"),
            "shape",
        ),
        "the largest slope for every slope": (
            _factor("np.prod(w[1:]) * 0.25 ** (len(w) - 1)"),
            "Each pair of neighbours gives one factor",
        ),
    },
)


def _lengths(
    *,
    passed="delta @ W[l].T * f.derivative(Z[l - 1])",
    length="np.linalg.norm(delta)",
    start="[LENGTH]",
    result="np.array(lengths[::-1])",
):
    """Return the reference for task 7.2 with some of its expressions replaced."""
    return f"""
def error_lengths(delta, W, Z, f):
    lengths = {start.replace("LENGTH", length)}
    for l in reversed(range(1, len(W))):
        delta = {passed}
        lengths.append({length})
    return {result}
"""


LENGTHS = Task(
    right={
        "root of a sum of squares": _lengths(length="np.sqrt((delta ** 2).sum())"),
        "filled in from the end": """
            def error_lengths(delta, W, Z, f):
                lengths = np.zeros(len(W))
                for l in range(len(W) - 1, -1, -1):
                    lengths[l] = np.sqrt(np.sum(np.square(delta)))
                    if l > 0:
                        delta = np.multiply(delta @ W[l].T, f.derivative(Z[l - 1]))
                return lengths
            """,
        "a recursion": """
            def error_lengths(delta, W, Z, f):
                here = np.linalg.norm(delta)
                if len(W) == 1:
                    return np.array([here])
                below = (delta @ W[-1].T) * f.derivative(Z[-2])
                return np.append(error_lengths(below, W[:-1], Z[:-1], f), here)
            """,
    },
    wrong={
        "last layer first": (
            _lengths(result="np.array(lengths)"),
            "The order is turned round",
        ),
        "squares": (_lengths(length="np.sum(delta ** 2)"), "Those are squares"),
        "no slopes": (_lengths(passed="delta @ W[l].T"), "The slopes are missing"),
        "slopes of the layer above": (
            _lengths(passed="delta @ W[l].T * f.derivative(Z[l])"),
            "those of the layer that it comes from",
        ),
        "slopes before the weights": (
            _lengths(passed="(delta * f.derivative(Z[l])) @ W[l].T"),
            "are in its error already",
        ),
        "outputs for slopes": (
            _lengths(passed="delta @ W[l].T * f(Z[l - 1])"),
            "Take the derivative of f",
        ),
        "no transpose": (
            _lengths(passed="delta @ W[l] * f.derivative(Z[l - 1])"),
            "Without the transpose",
        ),
        "mean over examples": (
            _lengths(length="np.linalg.norm(delta) / len(delta)"),
            "divided by the number of examples",
        ),
        "the output layer left out": (
            _lengths(start="[]"),
            "shape",
        ),
        "largest singular value for the length": (
            _lengths(length="np.linalg.norm(delta, 2)"),
            "Pass the weights first",
        ),
        "the weights of the layer below": (
            _lengths(passed="delta @ W[l - 1].T * f.derivative(Z[l - 1])"),
            "error",
        ),
    },
)


def _bound(body):
    return f"def gradient_bound(U, steepest, n_steps):\n    return {body}\n"


BOUND = Task(
    right={
        "singular values by svd": _bound(
            "(np.linalg.svd(U)[1][0] * steepest) ** np.arange(n_steps + 1)"
        ),
        "from the eigenvalues of U.T @ U": """
            def gradient_bound(U, steepest, n_steps):
                largest = np.sqrt(max(np.linalg.eigvalsh(np.dot(U.T, U)).max(), 0))
                return np.array([(largest * steepest) ** n for n in range(n_steps + 1)])
            """,
        "cumulative product": """
            def gradient_bound(U, steepest, n_steps):
                factors = np.full(n_steps + 1, steepest * np.linalg.norm(U, ord=2))
                factors[0] = 1
                return np.cumprod(factors)
            """,
    },
    wrong={
        "spectral radius": (
            _bound(
                "(abs(np.linalg.eigvals(U)).max() * steepest) ** np.arange(n_steps + 1)"
            ),
            "spectral radius",
        ),
        "Frobenius norm": (
            _bound("(np.linalg.norm(U) * steepest) ** np.arange(n_steps + 1)"),
            "root of the sum of all squares",
        ),
        "largest entry": (
            _bound("(np.abs(U).max() * steepest) ** np.arange(n_steps + 1)"),
            "The largest entry of U",
        ),
        "largest sum of a row": (
            _bound("(np.linalg.norm(U, np.inf) * steepest) ** np.arange(n_steps + 1)"),
            "the largest sum of a row",
        ),
        "largest sum of a column": (
            _bound("(np.linalg.norm(U, 1) * steepest) ** np.arange(n_steps + 1)"),
            "the largest sum of a column",
        ),
        "in reverse": (
            _bound("(np.linalg.norm(U, 2) * steepest) ** np.arange(n_steps + 1)[::-1]"),
            "The order is turned round",
        ),
        "powers from n_steps on": (
            _bound(
                "(np.linalg.norm(U, 2) * steepest) "
                "** (n_steps + np.arange(n_steps + 1))"
            ),
            "The powers begin at n_steps",
        ),
        "no slope": (
            _bound("np.linalg.norm(U, 2) ** np.arange(n_steps + 1)"),
            "The steepest slope is missing",
        ),
        "from one step on": (
            _bound("(np.linalg.norm(U, 2) * steepest) ** np.arange(1, n_steps + 2)"),
            "The first entry belongs to 0 steps",
        ),
        "slope once": (
            _bound("np.linalg.norm(U, 2) ** np.arange(n_steps + 1) * steepest"),
            "at each step, not once",
        ),
        "added up": (
            _bound("np.linalg.norm(U, 2) * steepest * np.arange(n_steps + 1)"),
            "Factors multiply",
        ),
        "one entry too few": (
            _bound("(np.linalg.norm(U, 2) * steepest) ** np.arange(n_steps)"),
            "shape",
        ),
        "only the last": (
            _bound("(np.linalg.norm(U, 2) * steepest) ** n_steps"),
            "shape",
        ),
        "smallest singular value": (
            _bound("(np.linalg.svd(U)[1][-1] * steepest) ** np.arange(n_steps + 1)"),
            "smallest singular value",
        ),
    },
)


def _clip(body, before=""):
    return f"""
def clip_by_norm(gradients, limit):
    {before or "pass"}
    return {body}
"""


NORM = "norm = np.sqrt(sum(np.sum(g ** 2) for g in gradients))"
CLIP = Task(
    right={
        "the smaller of 1 and the ratio": """
            def clip_by_norm(gradients, limit):
                whole = np.concatenate([g.ravel() for g in gradients])
                norm = np.linalg.norm(whole)
                if norm == 0:
                    return [g.copy() for g in gradients]
                return [g * min(1.0, limit / norm) for g in gradients]
            """,
        "the larger of norm and limit below": """
            def clip_by_norm(gradients, limit):
                norm = np.linalg.norm([np.linalg.norm(g) for g in gradients])
                return [g * limit / max(norm, limit) for g in gradients]
            """,
        "copies when nothing is to be done": """
            def clip_by_norm(gradients, limit):
                squares = 0.0
                for g in gradients:
                    squares += (g * g).sum()
                if squares <= limit ** 2:
                    return [np.array(g) for g in gradients]
                return [limit * g / math.sqrt(squares) for g in gradients]
            """,
    },
    wrong={
        "each array by itself": (
            _clip("[g * min(1, limit / (np.linalg.norm(g) or 1)) for g in gradients]"),
            "Each array was clipped by itself",
        ),
        "by value": (
            _clip("[np.clip(g, -limit, limit) for g in gradients]"),
            "That is clipping by value",
        ),
        "no root": (
            _clip(
                "[g * min(1, limit / norm) for g in gradients]",
                "norm = sum(np.sum(g ** 2) for g in gradients) or 1",
            ),
            "yours has no root",
        ),
        "to norm 1": (
            _clip(
                "[g / norm if norm > limit else g for g in gradients]",
                NORM,
            ),
            "The norm was made 1",
        ),
        "the largest entry": (
            _clip(
                "[g * min(1, limit / top) for g in gradients]",
                "top = max(np.abs(g).max() for g in gradients) or 1",
            ),
            "The largest entry was made the limit",
        ),
        "absolute values": (
            _clip(
                "[g * min(1, limit / norm) for g in gradients]",
                "norm = sum(np.abs(g).sum() for g in gradients) or 1",
            ),
            "adds up absolute values",
        ),
        "norms added up": (
            _clip(
                "[g * min(1, limit / norm) for g in gradients]",
                "norm = sum(np.linalg.norm(g) for g in gradients) or 1",
            ),
            "adds up the norms",
        ),
        "never": (_clip("[g.copy() for g in gradients]"), "Nothing was clipped"),
        "short ones made longer": (
            _clip("[g * limit / norm for g in gradients]", NORM),
            "was made longer",
        ),
        "in place": (
            """
            def clip_by_norm(gradients, limit):
                norm = np.sqrt(sum(np.sum(g ** 2) for g in gradients))
                for g in gradients:
                    if norm > limit:
                        g *= limit / norm
                return gradients
            """,
            "changed",
        ),
        "one long array": (
            _clip(
                "whole * min(1, limit / max(np.linalg.norm(whole), limit))",
                "whole = np.concatenate([g.ravel() for g in gradients])",
            ),
            "Return a list with one array for each",
        ),
    },
)


def _layer_norm(body, along="axis=1, keepdims=True", scaled="gamma * Z_hat + beta"):
    return f"""
def layer_norm(Z, gamma, beta, epsilon):
    mean = Z.mean({along})
    variance = Z.var({along})
    Z_hat = {body}
    return {scaled}
"""


PLAIN = "(Z - mean) / np.sqrt(variance + epsilon)"
LAYER_NORM = Task(
    right={
        "the last axis, by einsum": """
            def layer_norm(Z, gamma, beta, epsilon):
                centred = Z - Z.mean(axis=-1)[:, None]
                variance = np.einsum("nj,nj->n", centred, centred) / Z.shape[1]
                return centred / (variance + epsilon)[:, None] ** 0.5 * gamma + beta
            """,
        "row by row": """
            def layer_norm(Z, gamma, beta, epsilon):
                rows = []
                for z in Z:
                    z_hat = (z - np.mean(z)) / math.sqrt(np.var(z) + epsilon)
                    rows.append(gamma * z_hat + beta)
                return np.array(rows)
            """,
        "turned round and back": """
            def layer_norm(Z, gamma, beta, epsilon):
                columns = (Z.T - Z.mean(axis=1)) / np.sqrt(Z.var(axis=1) + epsilon)
                return columns.T * gamma + beta
            """,
    },
    wrong={
        "batch normalisation": (
            _layer_norm(PLAIN, "axis=0, keepdims=True"),
            "That is batch normalisation",
        ),
        "over the whole array": (_layer_norm(PLAIN, ""), "over the whole array"),
        "one less below": (
            _layer_norm(PLAIN).replace("Z.var(", "Z.var(ddof=1, "),
            "not by one less",
        ),
        "no root": (
            _layer_norm("(Z - mean) / (variance + epsilon)"),
            "The root is missing",
        ),
        "mean not subtracted": (
            _layer_norm("Z / np.sqrt(variance + epsilon)"),
            "The mean has to be subtracted",
        ),
        "epsilon beside the root": (
            _layer_norm("(Z - mean) / (np.sqrt(variance) + epsilon)"),
            "Epsilon belongs below the root",
        ),
        "no epsilon": (
            _layer_norm("(Z - mean) / np.sqrt(np.maximum(variance, 1e-300))"),
            "Epsilon is missing",
        ),
        "neither scale nor shift": (
            _layer_norm(PLAIN, scaled="Z_hat"),
            "Scale and shift are missing",
        ),
        "shift before scale": (
            _layer_norm(PLAIN, scaled="gamma * (Z_hat + beta)"),
            "beta is not multiplied by gamma",
        ),
        "no shift": (
            _layer_norm(PLAIN, scaled="gamma * Z_hat"),
            "The shift is missing",
        ),
        "no scale": (_layer_norm(PLAIN, scaled="Z_hat + beta"), "The scale is missing"),
        "Keras's epsilon for every epsilon": (
            _layer_norm("(Z - mean) / np.sqrt(variance + 1e-3)"),
            "Mean and variance of each row",
        ),
    },
)


def _back(
    *,
    slope="1 - H[t] ** 2",
    states="U.T",
    inputs="e @ W.T",
    result="d_states, d_inputs",
    early="d_states[t] = d",
    late="pass",
):
    """Return the reference for task 7.5a with some of its expressions replaced."""
    return f"""
def back_through_time(d_last, H, W, U):
    d_states, d_inputs = np.zeros(H.shape), np.zeros((len(H), len(W)))
    d = d_last
    for t in reversed(range(len(H))):
        {early}
        e = d * ({slope})
        d_inputs[t] = {inputs}
        d = e @ {states}
        {late}
    return {result}
"""


BACK = Task(
    right={
        "all inputs in one product": """
            def back_through_time(d_last, H, W, U):
                errors, d_states, d = [], [], d_last
                for h in H[::-1]:
                    d_states.insert(0, d)
                    errors.insert(0, d * (1 - h * h))
                    d = U @ errors[0]
                return np.array(d_states), np.array(errors) @ W.T
            """,
        "matrices of one step": """
            def back_through_time(d_last, H, W, U):
                n_steps = H.shape[0]
                d_states = np.empty_like(H)
                d_states[-1] = d_last
                for t in range(n_steps - 1, 0, -1):
                    step = np.diag(1 - H[t] ** 2) @ U.T
                    d_states[t - 1] = d_states[t] @ step
                return d_states, d_states * (1 - H**2) @ W.T
            """,
    },
    wrong={
        "last step first": (
            _back(result="d_states[::-1], d_inputs[::-1]"),
            "The order is turned round",
        ),
        "no slope": (_back(slope="1"), "The slope of the tanh is missing"),
        "no transpose": (_back(states="U"), "The transpose of U is missing"),
        "slope of the step before": (
            _back(slope="1 - (H[t - 1] if t else 0 * H[0]) ** 2"),
            "The slope belongs to the step",
        ),
        "tanh taken again": (
            _back(slope="1 - np.tanh(H[t]) ** 2"),
            "takes the tanh once more",
        ),
        "the state before each": (
            _back(early="pass", late="d_states[t] = d"),
            "The error at the last state is the one that came in",
        ),
        "inputs without slopes": (
            _back(inputs="d @ W.T"),
            "The gradients along the inputs meet the slopes too",
        ),
        "inputs turned round": (
            _back(result="d_states, d_inputs[::-1]"),
            "The order of the inputs is turned round",
        ),
        "inputs first": (
            _back(result="d_inputs, d_states"),
            "shape",
        ),
        "states alone": (_back(result="d_states"), "Return two arrays"),
        "the gradient that came in kept at every step": (
            _back(late="d = d + d_last"),
            "Store d, then pass the slopes",
        ),
        "the gradient of the first step forgotten": (
            _back().replace("reversed(range(len(H)))", "reversed(range(1, len(H)))"),
            "Store d, then pass the slopes",
        ),
    },
)


def _delay(body):
    return f"""
def longest_delay(factor, threshold):
    if factor >= 1:
        return math.inf
    {body}
"""


DELAY = Task(
    right={
        "a product that shrinks": _delay(
            """n, product = 0, factor
    while product >= threshold * (1 - 1e-12):
        n, product = n + 1, product * factor
    return n"""
        ),
        "logarithms, rounded down with care": _delay(
            """n = math.floor(math.log(threshold) / math.log(factor))
    while factor ** (n + 1) >= threshold:
        n += 1
    while factor ** n < threshold:
        n -= 1
    return n"""
        ),
        "a bound on the loop": """
            def longest_delay(factor, threshold):
                if factor >= 1:
                    return float("inf")
                largest = int(np.log(threshold) / np.log(factor)) + 2
                powers = factor ** np.arange(largest + 1.0)
                return int(np.flatnonzero(powers >= threshold)[-1])
            """,
    },
    wrong={
        "the first that is below": (
            _delay(
                """n = 0
    while factor ** n >= threshold:
        n += 1
    return n"""
            ),
            "One step too far",
        ),
        "one step too few": (
            _delay(
                """n = 0
    while factor ** (n + 2) >= threshold:
        n += 1
    return n"""
            ),
            "One step too few",
        ),
        "divided": (
            _delay("return int(factor / threshold)"),
            "Dividing is not enough",
        ),
        "rounded to the nearest": (
            _delay("return round(math.log(threshold) / math.log(factor))"),
            "still at or above the threshold there",
        ),
        "a number that is not whole": (
            _delay("return math.log(threshold) / math.log(factor)"),
            "whole",
        ),
        "a strict comparison": (
            _delay(
                """n = 0
    while factor ** (n + 1) > threshold:
        n += 1
    return n"""
            ),
            "has not fallen below it",
        ),
        "no case for a factor of 1": (
            """
            def longest_delay(factor, threshold):
                steps = 0
                while factor ** (steps + 1) >= threshold and steps < 10_000:
                    steps += 1
                return steps
            """,
            "the gradient never falls: return math.inf",
        ),
        "infinity for every short memory": (
            """
            def longest_delay(factor, threshold):
                return math.inf
            """,
            "is below 1, so the gradient falls",
        ),
        "infinity only for a factor of exactly 1": (
            """
            def longest_delay(factor, threshold):
                if factor == 1:
                    return math.inf
                steps = 0
                while factor ** (steps + 1) >= threshold and steps < 1000:
                    steps += 1
                return steps
            """,
            "the gradient grows: return math.inf",
        ),
    },
)


BANK = {
    "task-7-1-chain": CHAIN,
    "task-7-2-lengths": LENGTHS,
    "task-7-3-bound": BOUND,
    "task-7-4-clip": CLIP,
    "task-7-4-norm": LAYER_NORM,
    "task-7-5-back": BACK,
    "task-7-5-delay": DELAY,
}
