"""What students write for exercise 15: wrong in a known way or right in another."""

from tests.exercises.harness import Task, unwritten


def _split(
    *,
    end="len(series) - horizon",
    first="end - n_origins * horizon",
    origins="np.arange(first, end, horizon)",
    training="series[:first]",
    held_out="series[end:]",
    result="training, origins, held_out",
):
    """Return a solution of task 15.1 with some of its parts replaced."""
    return f"""
def split(series, horizon, n_origins):
    end = {end}
    first = {first}
    origins = {origins}
    training, held_out = {training}, {held_out}
    return {result}
"""


SPLIT = Task(
    right={
        "a loop backwards": """
            def split(series, horizon, n_origins):
                rows, row = [], len(series) - horizon
                held_out = series[row:]
                for _ in range(n_origins):
                    row -= horizon
                    rows.insert(0, row)
                return series[:row], np.array(rows), held_out
            """,
        "negative slices": """
            def split(series, horizon, n_origins):
                rest, held_out = series[:-horizon], series[-horizon:]
                training = rest[: -n_origins * horizon]
                rows = len(training) + horizon * np.arange(n_origins)
                return training, rows, held_out
            """,
        "np.split": """
            def split(series, horizon, n_origins):
                n = len(series)
                rows = n - horizon * np.arange(n_origins + 1, 0, -1)
                training, *_, held_out = np.split(series, rows)
                return training, rows[:-1], held_out
            """,
        "a range": _split(origins="range(first, end, horizon)"),
        "linspace as whole numbers": _split(
            origins="np.linspace(first, end - horizon, n_origins).round().astype(int)"
        ),
    },
    wrong={
        "the held-out part is validated on": (
            _split(origins="np.arange(first, end, horizon) + horizon"),
            "Your last origin is the first row of the held-out part",
        ),
        "counted from the end of the series": (
            _split(
                first="len(series) - n_origins * horizon",
                origins="np.arange(first, len(series), horizon)",
            ),
            "Your last origin is the first row of the held-out part",
        ),
        "last rows for first rows": (
            _split(origins="np.arange(first, end, horizon) + horizon - 1"),
            "Those are the last rows of the validation years",
        ),
        "one row apart": (
            _split(
                origins="np.arange(end - horizon - n_origins + 1, end - horizon + 1)"
            ),
            "Your origins lie one row apart",
        ),
        "validation months": (
            _split(first="end - n_origins", origins="np.arange(first, end)"),
            "In which row does each of the parts begin",
        ),
        "spread evenly": (
            _split(origins="np.linspace(0, end - horizon, n_origins).astype(int)"),
            "In which row does each of the parts begin",
        ),
        "late to early": (
            _split(origins="np.arange(end - horizon, first - 1, -horizon)"),
            "Your origins run from late to early",
        ),
        "from the start": (
            _split(origins="np.arange(n_origins) * horizon"),
            "You count the validation years from the start of the series; the last",
        ),
        "after a first year": (
            _split(origins="np.arange(1, n_origins + 1) * horizon"),
            "after a first part of `horizon` values",
        ),
        "one too many": (
            _split(origins="np.arange(first - horizon, end, horizon)"),
            "You have an origin too many",
        ),
        "first origin missing": (
            _split(origins="np.arange(first + horizon, end, horizon)"),
            "Your first origin is missing",
        ),
        "values for rows": (
            _split(origins="series[np.arange(first, end, horizon)]"),
            "Those are the values at the origins",
        ),
        "negative rows": (
            _split(origins="np.arange(first, end, horizon) - len(series)"),
            "You count the origins from the end of the series",
        ),
        "n_origins apart": (
            _split(
                origins="end - horizon + n_origins * np.arange(1 - n_origins, 1) + 1"
            ),
            "`n_origins` rows apart",
        ),
        "every row": (
            _split(origins="np.arange(first, end)"),
            "Those are all rows from the first origin on",
        ),
        "multiples of the horizon": (
            _split(origins="np.arange(horizon, end - horizon + 2, horizon)"),
            "at every multiple of the horizon from the start",
        ),
        "floats": (
            _split(origins="np.linspace(first, end - horizon, n_origins)"),
            "what is counted is a whole number",
        ),
        "validation years in the training part": (
            _split(training="series[:end]"),
            "Your training part holds the validation years",
        ),
        "up to the last origin": (
            _split(training="series[: origins[-1]]"),
            "Your training part goes up to the last origin",
        ),
        "first validation value in the training part": (
            _split(training="series[: first + 1]"),
            "holds the value at the first origin",
        ),
        "last training value missing": (
            _split(training="series[: first - 1]"),
            "The last value before the first origin is missing",
        ),
        "the whole series": (
            _split(training="series"),
            "Your training part is the whole series",
        ),
        "rows for training values": (
            _split(training="np.arange(first)"),
            "Those are the rows of the training part",
        ),
        "one year of training": (
            _split(training="series[first - horizon : first]"),
            "Your training part is only as long as a validation year",
        ),
        "held-out part one too long": (
            _split(held_out="series[end - 1 :]"),
            "Your held-out part has one value too many",
        ),
        "held-out part one too short": (
            _split(held_out="series[end + 1 :]"),
            "Your held-out part has one value too few",
        ),
        "without the last value": (
            _split(held_out="series[end:-1]"),
            "The last value is missing from your held-out part",
        ),
        "held-out part reversed": (
            _split(held_out="series[end:][::-1]"),
            "Your held-out part runs from the newest value",
        ),
        "held-out part at the start": (
            _split(held_out="series[:horizon]"),
            "Your held-out part is at the start",
        ),
        "last validation year for the held-out part": (
            _split(held_out="series[end - horizon : end]"),
            "Your held-out part is the last validation year",
        ),
        "two parts": (_split(result="training, held_out"), "Return three arrays"),
        "another order": (
            _split(result="training, held_out, origins"),
            "Those are the origins",
        ),
    },
)


def _baseline(
    *,
    season_of="history[-season:]",
    forecast="np.array([last[k % season] for k in range(horizon)])",
    late="history[season:]",
    early="history[:-season]",
    size="np.abs(late - early)",
    mean="size.mean()",
):
    """Return a solution of task 15.2 with some of its parts replaced."""
    return f"""
def seasonal_naive(history, season, horizon):
    last = {season_of}
    return {forecast}


def scale(history, season):
    late, early = {late}, {early}
    size = {size}
    return {mean}
"""


BASELINE = Task(
    right={
        "whole seasons, then cut": """
            def seasonal_naive(history, season, horizon):
                times = -(-horizon // season)
                return np.tile(history[-season:], times)[:horizon]

            def scale(history, season):
                total = 0.0
                for t in range(season, len(history)):
                    total += abs(history[t] - history[t - season])
                return total / (len(history) - season)
            """,
        "a path that grows": """
            def seasonal_naive(history, season, horizon):
                path = list(history)
                for _ in range(horizon):
                    path.append(path[-season])
                return np.array(path[-horizon:])

            def scale(history, season):
                import pandas as pd
                return pd.Series(history).diff(season).abs().mean()
            """,
        "the library": """
            def seasonal_naive(history, season, horizon):
                from utils.forecasting.classical import SeasonalNaive
                return SeasonalNaive(season).fit(history).forecast(horizon)

            def scale(history, season):
                from utils.forecasting.transforms import difference
                return float(np.linalg.norm(difference(history, season), 1)) / (
                    history.size - season
                )
            """,
        "one step at a time": _baseline(),
    },
    wrong={
        "the last value": (
            _baseline(forecast="np.full(horizon, last[-1])"),
            "Your forecast repeats the last value; repeat the last season",
            1,
        ),
        "the first season": (
            _baseline(season_of="history[:season]"),
            "Your forecast repeats the first season",
            1,
        ),
        "one row early": (
            _baseline(season_of="history[-season - 1 : -1]"),
            "Your season starts one row too early",
            1,
        ),
        "reversed": (
            _baseline(season_of="history[-season:][::-1]"),
            "The last season is in reversed order",
            1,
        ),
        "round the end": (
            _baseline(forecast="np.array(np.roll(history, season)[:horizon])"),
            "goes on with the first values of the history",
            1,
        ),
        "the last values": (
            _baseline(forecast="history[-horizon:]"),
            "Your forecast is the last `horizon` values",
            1,
        ),
        "np.repeat": (
            _baseline(
                forecast="np.repeat(last, -(-horizon // season))[:horizon]",
            ),
            "Each value of the season is repeated on its own",
            1,
        ),
        "mean of the season": (
            _baseline(forecast="np.full(horizon, last.mean())"),
            "That is the mean of the last season",
            1,
        ),
        "zeros": (
            _baseline(
                forecast="np.append(last, np.zeros(max(0, horizon - season)))[:horizon]"
            ),
            "After one season your forecast is 0",
            1,
        ),
        "the last value after a season": (
            _baseline(
                forecast="np.append(last, np.full(max(0, horizon - season), last[-1]))"
            ),
            "After one season your forecast repeats the last value",
            1,
        ),
        "one season only": (
            _baseline(forecast="last[:horizon]"),
            "Your forecast stops after one season",
            1,
        ),
        "whole seasons": (
            _baseline(forecast="np.tile(last, -(-horizon // season))"),
            "Your seasons are whole",
            1,
        ),
        "calendar from row 0": (
            _baseline(
                forecast="np.array([history[(len(history) // season * season + k "
                "% season) if len(history) // season * season + k % season "
                "< len(history) else len(history) // season * season + k % season "
                "- season] for k in range(horizon)])"
            ),
            "if you count from the first row",
            1,
        ),
        "means of all seasons": (
            _baseline(
                forecast="np.array([history[(len(history) + k) % season :: season]"
                ".mean() for k in range(horizon)])"
            ),
            "means over all earlier seasons",
            1,
        ),
        "from row to row": (
            _baseline(late="history[1:]", early="history[:-1]"),
            "the mean absolute change from one row to the next",
            2,
        ),
        "no absolute values": (
            _baseline(size="late - early"),
            "Those differences cancel",
            2,
        ),
        "root mean square": (
            _baseline(mean="np.sqrt(np.mean(size**2))"),
            "the square root of the mean square",
            2,
        ),
        "mean square": (
            _baseline(size="(late - early) ** 2"),
            "That is the mean square",
            2,
        ),
        "a sum": (_baseline(mean="size.sum()"), "That is the sum", 2),
        "divided by all": (
            _baseline(mean="size.sum() / len(history)"),
            "You divide by the number of values",
            2,
        ),
        "the last season of differences": (
            _baseline(mean="size[-season:].mean()"),
            "Your scale comes from the last season alone",
            2,
        ),
        "median": (_baseline(mean="np.median(size)"), "That is the median", 2),
        "standard deviation of the history": (
            _baseline(mean="history.std()"),
            "the standard deviation of the values",
            2,
        ),
        "standard deviation of the differences": (
            _baseline(mean="(late - early).std()"),
            "the standard deviation of the differences",
            2,
        ),
        "np.roll": (
            _baseline(late="history", early="np.roll(history, season)"),
            "`np.roll` compares the first season with the last one",
            2,
        ),
        "order for lag": (
            _baseline(size="np.abs(np.diff(history, n=season))"),
            "`np.diff` with an order takes differences of differences",
            2,
        ),
        "one row less": (
            _baseline(late="history[season - 1 :]", early="history[: 1 - season]"),
            "one row less than a season",
            2,
        ),
        "one row more": (
            _baseline(late="history[season + 1 :]", early="history[: -season - 1]"),
            "one row more than a season",
            2,
        ),
        "around the mean": (
            _baseline(late="history", early="history.mean()"),
            "the mean distance from the mean",
            2,
        ),
        "as a whole number": (
            _baseline(mean="int(size.mean())"),
            "Which two values does each difference compare",
            2,
        ),
        "every season only once": (
            _baseline(mean="size[::season].mean()"),
            "over how many differences is the mean?",
            2,
        ),
        "first difference missing": (
            _baseline(mean="size[1:].mean()"),
            "The first difference is missing",
            2,
        ),
        "last difference missing": (
            _baseline(mean="size[:-1].mean()"),
            "The last difference is missing",
            2,
        ),
        "an array of differences": (
            _baseline(mean="size"),
            "the shape is (7,); it should be ()",
            2,
        ),
        "the scale is not written": (
            _baseline() + unwritten("scale(history, season)"),
            "`scale` (1 point): `scale` still holds the line",
            2,
        ),
        "the forecast is not written": (
            _baseline() + unwritten("seasonal_naive(history, season, horizon)"),
            "`seasonal_naive` (2 points): `seasonal_naive` still holds",
            1,
        ),
        "a scale of other arguments": (
            _baseline()
            + """
def scale(history):
    return np.mean(np.abs(np.diff(history)))
""",
            "`scale` stopped with an error.",
            2,
        ),
        "the first season, and from row to row": (
            _baseline(
                season_of="history[:season]", late="history[1:]", early="history[:-1]"
            ),
            "Your forecast repeats the first season",
        ),
    },
)


def _choose(
    *,
    leader="min(order, key=lambda name: np.mean(errors[name]))",
    names="order",
    d="np.asarray(errors[name]) - errors[leader]",
    spread="np.std(d, ddof=1) / np.sqrt(len(d))",
    level="np.mean(d) <= spread",
    result="level[0]",
):
    """Return a solution of task 15.3a with some of its parts replaced."""
    return f"""
def choose(errors, order):
    leader = {leader}
    level = []
    for name in {names}:
        d = {d}
        spread = {spread}
        if name == leader or {level}:
            level.append(name)
    return {result}
"""


def _simply(body):
    """Return a solution of task 15.3a that is one expression."""
    return f"""
def choose(errors, order):
    return {body}
"""


CHOOSE = Task(
    right={
        "pandas": """
            def choose(errors, order):
                import pandas as pd
                table = pd.DataFrame(errors)[order]
                leader = table.mean().idxmin()
                d = table.sub(table[leader], axis=0)
                level = d.mean() <= d.sem()
                level[leader] = True
                return level.idxmax()
            """,
        "one array": """
            def choose(errors, order):
                table = np.array([errors[name] for name in order])
                n = table.shape[1]
                leader = table.mean(axis=1).argmin()
                d = table - table[leader]
                with np.errstate(invalid="ignore"):
                    spread = d.std(axis=1, ddof=1) / n**0.5
                    level = d.mean(axis=1) <= spread
                level[leader] = True
                return order[int(np.flatnonzero(level)[0])]
            """,
        "the t statistic": """
            def choose(errors, order):
                from scipy import stats
                means = {name: float(np.mean(errors[name])) for name in order}
                leader = sorted(order, key=means.get)[0]
                for name in order:
                    if name == leader:
                        return name
                    if not np.isfinite(means[name]):
                        continue
                    if np.array_equal(errors[name], errors[leader]):
                        return name
                    if stats.ttest_rel(errors[name], errors[leader]).statistic <= 1:
                        return name
            """,
        "leader found by hand": _choose(level="spread - d.mean() >= 0"),
    },
    wrong={
        "the smallest mean": (
            _simply("min(order, key=lambda name: np.mean(errors[name]))"),
            "You always choose the leader",
        ),
        "the last year": (
            _simply("min(order, key=lambda name: errors[name][-1])"),
            "You choose by the last year alone",
        ),
        "leader of the last year": (
            _choose(leader="min(order, key=lambda name: errors[name][-1])"),
            "Your leader is the best of the last year",
        ),
        "median": (
            _choose(leader="min(order, key=lambda name: np.median(errors[name]))"),
            "Your leader has the smallest median",
        ),
        "best single year": (
            _simply("min(order, key=lambda name: np.min(errors[name]))"),
            "the smallest error in any single year",
        ),
        "worst single year": (
            _simply("min(order, key=lambda name: np.max(errors[name]))"),
            "the largest error of each forecaster",
        ),
        "names removed": (
            """
            def choose(errors, order):
                for name in list(order):
                    if not np.all(np.isfinite(errors[name])):
                        order.remove(name)
                leader = min(order, key=lambda name: errors[name].mean())
                for name in order:
                    d = errors[name] - errors[leader]
                    if name == leader or d.mean() <= d.std(ddof=1) / len(d) ** 0.5:
                        return name
            """,
            "`choose` changed its argument `order` in place",
        ),
        "standard deviation": (
            _choose(spread="np.std(d, ddof=1)"),
            "You compare with the standard deviation of the differences",
        ),
        "n in the denominator": (
            _choose(spread="np.std(d) / np.sqrt(len(d))"),
            "Your standard deviation has $n$ in its denominator",
        ),
        "divided by n": (
            _choose(spread="np.std(d, ddof=1) / len(d)"),
            "You divide the standard deviation by the number of years",
        ),
        "two standard errors": (
            _choose(spread="2 * np.std(d, ddof=1) / np.sqrt(len(d))"),
            "You compare with two standard errors",
        ),
        "the leader's spread": (
            _choose(spread="np.std(errors[leader], ddof=1) / np.sqrt(len(d))"),
            "Your spread is that of the leader's own errors",
        ),
        "each one's spread": (
            _choose(spread="np.std(errors[name], ddof=1) / np.sqrt(len(d))"),
            "Your spread is that of each forecaster's own errors",
        ),
        "both spreads": (
            _choose(
                spread="np.sqrt((np.var(errors[name], ddof=1) "
                "+ np.var(errors[leader], ddof=1)) / len(d))"
            ),
            "You add the spreads of both forecasters",
        ),
        "the most elaborate": (
            _choose(result="level[-1]"),
            "you choose the most elaborate; choose the simplest",
        ),
        "order of the dictionary": (
            _choose(names="errors"),
            "You go through the names as they stand in `errors`",
        ),
        "order of the alphabet": (
            _choose(names="sorted(errors)"),
            "in the order of the alphabet",
        ),
        "differences turned round": (
            _choose(d="np.asarray(errors[leader]) - errors[name]"),
            "Your differences are turned round",
        ),
        "significance": (
            """
            def choose(errors, order):
                from scipy import stats
                leader = min(order, key=lambda name: np.mean(errors[name]))
                for name in order:
                    if np.isinf(errors[name]).any():
                        continue
                    if name == leader:
                        return name
                    if stats.ttest_rel(errors[name], errors[leader]).pvalue >= 0.05:
                        return name
            """,
            "You ask whether a difference is significant",
        ),
        "less than one standard error": (
            _choose(level="np.mean(d) < spread"),
            "With the errors x 5, 5, 5, 9; y 5, 5, 5, 5",
        ),
        "always the simplest": (_simply("order[0]"), "You always choose the simplest"),
        "the largest mean": (
            _simply("max(order, key=lambda name: np.mean(errors[name]))"),
            "Your leader has the largest mean error",
        ),
        "failures left out": (
            """
            def choose(errors, order):
                kept = {
                    name: np.where(np.isfinite(row), row, np.nan)
                    for name, row in errors.items()
                }
                leader = min(order, key=lambda name: np.nanmean(kept[name]))
                for name in order:
                    d = kept[name] - kept[leader]
                    d = d[np.isfinite(d)]
                    if name == leader or d.mean() <= d.std(ddof=1) / np.sqrt(len(d)):
                        return name
            """,
            "does not count against it",
        ),
        "years won": (
            _simply(
                "max(order, key=lambda name: sum(min(order, key=lambda other: "
                "errors[other][k]) == name for k in range(len(errors[name]))))"
            ),
            "You count in how many years",
        ),
        "ten per cent": (
            _choose(level="np.mean(errors[name]) <= 1.1 * np.mean(errors[leader])"),
            "tied within ten per cent",
        ),
        "the best so far": (
            """
            def choose(errors, order):
                best = order[0]
                for name in order[1:]:
                    d = errors[best] - errors[name]
                    if d.mean() > d.std(ddof=1) / np.sqrt(len(d)):
                        best = name
                return best
            """,
            "with the best of the simpler ones so far",
        ),
        "a place for a name": (
            _simply("int(np.argmin([np.mean(errors[name]) for name in order]))"),
            "Return the name of one forecaster",
        ),
        "all that are tied": (
            _choose(result="level"),
            "Return the name of one forecaster",
        ),
        "a median of differences": (
            _choose(level="np.median(d) <= spread"),
            "Work out by hand who leads",
        ),
        "failures count as 0": (
            _choose(
                d="np.nan_to_num(np.asarray(errors[name]) - errors[leader], posinf=0)"
            ),
            "does not count against it",
        ),
        "the most elaborate leads": (
            _choose(leader="order[-1]"),
            "Work out by hand who leads",
        ),
        "of equal means the first of the dictionary": (
            _choose(leader="min(errors, key=lambda name: np.mean(errors[name]))"),
            "Work out by hand who leads",
        ),
    },
)


def _model(
    *,
    changes="np.log(series[season:] / series[:-season])",
    path="list(history)",
    value="path[-season] * np.exp(change)",
    restored="np.array(path[len(history) :])",
    rows="len(changes) - length",
    window="changes[k : k + length]",
    X="np.array(X)[..., np.newaxis]",
    y="changes[length:]",
):
    """Return a solution of task 15.4a with some of its parts replaced."""
    return f"""
def prepare(series, season):
    return {changes}


def restore(changes, history, season):
    path = {path}
    for k, change in enumerate(changes):
        path.append({value})
    return {restored}


def windows(changes, length):
    X = []
    for k in range({rows}):
        X.append({window})
    return {X}, {y}
"""


MODEL = Task(
    right={
        "logarithms added up": """
            def prepare(series, season):
                logs = np.log(series)
                return logs[season:] - logs[: len(logs) - season]

            def restore(changes, history, season):
                logs = [float(np.log(value)) for value in history]
                for change in changes:
                    logs.append(logs[-season] + change)
                return np.exp(logs[len(history) :])

            def windows(changes, length):
                view = np.lib.stride_tricks.sliding_window_view(changes, length)
                return view[:-1, :, None], changes[length:]
            """,
        "one sum for each month": """
            def prepare(series, season):
                import pandas as pd
                return np.log(pd.Series(series)).diff(season).dropna()

            def restore(changes, history, season):
                k = np.arange(len(changes))
                found = np.empty(len(changes))
                for month in range(min(season, len(changes))):
                    rows = k[month::season]
                    anchor = history[len(history) - season + month]
                    found[rows] = anchor * np.exp(np.cumsum(changes[rows]))
                return found

            def windows(changes, length):
                n = changes.size - length
                rows = np.arange(n)[:, None] + np.arange(length)
                return changes[rows].reshape(n, length, 1), changes[rows[:, -1] + 1]
            """,
        "the library": """
            from utils.forecasting.transforms import difference, undifference

            def prepare(series, season):
                return difference(np.log(series), season)

            def restore(changes, history, season):
                return np.exp(undifference(changes, np.log(history[-season:])))

            def windows(changes, length):
                pairs = [
                    (changes[end - length : end].reshape(-1, 1), changes[end])
                    for end in range(length, len(changes))
                ]
                X, y = zip(*pairs)
                return np.stack(X), np.asarray(y)
            """,
        "factors": _model(
            changes="np.log(np.divide(series[season:], series[:-season]))"
        ),
    },
    wrong={
        "exponential of the sum of a value and a change": (
            _model(value="np.exp(change + path[-season])"),
            "inf at position 3",
            3,
        ),
        "one season at once": (
            _model(restored="history[-season:] * np.exp(changes)"),
            "`restore` stopped with an error",
            3,
        ),
        "windows that grow": (
            _model(window="changes[: k + length]"),
            "`windows` stopped with an error",
            3,
        ),
        "values for logarithms": (
            _model(changes="series[season:] - series[:-season]"),
            "Those are changes of the values",
            4,
        ),
        "relative changes": (
            _model(changes="series[season:] / series[:-season] - 1"),
            "Those are relative changes",
            4,
        ),
        "ratios": (
            _model(changes="series[season:] / series[:-season]"),
            "Those are ratios",
            4,
        ),
        "from row to row": (
            _model(changes="np.diff(np.log(series))"),
            "Those are changes from one row to the next",
            4,
        ),
        "order for lag": (
            _model(changes="np.diff(np.log(series), n=season)"),
            "`np.diff` with an order takes differences of differences",
            4,
        ),
        "sign of the changes": (
            _model(changes="np.log(series[:-season] / series[season:])"),
            "The sign of the changes is reversed",
            4,
        ),
        "base 10": (
            _model(changes="np.log10(series[season:] / series[:-season])"),
            "logarithms to the base 10",
            4,
        ),
        "base 2": (
            _model(changes="np.log2(series[season:] / series[:-season])"),
            "logarithms to the base 2",
            4,
        ),
        "no differences": (
            _model(changes="np.log(series)"),
            "Those are the logarithms themselves",
            4,
        ),
        "log1p": (
            _model(changes="np.log1p(series[season:]) - np.log1p(series[:-season])"),
            "`np.log1p` adds 1",
            4,
        ),
        "padded": (
            _model(
                changes="np.append(np.zeros(season), "
                "np.log(series[season:] / series[:-season]))"
            ),
            "The first season has no season before it",
            4,
        ),
        "np.roll": (
            _model(changes="np.log(series) - np.roll(np.log(series), season)"),
            "`np.roll` compares the first season with the last one",
            4,
        ),
        "a row too many in the lag": (
            _model(changes="np.log(series[season + 1 :] / series[: -season - 1])"),
            "one row more than a season",
            4,
        ),
        "a row too few in the lag": (
            _model(changes="np.log(series[season - 1 :] / series[: 1 - season])"),
            "one row less than a season",
            4,
        ),
        "first change missing": (
            _model(changes="np.log(series[season + 1 :] / series[1:-season])"),
            "The first change is missing",
            4,
        ),
        "last change missing": (
            _model(changes="np.log(series[season:-1] / series[: -season - 1])"),
            "The last change is missing",
            4,
        ),
        "no sign": (
            _model(changes="np.abs(np.log(series[season:] / series[:-season]))"),
            "Keep the sign of the changes",
            4,
        ),
        "centred": (
            """
            def prepare(series, season):
                changes = np.log(series[season:] / series[:-season])
                return changes - changes.mean()

            def restore(changes, history, season):
                path = list(history)
                for change in changes:
                    path.append(path[-season] * np.exp(change))
                return np.array(path[len(history) :])

            def windows(changes, length):
                view = np.lib.stride_tricks.sliding_window_view(changes, length)
                return view[:-1, :, None], changes[length:]
            """,
            "You subtract one mean from the changes",
            4,
        ),
        "still logarithms": (
            _model(restored="np.log(path[len(history) :])"),
            "Your forecasts are still logarithms",
            3,
        ),
        "added to the value": (
            _model(value="path[-season] + change"),
            "You add the changes to the values",
            3,
        ),
        "factor added": (
            _model(value="path[-season] + np.exp(change)"),
            "You add the factor to the value",
            3,
        ),
        "one plus the change": (
            _model(value="path[-season] * (1 + change)"),
            "You multiply by 1 plus the change",
            3,
        ),
        "times the change": (
            _model(value="path[-season] * change"),
            "You multiply by the change",
            3,
        ),
        "one season only": (
            _model(
                value="history[len(history) - season + k % season] * np.exp(change)"
            ),
            "you still multiply the last season of the history",
            3,
        ),
        "row by row": (
            _model(value="path[-1] * np.exp(change)"),
            "You add the changes up from row to row",
            3,
        ),
        "last value": (
            _model(value="history[-1] * np.exp(change)"),
            "You multiply the last value of the history",
            3,
        ),
        "first season": (
            _model(path="list(history[:season])", restored="np.array(path[season:])"),
            "You start from the first season of the history",
            3,
        ),
        "a row early": (
            _model(value="path[-season - 1] * np.exp(change)"),
            "The value that you multiply lies one row too early",
            3,
        ),
        "a row late": (
            _model(value="path[-season + 1] * np.exp(change)"),
            "The value that you multiply lies one row too late",
            3,
        ),
        "season reversed": (
            _model(
                path="list(history[-season:][::-1])", restored="np.array(path[season:])"
            ),
            "The last season of the history is in reversed order",
            3,
        ),
        "factors alone": (
            _model(restored="np.exp(changes)"),
            "Those are the factors",
            3,
        ),
        "divided": (
            _model(value="path[-season] / np.exp(change)"),
            "You divide by the factors",
            3,
        ),
        "history returned, too": (
            _model(restored="np.array(path)"),
            "Return the forecasts alone, without the history",
            3,
        ),
        "whole numbers": (
            """
            def prepare(series, season):
                return np.log(series[season:] / series[:-season])

            def restore(changes, history, season):
                n = len(history)
                path = np.resize(history, n + len(changes))
                for k, change in enumerate(changes):
                    path[n + k] = path[n + k - season] * np.exp(change)
                return path[n:]

            def windows(changes, length):
                view = np.lib.stride_tricks.sliding_window_view(changes, length)
                return view[:-1, :, None], changes[length:]
            """,
            "Your forecasts lost their decimals",
            3,
        ),
        "cut at the end": (
            _model(restored="np.array(path[len(history) :]).astype(int)"),
            "Your forecasts are cut to whole numbers",
            3,
        ),
        "all changes so far": (
            _model(
                value="np.resize(history[-season:], k + 1)[-1] "
                "* np.exp(np.sum(changes[: k + 1]))"
            ),
            "You add up all changes so far",
            3,
        ),
        "stops after a season": (
            _model(restored="np.array(path[len(history) :])[:season]"),
            "Your forecasts stop after one season",
            3,
        ),
        "no axis of features": (
            _model(X="np.array(X)"),
            "`X` has no axis of features",
            3,
        ),
        "axes exchanged": (
            _model(X="np.array(X).T[..., np.newaxis]"),
            "Windows and steps have changed places",
            3,
        ),
        "axis of features in the middle": (
            _model(X="np.array(X)[:, np.newaxis, :]"),
            "The axis of features of `X` is the last one",
            3,
        ),
        "window without a label": (
            _model(rows="len(changes) - length + 1"),
            "`X` holds a window with nothing after it",
            3,
        ),
        "last window missing": (
            _model(rows="len(changes) - length - 1"),
            "The last window is missing from `X`",
            3,
        ),
        "first window missing": (
            _model(
                rows="len(changes) - length - 1", window="changes[k + 1 :][:length]"
            ),
            "The first window is missing from `X`",
            3,
        ),
        "new to old": (
            _model(window="changes[k : k + length][::-1]"),
            "Your windows run from new to old",
            3,
        ),
        "one too long": (
            _model(window="changes[k : k + length + 1]"),
            "Your windows are one change too long",
            3,
        ),
        "side by side": (
            _model(
                rows="(len(changes) - 1) // length",
                window="changes[k * length : (k + 1) * length]",
                y="changes[length::length]",
            ),
            "Your windows stand side by side",
            3,
        ),
        "label in the window": (
            _model(y="changes[length - 1 : -1]"),
            "Your `y` is the last change of each window; it comes right after",
            3,
        ),
        "one label too many": (
            _model(y="changes[length - 1 :]"),
            "one more than there are windows",
            3,
        ),
        "label a row late": (
            _model(y="changes[length + 1 :]"),
            "Your `y` lies one row too late",
            3,
        ),
        "label as a column": (
            _model(y="changes[length:, np.newaxis]"),
            "Your `y` is a column",
            3,
        ),
        "X alone": (
            _model().replace(
                "[..., np.newaxis], changes[length:]", "[..., np.newaxis]"
            ),
            "Return two arrays",
            3,
        ),
        "the changes are not written": (
            _model() + unwritten("prepare(series, season)"),
            "`prepare` (1 point): `prepare` still holds the line",
            4,
        ),
        "the way back is not written": (
            _model() + unwritten("restore(changes, history, season)"),
            "`restore` (2 points): `restore` still holds the line",
            3,
        ),
        "the windows are not written": (
            _model() + unwritten("windows(changes, length)"),
            "`windows` (2 points): `windows` still holds the line",
            3,
        ),
        "the changes alone are right": (
            _model(value="path[-season] + change", y="changes[length - 1 : -1]"),
            "You add the changes to the values",
            1,
        ),
        "the windows alone are right": (
            _model(
                changes="series[season:] - series[:-season]",
                value="path[-season] + change",
            ),
            "Those are changes of the values",
            2,
        ),
        "nothing is right": (
            _model(
                changes="series[season:] - series[:-season]",
                value="path[-season] + change",
                X="np.array(X)",
            ),
            "Those are changes of the values",
        ),
    },
)


def _interval(
    *,
    start="list(prepare(history))",
    window="changes[-length:]",
    enter="changes.append(change)",
    year="restore(np.array(found), history)",
    rank="int(np.ceil((n + 1) * level - 1e-9))",
    sizes="np.abs(residuals)",
    reach="np.sort(sizes, axis=0)[rank - 1]",
    ends="forecast - reach, forecast + reach",
):
    """Return a solution of task 15.5 with some of its parts replaced."""
    return f"""
def forecast_year(model, history, length, horizon, prepare, restore):
    changes, found = {start}, []
    for step in range(horizon):
        change = model(np.array({window}))
        found.append(change)
        {enter}
    return {year}


def interval(residuals, forecast, level):
    from scipy.stats import norm
    n = len(residuals)
    rank = {rank}
    sizes = {sizes}
    reach = {reach}
    return {ends}
"""


INTERVAL = Task(
    right={
        "restored and prepared at each step": """
            def forecast_year(model, history, length, horizon, prepare, restore):
                n, path = len(history), np.array(history, dtype=float)
                for _ in range(horizon):
                    change = model(prepare(path)[-length:])
                    path = np.append(path, restore(np.array([change]), path))
                return path[n:]

            def interval(residuals, forecast, level):
                n, horizon = residuals.shape
                rank = int(np.ceil((n + 1) * level - 1e-9))
                reach = np.array(
                    [sorted(np.abs(residuals[:, k]))[rank - 1] for k in range(horizon)]
                )
                return forecast - reach, forecast + reach
            """,
        "the library's margin": """
            from utils.forecasting.intervals import conformal_margin

            def forecast_year(model, history, length, horizon, prepare, restore):
                known = prepare(history)
                path = np.concatenate([known, np.full(horizon, np.nan)])
                for t in range(len(known), len(path)):
                    path[t] = model(path[t - length : t])
                return restore(path[len(known) :], history)

            def interval(residuals, forecast, level):
                zero = np.zeros(len(residuals))
                reach = [
                    conformal_margin(column, zero, zero, level=level)
                    for column in residuals.T
                ]
                return forecast - np.array(reach), forecast + np.array(reach)
            """,
        "a quantile that is one of the residuals": """
            def forecast_year(model, history, length, horizon, prepare, restore):
                window, found = prepare(history)[-length:], np.empty(horizon)
                for step in range(horizon):
                    found[step] = model(window)
                    window = np.r_[window[1:], found[step]]
                return restore(found, history)

            def interval(residuals, forecast, level):
                n = len(residuals)
                share = np.ceil((n + 1) * level - 1e-9) / n - 1e-9
                sizes = np.abs(residuals)
                reach = np.quantile(sizes, share, axis=0, method="inverted_cdf")
                return forecast - reach, forecast + reach
            """,
        "a queue and a partition": """
            def forecast_year(model, history, length, horizon, prepare, restore):
                from collections import deque
                window = deque(prepare(history), maxlen=length)
                found = np.empty(horizon)
                for step in range(horizon):
                    found[step] = model(np.array(window))
                    window.append(found[step])
                return restore(found, history)

            def interval(residuals, forecast, level):
                n = residuals.shape[0]
                k = next(k for k in range(1, n + 1) if k >= (n + 1) * level - 1e-9)
                reach = np.partition(np.abs(residuals), k - 1, axis=0)[k - 1]
                return np.subtract(forecast, reach), np.add(forecast, reach)
            """,
        "one list": _interval(),
    },
    wrong={
        "values for changes": (
            _interval(start="list(history)"),
            "Your model sees values of the history",
            2,
        ),
        "not restored": (
            _interval(year="np.array(found)"),
            "Those are the forecast changes",
            2,
        ),
        "the window stands still": (
            _interval(enter="pass"),
            "The window does not move",
            2,
        ),
        "restored values in the window": (
            _interval(enter="changes.append(restore(np.array(found), history)[-1])"),
            "Restored values enter your window",
            2,
        ),
        "the oldest changes": (
            _interval(start="list(prepare(history)[:length])"),
            "You start from the oldest changes",
            2,
        ),
        "new to old": (
            _interval(start="list(prepare(history)[-length:][::-1])"),
            "The first of your windows runs from new to old",
            2,
        ),
        "a row early": (
            _interval(start="list(prepare(history)[:-1])"),
            "You start one row too early",
            2,
        ),
        "each change on its own": (
            _interval(
                year="np.array([restore(np.array([c]), history)[0] for c in found])"
            ),
            "Each change is restored right after the history",
            2,
        ),
        "reversed": (
            _interval(year="restore(np.array(found), history)[::-1]"),
            "Your forecasts stand in reversed order",
            2,
        ),
        "changes reversed": (
            _interval(year="restore(np.array(found[::-1]), history)"),
            "The changes are restored in reversed order",
            2,
        ),
        "the newest change as a forecast": (
            _interval(
                year="restore(np.append(prepare(history)[-1], found[:-1]), history)"
            ),
            "Your first change is the newest known one",
            2,
        ),
        "known changes restored, too": (
            _interval(year="restore(np.array(changes[-length - horizon :]), history)"),
            "The changes of the history are restored, too",
            2,
        ),
        "history returned, too": (
            _interval(year="np.append(history, restore(np.array(found), history))"),
            "Return the forecasts alone, without the history",
            2,
        ),
        "added up without restore": (
            _interval(year="history[-1] + np.cumsum(found)"),
            "Your changes are added to the last value",
            2,
        ),
        "on the wrong side": (
            """
            def forecast_year(model, history, length, horizon, prepare, restore):
                window, found = prepare(history)[-length:], []
                for _ in range(horizon):
                    found.append(model(window))
                    window = np.append(found[-1], window[:-1])
                return restore(np.array(found), history)

            def interval(residuals, forecast, level):
                rank = int(np.ceil((len(residuals) + 1) * level))
                reach = np.sort(np.abs(residuals), axis=0)[rank - 1]
                return forecast - reach, forecast + reach
            """,
            "enters your window on the wrong side",
            2,
        ),
        "all changes at once": (
            _interval(window="changes"),
            "the model takes a window of shape (3,), and got one of shape (6,)",
            2,
        ),
        "a window as a batch": (
            _interval(window="[changes[-length:]]"),
            "the model takes a window of shape (3,), and got one of shape (1, 3)",
            2,
        ),
        "ends exchanged": (
            _interval(ends="forecast + reach, forecast - reach"),
            "Lower and upper end have changed places",
            3,
        ),
        "around 0": (
            _interval(ends="-reach, reach"),
            "Your interval lies around 0",
            3,
        ),
        "counted from 0": (
            _interval(reach="np.sort(sizes, axis=0)[rank]"),
            "You count the $k$-th smallest from 0",
            3,
        ),
        "n times the level": (
            _interval(rank="int(np.ceil(n * level))"),
            "Your reach is one residual too small",
            3,
        ),
        "np.quantile": (
            _interval(reach="np.quantile(sizes, level, axis=0)"),
            "Your reach is `np.quantile` of the absolute residuals",
            3,
        ),
        "share of the largest": (
            _interval(reach="level * sizes.max(axis=0)"),
            "the level's share of the largest residual",
            3,
        ),
        "signs kept": (
            _interval(sizes="residuals"),
            "Your residuals are sorted with their signs",
            3,
        ),
        "signed quantiles": (
            _interval(
                reach="np.quantile(residuals, [(1 - level) / 2, (1 + level) / 2], "
                "axis=0)",
                ends="forecast + reach[0], forecast + reach[1]",
            ),
            "quantiles of the residuals with their signs",
            3,
        ),
        "all steps together": (
            _interval(
                rank="int(np.ceil((residuals.size + 1) * level))",
                reach="np.sort(sizes.ravel())[rank - 1] * np.ones(len(forecast))",
            ),
            "comes from the residuals of all steps together",
            3,
        ),
        "normal errors": (
            _interval(
                reach="norm.ppf((1 + level) / 2) * np.std(residuals, axis=0, ddof=1)",
            ),
            "a multiple of the standard deviation, which assumes normal errors",
            3,
        ),
        "root mean square": (
            _interval(
                reach="norm.ppf((1 + level) / 2) * np.sqrt(np.mean(sizes**2, axis=0))"
            ),
            "a multiple of the root mean square",
            3,
        ),
        "the largest": (
            _interval(reach="sizes.max(axis=0)"),
            "Your reach is the largest residual",
            3,
        ),
        "a share of the forecast": (
            _interval(ends="forecast * (1 - reach), forecast * (1 + reach)"),
            "where is the middle of the interval",
            3,
        ),
        "each change restored at once": (
            _interval(enter="changes.append(restore(np.array([change]), history)[0])"),
            "which at the second",
            2,
        ),
        "rounded down, plus one": (
            _interval(rank="min(int((n + 1) * level) + 1, n)"),
            "The interval at the level 0.8 from 9 origins",
            3,
        ),
        "half on each side": (
            _interval(ends="forecast - reach / 2, forecast + reach / 2"),
            "Half of your reach lies on each side",
            3,
        ),
        "not sorted": (
            _interval(reach="sizes[rank - 1]"),
            "Your residuals are not sorted by size",
            3,
        ),
        "large to small": (
            _interval(reach="np.sort(sizes, axis=0)[::-1][rank - 1]"),
            "Your residuals are sorted from large to small",
            3,
        ),
        "moved by the mean": (
            _interval(
                ends="forecast + residuals.mean(axis=0) - reach, "
                "forecast + residuals.mean(axis=0) + reach"
            ),
            "The interval is moved by the mean residual",
            3,
        ),
        "mean absolute residual": (
            _interval(reach="sizes.mean(axis=0)"),
            "Your reach is the mean absolute residual",
            3,
        ),
        "one side": (
            _interval(ends="forecast, forecast + reach"),
            "Your lower end is the forecast itself",
            3,
        ),
        "rounded down": (
            _interval(rank="int((n + 1) * level)"),
            "Your reach is one residual too small",
            3,
        ),
        "axis exchanged": (
            _interval(reach="np.sort(sizes, axis=1)[rank - 1]"),
            "You sort the steps of each origin",
            3,
        ),
        "one array": (
            _interval(ends="forecast + reach"),
            "Return two arrays",
            3,
        ),
        "the interval is not written": (
            _interval() + unwritten("interval(residuals, forecast, level)"),
            "`interval` (2 points): `interval` still holds the line",
            3,
        ),
        "the year is not written": (
            _interval()
            + unwritten(
                "forecast_year(model, history, length, horizon, prepare, restore)"
            ),
            "`forecast_year` (3 points): `forecast_year` still holds",
            2,
        ),
        "the year without its functions": (
            _interval()
            + """
def forecast_year(history, length, horizon):
    return np.full(horizon, history[-1])
""",
            "`forecast_year` stopped with an error.",
            2,
        ),
        "not restored, and around 0": (
            _interval(year="np.array(found)", ends="-reach, reach"),
            "Those are the forecast changes",
        ),
    },
)


def _claim(
    *,
    chances="binom.pmf(np.arange(horizon + 1), horizon, level)",
    enough="total >= confidence",
    picked="np.argsort(-chances)",
    ends="min(taken), max(taken)",
    inside="np.sum((truth >= lower) & (truth <= upper))",
    held="fewest <= inside <= most",
    default="0.9",
):
    """Return a solution of task 15.6a with some of its parts replaced."""
    return f"""
def inside_range(horizon, level, confidence={default}):
    from scipy.stats import binom, norm
    chances = {chances}
    taken, total = [], 0.0
    for number in {picked}:
        taken.append(int(number))
        total += chances[number]
        if {enough}:
            break
    return {ends}


def claim_held(truth, lower, upper, fewest, most):
    inside = {inside}
    return bool({held})
"""


def _range(body):
    """Return a solution of task 15.6a with another range, in one line."""
    return f"""
def inside_range(horizon, level, confidence=0.9):
    from scipy.stats import binom, norm
    z, spread = norm.ppf((1 + confidence) / 2), (horizon * level * (1 - level)) ** 0.5
    return {body}


def claim_held(truth, lower, upper, fewest, most):
    return bool(fewest <= np.sum((truth >= lower) & (truth <= upper)) <= most)
"""


CLAIM = Task(
    right={
        "grown from the mode": """
            def inside_range(horizon, level, confidence=0.9):
                from math import comb

                def chance(k):
                    if not 0 <= k <= horizon:
                        return -1.0
                    return comb(horizon, k) * level**k * (1 - level) ** (horizon - k)

                low = high = max(range(horizon + 1), key=chance)
                total = chance(low)
                while total < confidence:
                    if chance(low - 1) > chance(high + 1):
                        low -= 1
                        total += chance(low)
                    else:
                        high += 1
                        total += chance(high)
                return low, high

            def claim_held(truth, lower, upper, fewest, most):
                outside = np.logical_or(truth < lower, truth > upper)
                return fewest <= len(truth) - outside.sum() <= most
            """,
        "the library": """
            from utils.experiments import preregistration

            def inside_range(horizon, level, confidence=0.9):
                return preregistration.inside_range(
                    horizon, level, confidence=confidence
                )

            def claim_held(truth, lower, upper, fewest, most):
                count = 0
                for value, low, high in zip(truth, lower, upper):
                    if low <= value <= high:
                        count += 1
                return 1 if fewest <= count and count <= most else 0
            """,
        "a cumulative sum": """
            def inside_range(horizon, level, confidence=0.9):
                from scipy import stats
                pmf = stats.binom(horizon, level).pmf(range(horizon + 1))
                order = np.argsort(pmf)[::-1]
                n_taken = np.count_nonzero(np.cumsum(pmf[order]) < confidence) + 1
                likely = np.sort(order[:n_taken])
                return likely[0], likely[-1]

            def claim_held(truth, lower, upper, fewest, most):
                inside = (lower <= truth) * (truth <= upper)
                return int(inside.sum()) in range(fewest, most + 1)
            """,
        "with a break": _claim(),
    },
    wrong={
        "equal tails": (
            _range("tuple(int(k) for k in binom.interval(confidence, horizon, level))"),
            "You cut the same probability off at both ends",
            1,
        ),
        "normal distribution": (
            _range(
                "max(0, int(np.floor(horizon * level - z * spread))), "
                "min(horizon, int(np.ceil(horizon * level + z * spread)))"
            ),
            "Your range comes from a normal distribution, which",
            1,
        ),
        "normal distribution, rounded": (
            _range(
                "max(0, round(horizon * level - z * spread)), "
                "min(horizon, round(horizon * level + z * spread))"
            ),
            "a normal distribution whose ends are rounded.",
            1,
        ),
        "symmetric": (
            """
            def inside_range(horizon, level, confidence=0.9):
                from scipy.stats import binom
                middle = round(horizon * level)
                for width in range(horizon + 1):
                    low, high = max(0, middle - width), min(horizon, middle + width)
                    inside = binom.cdf(high, horizon, level)
                    if inside - binom.cdf(low - 1, horizon, level) >= confidence:
                        return low, high

            def claim_held(truth, lower, upper, fewest, most):
                return fewest <= np.sum((truth >= lower) & (truth <= upper)) <= most
            """,
            "Your range grows to both sides of its middle at once",
            1,
        ),
        "stops too early": (
            """
            def inside_range(horizon, level, confidence=0.9):
                from scipy.stats import binom
                chances = binom.pmf(np.arange(horizon + 1), horizon, level)
                taken, total = [], 0.0
                for number in np.argsort(-chances):
                    if total + chances[number] > confidence:
                        break
                    taken.append(int(number))
                    total += chances[number]
                return min(taken), max(taken)

            def claim_held(truth, lower, upper, fewest, most):
                return fewest <= np.sum((truth >= lower) & (truth <= upper)) <= most
            """,
            "Your range stops before its numbers have the probability",
            1,
        ),
        "up to all of them": (
            _claim(picked="range(horizon, -1, -1)"),
            "Your range always ends with all values inside",
            1,
        ),
        "level and confidence exchanged": (
            _claim(
                chances="binom.pmf(np.arange(horizon + 1), horizon, confidence)",
                enough="total >= level",
            ),
            "`level` and `confidence` have changed places",
            1,
        ),
        "outside for inside": (
            _claim(chances="binom.pmf(np.arange(horizon + 1), horizon, 1 - level)"),
            "Those are the numbers outside the interval",
            1,
        ),
        "confidence ignored": (
            _claim(enough="total >= 0.9"),
            "Your range does not depend on `confidence`",
            1,
        ),
        "numbers from 1": (
            _claim(ends="min(taken) + 1, max(taken) + 1"),
            "Both numbers are one too large",
            1,
        ),
        "most first": (
            _claim(ends="max(taken), min(taken)"),
            "Give the fewest first",
            1,
        ),
        "the rest at both ends": (
            _range(
                "tuple(int(k) for k in binom.ppf([1 - confidence, confidence], "
                "horizon, level))"
            ),
            "You cut `1 - confidence` off at each end",
            1,
        ),
        "one past the end": (
            _claim(ends="min(taken), max(taken) + 1"),
            "`most` is one too large",
            1,
        ),
        "from the expected number": (
            _range("int(horizon * level), horizon"),
            "You begin with the expected number",
            1,
        ),
        "begins right": (
            _claim(ends="min(taken), horizon"),
            "Your range begins right and goes on to the end",
            1,
        ),
        "from 0": (
            _range("0, int(binom.ppf(confidence, horizon, level))"),
            "Your range begins with 0",
            1,
        ),
        "shares": (
            _claim(ends="min(taken) / horizon, max(taken) / horizon"),
            "Those are shares of the values",
            1,
        ),
        "the least probable": (
            _claim(picked="np.argsort(chances)"),
            "Which numbers are the most probable",
            1,
        ),
        "all possible numbers": (
            _range("0, horizon"),
            "Which numbers are the most probable",
            1,
        ),
        "another default": (
            _claim(default="0.8"),
            "Without another word the confidence is 0.9",
            1,
        ),
        "floats": (
            _claim(ends="float(min(taken)), float(max(taken))"),
            "what is counted is a whole number",
            1,
        ),
        "one number": (_claim(ends="max(taken)"), "Return two numbers", 1),
        "ends left out": (
            _claim(inside="np.sum((truth > lower) & (truth < upper))"),
            "Both ends belong to an interval",
            3,
        ),
        "lower end left out": (
            _claim(inside="np.sum((truth > lower) & (truth <= upper))"),
            "The lower end belongs to an interval",
            3,
        ),
        "lower ends alone": (
            _claim(inside="np.sum(truth >= lower)"),
            "Only the lower ends count",
            3,
        ),
        "upper ends alone": (
            _claim(inside="np.sum(truth <= upper)"),
            "Only the upper ends count",
            3,
        ),
        "more than the fewest": (
            _claim(held="fewest < inside <= most"),
            "`fewest` itself fulfils the claim",
            3,
        ),
        "less than the most": (
            _claim(held="fewest <= inside < most"),
            "`most` itself fulfils the claim",
            3,
        ),
        "strictly between": (
            _claim(held="fewest < inside < most"),
            "`fewest` and `most` themselves fulfil the claim",
            3,
        ),
        "no most": (
            _claim(held="fewest <= inside"),
            "More than `most` values inside break the claim",
            3,
        ),
        "no fewest": (
            _claim(held="inside <= most"),
            "Fewer than `fewest` values inside break the claim",
            3,
        ),
        "all inside": (
            _claim(held="inside == len(truth)"),
            "does not ask for all values inside",
            3,
        ),
        "counted outside": (
            _claim(inside="np.sum((truth < lower) | (truth > upper))"),
            "You count the values outside",
            3,
        ),
        "turned round": (
            _claim(held="not fewest <= inside <= most"),
            "Your answers are turned round",
            3,
        ),
        "a count": (
            _claim().replace("return bool(fewest <= inside <= most)", "return inside"),
            "Return True or False",
            3,
        ),
        "a share of the values": (
            _claim(inside="np.mean((truth >= lower) & (truth <= upper))"),
            "Count by hand how many of the values lie inside",
            3,
        ),
        "the verdict is not written": (
            _claim() + unwritten("claim_held(truth, lower, upper, fewest, most)"),
            "`claim_held` (1 point): `claim_held` still holds the line",
            3,
        ),
        "the range is not written": (
            _claim() + unwritten("inside_range(horizon, level, confidence=0.9)"),
            "`inside_range` (3 points): `inside_range` still holds the line",
            1,
        ),
        "the most first, and more than the fewest": (
            _claim(ends="max(taken), min(taken)", held="fewest < inside <= most"),
            "Give the fewest first",
        ),
    },
)


def _compare(
    *,
    d="errors_a - errors_b",
    q="t.ppf((1 + level) / 2, n - 1)",
    spread="np.std(d, ddof=1) / np.sqrt(n)",
    mean="np.mean(d)",
    ends="mean - q * spread, mean + q * spread",
    below="high < 0",
    above="low > 0",
    says=("a better", "b better", "not told apart"),
    result="mean, low, high, sentence",
):
    """Return a solution of task 15.7a with some of its parts replaced."""
    first, second, third = says
    return f"""
def compare(errors_a, errors_b, level=0.95):
    from scipy.stats import norm, t
    d = {d}
    n = len(d)
    mean, q, spread = {mean}, {q}, {spread}
    low, high = {ends}
    if {below}:
        sentence = "{first}"
    elif {above}:
        sentence = "{second}"
    else:
        sentence = "{third}"
    return {result}
"""


COMPARE = Task(
    right={
        "scipy's test": """
            def compare(errors_a, errors_b, level=0.95):
                from scipy import stats
                d = np.subtract(errors_a, errors_b)
                if np.ptp(d) == 0:
                    low = high = d[0]
                else:
                    test = stats.ttest_rel(errors_a, errors_b)
                    low, high = test.confidence_interval(level)
                if low <= 0 <= high:
                    return d.mean(), low, high, "not told apart"
                return d.mean(), low, high, "a better" if d.mean() < 0 else "b better"
            """,
        "sums of squares": """
            def compare(errors_a, errors_b, level=0.95):
                from scipy.stats import t
                n = len(errors_a)
                mean = sum(errors_a) / n - sum(errors_b) / n
                squares = [(a - b - mean) ** 2 for a, b in zip(errors_a, errors_b)]
                error = (sum(squares) / (n - 1) / n) ** 0.5
                reach = -t.ppf((1 - level) / 2, df=n - 1) * error
                ends = mean - reach, mean + reach
                sentences = {(1, 1): "a better", (0, 0): "b better"}
                key = int(ends[0] < 0), int(ends[1] < 0)
                if ends[0] <= 0 <= ends[1]:
                    return mean, *ends, "not told apart"
                return mean, *ends, sentences[key]
            """,
        "pandas": """
            def compare(errors_a, errors_b, level=0.95):
                import pandas as pd
                from scipy.stats import t
                d = pd.Series(errors_a) - pd.Series(errors_b)
                middle, error = d.mean(), d.sem()
                if error == 0:
                    low = high = middle
                else:
                    low, high = t.interval(level, len(d) - 1, middle, error)
                verdict = "not told apart"
                if low > 0:
                    verdict = "b better"
                if high < 0:
                    verdict = "a better"
                return middle, low, high, verdict
            """,
        "np.sign": _compare(below="np.sign(high) == -1", above="np.sign(low) == 1"),
    },
    wrong={
        "b minus a": (
            _compare(d="errors_b - errors_a"),
            "Your differences are b minus a",
        ),
        "normal quantile": (
            _compare(q="norm.ppf((1 + level) / 2)"),
            "Your quantile is that of the normal distribution",
        ),
        "one-sided": (
            _compare(q="t.ppf(level, n - 1)"),
            "Your quantile leaves 0.05 above it",
        ),
        "n degrees of freedom": (
            _compare(q="t.ppf((1 + level) / 2, n)"),
            "degrees of freedom; yours has $n$",
        ),
        "degrees of freedom of two groups": (
            _compare(q="t.ppf((1 + level) / 2, 2 * n - 2)"),
            "yours has those of two separate groups",
        ),
        "n in the denominator": (
            _compare(spread="np.std(d) / np.sqrt(n)"),
            "Your standard deviation has $n$ in its denominator",
        ),
        "not divided": (
            _compare(spread="np.std(d, ddof=1)"),
            "divide their standard deviation by the root of $n$",
        ),
        "divided by n": (
            _compare(spread="np.std(d, ddof=1) / n"),
            "You divide the standard deviation by $n$",
        ),
        "two spreads": (
            _compare(
                spread="np.hypot(np.std(errors_a, ddof=1), np.std(errors_b, ddof=1))"
                " / np.sqrt(n)"
            ),
            "You take the two spreads as if",
        ),
        "a test of two groups": (
            """
            def compare(errors_a, errors_b, level=0.95):
                from scipy import stats
                test = stats.ttest_ind(errors_a, errors_b)
                low, high = test.confidence_interval(level)
                sentence = "not told apart"
                if high < 0:
                    sentence = "a better"
                if low > 0:
                    sentence = "b better"
                return np.mean(errors_a - errors_b), low, high, sentence
            """,
            "You take the two spreads and 10 degrees of freedom",
        ),
        "one standard error": (
            _compare(q="1.0"),
            "Your interval is one standard error to each side",
        ),
        "two standard errors": (
            _compare(q="2.0"),
            "Your interval is two standard errors to each side",
        ),
        "1.96 standard errors": (
            _compare(q="1.96"),
            "Your interval is 1.96 standard errors",
        ),
        "negative quantile": (
            _compare(q="t.ppf((1 - level) / 2, n - 1)"),
            "Your quantile leaves 0.025 below it",
        ),
        "variance": (
            _compare(spread="np.var(d, ddof=1) / np.sqrt(n)"),
            "You use the variance",
        ),
        "distances": (
            _compare(ends="-q * spread, q * spread"),
            "`low` and `high` are distances from the mean",
        ),
        "median": (
            _compare(result="np.median(d), low, high, sentence"),
            "Your first number is the median",
        ),
        "no sign": (
            _compare(d="np.abs(errors_a - errors_b)"),
            "Your differences lost their sign",
        ),
        "quantiles of the differences": (
            _compare(ends="np.quantile(d, [(1 - level) / 2, (1 + level) / 2])"),
            "quantiles of the differences themselves",
        ),
        "level ignored": (
            _compare(q="t.ppf(0.975, n - 1)"),
            "The quantile depends on the level",
        ),
        "sentences exchanged": (
            _compare(says=("b better", "a better", "not told apart")),
            "Smaller errors are better",
        ),
        "sign of the mean": (
            _compare(below="mean < 0", above="mean > 0"),
            "Your sentence follows from the sign of the mean alone",
        ),
        "years won": (
            _compare(below="np.mean(d < 0) > 0.5", above="True"),
            "the number of years that each one won",
        ),
        "one end of the interval": (
            _compare(below="low < 0", above="high > 0"),
            "Your sentence looks at one end of the interval only",
        ),
        "standard errors in place of the interval": (
            _compare(below="mean < -spread", above="mean > spread"),
            "Where does 0 lie",
        ),
        "the spread of one": (
            _compare(spread="np.std(errors_a, ddof=1) / np.sqrt(n)"),
            "by what do you divide their spread",
        ),
        "never told apart": (
            _compare(below="False", above="False"),
            "Your sentence is `not told apart` always",
        ),
        "always one of them": (
            _compare(below="low <= 0 <= high and mean < 0", above="low <= 0 <= high"),
            "says that one is better where 0 belongs",
        ),
        "other words": (
            _compare(says=("A is better", "B is better", "equal")),
            "letter by letter",
        ),
        "the sentence alone": (_compare(result="sentence"), "Return four things"),
        "relative": (
            _compare(d="(errors_a - errors_b) / errors_b"),
            "Which differences do you take",
        ),
    },
)

BANK = {
    "task-15-1-split": SPLIT,
    "task-15-2-baseline": BASELINE,
    "task-15-3-selection": CHOOSE,
    "task-15-4-model": MODEL,
    "task-15-5-interval": INTERVAL,
    "task-15-6-claim": CLAIM,
    "task-15-7-conclusion": COMPARE,
}
