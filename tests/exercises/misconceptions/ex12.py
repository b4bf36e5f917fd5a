"""What students write for exercise 12: wrong in a known way or right in another."""

from tests.exercises.harness import Task, together

OUTSIDE = Task(
    right={
        "comprehension": """
            def outside(table, limits):
                counts = {
                    name: int(np.sum(table[name] < low) + np.sum(table[name] > high))
                    for name, (low, high) in limits.items()
                }
                return {name: count for name, count in counts.items() if count > 0}
            """,
        "one value at a time": """
            def outside(table, limits):
                answer = {}
                for name in limits:
                    low, high = limits[name]
                    for x in table[name]:
                        if x < low or x > high:
                            answer[name] = answer.get(name, 0) + 1
                return answer
            """,
        "pandas, with type hints": """
            import pandas as pd


            def outside(
                table: dict[str, np.ndarray], limits: dict[str, tuple[float, float]]
            ) -> dict[str, int]:
                counts: dict[str, int] = {}
                for name, ends in limits.items():
                    column = pd.Series(table[name]).dropna()
                    if bad := int((~column.between(*ends)).sum()):
                        counts[name] = bad
                return counts
            """,
        "a lambda": """
            def too_many(x, low, high):
                return np.count_nonzero((x < low) | (x > high))

            outside = lambda table, limits: {
                name: too_many(table[name], *ends)
                for name, ends in limits.items()
                if too_many(table[name], *ends)
            }
            """,
    },
    wrong={
        "missing counted as impossible": (
            """
            def outside(table, limits):
                counts = {}
                for name, (low, high) in limits.items():
                    inside = (table[name] >= low) & (table[name] <= high)
                    if not inside.all():
                        counts[name] = int((~inside).sum())
                return counts
            """,
            "its missing value is missing",
        ),
        "zero counts kept": (
            """
            def outside(table, limits):
                return {
                    name: int(((table[name] < low) | (table[name] > high)).sum())
                    for name, (low, high) in limits.items()
                }
            """,
            "a count of 0 is left out",
        ),
        "ends counted as impossible": (
            """
            def outside(table, limits):
                counts = {}
                for name, (low, high) in limits.items():
                    count = int(((table[name] <= low) | (table[name] >= high)).sum())
                    if count:
                        counts[name] = count
                return counts
            """,
            "0 and 100 are the ends of the possible",
        ),
        "only too low": (
            """
            def outside(table, limits):
                counts = {}
                for name, (low, high) in limits.items():
                    count = int((table[name] < low).sum())
                    if count:
                        counts[name] = count
                return counts
            """,
            "one lies below, one above the limits",
        ),
        "the values, not their number": (
            """
            def outside(table, limits):
                answer = {}
                for name, (low, high) in limits.items():
                    x = table[name]
                    if ((x < low) | (x > high)).any():
                        answer[name] = x[(x < low) | (x > high)]
                return answer
            """,
            "give the number of impossible values, not the values",
        ),
        "a list of names": (
            """
            def outside(table, limits):
                return [
                    name for name, (low, high) in limits.items()
                    if ((table[name] < low) | (table[name] > high)).any()
                ]
            """,
            "Return a dictionary; yours is a list.",
        ),
        "the share": (
            """
            def outside(table, limits):
                shares = {}
                for name, (low, high) in limits.items():
                    share = ((table[name] < low) | (table[name] > high)).mean()
                    if share:
                        shares[name] = share
                return shares
            """,
            "The counts of the example are not right.",
        ),
        "every column of the table": (
            """
            def outside(table, limits):
                counts = {}
                for name, x in table.items():
                    low, high = limits.get(name, (0, 0))
                    count = int(((x < low) | (x > high)).sum())
                    if count:
                        counts[name] = count
                return counts
            """,
            "A column without limits is not examined",
        ),
        "distinct values counted once": (
            """
            def outside(table, limits):
                counts = {}
                for name, (low, high) in limits.items():
                    bad = {x for x in table[name].tolist() if x < low or x > high}
                    count = len(bad)
                    if count:
                        counts[name] = count
                return counts
            """,
            "counts as often as it stands in the table",
        ),
        "a float for a count": (
            """
            def outside(table, limits):
                counts = {}
                for name, (low, high) in limits.items():
                    count = float(((table[name] < low) | (table[name] > high)).sum())
                    if count:
                        counts[name] = count
                return counts
            """,
            "but it is a float; a count is an int",
        ),
        "limits with room": (
            """
            def outside(table, limits):
                counts = {}
                for name, (low, high) in limits.items():
                    x = table[name]
                    count = int(((x < low - 0.5) | (x > high + 0.5)).sum())
                    if count:
                        counts[name] = count
                return counts
            """,
            "A value outside by very little is outside",
        ),
    },
)

MISSING = "np.where(values == -9999, np.nan, values)"
KEEP = "np.append(True, minutes[1:] > np.maximum.accumulate(minutes)[:-1])"


def _clean(keep=KEEP, values=MISSING):
    return f"""
def clean(minutes, values):
    values = {values}
    keep = {keep}
    return minutes[keep], values[keep]
"""


CLEAN = Task(
    right={
        "a loop that remembers the latest time": """
            def clean(minutes, values):
                values, latest, rows = values.copy(), -np.inf, []
                values[values == -9999] = np.nan
                for row, time in enumerate(minutes):
                    if time > latest:
                        rows.append(row)
                        latest = time
                return minutes[rows], values[rows]
            """,
        "pandas": """
            def clean(minutes, values):
                import pandas as pd

                frame = pd.DataFrame(values, index=minutes).replace(-9999, np.nan)
                latest = pd.Series(minutes).cummax().shift(fill_value=-10**9)
                frame = frame[minutes > latest.to_numpy()]
                return frame.index.to_numpy(), frame.to_numpy()
            """,
        "compared with each row above": """
            def clean(minutes, values):
                keep = [i for i in range(len(minutes)) if all(minutes[:i] < minutes[i])]
                with_nan = values.astype(float)
                with_nan[with_nan == -9999] = np.nan
                return minutes[keep], with_nan[keep]
            """,
        "columns first, as views": """
            def clean(minutes, values):
                keep, latest = np.zeros(len(minutes), dtype=bool), None
                for row, time in enumerate(minutes):
                    keep[row] = latest is None or time > latest
                    latest = time if keep[row] else latest
                columns = np.asfortranarray(values[keep])
                for column in columns.T:
                    column[column == -9999] = np.nan
                return minutes[keep], columns
            """,
        "an object that is called, in float32": """
            class Cleaner:
                sentinel = -9999

                def __call__(self, minutes, values):
                    values = np.ma.masked_equal(values, self.sentinel).filled(np.nan)
                    latest = np.maximum.accumulate(minutes)
                    new = minutes > np.concatenate([[-np.inf], latest[:-1]])
                    return minutes[new], values[new].astype("float32")

            clean = Cleaner()
            """,
    },
    wrong={
        "sentinel to zero": (
            _clean(values="np.where(values == -9999, 0.0, values)"),
            "A missing value became 0, which looks like a measurement",
        ),
        "negative values are sentinels": (
            _clean(values="np.where(values < 0, np.nan, values)"),
            "A calm wind of 0 and a frost of -12 are measurements",
        ),
        "calm wind is missing": (
            _clean(values="np.where(np.isin(values, (-9999, 0)), np.nan, values)"),
            "A calm wind of 0 and a frost of -12 are measurements",
        ),
        "first column only": (
            _clean(
                values="np.column_stack([np.where(values[:, 0] == -9999, np.nan, "
                "values[:, 0]), values[:, 1:]])"
            ),
            "A -9999 is still there. Look for it in every column.",
        ),
        "rows with sentinels dropped": (
            _clean(keep=f"{KEEP} & ~np.isnan(values).any(axis=1)"),
            "A row with a missing value stays",
        ),
        "compared with the row before only": (
            _clean(keep="np.append(True, np.diff(minutes) > 0)"),
            "A second record of a time already told is left.",
        ),
        "sorted": (
            _clean(keep="np.unique(minutes, return_index=True)[1]"),
            "Sorting weaves two records together.",
        ),
        "repeats only": (
            _clean(keep="np.sort(np.unique(minutes, return_index=True)[1])"),
            "Repeats are gone; rows that go back are left.",
        ),
        "at least as late": (
            _clean(keep="minutes >= np.maximum.accumulate(minutes)"),
            "A row that repeats the time above it is left.",
        ),
        "last of two rows kept": (
            """
            def clean(minutes, values):
                values = np.where(values == -9999, np.nan, values)
                late = minutes >= np.maximum.accumulate(minutes)
                minutes, values = minutes[late], values[late]
                keep = np.append(np.diff(minutes) > 0, True)
                return minutes[keep], values[keep]
            """,
            "Of two rows with the same time keep the first.",
        ),
        "changed in place": (
            """
            def clean(minutes, values):
                values[values == -9999] = np.nan
                latest = np.maximum.accumulate(minutes)
                keep = np.append(True, minutes[1:] > latest[:-1])
                return minutes[keep], values[keep]
            """,
            "`clean` changed its argument `values` in place.",
        ),
        "values only": (
            """
            def clean(minutes, values):
                return np.where(values == -9999, np.nan, values)
            """,
            "Return times and values",
        ),
        "everything far below zero": (
            _clean(values="np.where(values < -900, np.nan, values)"),
            "Only a value that is exactly -9999 is missing",
        ),
        "nearly the sentinel": (
            _clean(values="np.where(np.abs(values + 9999) < 2, np.nan, values)"),
            "Only a value that is exactly -9999 is missing",
        ),
        "first sentinel of a column only": (
            """
            def clean(minutes, values):
                values = values.copy()
                for column in values.T:
                    found = np.flatnonzero(column == -9999)
                    column[found[:1]] = np.nan
                latest = np.maximum.accumulate(minutes)
                keep = np.append(True, minutes[1:] > latest[:-1])
                return minutes[keep], values[keep]
            """,
            "it should be nan. Every -9999 becomes NaN",
        ),
        "the first row dropped": (
            _clean(keep=KEEP.replace("True", "False")),
            "The first row has no time above it, so it is kept.",
        ),
    },
)

PERIOD = Task(
    right={
        "power": """
            def strongest_period(x, longest=np.inf):
                power = np.abs(np.fft.rfft(x - np.mean(x))) ** 2
                best, answer = -1.0, None
                for k in range(1, len(power)):
                    if len(x) / k <= longest and power[k] > best:
                        best, answer = power[k], len(x) / k
                return answer
            """,
        "frequencies": """
            def strongest_period(x, longest=np.inf):
                frequency = np.fft.rfftfreq(len(x))
                strength = np.abs(np.fft.rfft(x))
                strength[0] = 0
                strength[1:][1 / frequency[1:] > longest] = 0
                return 1 / frequency[strength.argmax()]
            """,
        "a partial of a function with more settings, in float32": """
            from functools import partial


            def strongest(x, longest, *, power):
                amplitude = np.abs(np.fft.fft(x))[1 : len(x) // 2 + 1] ** power
                turns = np.arange(1, len(amplitude) + 1)
                amplitude[len(x) > longest * turns] = -1
                return np.float32(len(x) / turns[amplitude.argmax()])

            strongest_period = partial(strongest, power=2)
            """,
    },
    wrong={
        "turns instead of period": (
            """
            def strongest_period(x, longest=np.inf):
                return np.argmax(np.abs(np.fft.rfft(x - x.mean())))
            """,
            "That is the number of turns k",
        ),
        "frequency instead of period": (
            """
            def strongest_period(x, longest=np.inf):
                return np.argmax(np.abs(np.fft.rfft(x - x.mean()))) / len(x)
            """,
            "That is the frequency",
        ),
        "position off by one": (
            """
            def strongest_period(x, longest=np.inf):
                return len(x) / np.argmax(np.abs(np.fft.rfft(x))[1:])
            """,
            "count from 1",
        ),
        "one turn too many": (
            """
            def strongest_period(x, longest=np.inf):
                return len(x) / (np.argmax(np.abs(np.fft.rfft(x))) + 1)
            """,
            "one less than what you divided by",
        ),
        "the mean is a wave": (
            """
            def strongest_period(x, longest=np.inf):
                strength = np.abs(np.fft.rfft(x))
                return len(x) / max(np.argmax(strength), 1)
            """,
            "The mean is no wave: leave out k = 0.",
        ),
        "every period allowed": (
            """
            def strongest_period(x, longest=np.inf):
                return len(x) / (np.argmax(np.abs(np.fft.rfft(x))[1:]) + 1)
            """,
            "Waves longer than `longest` are not asked for.",
        ),
        "shorter than the longest": (
            """
            def strongest_period(x, longest=np.inf):
                strength = np.abs(np.fft.rfft(x))[1:]
                period = len(x) / np.arange(1, len(strength) + 1)
                shorter = period < longest
                return period[shorter][np.argmax(strength[shorter])]
            """,
            "A wave as long as `longest` is still asked for.",
        ),
        "both parts added": (
            """
            def strongest_period(x, longest=np.inf):
                parts = np.fft.rfft(x - x.mean())[1:]
                strength = np.abs(parts.real) + np.abs(parts.imag)
                period = len(x) / np.arange(1, len(strength) + 1)
                allowed = period <= longest
                return period[allowed][np.argmax(strength[allowed])]
            """,
            "The strength of a wave is the absolute value of its number",
        ),
        "without the line through it": (
            """
            def strongest_period(x, longest=np.inf):
                hours = np.arange(len(x))
                rest = x - np.polyval(np.polyfit(hours, x, 1), hours)
                strength = np.abs(np.fft.rfft(rest))[1:]
                period = len(x) / np.arange(1, len(strength) + 1)
                allowed = period <= longest
                return period[allowed][np.argmax(strength[allowed])]
            """,
            "Take nothing off but the mean",
        ),
        "the larger of both parts": (
            """
            def strongest_period(x, longest=np.inf):
                parts = np.fft.rfft(x - x.mean())[1:]
                strength = np.maximum(np.abs(parts.real), np.abs(parts.imag))
                period = len(x) / np.arange(1, len(strength) + 1)
                allowed = period <= longest
                return period[allowed][np.argmax(strength[allowed])]
            """,
            "The strength of a wave is the absolute value of its number",
        ),
        "real part only": (
            """
            def strongest_period(x, longest=np.inf):
                strength = np.abs(np.fft.rfft(x - x.mean()).imag)[1:]
                period = len(x) / np.arange(1, len(strength) + 1)
                allowed = period <= longest
                return period[allowed][np.argmax(strength[allowed])]
            """,
            "The strength of a wave is the absolute value of its number",
        ),
        "always a day": (
            """
            def strongest_period(x, longest=np.inf):
                return 24.0 if longest < 100 else 120.0 if longest < 200 else 24.0
            """,
            "24 hours came back where no wave of 24 hours is there.",
        ),
        "strength times period": (
            """
            def strongest_period(x, longest=np.inf):
                strength = np.abs(np.fft.rfft(x))[1:]
                period = len(x) / np.arange(1, len(strength) + 1)
                score = strength * period * (period <= longest)
                return period[np.argmax(score)]
            """,
            "not times their periods",
        ),
        "strength divided by period": (
            """
            def strongest_period(x, longest=np.inf):
                strength = np.abs(np.fft.rfft(x))[1:]
                period = len(x) / np.arange(1, len(strength) + 1)
                score = strength / period * (period <= longest)
                return period[np.argmax(score)]
            """,
            "not divided by their periods",
        ),
        "largest complex number": (
            """
            def strongest_period(x, longest=np.inf):
                strength = np.fft.rfft(x)[1:]
                period = len(x) / np.arange(1, len(strength) + 1)
                allowed = period <= longest
                return period[allowed][np.argmax(strength[allowed])]
            """,
            "as its number is large in absolute value",
        ),
        "period cut to whole hours": (
            """
            def strongest_period(x, longest=np.inf):
                strength = np.abs(np.fft.rfft(x))[1:]
                period = len(x) / np.arange(1, len(strength) + 1)
                allowed = period // 1 <= longest
                return period[allowed][np.argmax(strength[allowed])]
            """,
            "100 / 3 hours are more than 33",
        ),
        "the quickest wave forgotten": (
            """
            def strongest_period(x, longest=np.inf):
                strength = np.abs(np.fft.rfft(x))[1 : len(x) // 2]
                period = len(x) / np.arange(1, len(strength) + 1)
                strength = np.where(period <= longest, strength, 0)
                return period[np.argmax(strength)]
            """,
            "The period of 48 turns in 97 hours",
        ),
    },
)


def _split(first, stop, *, extra="length + horizon - 1"):
    """Return an answer with other borders: expressions of cuts[i] and cuts[i + 1]."""
    return f"""
def split_starts(n_rows, length, horizon):
    cuts = (0, n_rows // 2, 3 * n_rows // 4, n_rows)
    return tuple(np.arange({first}, {stop} - ({extra})) for i in range(3))
"""


SPLIT = Task(
    right={
        "a condition on every row": """
            def split_starts(n_rows, length, horizon):
                s = np.arange(n_rows)
                end = s + length - 1 + horizon
                a, b = n_rows // 2, 3 * n_rows // 4
                return (
                    s[end < a], s[(s >= a) & (end < b)], s[(s >= b) & (end < n_rows)]
                )
            """,
        "one part after the other": """
            def split_starts(n_rows, length, horizon):
                a, b, span = n_rows // 2, 3 * n_rows // 4, length + horizon
                train = np.arange(0, a - span + 1)
                validation = np.array(range(a, b - span + 1))
                test = np.linspace(b, n_rows - span, n_rows - span - b + 1).astype(int)
                return train, validation, test
            """,
        "a helper called parts": """
            def parts(n_rows):
                half, most = n_rows // 2, 3 * n_rows // 4
                return [(0, half), (half, most), (most, n_rows)]


            def split_starts(n_rows, length, horizon):
                last = length - 1 + horizon
                return [np.r_[first : stop - last] for first, stop in parts(n_rows)]
            """,
        "type hints, in 32 bits": """
            def starts(first: int, stop: int, span: int) -> np.ndarray:
                return np.arange(first, stop - span + 1, dtype=np.int32)


            Three = tuple[np.ndarray, np.ndarray, np.ndarray]


            def split_starts(n_rows: int, length: int, horizon: int) -> Three:
                ends = [n_rows * quarter // 4 for quarter in (0, 2, 3, 4)]
                span = length + horizon
                return tuple(starts(*pair, span) for pair in zip(ends, ends[1:]))
            """,
    },
    wrong={
        "not purged": (
            _split("cuts[i]", "cuts[i + 1]", extra="length - 1"),
            "Purge the windows whose target is not in their own part.",
        ),
        "all rows of the part": (
            _split("cuts[i]", "cuts[i + 1]", extra="0"),
            "a window has to fit behind its start",
        ),
        "last start missing": (
            _split("cuts[i]", "cuts[i + 1]", extra="length + horizon"),
            "The last start is missing",
        ),
        "one start too many": (
            _split("cuts[i]", "cuts[i + 1]", extra="length + horizon - 2"),
            "It leaks by one",
        ),
        "later parts begin too early": (
            _split("max(cuts[i] - length - horizon + 1, 0)", "cuts[i + 1]"),
            "Validation windows must not begin in the training part.",
        ),
        "training purged, validation not": (
            """
            def split_starts(n_rows, length, horizon):
                a, b, span = n_rows // 2, 3 * n_rows // 4, length + horizon
                return (
                    np.arange(a - span + 1), np.arange(a, b - length + 1),
                    np.arange(b, n_rows - span + 1),
                )
            """,
            "the last validation targets lie in the test part",
        ),
        "test targets behind the table": (
            """
            def split_starts(n_rows, length, horizon):
                a, b, span = n_rows // 2, 3 * n_rows // 4, length + horizon
                return (
                    np.arange(a - span + 1), np.arange(a, b - span + 1),
                    np.arange(b, n_rows - length + 1),
                )
            """,
            "The last test targets lie behind the table.",
        ),
        "shuffled": (
            """
            def split_starts(n_rows, length, horizon):
                starts = np.random.default_rng(0).permutation(
                    n_rows - length - horizon + 1
                )
                n = len(starts)
                return starts[: n // 2], starts[n // 2 :], starts[:1]
            """,
            "a split by time is not shuffled",
        ),
        "shares of the windows": (
            """
            def split_starts(n_rows, length, horizon):
                n = n_rows - length - horizon + 1
                s = np.arange(n)
                return s[: n // 2], s[n // 2 : 3 * n // 4], s[3 * n // 4 :]
            """,
            "It leaks: the last training targets lie in the validation part.",
        ),
        "ranges": (
            """
            def split_starts(n_rows, length, horizon):
                a, b, span = n_rows // 2, 3 * n_rows // 4, length + horizon
                return [
                    list(range(a - span + 1)), list(range(a, b - span + 1)),
                    list(range(b, n_rows - span + 1)),
                ]
            """,
            "The training starts: this is a list, not a NumPy array",
        ),
        "a quarter of the rows": (
            """
            def split_starts(n_rows, length, horizon):
                half, quarter = n_rows // 2, n_rows // 4
                cuts = (0, half, half + quarter, n_rows)
                last = length + horizon - 1
                return tuple(np.arange(cuts[i], cuts[i + 1] - last) for i in range(3))
            """,
            "the test part in row 3 * n_rows // 4",
        ),
        "floats": (
            """
            def split_starts(n_rows, length, horizon):
                cuts = (0.0, n_rows // 2, 3 * n_rows // 4, n_rows)
                last = length + horizon - 1.0
                return tuple(np.arange(cuts[i], cuts[i + 1] - last) for i in range(3))
            """,
            "row numbers are whole numbers",
        ),
    },
)


def _normalise(mean, std, scaled="(values - mean) / std"):
    return f"""
def normalise(values, n_train):
    mean = {mean}
    std = {std}
    return {scaled}, mean, std
"""


MEAN, STD = "values[:n_train].mean(axis=0)", "values[:n_train].std(axis=0)"

NORMALISE = Task(
    right={
        "column by column": """
            def normalise(values, n_train):
                columns = values.T
                mean = np.array([np.mean(column[:n_train]) for column in columns])
                std = np.array([np.std(column[:n_train]) for column in columns])
                scaled = [
                    (column - m) / s for column, m, s in zip(columns, mean, std)
                ]
                return np.array(scaled).T, mean, std
            """,
        "by the formula": """
            def normalise(values, n_train):
                train = values[:n_train]
                mean = train.sum(axis=0) / n_train
                std = np.sqrt(((train - mean) ** 2).sum(axis=0) / n_train)
                return (values - mean) / std, mean, std
            """,
        "scikit-learn": """
            from sklearn.preprocessing import StandardScaler


            def normalise(values, n_train):
                scaler = StandardScaler().fit(values[:n_train])
                return scaler.transform(values), scaler.mean_, scaler.scale_
            """,
        "pandas": """
            import pandas as pd


            def normalise(values, n_train):
                table = pd.DataFrame(values)
                train = table.head(n_train)
                mean, std = train.mean(), train.std(ddof=0)
                return (table - mean) / std, mean, std
            """,
        "float32, column after column in memory": """
            def normalise(values, n_train):
                values = np.asfortranarray(values, dtype=np.float32)
                mean, std = values[:n_train].mean(axis=0), values[:n_train].std(axis=0)
                return (values - mean) / std, mean, std
            """,
    },
    wrong={
        "the scaled values last": (
            _normalise(MEAN, STD).replace(
                "(values - mean) / std, mean, std", "mean, std, (values - mean) / std"
            ),
            "The scaled values come first",
        ),
        "mean and spread exchanged": (
            _normalise(MEAN, STD).replace("std, mean, std", "std, std, mean"),
            "That is the standard deviation: `return scaled, mean, std`.",
        ),
        "mean of all rows": (
            _normalise("values.mean(axis=0)", STD),
            "The mean knows the future",
        ),
        "spread of all rows": (
            _normalise(MEAN, "values.std(axis=0)"),
            "The standard deviation knows the future",
        ),
        "one mean for all columns": (
            _normalise("values[:n_train].mean()", STD),
            "Each column has its own mean",
        ),
        "along the rows": (
            _normalise("values[:n_train].mean(axis=1)", STD, "values"),
            "average down the rows, along axis 0",
        ),
        "rows after training": (
            _normalise("values[n_train:].mean(axis=0)", STD),
            "That is the mean of the rows after training.",
        ),
        "variance": (
            _normalise(MEAN, "values[:n_train].var(axis=0)"),
            "That is the variance",
        ),
        "n minus one": (
            _normalise(MEAN, "values[:n_train].std(axis=0, ddof=1)"),
            "Divide by n, not n - 1",
        ),
        "only the training rows scaled": (
            _normalise(MEAN, STD, "(values[:n_train] - mean) / std"),
            "Only the training rows were scaled",
        ),
        "not divided": (
            _normalise(MEAN, STD, "values - mean"),
            "The mean is subtracted, but nothing is divided.",
        ),
        "precedence": (
            _normalise(MEAN, STD, "values - mean / std"),
            "put the difference in brackets",
        ),
        "scaled only": (
            """
            def normalise(values, n_train):
                train = values[:n_train]
                return (values - train.mean(axis=0)) / train.std(axis=0)
            """,
            "Return three arrays",
        ),
        "half of the table": (
            _normalise(
                "values[: len(values) // 2].mean(axis=0)",
                "values[: len(values) // 2].std(axis=0)",
            ),
            "The mean of a single column",
        ),
        "one scale for all columns": (
            _normalise(MEAN, "values[:n_train].std()"),
            "The standard deviation: the shape is ()",
        ),
    },
)


def _cut(good, *, window="values[s : s + length]", row="s + length - 1 + horizon"):
    """Return an answer that keeps the starts for which `good` holds."""
    return f"""
def cut(values, target, minutes, length, horizon):
    X, y = [], []
    for s in range(len(values)):
        row = {row}
        if row < len(values) and s + length <= len(values) and {good}:
            X.append({window})
            y.append(target[row])
    return np.array(X), np.array(y)
"""


WHOLE = "(np.diff(minutes[s : row + 1]) == 60).all()"

CUT = Task(
    right={
        "a loop": _cut(WHOLE),
        "views and sums of steps": """
            def cut(values, target, minutes, length, horizon):
                reach = length + horizon - 1
                broken = np.append(0, np.cumsum(np.diff(minutes) != 60))
                starts = np.flatnonzero(broken[reach:] == broken[: len(broken) - reach])
                rows = starts[:, None] + np.arange(length)
                return values[rows], target[starts + reach]
            """,
        "a helper called windows": """
            from numpy.lib.stride_tricks import sliding_window_view


            def windows(x, length):
                return sliding_window_view(x, length, axis=0)


            def cut(values, target, minutes, length, horizon):
                span = length + horizon
                steps = np.diff(windows(minutes, span), axis=-1) == 60
                good = np.flatnonzero(steps.all(axis=-1))
                X = np.moveaxis(windows(values, length)[good], -1, 1)
                return X, target[good + span - 1]
            """,
        "float32": """
            def cut(values, target, minutes, length, horizon):
                X, y, unbroken = [], [], 0
                for row in range(len(values)):
                    step = minutes[row] - minutes[row - 1] if row else 0
                    unbroken = unbroken + 1 if step == 60 else 1
                    if unbroken >= length + horizon:
                        first = row - horizon - length + 1
                        X.append(values[first : first + length].astype(np.float32))
                        y.append(np.float32(target[row]))
                return np.array(X), np.array(y)
            """,
    },
    wrong={
        "no window found": (
            _cut("length == 0"),
            "No window came back, and at least one fits.",
        ),
        "gaps ignored": (
            _cut("True"),
            "A gap lies inside some windows or before their targets.",
        ),
        "gap before the target ignored": (
            _cut("(np.diff(minutes[s : s + length]) == 60).all()"),
            "A gap lies between a window and its target.",
        ),
        "only the whole span compared": (
            _cut("minutes[row] - minutes[s] == 60 * (row - s)"),
            "Look at every step",
        ),
        "short steps accepted": (
            _cut("(np.diff(minutes[s : row + 1]) <= 60).all()"),
            "A step of 30 minutes is no hour either.",
        ),
        "target one row too late": (
            _cut(WHOLE, row="s + length + horizon"),
            "The target is `horizon` rows after the last row of the window.",
        ),
        "target one row too early": (
            """
            def cut(values, target, minutes, length, horizon):
                reach = length - 1 + horizon
                whole = np.diff(minutes) == 60
                starts = [
                    s for s in range(len(values) - reach) if whole[s : s + reach].all()
                ]
                X = np.stack([values[s : s + length] for s in starts])
                return X, target[np.array(starts) + reach - 1]
            """,
            "count from the last row of the window",
        ),
        "horizon from the first row": (
            _cut(WHOLE, row="s + horizon"),
            "The horizon counts from the window's last row.",
        ),
        "last window missing": (
            _cut(f"row < len(values) - 1 and {WHOLE}"),
            "The last window is missing",
        ),
        "rows and columns exchanged": (
            _cut(WHOLE, window="values[s : s + length].T"),
            "rows and columns are exchanged",
        ),
        "reversed in time": (
            _cut(WHOLE, window="values[s : s + length][::-1]"),
            "The rows of each window are in reverse order.",
        ),
        "first row left out": (
            _cut(WHOLE, window="values[s + 1 : s + length + 1]"),
            "Each window begins one row too late.",
        ),
        "flattened": (
            _cut(WHOLE, window="values[s : s + length].ravel()"),
            "it should have three axes: windows, rows, columns.",
        ),
        "centred on the whole table": (
            _cut(WHOLE, window="values[s : s + length] - values.mean(axis=0)"),
            "`X` without a gap: you have -3.5 at position (0, 0, 0)",
        ),
        "no overlap": (
            """
            def cut(values, target, minutes, length, horizon):
                reach, X, y = length - 1 + horizon, [], []
                for s in range(0, len(values) - reach, length):
                    if (np.diff(minutes[s : s + reach + 1]) == 60).all():
                        X.append(values[s : s + length])
                        y.append(target[s + reach])
                return np.array(X), np.array(y)
            """,
            "Windows may overlap",
        ),
        "steps of about an hour": (
            _cut("(np.abs(np.diff(minutes[s : row + 1]) - 60) < 5).all()"),
            "where a step takes 61 minutes",
        ),
        "the row after the target too": (
            _cut("(np.diff(minutes[s : row + 2]) == 60).all()"),
            "A window is missing although no gap lies in it",
        ),
        "only the gap before the target": (
            _cut("(np.diff(minutes[s + length - 1 : row + 1]) == 60).all()"),
            "A gap lies inside a window.",
        ),
    },
)


def _mae(body):
    return f"""
def naive_mae(scaled, mean, std, starts, length, horizon):
    last = starts + length - 1
    error = scaled[last + horizon] - scaled[last]
    return {body}
"""


NAIVE_MAE = Task(
    right={
        "back to degrees first": """
            def naive_mae(scaled, mean, std, starts, length, horizon):
                celsius = scaled * std + mean
                truth = celsius[starts + length - 1 + horizon]
                return np.abs(truth - celsius[starts + length - 1]).mean()
            """,
        "a loop": """
            def naive_mae(scaled, mean, std, starts, length, horizon):
                total = 0.0
                for s in starts:
                    now = scaled[s + length - 1]
                    total += std * abs(scaled[s + length - 1 + horizon] - now)
                return total / len(starts)
            """,
        "scikit-learn, called mae": """
            from sklearn.metrics import mean_absolute_error as mae


            def naive_mae(scaled, mean, std, starts, length, horizon):
                last = starts + length - 1
                return mae(std * scaled[last + horizon], std * scaled[last])
            """,
        "pandas": """
            import pandas as pd


            def naive_mae(scaled, mean, std, starts, length, horizon):
                celsius = pd.Series(scaled * std + mean)
                errors = celsius.diff(horizon).abs()
                return errors.iloc[starts + length - 1 + horizon].mean()
            """,
        "a lambda in float32": """
            def change(series, last, horizon):
                return np.float32(series[last + horizon]) - np.float32(series[last])


            naive_mae = lambda scaled, mean, std, starts, length, horizon: np.float32(
                std * np.abs(change(scaled, starts + length - 1, horizon)).mean()
            )
            """,
    },
    wrong={
        "in standard deviations": (
            _mae("np.abs(error).mean()"),
            "multiply by std to have degrees",
        ),
        "mean added to an error": (
            _mae("np.abs(error).mean() * std + mean"),
            "the mean cancels and is not added",
        ),
        "no absolute value": (
            _mae("error.mean() * std"),
            "so that errors do not cancel",
        ),
        "squares": (
            _mae("((error * std) ** 2).mean()"),
            "That is the mean of the squares",
        ),
        "root mean square": (
            _mae("np.sqrt(((error * std) ** 2).mean())"),
            "That is the root of the mean square",
        ),
        "sum": (
            _mae("np.abs(error).sum() * std"),
            "That is the sum of the errors",
        ),
        "first row as forecast": (
            """
            def naive_mae(scaled, mean, std, starts, length, horizon):
                error = scaled[starts + length - 1 + horizon] - scaled[starts]
                return np.abs(error).mean() * std
            """,
            "The forecast is the last row of the window, not its first.",
        ),
        "horizon from the first row": (
            """
            def naive_mae(scaled, mean, std, starts, length, horizon):
                error = scaled[starts + horizon] - scaled[starts + length - 1]
                return np.abs(error).mean() * std
            """,
            "The horizon counts from the last row of the window.",
        ),
        "every row": (
            """
            def naive_mae(scaled, mean, std, starts, length, horizon):
                return np.abs(scaled[horizon:] - scaled[:-horizon]).mean() * std
            """,
            "Use the windows in starts only",
        ),
        "one error per window": (
            _mae("np.abs(error) * std"),
            "The MAE: the shape is (3,); it should be ().",
        ),
        "median": (
            _mae("np.median(np.abs(error)) * std"),
            "That is the median of the errors",
        ),
        "absolute value last": (
            _mae("abs(error.mean()) * std"),
            "the errors cancel, whatever the sign",
        ),
        "starts counted as if without a hole": (
            """
            def naive_mae(scaled, mean, std, starts, length, horizon):
                last = np.arange(len(starts)) + length - 1
                return np.abs(scaled[last + horizon] - scaled[last]).mean() * std
            """,
            "The MAE of a single window",
        ),
    },
)


def _errors(each, horizons="(1, 12, 24)"):
    """Return an answer that measures something on the own weather."""
    return f"""
def my_errors():
    found = []
    for horizon in {horizons}:
        error = own[horizon:] - own[:-horizon]
        found.append({each})
    return found
"""


MY_ERRORS = Task(
    right={
        "an array": """
            def my_errors():
                changes = (own[h:] - own[:-h] for h in (1, 12, 24))
                return np.array([abs(change).mean() for change in changes])
            """,
        "written down with two decimals": """
            import pandas as pd

            written = [
                f"{pd.Series(own).diff(h).abs().mean():.2f}" for h in (1, 12, 24)
            ]


            def my_errors():
                return tuple(float(number) for number in written)
            """,
        "a lambda that gives float32": """
            my_errors = lambda: np.float32(
                [np.abs(own[h:] - own[:-h]).mean() for h in (1, 12, 24)]
            )
            """,
    },
    wrong={
        "a neighbour's numbers": (
            """
            theirs = weather.simulate(checks.variant() + 1, 120 * 24)
            theirs = theirs["T (degC)"].to_numpy()


            def my_errors():
                return [np.abs(theirs[h:] - theirs[:-h]).mean() for h in (1, 12, 24)]
            """,
            "These are not the errors on your `own`.",
        ),
        "the weather of the other tasks": (
            """
            def my_errors():
                T = perfect["T (degC)"].to_numpy()
                return [np.abs(T[h:] - T[:-h]).mean() for h in (1, 12, 24)]
            """,
            "These are not the errors on your `own`.",
        ),
        "means of squares": (
            _errors("(error**2).mean()"),
            "squares",
        ),
        "roots of mean squares": (
            _errors("(error**2).mean() ** 0.5"),
            "These are the roots of the mean squares",
        ),
        "medians": (
            _errors("np.median(abs(error))"),
            "These are medians",
        ),
        "below zero": (
            _errors("-abs(error).mean()"),
            "A mean absolute error is positive",
        ),
        "absolute values last": (
            _errors("abs(error.mean())"),
            "Take absolute values before the mean",
        ),
        "measured in standard deviations": (
            _errors("abs(error).mean() / own.std()"),
            "These are in standard deviations",
        ),
        "the longest horizon first": (
            _errors("abs(error).mean()", "(24, 12, 1)"),
            "Give them in the order 1, 12 and 24 hours ahead.",
        ),
        "one hour further": (
            _errors("abs(error).mean()", "(2, 13, 25)"),
            "Each of them is the error one hour too far ahead.",
        ),
        "one decimal": (
            _errors("float(f'{abs(error).mean():.1f}')"),
            "Give two decimals or more.",
        ),
        "one number": (
            """
            def my_errors():
                return np.abs(own[24:] - own[:-24]).mean()
            """,
            "Your errors: the shape is (); it should be (3,).",
        ),
        "nothing measured": (
            """
            def my_errors():
                pass
            """,
            "`my_errors` returned None.",
        ),
    },
)

BANK = {
    "task-12-1-outside": OUTSIDE,
    "task-12-2-clean": CLEAN,
    "task-12-3-period": PERIOD,
    "task-12-4-split": SPLIT,
    "task-12-4-normalise": NORMALISE,
    "task-12-5-cut": CUT,
    "task-12-6-naive-mae": together(NAIVE_MAE, MY_ERRORS, left=((2,), (3,))),
}
