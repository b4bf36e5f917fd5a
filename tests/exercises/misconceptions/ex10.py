"""What students write for exercise 10: wrong in a known way or right in another."""

from tests.exercises.harness import Task


def _split(
    *,
    train="series[:n_train]",
    validation="series[n_train : n_train + n_validation]",
    test="series[n_train + n_validation :]",
    result="train, validation, test",
    error="((series[:, -1] - series[:, -2]) ** 2).mean()",
):
    """Return a solution of task 10.1 with some of its parts replaced."""
    return f"""
def split_series(series, n_train, n_validation):
    n = len(series)
    train = {train}
    validation = {validation}
    test = {test}
    return {result}

def naive_error(series):
    return {error}
"""


SPLIT = Task(
    right={
        "NumPy's own cuts, and differences": """
            def split_series(series, n_train, n_validation):
                return tuple(np.split(series, [n_train, n_train + n_validation]))

            def naive_error(series):
                return np.mean(np.square(np.diff(series[:, -2:, 0], axis=1)))
            """,
        "one series after the other": """
            def split_series(series, n_train, n_validation):
                parts = [], [], []
                for number, one in enumerate(series):
                    later = number >= n_train, number >= n_train + n_validation
                    parts[sum(later)].append(one)
                return [np.array(part) for part in parts]

            def naive_error(series):
                total = 0.0
                for one in series:
                    forecast, target = float(one[-2, 0]), float(one[-1, 0])
                    total += (target - forecast) ** 2
                return total / len(series)
            """,
        "indices, and the baseline of the helpers": """
            def split_series(series, n_train, n_validation):
                rows = np.arange(len(series))
                stop = n_train + n_validation
                masks = rows < n_train, (rows >= n_train) & (rows < stop), rows >= stop
                return tuple(series[mask] for mask in masks)

            def naive_error(series):
                from utils.forecasting.baselines import naive
                from utils.metrics import mse
                return mse(series[:, -1, 0], naive(series[:, :-1, 0]))
            """,
    },
    wrong={
        "shuffled": (
            _split(
                train="np.random.default_rng(0).permutation(series)[:n_train]",
                validation="np.random.default_rng(0).permutation(series)"
                "[n_train : n_train + n_validation]",
                test="np.random.default_rng(0).permutation(series)"
                "[n_train + n_validation :]",
            ),
            "the training part has the series [4, 5, 2, 6]",
            2,
        ),
        "the test part from the front": (
            _split(
                test="series[: n - n_train - n_validation]",
                train="series[n - n_train - n_validation : n - n_validation]",
                validation="series[n - n_validation :]",
            ),
            "the training part has the series [2, 3, 4, 5]",
            2,
        ),
        "validation and test in each other's place": (
            _split(result="train, test, validation"),
            "the validation part has the series [7, 8]",
            2,
        ),
        "validation begins in the training part": (
            _split(validation="series[n_train - 1 : n_train + n_validation - 1]"),
            "Series 3 is in more than one part",
            2,
        ),
        "validation is the front again": (
            _split(validation="series[:n_validation]"),
            "Series 0 is in more than one part",
            2,
        ),
        "the test part holds the validation": (
            _split(test="series[n_train:]"),
            "Series 4 is in more than one part",
            2,
        ),
        "counted from the end, too many": (
            _split(test="series[-n_validation:]"),
            "Series 6 is in more than one part",
            2,
        ),
        "the size taken for the end": (
            _split(validation="series[n_train:n_validation]"),
            "Series 4 is in no part",
            2,
        ),
        "the last series lost": (
            _split(test="series[n_train + n_validation : -1]"),
            "Series 8 is in no part",
            2,
        ),
        "cut along the steps": (
            _split(
                train="series[:, :n_train]",
                validation="series[:, n_train : n_train + n_validation]",
                test="series[:, n_train + n_validation :]",
            ),
            "A series stays whole",
            2,
        ),
        "two parts": (
            _split(result="train, test"),
            "Return three arrays",
            2,
        ),
        "the names' parts only": (
            _split(result="{'train': train, 'validation': validation, 'test': test}"),
            "Return three arrays",
            2,
        ),
        "scaled on the way": (
            _split(train="series[:n_train] / series.max()"),
            "A split changes no value.",
            2,
        ),
        "against the series' mean": (
            _split(error="((series[:, -1] - series[:, :-1].mean(axis=1)) ** 2).mean()"),
            "the mean of the steps before it",
            1,
        ),
        "against the mean of the whole series": (
            _split(error="((series[:, -1] - series.mean(axis=1)) ** 2).mean()"),
            "the mean of the whole series",
            1,
        ),
        "against the mean of all targets": (
            _split(error="series[:, -1].var()"),
            "the mean of all targets",
            1,
        ),
        "the last target repeated": (
            _split(error="((series[:, -1] - series[:, -1]) ** 2).mean()"),
            "An error of 0",
            1,
        ),
        "absolute errors": (
            _split(error="np.abs(series[:, -1] - series[:, -2]).mean()"),
            "That is the mean absolute error",
            1,
        ),
        "a root": (
            _split(error="np.sqrt(((series[:, -1] - series[:, -2]) ** 2).mean())"),
            "That is the root of the mean squared error",
            1,
        ),
        "a sum": (
            _split(error="((series[:, -1] - series[:, -2]) ** 2).sum()"),
            "That is the sum of the squared errors",
            1,
        ),
        "half of it": (
            _split(error="((series[:, -1] - series[:, -2]) ** 2).mean() / 2"),
            "That is half the mean squared error",
            1,
        ),
        "errors that cancel": (
            _split(error="(series[:, -1] - series[:, -2]).mean()"),
            "Errors of opposite sign cancel",
            1,
        ),
        "every step": (
            _split(error="(np.diff(series, axis=1) ** 2).mean()"),
            "Only the last step is forecast",
            1,
        ),
        "across the series": (
            _split(error="(np.diff(series[:, -1], axis=0) ** 2).mean()"),
            "Each target belongs to its own series",
            1,
        ),
        "two steps before": (
            _split(error="((series[:, -1] - series[:, -3]) ** 2).mean()"),
            "two steps before the target",
            1,
        ),
        "the first value": (
            _split(error="((series[:, -1] - series[:, 0]) ** 2).mean()"),
            "the first value of its series",
            1,
        ),
        "each with each": (
            _split(error="((series[:, -1] - series[:, -2, 0]) ** 2).mean()"),
            "Each target was compared with the forecast of every series",
            1,
        ),
        "the change before": (
            _split(error="((series[:, -2] - series[:, -3]) ** 2).mean()"),
            "The target is the last step",
            1,
        ),
        "one number for each series": (
            _split(error="((series[:, -1] - series[:, -2]) ** 2).mean(axis=1)"),
            "the shape is (3,); it should be ()",
            1,
        ),
        "the first series alone": (
            _split(error="((series[0, -1] - series[0, -2]) ** 2).mean()"),
            "That is the error of the first series",
            1,
        ),
        "the error is not written": (
            """
            def split_series(series, n_train, n_validation):
                return np.split(series, [n_train, n_train + n_validation])

            def naive_error(series):
                raise NotImplementedError("not attempted yet")
            """,
            "`naive_error` (2 points): `naive_error` still holds the line",
            1,
        ),
        "the split is not written": (
            """
            def split_series(series, n_train, n_validation):
                raise NotImplementedError("not attempted yet")

            def naive_error(series):
                return np.mean(np.diff(series[:, -2:, 0], axis=1) ** 2)
            """,
            "`split_series` (1 point): `split_series` still holds the line",
            2,
        ),
        "the last series lost, and absolute errors": (
            _split(
                test="series[n_train + n_validation : -1]",
                error="np.abs(series[:, -1] - series[:, -2]).mean()",
            ),
            "`naive_error` (2 points): That is the mean absolute error",
        ),
    },
)


def _line(
    *,
    A="np.column_stack([X, np.ones(len(X))])",
    penalty="ridge * np.diag([1.0] * X.shape[1] + [0.0])",
    before="",
    solved="np.linalg.solve(A.T @ A + P, A.T @ y)",
    result="w[:-1], w[-1]",
    predicted="X @ weights + bias",
    default="ridge=0.0",
):
    """Return a solution of task 10.2 with some of its lines replaced."""
    return f"""
def fit_line(X, y, {default}):
    n, k = X.shape
    A = {A}
    P = {penalty}
    {before}
    w = {solved}
    return {result}

def predict_line(X, weights, bias):
    return {predicted}
"""


LINE = Task(
    right={
        "centred, so that the bias is free": """
            def fit_line(X, y, ridge=0.0):
                centre, level = X.mean(axis=0), y.mean()
                C = X - centre
                G = C.T @ C + ridge * np.eye(X.shape[1])
                weights = np.linalg.solve(G, C.T @ (y - level))
                return weights, level - centre @ weights

            def predict_line(X, weights, bias):
                return np.array([np.dot(row, weights) + bias for row in X])
            """,
        "the penalty as more rows": """
            def fit_line(X, y, ridge=0.0):
                n, k = X.shape
                ones = np.concatenate([np.ones(n), np.zeros(k)])
                A = np.column_stack([ones, np.vstack([X, np.sqrt(ridge) * np.eye(k)])])
                found = np.linalg.lstsq(A, np.append(y, np.zeros(k)), rcond=None)[0]
                return found[1:], found[0]

            def predict_line(X, weights, bias):
                return np.column_stack([X, np.ones(len(X))]) @ np.append(weights, bias)
            """,
        "the estimators of scikit-learn": """
            def fit_line(X, y, ridge=0.0):
                from sklearn.linear_model import LinearRegression, Ridge
                model = Ridge(alpha=ridge) if ridge else LinearRegression()
                model.fit(X, y)
                return model.coef_, model.intercept_

            def predict_line(X, weights, bias):
                return np.einsum("ij,j->i", X, weights) + bias
            """,
        "ones in front": _line(
            A="np.hstack([np.ones((n, 1)), X])",
            penalty="ridge * np.diag([0.0] + [1.0] * k)",
            result="w[1:], w[0]",
        ),
    },
    wrong={
        "no column of ones": (
            _line(A="X", penalty="ridge * np.eye(k)", result="w, 0.0"),
            "the weights of a line through 0",
            1,
        ),
        "the mean for the bias": (
            _line(
                A="X - X.mean(axis=0)",
                penalty="ridge * np.eye(k)",
                result="w, y.mean()",
            ),
            "only if every column of X has the mean 0",
            1,
        ),
        "ones in front, read from the end": (
            _line(
                A="np.column_stack([np.ones(n), X])",
                penalty="ridge * np.diag([0.0] + [1.0] * k)",
            ),
            "The numbers are right and in the wrong place",
            1,
        ),
        "bias first": (
            _line(result="w[-1], w[:-1]"),
            "Return the weights first, then the bias",
            1,
        ),
        "all in one array": (
            _line(result="w"),
            "Return two things: `return weights, bias`.",
            1,
        ),
        "a column of targets": (
            _line(solved="np.linalg.solve(A.T @ A + P, A.T @ y[:, None])"),
            "the shape is (3, 1); it should be (3,)",
            1,
        ),
        "the bias is penalised": (
            _line(penalty="ridge * np.eye(k + 1)"),
            "The bias is penalised",
            1,
        ),
        "the wrong entry is free": (
            _line(penalty="ridge * np.diag([0.0] + [1.0] * k)"),
            "The wrong entry of the diagonal is free of the penalty",
            1,
        ),
        "on every entry of the matrix": (
            _line(penalty="ridge"),
            "on the diagonal alone",
            1,
        ),
        "on every entry but those of the bias": (
            _line(penalty="ridge * np.pad(np.ones((k, k)), (0, 1))"),
            "on the diagonal alone",
            1,
        ),
        "a mean in place of the sum": (
            _line(penalty="n * ridge * np.diag([1.0] * k + [0.0])"),
            "the sum of the squared errors, not their mean",
            1,
        ),
        "a share for each example": (
            _line(penalty="ridge / n * np.diag([1.0] * k + [0.0])"),
            "divided by the number of examples",
            1,
        ),
        "half the squared errors": (
            _line(penalty="2 * ridge * np.diag([1.0] * k + [0.0])"),
            "twice as large as asked",
            1,
        ),
        "half the penalty": (
            _line(penalty="ridge / 2 * np.diag([1.0] * k + [0.0])"),
            "half as large as asked",
            1,
        ),
        "more rows without the root": (
            _line(penalty="ridge**2 * np.diag([1.0] * k + [0.0])"),
            "acts as if ridge had been squared",
            1,
        ),
        "subtracted": (
            _line(penalty="-ridge * np.diag([1.0] * k + [0.0])"),
            "The penalty has the wrong sign",
            1,
        ),
        "forgotten": (
            _line(penalty="0.0"),
            "ridge makes no difference to your weights",
            1,
        ),
        "the bias of the fit without a penalty": (
            _line(
                before="free = np.linalg.lstsq(A, y, rcond=None)[0]",
                result="w[:-1], free[-1]",
            ),
            "the bias of a fit without ridge",
            1,
        ),
        "no bias in the forecast": (
            _line(predicted="X @ weights"),
            "The bias is missing in the forecast",
            3,
        ),
        "one forecast for all": (
            _line(predicted="(X @ weights + bias).mean()"),
            "the shape is (); it should be (2,)",
            3,
        ),
        "a bias for every weight": (
            _line(predicted="(X + bias) @ weights"),
            "The bias is added once, to the sum",
            3,
        ),
        "a product without a sum": (
            _line(predicted="X * weights + bias"),
            "the shape is (2, 3); it should be (2,)",
            3,
        ),
        "not transposed": (
            _line(solved="np.linalg.solve(A @ A.T, A @ y)"),
            "`fit_line` stopped with an error.",
            1,
        ),
        "no default": (
            _line(default="ridge"),
            "`fit_line` stopped with an error.",
            1,
        ),
        "X made larger in place": (
            _line(before="X -= X.mean(axis=0)"),
            "`fit_line` changed its argument `X` in place.",
            1,
        ),
        "the forecasts are not written": (
            """
            def fit_line(X, y, ridge=0.0):
                A = np.column_stack([X, np.ones(len(X))])
                P = ridge * np.diag([1.0] * X.shape[1] + [0.0])
                w = np.linalg.solve(A.T @ A + P, A.T @ y)
                return w[:-1], w[-1]

            def predict_line(X, weights, bias):
                raise NotImplementedError("not attempted yet")
            """,
            "`predict_line` (1 point): `predict_line` still holds the line",
            3,
        ),
        "the fit is not written": (
            """
            def fit_line(X, y, ridge=0.0):
                raise NotImplementedError("not attempted yet")

            def predict_line(X, weights, bias):
                return X @ weights + bias
            """,
            "`fit_line` (3 points): `fit_line` still holds the line",
            1,
        ),
        "no bias, neither in the fit nor in the forecast": (
            _line(
                A="X",
                penalty="ridge * np.eye(k)",
                result="w, 0.0",
                predicted="X @ weights",
            ),
            "`predict_line` (1 point): The bias is missing in the forecast",
        ),
    },
)


def _judge(
    *,
    median="np.median(errors)",
    lowest="errors.min()",
    highest="errors.max()",
    share="(errors < baseline).mean()",
    stuck="int((errors > 5 * errors.min()).sum())",
    claims="['A', 'C', 'F']",
    before="",
):
    """Return a solution of task 10.3 with some of its parts replaced."""
    return f"""
def judge(errors, baseline):
    {before}
    return dict(
        median={median}, lowest={lowest}, highest={highest}, share={share},
        stuck={stuck},
    )

def claims():
    return {claims}
"""


SEEDS = Task(
    right={
        "with Python's own tools": """
            def judge(errors, baseline):
                import statistics
                runs = sorted(float(error) for error in errors)
                better = [error for error in runs if error < baseline]
                return {
                    "median": statistics.median(runs),
                    "lowest": runs[0],
                    "highest": runs[-1],
                    "share": len(better) / len(runs),
                    "stuck": len([e for e in runs if e / runs[0] > 5]),
                }

            def claims():
                return "ACF"
            """,
        "a table, and the claims tried": """
            def judge(errors, baseline):
                low, middle, high = np.quantile(errors, [0, 0.5, 1])
                share = np.count_nonzero(errors < baseline) / errors.size
                stuck = np.count_nonzero(errors > 5 * low)
                return dict(
                    stuck=stuck, share=share, highest=high, lowest=low, median=middle
                )

            def claims():
                found = judge(one_unit, naive)
                tried = {
                    "A": found["median"] < naive,
                    "B": found["share"] == 1,
                    "C": found["stuck"] > 0,
                    "D": one_unit.mean() < naive,
                    "E": found["lowest"] < line < found["median"],
                    "F": found["lowest"] > line,
                }
                return {letter for letter, holds in tried.items() if holds}
            """,
    },
    wrong={
        "the mean hides the stuck runs": (
            _judge(median="errors.mean()"),
            "a few stuck runs move a mean a long way",
            2,
        ),
        "the best seed": (
            _judge(median="errors.min()"),
            "That is the best run",
            2,
        ),
        "the first run": (
            _judge(median="errors[0]"),
            "That is one run",
            2,
        ),
        "the upper of the two in the middle": (
            _judge(median="np.sort(errors)[len(errors) // 2]"),
            "halfway between the two in the middle",
            2,
        ),
        "the middle of the list": (
            _judge(median="errors[len(errors) // 2]"),
            "the errors have to be in order of size",
            2,
        ),
        "the middle of the range": (
            _judge(median="(errors.min() + errors.max()) / 2"),
            "That is the middle of the range",
            2,
        ),
        "the median of the runs that are not stuck": (
            _judge(median="np.median(errors[errors <= 5 * errors.min()])"),
            "leaves out the stuck runs",
            2,
        ),
        "lowest and highest exchanged": (
            _judge(lowest="errors.max()", highest="errors.min()"),
            "the lowest error: a lower error is a better one",
            2,
        ),
        "the highest of those that learned": (
            _judge(highest="errors[errors <= 5 * errors.min()].max()"),
            "stuck runs belong to the range",
            2,
        ),
        "a standard deviation": (
            _judge(highest="errors.mean() + errors.std()"),
            "the error of the worst run among them",
            2,
        ),
        "a number of runs": (
            _judge(share="(errors < baseline).sum()"),
            "That is a number of runs",
            2,
        ),
        "per cent": (
            _judge(share="100 * (errors < baseline).mean()"),
            "That is in per cent",
            2,
        ),
        "a tie wins": (
            _judge(share="(errors <= baseline).mean()"),
            "An error as large as the baseline's does not beat it",
            2,
        ),
        "the share that loses": (
            _judge(share="(errors > baseline).mean()"),
            "That is the share above the baseline",
            2,
        ),
        "the share that does not win": (
            _judge(share="(errors >= baseline).mean()"),
            "That is the share above the baseline",
            2,
        ),
        "all or nothing": (
            _judge(share="float(np.median(errors) < baseline)"),
            "Every run counts in the share",
            2,
        ),
        "the baseline of the set-up": (
            _judge(share="(errors < naive).mean()"),
            "compare the error of each with the `baseline` that was given",
            2,
        ),
        "five times counts, too": (
            _judge(stuck="int((errors >= 5 * errors.min()).sum())"),
            "exactly five times the lowest error is not stuck",
            2,
        ),
        "against the median": (
            _judge(stuck="int((errors > 5 * np.median(errors)).sum())"),
            "five times the median",
            2,
        ),
        "against the baseline": (
            _judge(stuck="int((errors > 5 * baseline).sum())"),
            "five times the baseline",
            2,
        ),
        "a share of stuck runs": (
            _judge(stuck="(errors > 5 * errors.min()).mean()"),
            "That is a share; how many runs are stuck",
            2,
        ),
        "those that lose to the baseline": (
            _judge(stuck="int((errors > baseline).sum())"),
            "the number of runs that lose to the baseline",
            2,
        ),
        "those that are free": (
            _judge(stuck="int((errors <= 5 * errors.min()).sum())"),
            "the number of runs that are not stuck",
            2,
        ),
        "a tuple": (
            """
            def judge(errors, baseline):
                share = (errors < baseline).mean()
                stuck = (errors > 5 * errors.min()).sum()
                return np.median(errors), errors.min(), errors.max(), share, stuck

            def claims():
                return ["A", "C", "F"]
            """,
            "Return a dictionary with the keys",
            2,
        ),
        "sorted in place": (
            _judge(before="errors.sort()"),
            "`judge` changed its argument `errors` in place.",
            2,
        ),
        "a claim from the best seed": (
            _judge(claims="['A', 'C', 'E', 'F']"),
            "Claim E needs at least one run",
            2,
        ),
        "a claim for every seed": (
            _judge(claims="['A', 'B', 'C', 'F']"),
            "Claim B speaks of every run",
            2,
        ),
        "a claim from the mean": (
            _judge(claims="['A', 'C', 'D', 'F']"),
            "Claim D speaks of the mean",
            2,
        ),
        "no claim at all": (
            _judge(claims="[]"),
            "Claim A speaks of half of the runs",
            2,
        ),
        "stuck runs overlooked": (
            _judge(claims="['A', 'F']"),
            "Claim C",
            2,
        ),
        "the line overlooked": (
            _judge(claims="['A', 'C']"),
            "Claim F",
            2,
        ),
        "in words": (
            _judge(claims="3"),
            "Return the letters in a list",
            2,
        ),
        "the claims are not written": (
            """
            def judge(errors, baseline):
                lowest = np.min(errors)
                return {
                    "median": np.median(errors),
                    "lowest": lowest,
                    "highest": np.max(errors),
                    "share": np.mean(errors < baseline),
                    "stuck": np.sum(errors > 5 * lowest),
                }

            def claims():
                raise NotImplementedError("not attempted yet")
            """,
            "`claims` (2 points): `claims` still holds the line",
            2,
        ),
        "only the claims are written": (
            """
            def judge(errors, baseline):
                raise NotImplementedError("not attempted yet")

            def claims():
                return ["A", "C", "F"]
            """,
            "`judge` (2 points): `judge` still holds the line",
            2,
        ),
        "the mean, and a claim from it": (
            _judge(median="errors.mean()", claims="['A', 'C', 'D', 'F']"),
            "`claims` (2 points): Claim D speaks of the mean",
        ),
    },
)


def _count(
    *,
    layer="u * (n + u + 1)",
    below="n = u",
    dense="n + 1",
    recurrent="n + 2",
    reach="""
    ends = {"Dense": (-np.inf, np.inf), "Dense, ReLU": (0, np.inf)}
    return np.clip(targets, *ends.get(head, (-1, 1)))""",
):
    """Return a solution of task 10.4 with some of its parts replaced."""
    return f"""
def count_parameters(n_inputs, units, head):
    n, total = n_inputs, 0
    for u in units:
        total += {layer}
        {below}
    return total + ({recurrent} if head == "SimpleRNN" else {dense})

def reachable(head, targets):{reach}
"""


COUNT = Task(
    right={
        "the layers of Keras": """
            def count_parameters(n_inputs, units, head):
                from utils.backend import keras
                layers = keras.layers
                model = keras.Sequential([keras.Input((None, n_inputs))])
                for u in units:
                    model.add(layers.SimpleRNN(u, return_sequences=True))
                last = layers.SimpleRNN if head == "SimpleRNN" else layers.Dense
                model.add(last(1))
                return model.count_params()

            def reachable(head, targets):
                if head == "SimpleRNN":
                    return np.maximum(-1, np.minimum(1, targets))
                return targets if head == "Dense" else np.maximum(0, targets)
            """,
        "weights and biases apart": """
            def count_parameters(n_inputs, units, head):
                sizes = [n_inputs, *units, 1]
                inputs = sum(a * b for a, b in zip(sizes, sizes[1:]))
                states = sum(u * u for u in units) + (head == "SimpleRNN")
                biases = sum(units) + 1
                return inputs + states + biases

            def reachable(head, targets):
                nearest = []
                for target in targets:
                    if head == "SimpleRNN" and abs(target) > 1:
                        target = 1.0 if target > 0 else -1.0
                    if head == "Dense, ReLU" and target < 0:
                        target = 0.0
                    nearest.append(target)
                return np.array(nearest)
            """,
    },
    wrong={
        "no biases": (
            _count(layer="u * (n + u)", dense="n", recurrent="n + 1"),
            "The biases are missing: one for each neuron",
            1,
        ),
        "no recurrent matrix": (
            _count(layer="u * (n + 1)"),
            "The weights of the state are missing",
            1,
        ),
        "one recurrent weight for each unit": (
            _count(layer="u * (n + 2)"),
            "Every neuron reads the state of every neuron",
            1,
        ),
        "no inputs": (
            _count(layer="u * (u + 1)"),
            "The weights of the inputs are missing",
            1,
        ),
        "two sets of biases": (
            _count(layer="u * (n + u + 2)"),
            "one bias for each neuron, not two",
            1,
        ),
        "a layer has one bias": (
            _count(layer="u * (n + u) + 1"),
            "A layer has a bias for each of its neurons",
            1,
        ),
        "the inputs of the stack again": (
            _count(below="n = n_inputs; last = u", dense="last + 1"),
            "The second layer reads the outputs of the first",
            1,
        ),
        "each layer reads the inputs": (
            _count(below=""),
            "Every layer in yours reads the inputs of the stack",
            1,
        ),
        "the head reads the inputs": (
            _count(dense="n_inputs + 1", recurrent="n_inputs + 2"),
            "The head in yours reads the inputs of the stack",
            1,
        ),
        "the head reads all layers": (
            _count(dense="sum(units) + 1 if units else n + 1"),
            "The head reads the last recurrent layer alone",
            1,
        ),
        "the head has no bias": (
            _count(dense="n"),
            "The head has a bias",
            1,
        ),
        "no head": (
            _count(dense="0", recurrent="0"),
            "The parameters of the head are missing",
            1,
        ),
        "the head alone": (
            _count(layer="0"),
            "That is the head alone",
            1,
        ),
        "a recurrent head without its state": (
            _count(recurrent="n + 1"),
            "its own state",
            1,
        ),
        "a recurrent head that reads the state of the layer below": (
            _count(recurrent="2 * n + 1"),
            "its own state",
            1,
        ),
        "a recurrent head for either": (
            _count(dense="n + 2"),
            "A Dense head has no state",
            1,
        ),
        "as a float": (
            _count(dense="n + 1.0"),
            "what is counted is a whole number",
            1,
        ),
        "tanh reaches everything": (
            _count(reach="\n    return targets * 1.0"),
            "tanh lies between -1 and 1",
            2,
        ),
        "tanh as a sigmoid": (
            _count(
                reach="""
    ends = {"Dense": (-np.inf, np.inf), "Dense, ReLU": (0, np.inf)}
    return np.clip(targets, *ends.get(head, (0, 1)))"""
            ),
            "tanh reaches down to -1",
            2,
        ),
        "the tanh of the targets": (
            _count(
                reach="""
    if head == "Dense":
        return targets
    return np.tanh(targets) if head == "SimpleRNN" else np.maximum(targets, 0)"""
            ),
            "That is the tanh of the targets",
            2,
        ),
        "what is out of reach is lost": (
            _count(
                reach="""
    if head == "SimpleRNN":
        return np.where(np.abs(targets) <= 1, targets, 0)
    return targets if head == "Dense" else np.maximum(targets, 0)"""
            ),
            "what comes nearest to it",
            2,
        ),
        "out of reach is missing": (
            _count(
                reach="""
    if head == "SimpleRNN":
        return np.where(np.abs(targets) <= 1, targets, np.nan)
    return targets if head == "Dense" else np.maximum(targets, 0)"""
            ),
            "what comes nearest to it",
            2,
        ),
        "every head has a tanh": (
            _count(reach="\n    return np.clip(targets, -1, 1)"),
            "A Dense head without activation is a sum",
            2,
        ),
        "no limit below for ReLU": (
            _count(
                reach="""
    return np.clip(targets, -1, 1) if head == "SimpleRNN" else targets"""
            ),
            "ReLU gives no negative number",
            2,
        ),
        "ReLU ends at 1": (
            _count(
                reach="""
    ends = {"Dense": (-np.inf, np.inf), "Dense, ReLU": (0, 1)}
    return np.clip(targets, *ends.get(head, (-1, 1)))"""
            ),
            "ReLU has no upper end",
            2,
        ),
        "yes or no": (
            _count(
                reach="""
    ends = {"Dense": (-np.inf, np.inf), "Dense, ReLU": (0, np.inf)}
    low, high = ends.get(head, (-1, 1))
    return ((targets >= low) & (targets <= high)).astype(int)"""
            ),
            "Give the nearest outputs, not whether",
            2,
        ),
        "what is reachable is not written": (
            _count(reach='\n    raise NotImplementedError("not attempted yet")'),
            "`reachable` (1 point): `reachable` still holds the line",
            2,
        ),
        "the count is not written": (
            """
            def count_parameters(n_inputs, units, head):
                raise NotImplementedError("not attempted yet")

            def reachable(head, targets):
                low = {"SimpleRNN": -1, "Dense, ReLU": 0}.get(head, -np.inf)
                return np.clip(targets, low, 1 if head == "SimpleRNN" else np.inf)
            """,
            "`count_parameters` (2 points): `count_parameters` still holds the line",
            1,
        ),
        "no biases, and no limit below for ReLU": (
            _count(
                layer="u * (n + u)",
                dense="n",
                recurrent="n + 1",
                reach="""
    return np.clip(targets, -1, 1) if head == "SimpleRNN" else targets""",
            ),
            "`reachable` (1 point): ReLU gives no negative number",
        ),
    },
)


def _growth(
    *,
    changes="np.log(series[lag:]) - np.log(series[:-lag])",
    start="values = list(before)",
    step="values.append(values[-len(before)] * np.exp(change))",
    result="np.array(values[len(before):])",
):
    """Return a solution of task 10.5 with some of its parts replaced."""
    return f"""
def log_changes(series, lag):
    return {changes}

def put_back(changes, before):
    lag = len(before)
    {start}
    for t, change in enumerate(changes):
        {step}
    return {result}
"""


GROWTH = Task(
    right={
        "one column for each place in the season": """
            def log_changes(series, lag):
                return np.log(series[lag:] / series[:-lag])

            def put_back(changes, before):
                lag, n = len(before), len(changes)
                full = np.concatenate([changes, np.zeros(-n % lag)])
                total = np.cumsum(full.reshape(-1, lag), axis=0)
                return (before * np.exp(total)).ravel()[:n]
            """,
        "logs all the way, with pandas": """
            def log_changes(series, lag):
                import pandas as pd
                logs = pd.Series(np.log(series))
                return logs.diff(lag).dropna().to_numpy()

            def put_back(changes, before):
                logs = np.append(np.log(before), changes)
                lag = len(before)
                for place in range(lag, len(logs)):
                    logs[place] += logs[place - lag]
                return np.exp(logs[lag:])
            """,
        "a strided sum": """
            def log_changes(series, lag):
                logs = np.log(np.asarray(series, dtype=float))
                return np.array([b - a for a, b in zip(logs, logs[lag:])])

            def put_back(changes, before):
                lag = len(before)
                back = np.empty(len(changes))
                for first in range(lag):
                    back[first::lag] = before[first] * np.exp(
                        np.cumsum(changes[first::lag])
                    )
                return back
            """,
    },
    wrong={
        "no logs": (
            _growth(changes="series[lag:] - series[:-lag]"),
            "Those are the changes of the values themselves",
            2,
        ),
        "differences before logs": (
            _growth(changes="np.log(series[lag:] - series[:-lag])"),
            "The log was taken of the differences",
            2,
        ),
        "differences before logs, made positive": (
            _growth(changes="np.log(np.abs(series[lag:] - series[:-lag]))"),
            "The log was taken of the differences",
            2,
        ),
        "growth in per cent": (
            _growth(changes="series[lag:] / series[:-lag] - 1"),
            "That is the growth itself",
            2,
        ),
        "quotients": (
            _growth(changes="series[lag:] / series[:-lag]"),
            "Those are the quotients",
            2,
        ),
        "always the month before": (
            _growth(changes="np.diff(np.log(series))"),
            "Each value is compared with the one just before it",
            2,
        ),
        "neighbours from the first season on": (
            _growth(changes="np.diff(np.log(series))[lag - 1 :]"),
            "Each change compares two neighbours",
            2,
        ),
        "differences of differences": (
            _growth(changes="np.diff(np.log(series), n=lag)"),
            "differences of differences",
            2,
        ),
        "the past minus the present": (
            _growth(changes="np.log(series[:-lag]) - np.log(series[lag:])"),
            "The signs are turned round",
            2,
        ),
        "another base": (
            _growth(changes="np.log10(series[lag:] / series[:-lag])"),
            "a logarithm to another base",
            2,
        ),
        "one added": (
            _growth(changes="np.log1p(series[lag:]) - np.log1p(series[:-lag])"),
            "1 was added before the logarithm",
            2,
        ),
        "round the corner": (
            _growth(changes="np.log(series) - np.log(np.roll(series, lag))"),
            "The first values have nothing before them",
            2,
        ),
        "only the logs": (
            _growth(changes="np.log(series)"),
            "Those are the logs",
            2,
        ),
        "added in place of multiplied": (
            _growth(step="values.append(values[-len(before)] + change)"),
            "The changes were added to the values",
            2,
        ),
        "growth added": (
            _growth(step="values.append(values[-len(before)] + np.exp(change))"),
            "The factors were added to the values",
            2,
        ),
        "a factor of one plus the change": (
            _growth(step="values.append(values[-len(before)] * (1 + change))"),
            "what undoes a log is exp",
            2,
        ),
        "the logs come back": (
            _growth(result="np.log(np.array(values[len(before):]))"),
            "Those are the logs of the values",
            2,
        ),
        "never summed": (
            _growth(step="values.append(before[t % lag] * np.exp(change))"),
            "builds on a value that was put back",
            2,
        ),
        "all in one sum": (
            _growth(
                start="values = list(before)",
                step="values.append(values[-1] * np.exp(change))",
            ),
            "from the value just before",
            2,
        ),
        "the oldest value for all": (
            _growth(
                start="values = [before[0]] * lag",
            ),
            "the oldest value of `before`",
            2,
        ),
        "the newest value for all": (
            _growth(start="values = [before[-1]] * lag"),
            "the last value of `before`",
            2,
        ),
        "turned round": (
            _growth(start="values = list(before[::-1])"),
            "The oldest of the values before comes first",
            2,
        ),
        "anchored one row late": (
            _growth(start="values = list(np.roll(before, -1))"),
            "Each change belongs to the value `lag` places before it",
            2,
        ),
        "with the values before": (
            _growth(result="np.array(values)"),
            "The values before came back with the others",
            2,
        ),
        "a season at most": (
            _growth(result="np.array(values[lag : 2 * lag])"),
            "There are as many values to put back as there are changes",
            2,
        ),
        "the values before taken for logs": (
            _growth(
                start="values = list(np.exp(before))",
            ),
            "`before` holds values, not logs",
            2,
        ),
        "the last one": (
            _growth(result="values[-1]"),
            "the shape is (); it should be (7,)",
            2,
        ),
        "the way back is not written": (
            """
            def log_changes(series, lag):
                return np.log(series[lag:] / series[:-lag])

            def put_back(changes, before):
                raise NotImplementedError("not attempted yet")
            """,
            "`put_back` (2 points): `put_back` still holds the line",
            2,
        ),
        "only the way back is written": (
            """
            def log_changes(series, lag):
                raise NotImplementedError("not attempted yet")

            def put_back(changes, before):
                values = list(before)
                for change in changes:
                    values.append(values[-len(before)] * np.exp(change))
                return np.array(values[len(before):])
            """,
            "`log_changes` (2 points): `log_changes` still holds the line",
            2,
        ),
        "without logs on either way": (
            _growth(
                changes="series[lag:] - series[:-lag]",
                step="values.append(values[-lag] + change)",
            ),
            "`put_back` (2 points): The changes were added to the values",
        ),
    },
)


def _smooth(
    *,
    first="series[0]",
    rows="series[1:]",
    level="alpha * value + (1 - alpha) * levels[-1]",
    result="np.array(levels), np.array(levels[:-1])",
    forecasts="smooth(series, alpha)[1]",
    error="np.mean((series[1:] - forecasts) ** 2)",
    best="alphas[np.argmin(errors)]",
):
    """Return a solution of task 10.6 with some of its parts replaced."""
    return f"""
def smooth(series, alpha):
    levels = [{first}]
    for t, value in enumerate({rows}, start=1):
        levels.append({level})
    return {result}

def best_alpha(series, alphas, smooth):
    errors = []
    for alpha in alphas:
        forecasts = {forecasts}
        errors.append({error})
    return {best}
"""


SMOOTHING = Task(
    right={
        "pandas": """
            def smooth(series, alpha):
                import pandas as pd
                levels = pd.Series(series).ewm(alpha=alpha, adjust=False).mean()
                return levels.to_numpy(), levels.to_numpy()[:-1]

            def best_alpha(series, alphas, smooth):
                import pandas as pd
                def mse(alpha):
                    levels = pd.Series(series).ewm(alpha=alpha, adjust=False).mean()
                    return np.square(series[1:] - levels.to_numpy()[:-1]).mean()
                return min(alphas, key=mse)
            """,
        "the error corrects the level": """
            def smooth(series, alpha):
                levels = np.empty(len(series))
                levels[0] = series[0]
                for t in range(1, len(series)):
                    levels[t] = levels[t - 1] + alpha * (series[t] - levels[t - 1])
                return levels, levels[:-1].copy()

            def best_alpha(series, alphas, smooth):
                best, lowest = None, np.inf
                for alpha in alphas:
                    error = np.sum((smooth(series, alpha)[1] - series[1:]) ** 2)
                    if error < lowest:
                        best, lowest = alpha, error
                return best
            """,
        "weights of all the past": """
            def smooth(series, alpha):
                n = len(series)
                age = np.subtract.outer(np.arange(n), np.arange(n)).astype(float)
                weights = np.where(age >= 0, (1 - alpha) ** np.maximum(age, 0), 0)
                weights[:, 1:] *= alpha
                levels = weights @ series
                return levels, levels[: n - 1]

            def best_alpha(series, alphas, smooth):
                errors = [
                    ((series[1:] - smooth(series, a)[1]) ** 2).sum() for a in alphas
                ]
                return float(alphas[int(np.argmin(errors))])
            """,
    },
    wrong={
        "alpha on the old level": (
            _smooth(level="(1 - alpha) * value + alpha * levels[-1]"),
            "alpha and 1 - alpha have changed places",
            2,
        ),
        "starts at zero": (
            _smooth(first="0.0", rows="series", result="levels_of(levels)").replace(
                "return levels_of(levels)",
                "return np.array(levels[1:]), np.array(levels[1:-1])",
            ),
            "as if there had been a 0 before",
            2,
        ),
        "starts at the mean": (
            _smooth(first="series.mean()"),
            "The first level is the mean of the series",
            2,
        ),
        "the first value counted with alpha": (
            _smooth(first="alpha * series[0]"),
            "as if there had been a 0 before",
            2,
        ),
        "the first levels is 0": (
            _smooth(first="0.0"),
            "The first level is 0",
            2,
        ),
        "two values, no memory": (
            _smooth(level="alpha * value + (1 - alpha) * series[t - 1]"),
            "mixes two values of the series",
            2,
        ),
        "one row late": (
            _smooth(level="alpha * series[t - 1] + (1 - alpha) * levels[-1]"),
            "reads the value of the row before",
            2,
        ),
        "the old value is not faded": (
            _smooth(level="alpha * value + levels[-1]"),
            "the weights add up to more than 1",
            2,
        ),
        "pandas by default": (
            """
            def smooth(series, alpha):
                import pandas as pd
                levels = pd.Series(series).ewm(alpha=alpha).mean().to_numpy()
                return levels, levels[:-1]

            def best_alpha(series, alphas, smooth):
                errors = [
                    np.mean((series[1:] - smooth(series, alpha)[1]) ** 2)
                    for alpha in alphas
                ]
                return alphas[np.argmin(errors)]
            """,
            "as pandas does it by default",
            2,
        ),
        "the mean so far": (
            _smooth(level="np.mean(series[:t + 1])"),
            "That is the mean of all values so far",
            2,
        ),
        "whole numbers": (
            _smooth(
                result="np.array(levels, dtype=series.dtype), "
                "np.array(levels[:-1], dtype=series.dtype)"
            ),
            "whole numbers",
            2,
        ),
        "forecasts that have seen the row": (
            _smooth(result="np.array(levels), np.array(levels[1:])"),
            "has already seen that row",
            2,
        ),
        "a forecast for a row that is not there": (
            _smooth(result="np.array(levels), np.array(levels)"),
            "one forecast for each row but the first",
            2,
        ),
        "naive forecasts": (
            _smooth(result="np.array(levels), series[:-1]"),
            "Those are the values of the rows before",
            2,
        ),
        "forecasts one row too old": (
            _smooth(
                result="np.array(levels), "
                "np.append(levels[0], levels[:-2])[:len(levels) - 1]"
            ),
            "The forecasts lag",
            2,
        ),
        "forecasts are the series": (
            _smooth(result="np.array(levels), series[1:]"),
            "Those are the values themselves",
            2,
        ),
        "levels alone": (
            _smooth(result="np.array(levels)"),
            "Return two arrays: `return levels, forecasts`.",
            2,
        ),
        "the last level": (
            _smooth(result="levels[-1], np.array(levels[:-1])"),
            "the shape is (); it should be (5,)",
            2,
        ),
        "chosen with a peek": (
            _smooth(forecasts="smooth(series, alpha)[0][1:]"),
            "had already seen the row that it was to forecast",
            2,
        ),
        "chosen by the absolute error": (
            _smooth(error="np.mean(np.abs(series[1:] - forecasts))"),
            "the smallest absolute error",
            2,
        ),
        "chosen by errors that cancel": (
            _smooth(error="abs(np.mean(series[1:] - forecasts))"),
            "the errors cancel best",
            2,
        ),
        "chosen by the largest error": (
            _smooth(error="np.max(np.abs(series[1:] - forecasts))"),
            "whose largest error is the smallest",
            2,
        ),
        "the worst": (
            _smooth(best="alphas[np.argmax(errors)]"),
            "the largest squared error",
            2,
        ),
        "the place of the best": (
            _smooth(best="int(np.argmin(errors))"),
            "its place in the list",
            2,
        ),
        "the error of the best": (
            _smooth(best="min(errors)"),
            "is none of the alphas",
            2,
        ),
        "chosen by the last row": (
            _smooth(error="(series[-1] - forecasts[-1]) ** 2"),
            "the smallest error in the last row",
            2,
        ),
        "the choice is not written": (
            """
            def smooth(series, alpha):
                levels = [series[0]]
                for value in series[1:]:
                    levels.append(alpha * value + (1 - alpha) * levels[-1])
                return np.array(levels), np.array(levels[:-1])

            def best_alpha(series, alphas, smooth):
                raise NotImplementedError("not attempted yet")
            """,
            "`best_alpha` (2 points): `best_alpha` still holds the line",
            2,
        ),
        "only the choice is written": (
            """
            def smooth(series, alpha):
                raise NotImplementedError("not attempted yet")

            def best_alpha(series, alphas, smooth):
                squares = [(series[1:] - smooth(series, a)[1]) ** 2 for a in alphas]
                return alphas[np.argmin(np.mean(squares, axis=1))]
            """,
            "`smooth` (2 points): `smooth` still holds the line",
            2,
        ),
        "alpha on the old level, and chosen by the absolute error": (
            _smooth(
                level="(1 - alpha) * value + alpha * levels[-1]",
                error="np.mean(np.abs(series[1:] - forecasts))",
            ),
            "`best_alpha` (2 points): That alpha has the smallest absolute error",
        ),
    },
)


def _ladder(
    *,
    errors="np.abs(y - y_hat).mean()",
    scale="np.abs(history[season:] - history[:-season]).mean()",
    ratio="error / scale",
    share="(naive - error) / (naive - floor)",
    default="season=1",
):
    """Return a solution of task 10.7 with some of its parts replaced."""
    return f"""
def mase(y, y_hat, history, {default}):
    error = {errors}
    scale = {scale}
    return {ratio}

def share_of_gain(error, naive, floor):
    return {share}
"""


LADDER = Task(
    right={
        "the metric of the helpers": """
            def mase(y, y_hat, history, season=1):
                from utils import metrics
                return metrics.mase(y, y_hat, history=history, season=season)

            def share_of_gain(error, naive, floor):
                return 1 - (error - floor) / (naive - floor)
            """,
        "one row after the other": """
            def mase(y, y_hat, history, season=1):
                missed = sum(abs(a - b) for a, b in zip(y, y_hat)) / len(y)
                steps = [
                    abs(history[row] - history[row - season])
                    for row in range(season, len(history))
                ]
                return float(missed * len(steps) / sum(steps))

            def share_of_gain(error, naive, floor):
                return float(np.interp(0, [0, 1], [0, 1])) + (error - naive) / (
                    floor - naive
                )
            """,
        "pandas": """
            def mase(y, y_hat, history, season=1):
                import pandas as pd
                past = pd.Series(history).diff(season).abs().mean()
                return pd.Series(y).sub(pd.Series(y_hat)).abs().mean() / past

            def share_of_gain(error, naive, floor):
                attained, attainable = naive - error, naive - floor
                return attained / attainable
            """,
    },
    wrong={
        "scaled by the test rows": (
            _ladder(scale="np.abs(y[season:] - y[:-season]).mean()"),
            "The scale comes from the rows that are forecast",
            1,
        ),
        "scaled by all rows": (
            _ladder(
                scale="np.abs(np.append(history, y)[season:] "
                "- np.append(history, y)[:-season]).mean()"
            ),
            "The scale comes from history and truth together",
            1,
        ),
        "scaled by a median": (
            _ladder(scale="np.median(np.abs(history[season:] - history[:-season]))"),
            "The scale is a median",
            1,
        ),
        "scaled by the naive forecast of the test rows": (
            _ladder(scale="np.abs(y - history[-1]).mean()"),
            "The scale comes from the rows that are forecast",
            1,
        ),
        "round the corner in the scale": (
            _ladder(scale="np.abs(history - np.roll(history, season)).mean()"),
            "The first season of the history has no value before it",
            1,
        ),
        "squared above alone": (
            _ladder(errors="((y - y_hat) ** 2).mean()"),
            "The error of the forecasts is squared and the scale is not",
            1,
        ),
        "a root above alone": (
            _ladder(errors="np.sqrt(((y - y_hat) ** 2).mean())"),
            "The error of the forecasts is a root of squares",
            1,
        ),
        "season ignored": (
            _ladder(scale="np.abs(np.diff(history)).mean()"),
            "The scale compares each row with the one just before",
            1,
        ),
        "differences of differences": (
            _ladder(scale="np.abs(np.diff(history, n=season)).mean()"),
            "differences of differences",
            1,
        ),
        "horizon averaged first": (
            _ladder(errors="abs(y.mean() - y_hat.mean())"),
            "averaged over the horizon before they were compared",
            1,
        ),
        "errors that cancel in the scale": (
            _ladder(scale="abs((history[season:] - history[:-season]).mean())"),
            "cancel in the scale",
            1,
        ),
        "squared errors": (
            _ladder(
                errors="((y - y_hat) ** 2).mean()",
                scale="((history[season:] - history[:-season]) ** 2).mean()",
            ),
            "Both errors are squared",
            1,
        ),
        "roots of squared errors": (
            _ladder(
                errors="np.sqrt(((y - y_hat) ** 2).mean())",
                scale="np.sqrt(((history[season:] - history[:-season]) ** 2).mean())",
            ),
            "Both errors are squared",
            1,
        ),
        "the ratio upside down": (
            _ladder(ratio="scale / error"),
            "The ratio is upside down",
            1,
        ),
        "no scale": (
            _ladder(ratio="error"),
            "That is the mean absolute error, not yet scaled",
            1,
        ),
        "scaled by the spread": (
            _ladder(scale="history.std()"),
            "the standard deviation of the history",
            1,
        ),
        "scaled by the size": (
            _ladder(scale="np.abs(history).mean()"),
            "the mean size of the history",
            1,
        ),
        "a sum over a mean": (
            _ladder(errors="np.abs(y - y_hat).sum()"),
            "A sum of errors is divided by a mean",
            1,
        ),
        "one too many in the mean": (
            _ladder(
                scale="np.abs(history[season:] - history[:-season]).sum()"
                " / len(history)"
            ),
            "The naive forecast of the history begins after its first season",
            1,
        ),
        "a skill": (
            _ladder(ratio="1 - error / scale"),
            "That is 1 minus the ratio",
            1,
        ),
        "no default season": (
            _ladder(default="season"),
            "`mase` stopped with an error.",
            1,
        ),
        "share upside down": (
            _ladder(share="(naive - floor) / (naive - error)"),
            "The share is upside down",
            2,
        ),
        "what is left": (
            _ladder(share="(error - floor) / (naive - floor)"),
            "That is the share that is still to be gained",
            2,
        ),
        "no floor": (
            _ladder(share="1 - error / naive"),
            "as if an error of 0 could be reached",
            2,
        ),
        "per cent": (
            _ladder(share="100 * (naive - error) / (naive - floor)"),
            "That is in per cent",
            2,
        ),
        "the gain alone": (
            _ladder(share="naive - error"),
            "That is the gain, not its share",
            2,
        ),
        "negative": (
            _ladder(share="(error - naive) / (naive - floor)"),
            "The sign is turned round",
            2,
        ),
        "kept between 0 and 1": (
            _ladder(share="min(max((naive - error) / (naive - floor), 0), 1)"),
            "A model that loses to the naive forecast has a negative share",
            2,
        ),
        "kept below 1": (
            _ladder(share="min((naive - error) / (naive - floor), 1)"),
            "An error below the floor",
            2,
        ),
        "relative to the error": (
            _ladder(share="(naive - error) / (error - floor)"),
            "Which difference is the gain, and which is all that can be gained?",
            2,
        ),
        "the share is not written": (
            """
            def mase(y, y_hat, history, season=1):
                past = np.abs(history[season:] - history[:-season])
                return np.abs(y - y_hat).mean() / past.mean()

            def share_of_gain(error, naive, floor):
                raise NotImplementedError("not attempted yet")
            """,
            "`share_of_gain` (1 point): `share_of_gain` still holds the line",
            2,
        ),
        "only the share is written": (
            """
            def mase(y, y_hat, history, season=1):
                raise NotImplementedError("not attempted yet")

            def share_of_gain(error, naive, floor):
                return (error - naive) / (floor - naive)
            """,
            "`mase` (2 points): `mase` still holds the line",
            1,
        ),
        "no scale, and the gain alone": (
            _ladder(ratio="error", share="naive - error"),
            "`share_of_gain` (1 point): That is the gain, not its share",
        ),
    },
)

BANK = {
    "task-10-1-split": SPLIT,
    "task-10-2-line": LINE,
    "task-10-3-seeds": SEEDS,
    "task-10-4-count": COUNT,
    "task-10-5-growth": GROWTH,
    "task-10-6-smoothing": SMOOTHING,
    "task-10-7-ladder": LADDER,
}
