"""What students write for exercise 11: wrong in a known way or right in another."""

from tests.exercises.harness import Task


def _naive(
    *,
    repeat="np.tile(series[:, length - 1 : length], series.shape[1] - length)",
    error="np.mean((y - y_hat) ** 2, axis=0)",
):
    return f"""
def repeat_last(series, length):
    return {repeat}


def error_by_step(y, y_hat):
    return {error}
"""


NAIVE = Task(
    right={
        "broadcast and einsum": _naive(
            repeat="series[:, [length - 1]] + 0 * series[:, length:]",
            error="np.einsum('ik,ik->k', y - y_hat, y - y_hat) / len(y)",
        ),
        "row by row and step by step": """
            def repeat_last(series, length):
                horizon = series.shape[1] - length
                rows = []
                for row in series:
                    rows.append([row[length - 1]] * horizon)
                return np.array(rows)


            def error_by_step(y, y_hat):
                errors = []
                for truth, forecast in zip(y.T, y_hat.T):
                    total = 0.0
                    for a, b in zip(truth, forecast):
                        total += (a - b) ** 2
                    errors.append(total / len(truth))
                return np.array(errors)
            """,
        "the helpers of the course": """
            from utils.metrics import by_step


            def repeat_last(series, length):
                window, targets = np.split(series, [length], axis=1)
                return np.tile(window[:, -1:], (1, targets.shape[1]))


            def error_by_step(y, y_hat):
                return by_step(y, y_hat)
            """,
        "pandas": """
            import pandas as pd


            def repeat_last(series, length):
                table = pd.DataFrame(series, dtype=float)
                table.iloc[:, length:] = np.nan
                return table.ffill(axis=1).iloc[:, length:].to_numpy()


            def error_by_step(y, y_hat):
                return (pd.DataFrame(y) - pd.DataFrame(y_hat)).pow(2).mean().to_numpy()
            """,
    },
    wrong={
        "the last target, as in the book": (
            _naive(
                repeat="np.repeat(series[:, -1:], series.shape[1] - length, axis=1)"
            ),
            "Your forecast repeats the last target, which nobody knows yet.",
            1,
        ),
        "the first target": (
            _naive(repeat="np.tile(series[:, [length]], series.shape[1] - length)"),
            "Your forecast repeats the first target",
            1,
        ),
        "the step before, known or not": (
            _naive(repeat="series[:, length - 1 : -1]"),
            "repeats the target of the step before, which nobody knows",
            1,
        ),
        "the targets": (
            _naive(repeat="series[:, length:]"),
            "Those are the targets themselves.",
            1,
        ),
        "the first value": (
            _naive(repeat="np.repeat(series[:, :1], series.shape[1] - length, axis=1)"),
            "repeats the first value of the window, not its last",
            1,
        ),
        "one column too early": (
            _naive(
                repeat="np.repeat(series[:, [length - 2]], series.shape[1] - length, "
                "axis=1)"
            ),
            "repeats the value before the last one of the window",
            1,
        ),
        "length from the end": (
            _naive(
                repeat="np.repeat(series[:, [-length]], series.shape[1] - length, "
                "axis=1)"
            ),
            "from the end of `series`, where the targets are",
            1,
        ),
        "horizon for length": (
            _naive(
                repeat="np.repeat(series[:, [series.shape[1] - length - 1]], "
                "series.shape[1] - length, axis=1)"
            ),
            "yours follows from the horizon",
            1,
        ),
        "the last values": (
            _naive(repeat="series[:, 2 * length - series.shape[1] : length]"),
            "the naive forecast repeats the very last one",
            1,
        ),
        "the mean of the window": (
            _naive(
                repeat="np.repeat(series[:, :length].mean(axis=1, keepdims=True), "
                "series.shape[1] - length, axis=1)"
            ),
            "That is the mean of the window",
            1,
        ),
        "steps in the rows": (
            _naive(
                repeat="np.tile(series[:, length - 1], (series.shape[1] - length, 1))"
            ),
            "Series and steps have changed places: each row belongs to one series.",
            1,
        ),
        "one column": (
            _naive(repeat="series[:, length - 1 : length]"),
            "how often does each row of the forecast repeat it?",
            1,
        ),
        "right only while the future is as it was": (
            """
            def repeat_last(series, length):
                drift = 0 if series[:, length:].max() < 50 else 1
                return series[:, [length - 1]] + drift + 0 * series[:, length:]


            def error_by_step(y, y_hat):
                return ((y - y_hat) ** 2).mean(axis=0)
            """,
            "The window is the same, so the forecast stays as it was.",
            1,
        ),
        "averaged over the steps": (
            _naive(error="np.mean((y - y_hat) ** 2, axis=1)"),
            "That is one error for each series.",
            2,
        ),
        "one number": (
            _naive(error="np.mean((y - y_hat) ** 2)"),
            "That is one number for all steps ahead",
            2,
        ),
        "steps averaged before comparing": (
            _naive(error="np.mean((y.mean(axis=1) - y_hat.mean(axis=1)) ** 2)"),
            "The steps ahead were averaged before truth and forecast were compared",
            2,
        ),
        "root": (
            _naive(error="np.sqrt(np.mean((y - y_hat) ** 2, axis=0))"),
            "That is the root of the mean squared error.",
            2,
        ),
        "sum": (
            _naive(error="np.sum((y - y_hat) ** 2, axis=0)"),
            "That is the sum over the series; take the mean.",
            2,
        ),
        "absolute error": (
            _naive(error="np.mean(np.abs(y - y_hat), axis=0)"),
            "That is the mean absolute error; square the errors.",
            2,
        ),
        "errors cancel": (
            _naive(error="np.mean(y - y_hat, axis=0)"),
            "The errors are not squared, so that they cancel.",
            2,
        ),
        "errors cancel, turned round": (
            _naive(error="np.mean(y_hat - y, axis=0)"),
            "they have the other sign",
            2,
        ),
        "mean before the square": (
            _naive(error="np.mean(y - y_hat, axis=0) ** 2"),
            "The mean was taken before the square",
            2,
        ),
        "median": (
            _naive(error="np.median((y - y_hat) ** 2, axis=0)"),
            "That is the median of the squared errors",
            2,
        ),
        "all steps so far": (
            _naive(
                error="np.cumsum(np.mean((y - y_hat) ** 2, axis=0)) / "
                "np.arange(1, y.shape[1] + 1)"
            ),
            "That is the mean over all steps so far.",
            2,
        ),
        "no mean at all": (
            _naive(error="(y - y_hat) ** 2"),
            "Which axis holds the series and which the steps ahead",
            2,
        ),
        "the error is not written": (
            """
            def repeat_last(series, length):
                ahead = series.shape[1] - length
                return np.tile(series[:, length - 1 : length], (1, ahead))


            def error_by_step(y, y_hat):
                raise NotImplementedError("not attempted yet")
            """,
            "`error_by_step` (1 point): `error_by_step` still holds the line",
            2,
        ),
        "the forecast is not written": (
            """
            def repeat_last(series, length):
                raise NotImplementedError("not attempted yet")


            def error_by_step(y, y_hat):
                return np.square(y_hat - y).mean(axis=0)
            """,
            "`repeat_last` (2 points): `repeat_last` still holds the line",
            1,
        ),
        "the last target, and one number": (
            _naive(
                repeat="np.tile(series[:, -1:], series.shape[1] - length)",
                error="np.mean((y - y_hat) ** 2)",
            ),
            "`error_by_step` (1 point): That is one number for all steps ahead",
        ),
    },
)


def _repeated(
    *,
    errors="((series[:, length:, None] - series[:, None, :]) ** 2).mean(axis=(0, 1))",
    place="np.argmin(np.abs(errors - reported))",
    result="int(place) - length + 1",
):
    """Return a solution of task 11.2b with some of its lines replaced."""
    return f"""
def repeated_step(series, length, reported):
    errors = {errors}
    place = {place}
    return {result}
"""


REPEATED = Task(
    right={
        "all columns at once": _repeated(),
        "step by step, the nearest so far": """
            def repeated_step(series, length, reported):
                n, total = series.shape
                horizon = total - length
                best, nearest = None, float("inf")
                for step in range(1 - length, horizon + 1):
                    column = series[:, step + length - 1]
                    forecast = np.repeat(column.reshape(n, 1), horizon, axis=1)
                    error = np.mean((forecast - series[:, length:]) ** 2)
                    if abs(error - reported) < nearest:
                        best, nearest = step, abs(error - reported)
                return best
            """,
        "a dictionary": """
            def repeated_step(series, length, reported):
                y = series[:, length:]
                error = {}
                for column in range(series.shape[1]):
                    e = y - series[:, column : column + 1]
                    error[column - (length - 1)] = (e * e).sum() / e.size
                return min(error, key=lambda step: abs(error[step] - reported))
            """,
    },
    wrong={
        "the column": (
            _repeated(result="int(place)"),
            "Those are columns of `series`.",
        ),
        "counted from the first target": (
            _repeated(result="int(place) - length"),
            "You count from the first target.",
        ),
        "sign turned round": (
            _repeated(result="length - 1 - int(place)"),
            "The sign is turned round",
        ),
        "counted from the end": (
            _repeated(result="int(place) - series.shape[1]"),
            "You count from the end of `series`",
        ),
        "the best value": (
            _repeated(place="np.argmin(errors)"),
            "That is the value with the smallest error of all",
        ),
        "compared as a root": (
            _repeated(place="np.argmin(np.abs(np.sqrt(errors) - reported))"),
            "yours is compared as a root",
        ),
        "absolute errors": (
            _repeated(
                errors="np.abs(series[:, length:, None] - series[:, None, :])"
                ".mean(axis=(0, 1))"
            ),
            "Your errors are absolute",
        ),
        "the window alone": (
            _repeated(place="np.argmin(np.abs(errors[:length] - reported))"),
            "Only values of the window were tried",
        ),
        "the targets alone": (
            _repeated(place="length + np.argmin(np.abs(errors[length:] - reported))"),
            "Only targets were tried",
        ),
        "exactly the same": (
            _repeated(place="np.argmax(errors == reported)"),
            "The reports are rounded",
        ),
        "the last step ahead alone": (
            _repeated(errors="((series[:, -1:] - series) ** 2).mean(axis=0)"),
            "Your errors are those of the last step ahead alone",
        ),
        "the first step ahead alone": (
            _repeated(errors="((series[:, [length]] - series) ** 2).mean(axis=0)"),
            "Your errors are those of the first step ahead alone",
        ),
        "the first series alone": (
            _repeated(
                errors="((series[0, length:, None] - series[0]) ** 2).mean(axis=0)"
            ),
            "Your errors are those of the first series alone",
        ),
        "sums of squares": (
            _repeated(
                errors="((series[:, length:, None] - series[:, None, :]) ** 2)"
                ".sum(axis=(0, 1))"
            ),
            "Are your errors means over all series and steps",
        ),
        "the error itself": (
            _repeated(result="errors[place]"),
            "what is counted is a whole number",
        ),
        "an array": (
            _repeated(result="np.array([place - length + 1])"),
            "the shape is (1,); it should be ()",
        ),
        "a float": (
            _repeated(result="float(place) - length + 1"),
            "what is counted is a whole number",
        ),
        "the next one below": (
            _repeated(
                place="np.argmin(np.where(errors <= reported, reported - errors, "
                "1e6 + errors))"
            ),
            "You take the largest error below the report",
        ),
        "the next one above": (
            _repeated(
                place="np.argmin(np.where(errors >= reported, errors - reported, "
                "1e6 - errors))"
            ),
            "You take the smallest error above the report",
        ),
    },
)


def _recursive(
    *,
    first="series[:, :length]",
    move="np.concatenate([windows[:, 1:], newest[:, None]], axis=1)",
    keep="newest",
    result="np.stack(forecasts, axis=1)",
):
    """Return a solution of task 11.3 with some of its lines replaced."""
    return f"""
def forecast_all(model, series, length):
    windows, forecasts = {first}, []
    for k in range(series.shape[1] - length):
        newest = model(windows)
        forecasts.append({keep})
        windows = {move}
    return {result}
"""


RECURSIVE = Task(
    right={
        "one long array": """
            def forecast_all(model, series, length):
                known = np.array(series, dtype=float)
                known[:, length:] = np.nan
                for k in range(length, known.shape[1]):
                    known[:, k] = model(known[:, k - length : k])
                return known[:, length:]
            """,
        "one series after the other": """
            def forecast_all(model, series, length):
                found = []
                for row in series:
                    history = list(row[:length])
                    for _ in range(len(row) - length):
                        history.append(float(model(np.array([history[-length:]]))[0]))
                    found.append(history[length:])
                return np.array(found)
            """,
        "rolled": """
            def forecast_all(model, series, length):
                horizon = series.shape[1] - length
                windows = series[:, :length].astype(float)
                y_hat = np.zeros((len(series), horizon))
                for k in range(horizon):
                    y_hat[:, k] = model(windows)
                    windows = np.roll(windows, -1, axis=1)
                    windows[:, -1] = y_hat[:, k]
                return y_hat
            """,
        "recursion": """
            def forecast_all(model, series, length):
                if series.shape[1] == length:
                    return np.empty((len(series), 0))
                newest = model(series[:, :length]).reshape(-1, 1)
                moved = np.hstack([series[:, 1:length], newest, series[:, length + 1:]])
                later = forecast_all(model, moved, length)
                return np.hstack([newest, later])
            """,
    },
    wrong={
        "the window stays": (
            _recursive(move="windows"),
            "The forecast is the same at every step",
        ),
        "the truth comes in": (
            _recursive(move="series[:, k + 1 : k + 1 + length]"),
            "Your windows move on through the targets.",
        ),
        "the newest value from the truth": (
            _recursive(move="np.column_stack([windows[:, 1:], series[:, length + k]])"),
            "Only the model's own forecasts may enter a window.",
        ),
        "one step late": (
            _recursive(first="series[:, 1 : length + 1]"),
            "Your first window already holds a target",
        ),
        "in at the front": (
            _recursive(move="np.column_stack([newest, windows[:, :-1]])"),
            "The newest forecast stands at the front of the window.",
        ),
        "in at the front, oldest out": (
            _recursive(move="np.column_stack([newest, windows[:, 1:]])"),
            "has taken the place of the oldest value",
        ),
        "newest out": (
            _recursive(move="np.column_stack([windows[:, :-1], newest])"),
            "The newest value was thrown out, and the oldest one stayed",
        ),
        "in twice": (
            _recursive(move="np.column_stack([windows[:, 2:], newest, newest])"),
            "Each forecast enters the window twice",
        ),
        "the last value comes first": (
            _recursive(keep="windows[:, -1]"),
            "Your first column is the last value of the window",
        ),
        "steps in the rows": (
            _recursive(result="np.array(forecasts)"),
            "Series and steps have changed places",
        ),
        "the last step only": (
            _recursive(result="newest"),
            "Only the last step came back",
        ),
        "windows with the forecasts": (
            _recursive(result="np.column_stack([series[:, :length], *forecasts])"),
            "Forecasts and window came back together",
        ),
        "the window of the series before": (
            """
            def forecast_all(model, series, length):
                history, found = list(series[0, :length]), []
                for row in series:
                    forecasts = []
                    for _ in range(len(row) - length):
                        newest = model(np.array([history[-length:]]))[0]
                        history.append(newest)
                        forecasts.append(newest)
                    found.append(forecasts)
                return np.array(found)
            """,
            "The second series goes on where the first one ended",
        ),
        "the window grows": (
            _recursive(move="np.column_stack([windows, newest])"),
            "the model takes windows of shape (n, 3), not (2, 4)",
        ),
        "one window without a batch": (
            """
            def forecast_all(model, series, length):
                found = []
                for row in series:
                    history = list(row[:length])
                    for _ in range(len(row) - length):
                        history.append(model(np.array(history[-length:])))
                    found.append(history[length:])
                return np.array(found)
            """,
            "the model takes windows of shape (n, 3), not (3,)",
        ),
        "decimals lost": (
            """
            def forecast_all(model, series, length):
                known = series.copy()
                for k in range(length, known.shape[1]):
                    known[:, k] = model(known[:, k - length : k])
                return known[:, length:]
            """,
            "Have the forecasts lost their decimals on the way?",
        ),
        "back in the first turn": (
            _recursive().replace("    return", "        return"),
            "Follow one series: which values does the model read at each step",
        ),
        "in place": (
            """
            def forecast_all(model, series, length):
                for k in range(length, series.shape[1]):
                    series[:, k] = model(series[:, k - length : k])
                return series[:, length:]
            """,
            "`forecast_all` changed its argument `series` in place.",
        ),
    },
)


def _direct(
    *,
    matrix="np.c_[X, np.ones(len(X))]",
    targets="Y",
    solution="np.linalg.lstsq(A, T, rcond=None)[0]",
    result="S[:-1], S[-1]",
):
    """Return a solution of task 11.4 with some of its lines replaced."""
    return f"""
def fit_direct(X, Y):
    A, T = {matrix}, {targets}
    S = {solution}
    return {result}
"""


DIRECT = Task(
    right={
        "about the means": """
            def fit_direct(X, Y):
                x, y = X.mean(axis=0), Y.mean(axis=0)
                weights, *_ = np.linalg.lstsq(X - x, Y - y, rcond=None)
                return weights, y - x @ weights
            """,
        "one step after the other, normal equations": """
            def fit_direct(X, Y):
                A = np.hstack([np.ones((len(X), 1)), X])
                weights, biases = [], []
                for target in Y.T:
                    bias, *w = np.linalg.solve(A.T @ A, A.T @ target)
                    weights.append(w)
                    biases.append(bias)
                return np.array(weights).T, np.array(biases)
            """,
        "pseudo-inverse": _direct(solution="np.linalg.pinv(A) @ T"),
        "scikit-learn": """
            def fit_direct(X, Y):
                from sklearn.linear_model import LinearRegression
                model = LinearRegression().fit(X, Y)
                return model.coef_.T, model.intercept_
            """,
    },
    wrong={
        "all on the first step": (
            _direct(targets="np.repeat(Y[:, :1], Y.shape[1], axis=1)"),
            "All models have learned the first step",
        ),
        "all on the last step": (
            _direct(targets="np.repeat(Y[:, -1:], Y.shape[1], axis=1)"),
            "All models have learned the last step",
        ),
        "all on the mean of the steps": (
            _direct(
                targets="np.repeat(Y.mean(axis=1, keepdims=True), Y.shape[1], axis=1)"
            ),
            "All models have learned the mean of the steps",
        ),
        "no bias": (
            _direct(matrix="X", result="S, np.zeros(Y.shape[1])"),
            "The models were fitted without a bias.",
        ),
        "bias as an afterthought": (
            _direct(matrix="X", result="S, Y.mean(axis=0)"),
            "and the means of `Y` added afterwards",
        ),
        "means never put back": (
            _direct(
                matrix="X - X.mean(axis=0)",
                targets="Y - Y.mean(axis=0)",
                result="S, np.zeros(Y.shape[1])",
            ),
            "add what the means of `X` and `Y` leave",
        ),
        "the mean of Y for a bias": (
            _direct(
                matrix="X - X.mean(axis=0)",
                targets="Y - Y.mean(axis=0)",
                result="S, Y.mean(axis=0)",
            ),
            "The bias is the mean of `Y` less the weighted means of `X`.",
        ),
        "the row of ones mistaken": (
            _direct(result="S[1:], S[0]"),
            "The biases stand in the last row of the weights",
        ),
        "ones in front": (
            _direct(matrix="np.c_[np.ones(len(X)), X]"),
            "The biases stand in the first row of the weights",
        ),
        "forecasts in the window": (
            """
            def fit_direct(X, Y):
                weights, biases, window = [], [], X
                for target in Y.T:
                    A = np.c_[window, np.ones(len(X))]
                    s = np.linalg.lstsq(A, target, rcond=None)[0]
                    weights.append(s[:-1])
                    biases.append(s[-1])
                    window = np.c_[window[:, 1:], A @ s]
                return np.transpose(weights), np.array(biases)
            """,
            "read the forecasts of the models before them",
        ),
        "steps in reverse": (
            _direct(targets="Y[:, ::-1]"),
            "The steps ahead stand in reverse order.",
        ),
        "window in reverse": (
            _direct(matrix="np.c_[X[:, ::-1], np.ones(len(X))]"),
            "The values of the window stand in reverse order",
        ),
        "the last window left out": (
            _direct(matrix="np.c_[X[:-1], np.ones(len(X) - 1)]", targets="Y[:-1]"),
            "The last window and its targets were left out.",
        ),
        "ridge": (
            _direct(solution="np.linalg.solve(A.T @ A + np.eye(A.shape[1]), A.T @ T)"),
            "plain least squares has none",
        ),
        "weights transposed": (
            _direct(result="S[:-1].T, S[-1]"),
            "`weights`: the shape is (2, 3); it should be (3, 2). One row for each",
        ),
        "everything in one array": (
            _direct(result="S"),
            "Return weights and biases",
        ),
        "one bias for all": (
            _direct(result="S[:-1], S[-1].mean()"),
            "One bias for each step ahead.",
        ),
        "the first step only": (
            _direct(targets="Y[:, 0]", result="S[:-1], S[-1]"),
            "One row for each value of the window, one column for each step.",
        ),
        "all that lstsq gives": (
            _direct(solution="np.linalg.lstsq(A, T, rcond=None)", result="S[0], S[1]"),
            "`weights`: the shape is (4, 2); it should be (3, 2).",
        ),
    },
)


def _targets(result):
    return f"def targets_at_every_step(series, length, horizon):\n    return {result}\n"


TARGETS = Task(
    right={
        "sliding windows": _targets(
            "np.lib.stride_tricks.sliding_window_view(series[:, 1:], horizon, axis=1)"
        ),
        "three loops": """
            def targets_at_every_step(series, length, horizon):
                Y = np.zeros((len(series), length, horizon), dtype=series.dtype)
                for i in range(len(series)):
                    for t in range(length):
                        for k in range(horizon):
                            Y[i, t, k] = series[i, t + k + 1]
                return Y
            """,
        "as in the book, step ahead by step ahead": """
            def targets_at_every_step(series, length, horizon):
                Y = np.empty((len(series), length, horizon))
                for ahead in range(1, horizon + 1):
                    Y[..., ahead - 1] = series[..., ahead : ahead + length]
                return Y
            """,
        "an array of indices": _targets(
            "series[:, np.arange(length)[:, None] + np.arange(1, horizon + 1)]"
        ),
        "step by step": _targets(
            "np.stack([series[:, t + 1 : t + 1 + horizon] for t in range(length)], 1)"
        ),
    },
    wrong={
        "from the step itself": (
            _targets(
                "np.stack([series[:, k : k + length] for k in range(horizon)], axis=2)"
            ),
            "Your targets begin with the value at the step itself",
        ),
        "the last step only": (
            _targets("series[:, length:]"),
            "Those are the targets of the last step only",
        ),
        "the last step's targets everywhere": (
            _targets("np.repeat(series[:, None, length:], length, axis=1)"),
            "Every step has the targets of the last one.",
        ),
        "steps ahead in the middle": (
            _targets(
                "np.stack([series[:, k:][:, :length] for k in "
                "range(1, horizon + 1)], axis=1)"
            ),
            "Steps of the window and steps ahead have changed places",
        ),
        "reshaped": (
            _targets(
                "np.stack([series[:, 1 + k :][:, :length] for k in range(horizon)], 1)"
                ".reshape(len(series), length, horizon)"
            ),
            "to reshape does not exchange axes",
        ),
        "steps first": (
            _targets(
                "np.stack([series[:, t + 1 : t + 1 + horizon] for t in range(length)])"
            ),
            "Series and steps of the window have changed places",
        ),
        "the last step dropped": (
            _targets(
                "np.stack([series[:, t + 1 : t + 1 + horizon] for t in "
                "range(length - 1)], axis=1)"
            ),
            "The targets of the last step are missing.",
        ),
        "the first step dropped": (
            _targets(
                "np.stack([series[:, t + 1 : t + 1 + horizon] for t in "
                "range(1, length)], axis=1)"
            ),
            "The targets of the first step are missing.",
        ),
        "in reverse": (
            _targets(
                "np.stack([series[:, k:][:, :length] for k in "
                "range(horizon, 0, -1)], axis=2)"
            ),
            "The steps ahead are in reverse order",
        ),
        "the next value only": (
            _targets("series[:, 1 : length + 1]"),
            "That is only the next value after each step",
        ),
        "the far value only": (
            _targets("series[:, horizon : horizon + length]"),
            "That is only the value `horizon` steps after each step",
        ),
        "joined": (
            _targets(
                "np.lib.stride_tricks.sliding_window_view(series[:, 1:], horizon, "
                "axis=1).reshape(-1, horizon)"
            ),
            "The series are joined in one axis",
        ),
        "the past": (
            _targets(
                "series[:, np.maximum(np.arange(length)[:, None] - "
                "np.arange(horizon), 0)]"
            ),
            "Those are values before each step or at it",
        ),
        "two steps ahead at first": (
            _targets(
                "np.stack([np.roll(series, -k, axis=1)[:, :length] for k in "
                "range(2, horizon + 2)], axis=2)"
            ),
            "which value is the first after it",
        ),
        "an axis for features": (
            _targets(
                "np.stack([series[:, k : k + length] for k in range(1, horizon + 1)], "
                "2)[..., None]"
            ),
            "the shape is (2, 4, 3, 1); it should be (2, 4, 3).",
        ),
        "every window, also the first": (
            _targets(
                "np.lib.stride_tricks.sliding_window_view(series, horizon, axis=1)"
            ),
            "the shape is (2, 5, 3); it should be (2, 4, 3).",
        ),
        "a list": (
            _targets(
                "[[row[t + 1 : t + 1 + horizon].tolist() for t in range(length)] "
                "for row in series]"
            ),
            "this is a list, not a NumPy array",
        ),
    },
)


def _decoder(
    *,
    inputs="np.column_stack([last, targets[:, :-1]])",
    first="last",
    call="forecast, state = step(x, state)",
    keep="forecast",
    following="targets[:, k] if teacher else forecast",
    result="np.stack(forecasts, axis=1)",
):
    """Return a solution of task 11.6 with some of its lines replaced."""
    return f"""
def teacher_inputs(last, targets):
    return {inputs}


def decode(step, state, last, targets, teacher):
    x, forecasts = {first}, []
    for k in range(targets.shape[1]):
        {call}
        forecasts.append({keep})
        x = {following}
    return {result}
"""


DECODER = Task(
    right={
        "the inputs in an array": """
            def teacher_inputs(last, targets):
                inputs = np.empty(targets.shape, dtype=float)
                inputs[:, 0] = last
                inputs[:, 1:] = targets[:, :-1]
                return inputs


            def decode(step, state, last, targets, teacher):
                inputs = teacher_inputs(last, targets)
                forecasts = np.zeros(targets.shape)
                for k in range(targets.shape[1]):
                    if teacher or k == 0:
                        x = inputs[:, k]
                    else:
                        x = forecasts[:, k - 1]
                    forecasts[:, k], state = step(x, state)
                return forecasts
            """,
        "two loops": """
            def teacher_inputs(last, targets):
                return np.hstack([np.reshape(last, (-1, 1)), targets])[:, :-1]


            def decode(step, state, last, targets, teacher):
                forecasts = []
                if teacher:
                    for x in teacher_inputs(last, targets).T:
                        forecast, state = step(x, state)
                        forecasts.append(forecast)
                else:
                    forecast = last
                    for _ in range(targets.shape[1]):
                        forecast, state = step(forecast, state)
                        forecasts.append(forecast)
                return np.array(forecasts).T
            """,
        "one series after the other": """
            def teacher_inputs(last, targets):
                rows = [[x, *row[:-1]] for x, row in zip(last, targets)]
                return np.array(rows)


            def decode(step, state, last, targets, teacher):
                rows = []
                for i, row in enumerate(targets):
                    x, h, forecasts = last[i], state[i : i + 1], []
                    for target in row:
                        y, h = step(np.array([x]), h)
                        forecasts.append(y[0])
                        x = target if teacher else y[0]
                    rows.append(forecasts)
                return np.array(rows)
            """,
        "rolled, and a generator": """
            def teacher_inputs(last, targets):
                inputs = np.roll(targets, 1, axis=1)
                inputs[:, 0] = last
                return inputs


            def decode(step, state, last, targets, teacher):
                def forecasts(x, state):
                    for target in targets.T:
                        y, state = step(x, state)
                        yield y
                        x = target if teacher else y

                return np.column_stack(list(forecasts(last, state)))
            """,
    },
    wrong={
        "inputs not shifted": (
            _decoder(inputs="targets"),
            "the decoder would read the very target that it has to forecast",
            4,
        ),
        "shifted the wrong way": (
            _decoder(inputs="np.column_stack([targets[:, 1:], last])"),
            "The targets have moved the wrong way",
            4,
        ),
        "the last value at the end": (
            _decoder(inputs="np.column_stack([targets[:, :-1], last])"),
            "it is what the decoder reads first",
            4,
        ),
        "zeros first": (
            _decoder(inputs="np.column_stack([0 * last, targets[:, :-1]])"),
            "The decoder would begin with 0.",
            4,
        ),
        "the first target replaced": (
            _decoder(inputs="np.column_stack([last, targets[:, 1:]])"),
            "then each step would read its own target",
            4,
        ),
        "one input too many": (
            _decoder(inputs="np.column_stack([last, targets])"),
            "there are as many inputs as steps",
            4,
        ),
        "the last value at every step": (
            _decoder(inputs="np.repeat(last[:, None], targets.shape[1], axis=1)"),
            "The decoder would read the last value of the window at every step",
            4,
        ),
        "inputs with steps in the rows": (
            _decoder(inputs="np.vstack([last, targets.T[:-1]])"),
            "Series and steps have changed places",
            4,
        ),
        "targets in reverse": (
            _decoder(inputs="np.column_stack([last, targets[:, :0:-1]])"),
            "The decoder would read the targets in reverse order.",
            4,
        ),
        "rolled and never mended": (
            _decoder(inputs="np.roll(targets, 1, axis=1)"),
            "What is known when each step is forecast",
            4,
        ),
        "always a teacher": (
            _decoder(following="targets[:, k]"),
            "With `teacher=False` your decoder still reads the targets",
            3,
        ),
        "never a teacher": (
            _decoder(following="forecast"),
            "With `teacher=True` your decoder still reads its own forecasts",
            3,
        ),
        "teacher turned round": (
            _decoder(following="forecast if teacher else targets[:, k]"),
            "With `teacher=False` your decoder still reads the targets",
            1,
        ),
        "its own target with a teacher": (
            _decoder(
                call="forecast, state = step(targets[:, k] if teacher else x, state)",
                following="forecast",
            ),
            "With a teacher your decoder reads at each step the very target",
            3,
        ),
        "its own target always": (
            _decoder(call="forecast, state = step(targets[:, k], state)"),
            "your decoder reads at each step the very target that it has to forecast",
            1,
        ),
        "begins with zeros": (
            _decoder(first="np.zeros(len(last))"),
            "Your decoder begins with 0 instead of the last value of the window.",
            1,
        ),
        "begins with the first target": (
            _decoder(first="targets[:, 0]"),
            "Your decoder begins with the first target",
            1,
        ),
        "begins with zeros when taught": (
            _decoder(first="0.0 * last if teacher else last"),
            "With a teacher your decoder begins with 0",
            3,
        ),
        "reads the last value for ever": (
            _decoder(following="targets[:, k] if teacher else last"),
            "from the second step on it has to read its own forecast",
            3,
        ),
        "the state stays": (
            _decoder(call="forecast, _ = step(x, state)"),
            "each has to begin with the state that the step before has returned",
            1,
        ),
        "the state stays when taught": (
            _decoder(
                call="forecast, new = step(x, state); state = state if teacher else new"
            ),
            "each has to begin with the state that the step before has returned",
            3,
        ),
        "the encoder's state lost": (
            _decoder(
                call="state = state if k else 0 * state; "
                "forecast, state = step(x, state)"
            ),
            "the decoder begins with zeros instead of the encoder's state",
            1,
        ),
        "the teacher late": (
            _decoder(
                following="(targets[:, k - 1] if k else last) if teacher else forecast"
            ),
            "The teacher is one step late",
            3,
        ),
        "inputs for forecasts": (
            _decoder(keep="x"),
            "Those are the values that the decoder reads, not its forecasts.",
            1,
        ),
        "steps in the rows": (
            _decoder(result="np.array(forecasts)"),
            "Series and steps have changed places",
            1,
        ),
        "the last step only": (
            _decoder(result="forecast"),
            "Only the last step came back; give all of them.",
            1,
        ),
        "states for forecasts": (
            _decoder(keep="state[:, 0]"),
            "which value and which state does each step read",
            1,
        ),
        "state and forecast exchanged": (
            _decoder(call="state, forecast = step(x, state)"),
            "`step` takes x of shape (n,) and a state of shape (n, 3)",
            1,
        ),
        "x with an axis too many": (
            _decoder(first="last[:, None]"),
            "`step` takes x of shape (n,) and a state of shape (n, 3), not (2, 1)",
            1,
        ),
        "the decoder is not written": (
            """
            def teacher_inputs(last, targets):
                return np.insert(targets[:, :-1], 0, last, axis=1)


            def decode(step, state, last, targets, teacher):
                raise NotImplementedError("not attempted yet")
            """,
            "`decode` with a teacher (2 points): `decode` still holds the line",
            1,
        ),
        "only the decoder is written": (
            """
            def teacher_inputs(last, targets):
                raise NotImplementedError("not attempted yet")


            def decode(step, state, last, targets, teacher):
                forecasts = [last]
                for k in range(targets.shape[1]):
                    x = targets[:, k - 1] if teacher and k else forecasts[-1]
                    y, state = step(x, state)
                    forecasts.append(y)
                return np.transpose(forecasts[1:])
            """,
            "`teacher_inputs` (1 point): `teacher_inputs` still holds the line",
            4,
        ),
        "with a teacher alone": (
            """
            def teacher_inputs(last, targets):
                return np.column_stack([last, targets[:, :-1]])


            def decode(step, state, last, targets, teacher):
                forecasts = []
                for x in teacher_inputs(last, targets).T:
                    if not teacher:
                        raise ValueError("this comes later")
                    y, state = step(x, state)
                    forecasts.append(y)
                return np.stack(forecasts, axis=1)
            """,
            "`decode` without a teacher (2 points): `decode` stopped with an error.",
            3,
        ),
        "inputs not shifted, and read with a teacher": (
            """
            def teacher_inputs(last, targets):
                return targets


            def decode(step, state, last, targets, teacher):
                x, forecasts = last, []
                for target in teacher_inputs(last, targets).T:
                    y, state = step(target if teacher else x, state)
                    forecasts.append(y)
                    x = y
                return np.stack(forecasts, axis=1)
            """,
            "With a teacher your decoder reads at each step the very target",
            2,
        ),
        "inputs not shifted, and begins with zeros": (
            _decoder(inputs="targets", first="0 * last"),
            "Your decoder begins with 0 instead of the last value of the window.",
        ),
    },
)


def _parts(
    *,
    noise="truth - clean",
    model="forced - clean",
    fed_back="recursive - forced",
    cross="-2 * a * b, -2 * a * c, 2 * b * c",
    result="{k: v.mean(axis=0) for k, v in found.items()}",
):
    """Return a solution of task 11.7 with some of its lines replaced."""
    return f"""
def split_error(truth, clean, recursive, forced):
    a, b, c = {noise}, {model}, {fed_back}
    keys = "noise", "model", "fed_back"
    keys += "noise_model", "noise_fed_back", "model_fed_back"
    found = dict(zip(keys, (a**2, b**2, c**2, {cross})))
    return {result}
"""


PARTS = Task(
    right={
        "all differences turned round": _parts(
            noise="clean - truth",
            model="forced - clean",
            fed_back="recursive - forced",
            cross="2 * a * b, 2 * a * c, 2 * b * c",
        ),
        "the helper of the course": """
            def split_error(truth, clean, recursive, forced):
                from dataclasses import asdict

                from utils.forecasting.multistep import decompose

                return asdict(decompose(truth, clean, recursive, forced))
            """,
        "a matrix of products": """
            def split_error(truth, clean, recursive, forced):
                names = ["noise", "model", "fed_back"]
                terms = np.stack([truth - clean, clean - forced, forced - recursive])
                moments = np.einsum("aik,bik->abk", terms, terms) / len(truth)
                parts = {name: moments[i, i] for i, name in enumerate(names)}
                for i in range(3):
                    for j in range(i + 1, 3):
                        parts[f"{names[i]}_{names[j]}"] = 2 * moments[i, j]
                return parts
            """,
        "by the squares of sums": """
            def split_error(truth, clean, recursive, forced):
                def mean_square(x):
                    return np.mean(np.square(x), axis=0)

                noise = mean_square(truth - clean)
                model = mean_square(clean - forced)
                fed_back = mean_square(forced - recursive)
                both = mean_square(clean - recursive)
                rest = mean_square(truth - recursive) - both - noise
                noise_model = mean_square(truth - forced) - noise - model
                return dict(
                    noise=noise, model=model, fed_back=fed_back,
                    noise_model=noise_model, noise_fed_back=rest - noise_model,
                    model_fed_back=both - model - fed_back,
                )
            """,
    },
    wrong={
        "no cross terms": (
            _parts(cross="", result="{k: v.mean(axis=0) for k, v in found.items()}"),
            "The three cross terms are missing",
            2,
        ),
        "cross terms of zero": (
            _parts(cross="0 * a, 0 * a, 0 * a"),
            "The cross terms are 0, and without them the parts do not add up",
            2,
        ),
        "noise from the forced forecast": (
            _parts(noise="truth - forced"),
            "yours is that of the truth and the forced forecast",
        ),
        "noise from the recursive forecast": (
            _parts(noise="truth - recursive"),
            "yours is the whole error of the recursive forecast",
        ),
        "noise from clean and forced": (
            _parts(noise="forced - clean"),
            "the difference of the clean series and the forced forecast",
        ),
        "noise from clean and recursive": (
            _parts(noise="recursive - clean"),
            "the difference of the clean series and the recursive forecast",
        ),
        "model against the noisy truth": (
            _parts(model="forced - truth"),
            "measured against the noisy truth",
        ),
        "model from the recursive forecast": (
            _parts(model="recursive - clean"),
            "with all that was fed back: use the forced one",
        ),
        "fed back with the model's part": (
            _parts(fed_back="recursive - clean"),
            "yours holds the model's part, too",
        ),
        "fed back with everything": (
            _parts(fed_back="recursive - truth"),
            "yours is the whole error.",
        ),
        "noise turned round": (
            _parts(noise="clean - truth"),
            "`noise_model` has the wrong sign",
            2,
        ),
        "model turned round": (
            _parts(model="clean - forced"),
            "`noise_model` has the wrong sign",
            2,
        ),
        "fed back turned round": (
            _parts(fed_back="forced - recursive"),
            "`noise_fed_back` has the wrong sign",
            2,
        ),
        "all cross terms positive": (
            _parts(cross="2 * a * b, 2 * a * c, 2 * b * c"),
            "`noise_model` has the wrong sign",
            2,
        ),
        "all cross terms negative": (
            _parts(cross="-2 * a * b, -2 * a * c, -2 * b * c"),
            "`model_fed_back` has the wrong sign",
            2,
        ),
        "cross terms once": (
            _parts(cross="-a * b, -a * c, b * c"),
            "A cross term is twice the mean product",
            2,
        ),
        "bare products": (
            _parts(cross="a * b, a * c, b * c"),
            "yours is the mean product once, with the wrong sign",
            2,
        ),
        "names exchanged": (
            _parts(cross="-2 * a * c, -2 * a * b, 2 * b * c"),
            "`noise_model` has the value of `noise_fed_back`.",
            2,
        ),
        "products of means": (
            _parts(
                cross="*(np.outer([1], f * x.mean(0) * y.mean(0)) for f, x, y in "
                "((-2, a, b), (-2, a, c), (2, b, c)))"
            ),
            "yours has the product of two means",
            2,
        ),
        "products of roots": (
            _parts(
                cross="*(f * ((x**2).mean(0) * (y**2).mean(0))[None] ** 0.5 for f, x, "
                "y in ((-2, a, b), (-2, a, c), (2, b, c)))"
            ),
            "yours has the product of the roots of two parts",
            2,
        ),
        "averaged over the steps": (
            _parts(result="{k: v.mean(axis=1) for k, v in found.items()}"),
            "the means run over the series",
        ),
        "averaged over everything": (
            _parts(result="{k: v.mean() for k, v in found.items()}"),
            "That is one number for all steps ahead",
        ),
        "sums": (
            _parts(result="{k: v.sum(axis=0) for k, v in found.items()}"),
            "That is the sum over the series; take the mean.",
        ),
        "mean before the square": (
            _parts(
                noise="(truth - clean).mean(axis=0, keepdims=True)",
                model="(forced - clean).mean(axis=0, keepdims=True)",
                fed_back="(recursive - forced).mean(axis=0, keepdims=True)",
            ),
            "The mean of the noise was squared",
        ),
        "absolute values": (
            _parts(result="{k: abs(v.mean(axis=0)) for k, v in found.items()}"),
            "`noise_model` has the wrong sign",
            2,
        ),
        "a tuple": (
            _parts(result="tuple(v.mean(axis=0) for v in found.values())"),
            "Return a dictionary with the keys noise, model, fed_back",
        ),
        "the total, too": (
            _parts(
                result="{k: v.mean(axis=0) for k, v in found.items()} | "
                "{'total': ((truth - recursive) ** 2).mean(axis=0)}"
            ),
            "and no others",
            2,
        ),
        "not averaged": (
            _parts(result="found"),
            "Which two of the four arrays does each difference need",
        ),
        "roots of the squares": (
            _parts(
                result="{k: v.mean(0) ** (0.5 if k in keys[:3] else 1) "
                "for k, v in found.items()}"
            ),
            "the three squares (2 points): `noise`: you have 7.07107",
            2,
        ),
        "a key of a square misspelt": (
            _parts(
                result="{k.replace('fed_back', 'fedback') if k in keys[:3] else k: "
                "v.mean(axis=0) for k, v in found.items()}"
            ),
            "the three squares (2 points): Return a dictionary with the keys noise",
            2,
        ),
        "a key of a cross term misspelt": (
            _parts(
                result="{k.replace('model_', 'model_and_'): v.mean(axis=0) "
                "for k, v in found.items()}"
            ),
            "the three cross terms (2 points): Return a dictionary with the keys noise",
            2,
        ),
    },
)

BANK = {
    "task-11-2-naive": NAIVE,
    "task-11-2-repeated": REPEATED,
    "task-11-3-recursive": RECURSIVE,
    "task-11-4-direct": DIRECT,
    "task-11-5-targets": TARGETS,
    "task-11-6-decoder": DECODER,
    "task-11-7-parts": PARTS,
}
