"""What students write for exercise 9: wrong in a known way or right in another."""

from tests.exercises.harness import Task


def _windows(
    *,
    count="len(series) - length - horizon + 1",
    start="s",
    window="series[s : s + length]",
    label="series[s + length - 1 + horizon]",
):
    """Return a solution of task 9.1 with some of its parts replaced."""
    return f"""
def windows_and_labels(series, length, horizon=1):
    X, y = [], []
    for turn in range({count}):
        s = {start.replace("s", "turn")}
        X.append({window})
        y.append({label})
    return np.array(X), np.array(y)
"""


WINDOWS = Task(
    right={
        "a view with NumPy": """
            def windows_and_labels(series, length, horizon=1):
                windows = np.lib.stride_tricks.sliding_window_view(series, length)
                y = series[length - 1 + horizon :]
                return windows[: len(y)], y
            """,
        "a table of row numbers": """
            def windows_and_labels(series, length, horizon=1):
                n_windows = series.shape[0] - length - horizon + 1
                rows = np.add.outer(np.arange(n_windows), np.arange(length))
                return series[rows], series[rows[:, -1] + horizon]
            """,
        "shifted columns in pandas": """
            def windows_and_labels(series, length, horizon=1):
                import pandas as pd
                table = pd.concat(
                    [pd.Series(series).shift(-k) for k in range(length)]
                    + [pd.Series(series).shift(-(length - 1 + horizon))],
                    axis=1,
                ).dropna()
                return table.iloc[:, :-1], table.iloc[:, -1]
            """,
        "the slow loop": _windows(),
    },
    wrong={
        "the horizon forgotten": (
            _windows(label="series[s + length]"),
            "Your labels are the values right after the windows",
        ),
        "the horizon forgotten in the count, too": (
            _windows(count="len(series) - length", label="series[s + length]"),
            "For every horizon your labels come right after the windows",
        ),
        "label one row too late": (
            _windows(
                count="len(series) - length - horizon",
                label="series[s + length + horizon]",
            ),
            "Your labels stand one row too late",
        ),
        "horizon counted from the start": (
            _windows(label="series[s + horizon]"),
            "You count the horizon from the window's first row",
        ),
        "label is the last value of the window": (
            _windows(label="series[s + length - 1]"),
            "Your labels are the last values of the windows themselves",
        ),
        "window up to the label": (
            _windows(window="series[s : s + length + horizon]"),
            "Your windows reach as far as their labels",
        ),
        "window one row too long": (
            _windows(window="series[s : s + length + 1]"),
            "Your windows have one row too many",
        ),
        "last window missing": (
            _windows(count="len(series) - length - horizon"),
            "The last window is missing",
        ),
        "first window missing": (
            _windows(count="len(series) - length - horizon", start="s + 1"),
            "The first window is missing",
        ),
        "newest first": (
            _windows(window="series[s : s + length][::-1]"),
            "Your windows run from the newest value to the oldest",
        ),
        "windows side by side": (
            _windows(count="(len(series) - horizon) // length", start="s * length"),
            "Your windows stand side by side",
        ),
        "windows without labels": (
            """
            def windows_and_labels(series, length, horizon=1):
                windows = np.lib.stride_tricks.sliding_window_view(series, length)
                return windows, series[length - 1 + horizon :]
            """,
            "you have 7 windows and 5 labels",
        ),
        "all values up to the horizon": (
            _windows(label="series[s + length : s + length + horizon]"),
            "one number for each window",
        ),
        "one window a column": (
            _windows().replace("np.array(X)", "np.array(X).T"),
            "One window is one row of `X`",
        ),
        "change for label": (
            _windows(label="series[s + length - 1 + horizon] - series[s + length - 1]"),
            "which rows are their labels",
        ),
        "lists": (
            _windows().replace("np.array(X), np.array(y)", "X, y"),
            "`X`: this is a list",
        ),
        "the series goes round": (
            _windows(
                count="len(series)",
                window="np.roll(series, -s)[:length]",
                label="np.roll(series, -s)[length - 1 + horizon]",
            ),
            "Your series goes round",
        ),
        "always one step ahead by default": (
            _windows().replace("horizon=1", "horizon=2"),
            "Without a horizon the label is the value right after the window",
        ),
        "the label in the window, at horizon 1 only": (
            _windows(window="series[s + horizon - 1 : s + horizon - 1 + length]"),
            "Your windows move along with the horizon",
        ),
    },
)


def _recursive(
    *,
    start="history[-length:]",
    slide="np.append(window[1:], value)",
    steps="n_steps",
    result="np.array(found)",
    found="[]",
):
    """Return a solution of task 9.2 with some of its parts replaced."""
    return f"""
def forecast_recursively(model, history, length, n_steps):
    window, found = {start}, {found}
    for step in range({steps}):
        value = model(window)
        found.append(value)
        window = {slide}
    return {result}
"""


RECURSIVE = Task(
    right={
        "one list that grows": """
            def forecast_recursively(model, history, length, n_steps):
                values = list(history)
                for _ in range(n_steps):
                    values.append(model(np.array(values[-length:])))
                return np.array(values[-n_steps:])
            """,
        "one array for past and future": """
            def forecast_recursively(model, history, length, n_steps):
                n = len(history)
                path = np.concatenate([history, np.full(n_steps, np.nan)])
                for t in range(n, n + n_steps):
                    path[t] = model(path[t - length : t])
                return path[n:]
            """,
        "a queue": """
            def forecast_recursively(model, history, length, n_steps):
                from collections import deque
                window = deque(history, maxlen=length)
                found = np.empty(n_steps)
                for step in range(n_steps):
                    found[step] = model(np.array(window))
                    window.append(found[step])
                return found
            """,
        "rolled": _recursive(slide="np.r_[np.roll(window, -1)[:-1], value]"),
    },
    wrong={
        "the window stands still": (
            _recursive(slide="window"),
            "The window does not move",
        ),
        "the newest value is replaced": (
            _recursive(slide="np.append(window[:-1], value)"),
            "Each forecast takes the place of the newest value",
        ),
        "slid to the other side": (
            _recursive(slide="np.append(value, window[:-1])"),
            "Your window slides to the wrong side",
        ),
        "rolled without the forecast": (
            _recursive(slide="np.roll(window, -1)"),
            "The window moves, but the forecasts do not enter it",
        ),
        "from the oldest values": (
            _recursive(start="history[:length]"),
            "You start from the oldest window",
        ),
        "one-step forecasts of the past": (
            """
            def forecast_recursively(model, history, length, n_steps):
                return np.array(
                    [model(history[k : k + length]) for k in range(n_steps)]
                )
            """,
            "Each of your windows holds known values only",
        ),
        "one-step forecasts of the last rows": (
            """
            def forecast_recursively(model, history, length, n_steps):
                rows = range(len(history) - n_steps + 1, len(history) + 1)
                return np.array([model(history[t - length : t]) for t in rows])
            """,
            "Only your last window ends with the newest value",
        ),
        "the last known value counted as a forecast": (
            _recursive(found="[history[-1]]", steps="n_steps - 1"),
            "Your first forecast is the newest known value",
        ),
        "cut to whole numbers": (
            """
            def forecast_recursively(model, history, length, n_steps):
                window = history[-length:].copy()
                found = np.empty(n_steps)
                for step in range(n_steps):
                    found[step] = model(window)
                    window[:-1] = window[1:]
                    window[-1] = found[step]
                return found
            """,
            "lost their decimals",
        ),
        "an array like the history": (
            """
            def forecast_recursively(model, history, length, n_steps):
                values, found = list(history), np.zeros_like(history, shape=n_steps)
                for step in range(n_steps):
                    values.append(model(np.array(values[-length:])))
                    found[step] = values[-1]
                return found
            """,
            "Your forecasts are cut to whole numbers",
        ),
        "over the history": (
            """
            def forecast_recursively(model, history, length, n_steps):
                found = []
                for step in range(n_steps):
                    found.append(model(history[-length:]))
                    history[:-1] = history[1:]
                    history[-1] = found[-1]
                return np.array(found)
            """,
            "changed its argument `history` in place",
        ),
        "a window that grows": (
            _recursive(slide="np.append(window, value)"),
            "the model takes a window of shape (3,), and got one of shape (4,)",
        ),
        "the whole history at once": (
            _recursive(start="history"),
            "the model takes a window of shape (3,), and got one of shape (8,)",
        ),
        "the history comes back, too": (
            _recursive(result="np.append(history, found)"),
            "Return the forecasts alone",
        ),
        "the last window": (
            _recursive(result="window"),
            "the shape is (3,); it should be (4,)",
        ),
        "one forecast": (
            _recursive(result="value"),
            "the shape is (); it should be (4,)",
        ),
        "return in the loop": (
            _recursive().replace(
                "found.append(value)",
                "found.append(value)\n        return np.array(found)",
            ),
            "the shape is (1,); it should be (4,)",
        ),
        "newest first": (
            _recursive(start="history[-length:][::-1]"),
            "The first of your windows runs from new to old",
        ),
        "farthest first": (
            _recursive(result="np.array(found[::-1])"),
            "Your forecasts stand in reversed order",
        ),
        "one row short": (
            _recursive(start="history[-length - 1 : -1]"),
            "You start one row too early",
        ),
    },
)


def _roots(
    *,
    rows="len(series) - lags",
    X="[series[t : t + lags] for t in range(rows)]",
    y="series[lags : lags + rows]",
    ones="np.ones(rows)",
    fitted="w[:-1], w[-1]",
    polynomial="np.append(1, -np.asarray(coefficients)[::-1])",
    pick="all_roots[np.argmax(np.abs(all_roots))]",
    modulus="np.abs(root)",
    angle="np.abs(np.angle(root))",
    period="2 * np.pi / angle if angle > 0 else np.inf",
    result="modulus, period",
):
    """Return a solution of task 9.3 with some of its parts replaced."""
    return f"""
def fit_lags(series, lags):
    rows = {rows}
    X = np.array({X})
    A = np.column_stack([X, {ones}])
    w = np.linalg.lstsq(A, {y}, rcond=None)[0]
    return {fitted}

def largest_root(coefficients):
    all_roots = np.roots({polynomial})
    root = {pick}
    modulus, angle = {modulus}, {angle}
    period = {period}
    return {result}
"""


ROOTS = Task(
    right={
        "scikit-learn, and the companion matrix": """
            def fit_lags(series, lags):
                from sklearn.linear_model import LinearRegression
                rows = np.lib.stride_tricks.sliding_window_view(series, lags + 1)
                line = LinearRegression().fit(rows[:, :-1], rows[:, -1])
                return line.coef_, line.intercept_

            def largest_root(coefficients):
                lags = len(coefficients)
                step = np.eye(lags, k=1)
                step[-1] = coefficients
                roots = np.linalg.eigvals(step)
                root = max(roots, key=abs)
                turns = abs(np.angle(root)) / (2 * np.pi)
                return abs(root), np.divide(1, turns) if turns else np.inf
            """,
        "normal equations, newest lag first in between": """
            def fit_lags(series, lags):
                n = len(series)
                columns = [series[lags - k : n - k] for k in range(1, lags + 1)]
                A = np.stack([np.ones(n - lags), *columns], axis=1)
                b, *newest_first = np.linalg.solve(A.T @ A, A.T @ series[lags:])
                return np.array(newest_first[::-1]), b

            def largest_root(coefficients):
                from numpy.polynomial import polynomial
                c = [-float(value) for value in coefficients] + [1.0]
                roots = sorted(polynomial.polyroots(c), key=abs)
                root = complex(roots[-1])
                if root.imag == 0:
                    return abs(root), 2.0 if root.real < 0 else float("inf")
                half_turns = abs(np.arctan2(root.imag, root.real)) / np.pi
                return abs(root), 2 / half_turns
            """,
        "the angle as NumPy gives it": _roots(angle="np.angle(root)"),
        "one name for one step": _roots(
            y="series[lags:]", pick="sorted(all_roots, key=np.abs)[-1]"
        ),
    },
    wrong={
        "a list of coefficients": (
            _roots(fitted="list(w[:-1]), w[-1]"),
            "this is a list, not a NumPy array or a number. `np.array(...)` makes",
            3,
        ),
        "an intercept in brackets": (
            _roots(fitted="w[:-1], w[-1:]"),
            "The intercept beside two lags: the shape is (1,); it should be ()",
            3,
        ),
        "the last of the sorted roots, with its sign": (
            _roots(
                pick="sorted(all_roots, key=np.abs)[-1]",
                angle="np.angle(root)",
                period="2 * np.pi / angle if angle else np.inf",
            ),
            "of two roots with angles of either sign take the size",
            2,
        ),
        "newest lag first": (
            _roots(fitted="w[:-1][::-1], w[-1]"),
            "The lags stand in reversed order: `coefficients[0]` belongs",
            3,
        ),
        "windows newest first": (
            _roots(X="[series[t : t + lags][::-1] for t in range(rows)]"),
            "The lags stand in reversed order: `coefficients[0]` belongs",
            3,
        ),
        "no intercept": (
            _roots(ones="np.zeros(rows)"),
            "The line goes through the origin",
            3,
        ),
        "mean taken off first": (
            _roots()
            .replace(
                "    rows = len",
                "    mean = series.mean()\n    series = series - mean\n    rows = len",
            )
            .replace("np.ones(rows)", "np.zeros(rows)")
            .replace(
                "return w[:-1], w[-1]", "return w[:-1], mean * (1 - w[:-1].sum())"
            ),
            "The intercept has to be fitted with the coefficients",
            3,
        ),
        "last row missing": (
            _roots(rows="len(series) - lags - 1"),
            "The last value of the series is no label",
            3,
        ),
        "label off by one": (
            _roots(rows="len(series) - lags - 1", y="series[lags + 1 :]"),
            "Your labels stand one row too late",
            3,
        ),
        "label in the window": (
            _roots(y="series[lags - 1 : lags - 1 + rows]"),
            "Your labels are in the windows themselves",
            3,
        ),
        "intercept in the coefficients": (
            _roots(fitted="w, w[-1]"),
            "the shape is (3,); it should be (2,)",
            3,
        ),
        "coefficients alone": (
            _roots(fitted="w[:-1]"),
            "Return two things: `return coefficients, intercept`.",
            3,
        ),
        "frequency for period": (
            _roots(period="angle / (2 * np.pi)"),
            "the share of a turn that one step makes",
            2,
        ),
        "the angle for the period": (
            _roots(period="angle"),
            "That is the angle of the root, not its period",
            2,
        ),
        "period in degrees": (
            _roots(period="360 / angle if angle > 0 else np.inf"),
            "the angle is in radians",
            2,
        ),
        "half a turn": (
            _roots(period="np.pi / angle if angle > 0 else np.inf"),
            "That is half a period",
            2,
        ),
        "the smallest root": (
            _roots(pick="all_roots[np.argmin(np.abs(all_roots))]"),
            "That is the smallest root",
            2,
        ),
        "the largest real part": (
            _roots(pick="all_roots[np.argmax(all_roots.real)]"),
            "That is the root with the largest real part",
            2,
        ),
        "max of complex numbers": (
            _roots(pick="np.max(all_roots)"),
            "That is the root with the largest real part",
            2,
        ),
        "real part for modulus": (
            _roots(modulus="np.abs(root.real)"),
            "That is the root's real part, not its modulus",
            2,
        ),
        "imaginary part for modulus": (
            _roots(modulus="np.abs(root.imag)"),
            "That is the root's imaginary part, not its modulus",
            2,
        ),
        "arctan": (
            _roots(angle="np.abs(np.arctan(root.imag / root.real))"),
            "Your angle is that of another quadrant",
            2,
        ),
        "period first": (
            _roots(result="period, modulus"),
            "Modulus and period have changed places",
            2,
        ),
        "squared modulus": (
            _roots(modulus="np.abs(root) ** 2"),
            "That is the square of the modulus",
            2,
        ),
        "polynomial turned round": (
            _roots(polynomial="np.append(1, -np.asarray(coefficients))"),
            "The polynomial has its coefficients in reversed order",
            2,
        ),
        "polynomial from low to high": (
            _roots(polynomial="np.append(-np.asarray(coefficients), 1)"),
            "Those are the inverses of the roots",
            2,
        ),
        "signs of the polynomial": (
            _roots(polynomial="np.append(1, np.asarray(coefficients)[::-1])"),
            "The signs of the polynomial are wrong",
            2,
        ),
        "leading one forgotten": (
            _roots(polynomial="np.asarray(coefficients)[::-1]"),
            "Of which polynomial are the roots",
            2,
        ),
        "no real root has a period": (
            _roots(period="np.inf if np.isreal(root) else 2 * np.pi / angle"),
            "A negative root changes its sign at every step",
            2,
        ),
        "period 0 for a real root": (
            _roots(period="2 * np.pi / angle if angle > 0 else 0"),
            "there is no turn, and the period is `np.inf`",
            2,
        ),
        "a negative period": (
            _roots(
                pick="np.conj(max(all_roots, key=lambda z: (abs(z), z.imag)))",
                angle="np.angle(root)",
                period="2 * np.pi / angle if angle else np.inf",
            ),
            "A period is positive",
            2,
        ),
        "half-life for modulus": (
            _roots(modulus="np.log(0.5) / np.log(np.abs(root))"),
            "That is the half-life",
            2,
        ),
        "the root itself": (
            _roots(result="root, period"),
            "complex128 came back",
            2,
        ),
    },
)


def _scaling(
    *,
    order="series",
    train="rows[:n_train]",
    test="rows[n_train:]",
    mean="train.mean()",
    std="train.std()",
    scaled_train="(train - mean) / std",
    scaled_test="(test - mean) / std",
    back="scaled * std + mean",
):
    """Return a solution of task 9.4 with some of its parts replaced."""
    return f"""
def split_and_scale(series, n_train):
    rows = {order}
    train, test = {train}, {test}
    mean = {mean}
    std = {std}
    return {scaled_train}, {scaled_test}, mean, std

def scale_back(scaled, mean, std):
    return {back}
"""


SCALING = Task(
    right={
        "scikit-learn": """
            def split_and_scale(series, n_train):
                from sklearn.preprocessing import StandardScaler
                column = np.reshape(series, (-1, 1)).astype(float)
                scaler = StandardScaler().fit(column[:n_train])
                scaled = scaler.transform(column)[:, 0]
                parts = scaled[:n_train], scaled[n_train:]
                return *parts, scaler.mean_[0], scaler.scale_[0]

            def scale_back(scaled, mean, std):
                return mean + np.multiply(std, scaled)
            """,
        "the helper": """
            from utils.windows import Normalizer

            def split_and_scale(series, n_train):
                column = np.asarray(series, dtype=float)[:, None]
                scale = Normalizer.fit(column[:n_train])
                scaled = scale.transform(column).ravel()
                return scaled[:n_train], scaled[n_train:], *scale.mean, *scale.std

            def scale_back(scaled, mean, std):
                return scaled * std + mean
            """,
        "pandas": """
            import pandas as pd

            def split_and_scale(series, n_train):
                rows = pd.Series(series, dtype=float)
                mean = rows.head(n_train).mean()
                std = rows.head(n_train).std(ddof=0)
                scaled = rows.sub(mean).div(std)
                return scaled.iloc[:n_train], scaled.iloc[n_train:], mean, std

            def scale_back(scaled, mean, std):
                return pd.Series(scaled).mul(std).add(mean)
            """,
        "moments by hand": _scaling(
            mean="train.sum() / n_train",
            std="np.sqrt(np.sum((train - mean) ** 2) / n_train)",
            back="(scaled + mean / std) * std",
        ),
    },
    wrong={
        "fitted on all rows": (
            _scaling(mean="series.mean()", std="series.std()"),
            "The test rows are in your mean",
            1,
        ),
        "each part by itself": (
            _scaling(scaled_test="(test - test.mean()) / test.std()"),
            "The test rows have a scale of their own",
            1,
        ),
        "fitted on the test rows": (
            _scaling(mean="test.mean()", std="test.std()"),
            "You have fitted the scale on the test rows",
            1,
        ),
        "mean of all rows": (
            _scaling(mean="series.mean()"),
            "The test rows are in your mean",
            1,
        ),
        "spread of all rows": (
            _scaling(std="series.std()"),
            "The test rows are in your standard deviation",
            1,
        ),
        "shuffled": (
            _scaling(order="np.random.default_rng(0).permutation(series)"),
            "Your split does not keep the rows in their order",
            1,
        ),
        "the last rows for training": (
            _scaling(train="rows[-n_train:]", test="rows[:-n_train]"),
            "Your split does not keep the rows in their order",
            1,
        ),
        "n_train rows for the test": (
            _scaling(train="rows[:-n_train]", test="rows[-n_train:]"),
            "`train` has 2 rows",
            1,
        ),
        "one row shared": (
            _scaling(test="rows[n_train - 1 :]"),
            "`test` has 3 rows",
            1,
        ),
        "n - 1": (
            _scaling(std="train.std(ddof=1)"),
            "divides by n - 1",
            1,
        ),
        "variance": (
            _scaling(std="train.var()"),
            "That is the variance",
            1,
        ),
        "range for spread": (
            _scaling(mean="train.min()", std="train.max() - train.min()"),
            "minimum and range",
            1,
        ),
        "mean and spread returned in each other's place": (
            _scaling().replace(", mean, std\n\ndef", ", std, mean\n\ndef"),
            "have changed places in what you return",
            1,
        ),
        "median": (
            _scaling(mean="np.median(train)"),
            "That is the median",
            1,
        ),
        "training rows left as they are": (
            _scaling(scaled_train="train"),
            "The training rows come back on their old scale",
            1,
        ),
        "test rows left as they are": (
            _scaling(scaled_test="test"),
            "The test rows come back on their old scale",
            1,
        ),
        "clipped": (
            _scaling(
                scaled_test="(np.clip(test, train.min(), train.max()) - mean) / std"
            ),
            "Your test rows are cut off where the training rows end",
            1,
        ),
        "no mean taken off": (
            _scaling(scaled_train="train / std", scaled_test="test / std"),
            "Subtract the mean before you divide",
            1,
        ),
        "divided before the mean goes": (
            _scaling(
                scaled_train="train / std - mean", scaled_test="test / std - mean"
            ),
            "Subtract the mean before you divide",
            1,
        ),
        "back without the mean": (
            _scaling(back="scaled * std"),
            "The mean is not added back",
            2,
        ),
        "back in the wrong order": (
            _scaling(back="(scaled + mean) * std"),
            "The way back takes the steps in reverse order",
            2,
        ),
        "scaled once more": (
            _scaling(back="(scaled - mean) / std"),
            "That scales once more",
            2,
        ),
        "back with mean and spread in each other's place": (
            _scaling(back="scaled * mean + std"),
            "Mean and standard deviation have changed places",
            2,
        ),
        "back with the scale of what came in": (
            _scaling(back="(scaled - scaled.mean()) / scaled.std() * std + mean"),
            "statistics of the scaled values themselves",
            2,
        ),
        "mean taken off again": (
            _scaling(back="scaled * std - mean"),
            "The mean is subtracted where it has to be added",
            2,
        ),
        "divided again": (
            _scaling(back="scaled / std + mean"),
            "You divide where you have to multiply",
            2,
        ),
        "back in place": (
            _scaling(back="np.add(np.multiply(scaled, std, out=scaled), mean)"),
            "`scale_back` changed its argument `scaled` in place",
            2,
        ),
    },
)


def _rolling(
    *,
    origins="range(first, len(series) - horizon + 1, every)",
    history="series[:o]",
    truth="series[o : o + horizon]",
    error="truth - forecast(history, horizon)",
    result="np.array(errors)",
):
    """Return a solution of task 9.5 with some of its parts replaced."""
    return f"""
def rolling_errors(forecast, series, first, horizon, every):
    errors = []
    for o in {origins}:
        history = {history}
        truth = {truth}
        errors.append({error})
    return {result}
"""


ROLLING = Task(
    right={
        "a while loop into a list": """
            def rolling_errors(forecast, series, first, horizon, every):
                origin, rows = first, []
                while origin + horizon <= len(series):
                    known, truth = np.split(series[: origin + horizon], [origin])
                    rows.append(truth - forecast(known, horizon))
                    origin += every
                return np.vstack(rows)
            """,
        "a table filled row by row": """
            def rolling_errors(forecast, series, first, horizon, every):
                n_origins = (len(series) - horizon - first) // every + 1
                errors = np.zeros((n_origins, horizon))
                for row in range(n_origins):
                    now = first + row * every
                    errors[row] = series[now : now + horizon]
                    errors[row] -= forecast(series[:now], horizon)
                return errors
            """,
        "windows for the truth": """
            def rolling_errors(forecast, series, first, horizon, every):
                ahead = np.lib.stride_tricks.sliding_window_view(series, horizon)
                truth = ahead[first::every]
                origins = np.arange(first, len(ahead), every)
                return truth - [forecast(series[:o], horizon) for o in origins]
            """,
    },
    wrong={
        "the history holds the first answer": (
            _rolling(history="series[: o + 1]"),
            "The history holds the first value that is to be forecast",
        ),
        "the whole series is known": (
            _rolling(history="series"),
            "The forecast sees the whole series",
        ),
        "the truth is in the history": (
            _rolling(history="series[: o + horizon]"),
            "The history holds all values that are to be forecast",
        ),
        "one known value left out": (
            _rolling(history="series[: o - 1]"),
            "The newest known value is missing in the history",
        ),
        "the last values only": (
            _rolling(history="series[o - first : o]"),
            "The history is every value before the origin",
        ),
        "the first history for ever": (
            _rolling(history="series[:first]"),
            "Every forecast starts from the history of the first origin",
        ),
        "on known rows": (
            _rolling(truth="series[o - horizon : o]"),
            "You compare with the last rows of the history",
        ),
        "truth one row late": (
            _rolling(
                origins="range(first, len(series) - horizon, every)",
                truth="series[o + 1 : o + 1 + horizon]",
            ),
            "You compare with values that stand one row too late",
        ),
        "newest origin first": (
            _rolling(result="np.array(errors[::-1])"),
            "Your origins run from the newest to the oldest",
        ),
        "sign": (
            _rolling(error="forecast(history, horizon) - truth"),
            "The sign is reversed",
        ),
        "absolute": (
            _rolling(error="np.abs(truth - forecast(history, horizon))"),
            "Keep the sign",
        ),
        "squared": (
            _rolling(error="(truth - forecast(history, horizon)) ** 2"),
            "Those are squared errors",
        ),
        "one step at a time": (
            _rolling(
                error="[series[t] - forecast(series[:t], 1)[0] "
                "for t in range(o, o + horizon)]"
            ),
            "Those are errors of one step ahead each",
        ),
        "relative": (
            _rolling(error="(truth - forecast(history, horizon)) / truth"),
            "Those are shares of the true values",
        ),
        "last origin missing": (
            _rolling(origins="range(first, len(series) - horizon, every)"),
            "The last origin is missing",
        ),
        "every row an origin": (
            _rolling(origins="range(first, len(series) - horizon + 1)"),
            "Your origins stand one row apart",
        ),
        "a horizon from origin to origin": (
            _rolling(origins="range(first, len(series) - horizon + 1, horizon)"),
            "Your origins stand `horizon` rows apart",
        ),
        "no full horizon": (
            _rolling(origins="range(first, len(series), every)"),
            "has no full horizon",
        ),
        "from the second origin": (
            _rolling(origins="range(first + every, len(series) - horizon + 1, every)"),
            "The first origin is missing",
        ),
        "first row zero": (
            _rolling(origins="range(first - 1, len(series) - horizon + 1, every)"),
            "Your first origin is one row too early",
        ),
        "one row late to start": (
            _rolling(origins="range(first + 1, len(series) - horizon + 1, every)"),
            "Your first origin is one row too late",
        ),
        "last origin only": (
            _rolling(result="errors[-1]"),
            "Those are the errors of the last origin alone",
        ),
        "last origin only, as a table": (
            _rolling(result="np.array(errors[-1:])"),
            "You keep the last origin only",
        ),
        "horizon averaged": (
            _rolling(result="np.mean(errors, axis=1)"),
            "The steps of each origin are averaged",
        ),
        "origins averaged": (
            _rolling(result="np.mean(errors, axis=0)"),
            "The origins are averaged",
        ),
        "one number": (
            _rolling(result="np.sqrt(np.mean(np.square(errors)))"),
            "the shape is (); it should be (3, 2)",
        ),
        "steps first": (
            _rolling(result="np.array(errors).T"),
            "One origin is one row",
        ),
        "one long row": (
            _rolling(result="np.concatenate(errors)"),
            "the shape is (6,); it should be (3, 2)",
        ),
        "the last step only": (
            _rolling(result="np.array(errors)[:, -1]"),
            "the shape is (3,); it should be (3, 2)",
        ),
    },
)


def _differences(
    *,
    differences="series[season:] - series[:-season]",
    path="list(history)",
    value="change + path[-season]",
    result="np.array(path[len(history):])",
):
    """Return a solution of task 9.6 with some of its parts replaced."""
    return f"""
def seasonal_differences(series, season):
    return {differences}

def add_back(changes, history, season):
    path = {path}
    for k, change in enumerate(changes):
        path.append({value})
    return {result}
"""


def _added(body):
    """Return a solution of task 9.6 with another way to add back, in one line."""
    return f"""
def seasonal_differences(series, season):
    return series[season:] - series[:-season]

def add_back(changes, history, season):
    return {body}
"""


DIFFERENCES = Task(
    right={
        "one sum for each month": """
            def seasonal_differences(series, season):
                rows = np.arange(season, len(series))
                return series[rows] - series[rows - season]

            def add_back(changes, history, season):
                found = np.empty(len(changes))
                for month in range(min(season, len(changes))):
                    anchor = history[len(history) - season + month]
                    found[month::season] = anchor + np.cumsum(changes[month::season])
                return found
            """,
        "pandas": """
            import pandas as pd

            def seasonal_differences(series, season):
                return pd.Series(series).diff(season).iloc[season:].to_numpy()

            def add_back(changes, history, season):
                k = np.arange(len(changes))
                sums = pd.Series(changes).groupby(k % season).cumsum().to_numpy()
                return history[len(history) - season + k % season] + sums
            """,
        "a table of seasons": """
            def seasonal_differences(series, season):
                return np.subtract(series[season:], series[: len(series) - season])

            def add_back(changes, history, season):
                n_steps = len(changes)
                table = np.zeros((-(-n_steps // season) + 1, season))
                table[0] = history[-season:]
                table[1:].flat[:n_steps] = changes
                return table.cumsum(axis=0)[1:].ravel()[:n_steps]
            """,
        "a path that grows": _differences(),
    },
    wrong={
        "from month to month": (
            _differences(differences="np.diff(series)"),
            "Those are differences from one row to the next",
            3,
        ),
        "order for lag": (
            _differences(differences="np.diff(series, n=season)"),
            "`np.diff(series, n=season)` takes differences of differences",
            3,
        ),
        "differences turned round": (
            _differences(differences="series[:-season] - series[season:]"),
            "The sign of the differences is reversed",
            3,
        ),
        "absolute differences": (
            _differences(differences="np.abs(series[season:] - series[:-season])"),
            "Keep the sign of the differences",
            3,
        ),
        "lag one too long": (
            _differences(differences="series[season + 1 :] - series[: -season - 1]"),
            "The lag is one row too long",
            3,
        ),
        "lag one too short": (
            _differences(differences="series[season - 1 :] - series[: 1 - season]"),
            "The lag is one row too short",
            3,
        ),
        "padded with zeros": (
            _differences(
                differences="np.append(np.zeros(season), "
                "series[season:] - series[:-season])"
            ),
            "The first season has no season before it",
            3,
        ),
        "padded with NaN": (
            """
            import pandas as pd

            def seasonal_differences(series, season):
                return pd.Series(series).diff(season).to_numpy()

            def add_back(changes, history, season):
                path = list(history)
                for change in changes:
                    path.append(change + path[-season])
                return np.array(path[len(history):])
            """,
            "instead of filling it with NaN",
            3,
        ),
        "round the end": (
            _differences(differences="series - np.roll(series, season)"),
            "`np.roll` takes the first season's partners from the end",
            3,
        ),
        "first difference missing": (
            _differences(differences="series[season + 1 :] - series[1:-season]"),
            "The first difference is missing",
            3,
        ),
        "last difference missing": (
            _differences(differences="series[season:-1] - series[: -season - 1]"),
            "The last difference is missing",
            3,
        ),
        "shares instead": (
            _differences(differences="series[season:] / series[:-season] - 1"),
            "Those are relative changes",
            3,
        ),
        "only one season added back": (
            _added("changes + np.resize(history[-season:], len(changes))"),
            "From the second season on you still add to the last season of the history",
            1,
        ),
        "only one season, with an error": (
            _added("changes + history[-season:]"),
            "`add_back` stopped with an error",
            1,
        ),
        "all changes on the last season": (
            _added("np.resize(history[-season:], len(changes)) + np.cumsum(changes)"),
            "You add up the changes from row to row on top of the last season",
            1,
        ),
        "all changes on one old value": (
            _added("history[-season] + np.cumsum(changes)"),
            "on one value a season back",
            1,
        ),
        "from the last value": (
            _added("history[-1] + np.cumsum(changes)"),
            "You add the changes up from row to row",
            1,
        ),
        "from the first season": (
            _differences(
                path="list(history[:season])", result="np.array(path[season:])"
            ),
            "The anchor is the first season of the history",
            1,
        ),
        "anchor one row early": (
            _differences(value="change + path[-season - 1]"),
            "Your anchor lies one row too early",
            1,
        ),
        "anchor one row late": (
            _differences(value="change + path[-season + 1]"),
            "Your anchor lies one row too late",
            1,
        ),
        "no anchor": (
            _added(
                "np.array([changes[k % season : k + 1 : season].sum() "
                "for k in range(len(changes))])"
            ),
            "The history is not added back",
            1,
        ),
        "subtracted": (
            _differences(value="path[-season] - change"),
            "You subtract the changes",
            1,
        ),
        "all changes so far": (
            _differences(value="changes[: k + 1].sum() + path[-season]"),
            "You add the changes of all rows before",
            1,
        ),
        "anchor turned round": (
            _differences(
                path="list(history[-season:][::-1])",
                result="np.array(path[season:])",
            ),
            "The last season of the history is in reversed order",
            1,
        ),
        "cut to whole numbers": (
            """
            def seasonal_differences(series, season):
                return series[season:] - series[:-season]

            def add_back(changes, history, season):
                n = len(history)
                path = np.resize(history, n + len(changes))
                for k, change in enumerate(changes):
                    path[n + k] = path[n + k - season] + change
                return path[n:]
            """,
            "The forecasts lost their decimals",
            1,
        ),
        "cut at the end": (
            _differences(result="np.array(path[len(history) :]).astype(int)"),
            "Your forecasts are cut to whole numbers",
            1,
        ),
        "one value ever": (
            _added("changes + history[-1]"),
            "You add the last value of the history to every change",
            1,
        ),
        "one anchor of a season ago": (
            _added("changes + history[-season]"),
            "You add the same old value to every change",
            1,
        ),
        "the history comes back, too": (
            _differences(result="np.array(path)"),
            "Return the forecast alone",
            1,
        ),
        "one season alone": (
            _added("changes[:season] + history[-season:]"),
            "the shape is (3,); it should be (7,)",
            1,
        ),
        "at the end of a single season": (
            _added("np.append(changes[:season] + history[-season:], changes[season:])"),
            "From the second season on nothing is added to your changes",
            1,
        ),
    },
)


def _shift(
    *,
    shifts="range(most + 1)",
    early="truth[: len(truth) - s]",
    late="forecast[s:]",
    error="np.mean((late - early) ** 2)",
    pick="errors.index(min(errors))",
    own="np.mean((truth[1:] - forecast[1:]) ** 2)",
    naive="np.mean((truth[1:] - truth[:-1]) ** 2)",
    decision="own < naive",
):
    """Return a solution of task 9.7 with some of its parts replaced."""
    return f"""
def best_shift(truth, forecast, most):
    errors = []
    for s in {shifts}:
        early, late = {early}, {late}
        errors.append({error})
    return {pick}

def beats_yesterday(truth, forecast):
    own = {own}
    naive = {naive}
    return bool({decision})
"""


SHIFT = Task(
    right={
        "a dictionary of errors": """
            def best_shift(truth, forecast, most):
                n = len(truth)
                errors = {
                    s: np.square(forecast[s:] - truth[: n - s]).sum() / (n - s)
                    for s in range(most + 1)
                }
                return min(errors, key=errors.get)

            def beats_yesterday(truth, forecast):
                steps, errors = np.diff(truth), (truth - forecast)[1:]
                return errors @ errors < steps @ steps
            """,
        "one shift at a time": """
            def best_shift(truth, forecast, most):
                best, least = 0, np.inf
                for s in range(0, most + 1):
                    shifted = np.full(len(truth), np.nan)
                    shifted[s:] = truth[: len(truth) - s]
                    error = np.nanmean((forecast - shifted) ** 2)
                    if error < least:
                        best, least = s, error
                return best

            def beats_yesterday(truth, forecast):
                def rmse(y_hat):
                    return np.sqrt(np.mean((truth[1:] - y_hat) ** 2))

                return 1 if rmse(forecast[1:]) < rmse(truth[:-1]) else 0
            """,
        "np.argmin": _shift(pick="int(np.argmin(errors))", decision="own / naive < 1"),
    },
    wrong={
        "shifted the other way": (
            _shift(early="truth[s:]", late="forecast[: len(truth) - s]"),
            "The sign of the shift is reversed",
            2,
        ),
        "sums over fewer and fewer rows": (
            _shift(error="np.sum((late - early) ** 2)"),
            "A sum is small already where few rows overlap",
            2,
        ),
        "the largest shift left out": (
            _shift(shifts="range(most)"),
            "Is `most` itself among the shifts",
            2,
        ),
        "the largest difference": (
            _shift(error="np.max(np.abs(late - early))"),
            "Where the best shift is `most`, yours is a smaller one",
            2,
        ),
        "one row too few to divide by": (
            _shift(error="np.sum((late - early) ** 2) / (len(late) - 1)"),
            "Is each sum divided by the number of rows that it is over?",
            2,
        ),
        "up to half of the rows": (
            _shift(shifts="range(min(most, len(truth) // 2) + 1)"),
            "Every shift up to `most` is to be tried",
            2,
        ),
        "the spread of the differences": (
            _shift(error="np.std(late - early)"),
            "as a correlation or a standard deviation does not",
            2,
        ),
        "yesterday's spread": (
            _shift(
                own="np.var((truth - forecast)[1:])", naive="np.var(np.diff(truth))"
            ),
            "Which errors do you compare, and over which rows?",
            2,
        ),
        "never 0": (
            _shift(shifts="range(1, most + 1)", pick="1 + int(np.argmin(errors))"),
            "A shift of 0 is the best that a forecast can have",
            2,
        ),
        "position for shift": (
            _shift(shifts="range(1, most + 1)"),
            "one less than",
            2,
        ),
        "round the end": (
            _shift(early="np.roll(truth, s)", late="forecast"),
            "`np.roll` brings values from the end back to the start",
            2,
        ),
        "the worst shift": (
            _shift(pick="int(np.argmax(errors))"),
            "That is where the forecast fits worst",
            2,
        ),
        "absolute differences": (
            _shift(error="np.mean(np.abs(late - early))"),
            "Those shifts have the smallest mean absolute difference",
            2,
        ),
        "correlation": (
            _shift(
                error="np.corrcoef(early, late)[0, 1]", pick="int(np.argmax(errors))"
            ),
            "Your measure does not see that a forecast is too high",
            2,
        ),
        "minus in front": (
            _shift(pick="-int(np.argmin(errors))"),
            "A forecast that comes late has a positive shift",
            2,
        ),
        "the error instead": (
            _shift(pick="min(errors)"),
            "what is counted is a whole number",
            2,
        ),
        "the last of equal ones": (
            _shift(pick="len(errors) - 1 - int(np.argmin(errors[::-1]))"),
            "Where two shifts fit equally well, the smaller one counts",
            2,
        ),
        "a tenth better at least": (
            _shift(decision="own < 0.9 * naive"),
            "beat yesterday's value and which do not",
            2,
        ),
        "as good as yesterday is enough": (
            _shift(decision="own <= naive"),
            "A forecast that equals yesterday's value does not beat it",
            2,
        ),
        "decided the wrong way round": (
            _shift(decision="own > naive"),
            "Your answers are turned round",
            2,
        ),
        "a high correlation is enough": (
            _shift(decision="np.corrcoef(truth, forecast)[0, 1] > 0.9"),
            "A high correlation is no proof",
            2,
        ),
        "better than the mean": (
            _shift(naive="np.var(truth[1:])"),
            "You compare with the mean of the truth",
            2,
        ),
        "shift decides": (
            _shift(decision="best_shift(truth, forecast, 3) == 0"),
            "The shift alone does not decide",
            2,
        ),
        "first row counted": (
            _shift(own="np.mean((truth - forecast) ** 2)"),
            "The first row has no yesterday",
            2,
        ),
        "absolute errors decide": (
            _shift(
                own="np.mean(np.abs(truth[1:] - forecast[1:]))",
                naive="np.mean(np.abs(truth[1:] - truth[:-1]))",
            ),
            "Compare mean squared errors",
            2,
        ),
        "yesterday's forecast": (
            _shift(naive="np.mean((truth[1:] - forecast[:-1]) ** 2)"),
            "Yesterday's value is a value of the truth",
            2,
        ),
        "tomorrow for yesterday": (
            _shift(own="np.mean((truth[:-1] - forecast[1:]) ** 2)"),
            "You compare the forecast with the day before",
            2,
        ),
        "largest errors decide": (
            _shift(
                own="np.max(np.abs(truth[1:] - forecast[1:]))",
                naive="np.max(np.abs(truth[1:] - truth[:-1]))",
            ),
            "beat yesterday's value and which do not",
            2,
        ),
        "always worth it": (
            _shift(decision="True"),
            "beat yesterday's value and which do not",
            2,
        ),
        "words": (
            _shift().replace("bool(own < naive)", '"yes" if own < naive else "no"'),
            "Return True or False",
            2,
        ),
    },
)

BANK = {
    "task-9-1-windows": WINDOWS,
    "task-9-2-recursive": RECURSIVE,
    "task-9-3-roots": ROOTS,
    "task-9-4-scaling": SCALING,
    "task-9-5-origins": ROLLING,
    "task-9-6-differences": DIFFERENCES,
    "task-9-7-shift": SHIFT,
}
