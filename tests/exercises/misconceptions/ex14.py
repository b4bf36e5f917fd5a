"""What students write for exercise 14: wrong in a known way or right in another."""

from tests.exercises.harness import Task, together, unwritten


def _features(**other):
    """Return an answer in which some of the eight columns are other expressions."""
    columns = {
        "now": "temperature[rows]",
        "lag": "temperature[rows - 6]",
        "change": "temperature[rows] - temperature[rows - 3]",
        "mean": "temperature[rows[:, None] - np.arange(24)].mean(axis=1)",
        "east": "(-speed * np.sin(angle))[recent].mean(axis=1)",
        "north": "(-speed * np.cos(angle))[recent].mean(axis=1)",
        "sine": "np.sin(2 * np.pi * (hour[rows] + horizon) / 24)",
        "cosine": "np.cos(2 * np.pi * (hour[rows] + horizon) / 24)",
    }
    assert other.keys() <= columns.keys() | {"angle", "end"}
    end = other.pop("end", ", axis=1")
    angle = other.pop("angle", "np.deg2rad(direction)")
    listed = ",\n        ".join((columns | other).values())
    return f"""
def features(temperature, speed, direction, hour, rows, horizon):
    angle, recent = {angle}, rows[:, None] - np.arange(6)
    return np.stack([
        {listed},
    ]{end})
"""


FEATURES = Task(
    right={
        "one forecast at a time": """
            def features(temperature, speed, direction, hour, rows, horizon):
                lines = []
                for r in rows:
                    turn = 2 * np.pi * ((hour[r] + horizon) % 24) / 24
                    a, w = np.radians(direction[r - 5 : r + 1]), speed[r - 5 : r + 1]
                    lines.append([
                        temperature[r], temperature[r - 6],
                        temperature[r] - temperature[r - 3],
                        np.mean(temperature[r - 23 : r + 1]),
                        -np.mean(w * np.sin(a)), -np.mean(w * np.cos(a)),
                        np.sin(turn), np.cos(turn),
                    ])
                return np.array(lines)
            """,
        "pandas for every row first": """
            def features(temperature, speed, direction, hour, rows, horizon):
                import pandas as pd

                T, angle = pd.Series(temperature), np.deg2rad(direction + 180)
                wind = pd.DataFrame({"e": speed * np.sin(angle),
                                     "n": speed * np.cos(angle)}).rolling(6).mean()
                turn = (pd.Series(hour) + horizon) * np.pi / 12
                every = [T, T.shift(6), T.diff(3), T.rolling(24).mean(), wind["e"],
                         wind["n"], np.sin(turn), np.cos(turn)]
                return pd.concat(every, axis=1).to_numpy()[rows]
            """,
        "complex wind and sums": """
            def features(temperature, speed, direction, hour, rows, horizon):
                out = np.zeros((len(rows), 8))
                out[:, 0] = temperature[rows]
                out[:, 1] = temperature[rows - 6]
                out[:, 2] = out[:, 0] - temperature[rows - 3]
                for back in range(24):
                    out[:, 3] += temperature[rows - back] / 24
                for back in range(6):
                    z = speed[rows - back] * np.exp(1j * np.deg2rad(
                        direction[rows - back]))
                    out[:, 4] -= z.imag / 6
                    out[:, 5] -= z.real / 6
                z = np.exp(2j * np.pi * (hour[rows] + horizon) / 24)
                out[:, 6], out[:, 7] = z.imag, z.real
                return out
            """,
        "a table of pandas, in float32": """
            import pandas as pd


            def features(temperature, speed, direction, hour, rows, horizon):
                T, angle = pd.Series(temperature), np.radians(direction)
                wind = pd.DataFrame({
                    "east": -speed * np.sin(angle), "north": -speed * np.cos(angle),
                })
                turn = 2 * np.pi * ((hour + horizon) % 24) / 24
                table = pd.DataFrame({
                    "now": T, "lag": T.shift(6), "change": T - T.shift(3),
                    "mean": T.rolling(24).mean(), **wind.rolling(6).mean(),
                    "sine": np.sin(turn), "cosine": np.cos(turn),
                })
                return table.iloc[rows].astype("float32")
            """,
        "a helper called described, filled column by column": """
            def described(series: np.ndarray, rows: np.ndarray, n: int) -> np.ndarray:
                sums = np.concatenate([[0.0], np.cumsum(series)])
                return (sums[rows + 1] - sums[rows + 1 - n]) / n


            def features(temperature, speed, direction, hour, rows, horizon):
                found = np.empty((len(rows), 8), order="F")
                to = np.deg2rad((direction + 180) % 360)
                found[:, 0] = now = temperature.take(rows)
                found[:, 1] = temperature.take(rows - 6)
                found[:, 2] = now - temperature.take(rows - 3)
                found[:, 3] = described(temperature, rows, 24)
                found[:, 4] = described(speed * np.sin(to), rows, 6)
                found[:, 5] = described(speed * np.cos(to), rows, 6)
                turn = (hour.take(rows) + horizon) * (np.pi / 12)
                found[:, 6], found[:, 7] = np.sin(turn), np.cos(turn)
                return found
            """,
    },
    wrong={
        "target as a feature": (
            _features(
                now="temperature[np.minimum(rows + horizon, len(temperature) - 1)]"
            ),
            "Column 0 is the temperature at the target: it leaks.",
        ),
        "lag looks ahead": (
            _features(lag="temperature[(rows + 6) % len(temperature)]"),
            "Column 1 looks 6 hours ahead",
        ),
        "lag off by one": (
            _features(lag="temperature[rows - 5]"),
            "Column 1 looks back 5 hours",
        ),
        "then minus now": (
            _features(change="temperature[rows - 3] - temperature[rows]"),
            "take now minus then",
        ),
        "the change to come": (
            _features(change="np.roll(temperature, -3)[rows] - temperature[rows]"),
            "the change of the next 3 hours: it looks ahead",
        ),
        "a rate instead of a change": (
            _features(change="(temperature[rows] - temperature[rows - 3]) / 3"),
            "The change is a difference, not a rate",
        ),
        "centred average": (
            _features(
                mean="np.convolve(temperature, np.ones(24) / 24, mode='same')[rows]"
            ),
            "is centred on row r: it reaches 11 rows into the future",
        ),
        "centred average the other way": (
            _features(
                mean="temperature[(rows[:, None] + np.arange(-11, 13)) "
                "% len(temperature)].mean(axis=1)"
            ),
            "is centred on row r: half of it lies in the future",
        ),
        "the next day's average": (
            _features(
                mean="temperature[(rows[:, None] + np.arange(24)) "
                "% len(temperature)].mean(axis=1)"
            ),
            "over the next 24 rows: it looks ahead",
        ),
        "average without the last row": (
            _features(
                mean="temperature[rows[:, None] - np.arange(1, 25)].mean(axis=1)"
            ),
            "should end with row r itself",
        ),
        "degrees averaged as numbers": (
            """
            def features(temperature, speed, direction, hour, rows, horizon):
                recent = rows[:, None] - np.arange(6)
                angle = np.deg2rad(direction[recent].mean(axis=1))
                wind = speed[recent].mean(axis=1)
                turn = 2 * np.pi * (hour[rows] + horizon) / 24
                return np.stack([
                    temperature[rows], temperature[rows - 6],
                    temperature[rows] - temperature[rows - 3],
                    temperature[rows[:, None] - np.arange(24)].mean(axis=1),
                    -wind * np.sin(angle), -wind * np.cos(angle),
                    np.sin(turn), np.cos(turn),
                ], axis=1)
            """,
            "Average the wind's vector, not its degrees",
        ),
        "where the wind comes from": (
            _features(
                east="(speed * np.sin(angle))[recent].mean(axis=1)",
                north="(speed * np.cos(angle))[recent].mean(axis=1)",
            ),
            "towards the north it blows with minus the cosine",
        ),
        "only the north is turned round": (
            _features(east="(speed * np.sin(angle))[recent].mean(axis=1)"),
            "A wind from the east blows towards the west.",
        ),
        "degrees taken for radians": (
            _features(angle="direction"),
            "`np.cos` takes radians",
        ),
        "sine and cosine of the wind exchanged": (
            _features(
                east="(-speed * np.cos(angle))[recent].mean(axis=1)",
                north="(-speed * np.sin(angle))[recent].mean(axis=1)",
            ),
            "Column 5 is towards the north, the cosine",
        ),
        "calendar of the last row": (
            _features(
                sine="np.sin(2 * np.pi * hour[rows] / 24)",
                cosine="np.cos(2 * np.pi * hour[rows] / 24)",
            ),
            "take that of the target",
        ),
        "half a turn a day": (
            _features(
                sine="np.sin(np.pi * ((hour[rows] + horizon) % 24) / 24)",
                cosine="np.cos(np.pi * ((hour[rows] + horizon) % 24) / 24)",
            ),
            "a turn has 2 pi, not pi",
        ),
        "features in rows": (
            _features(end=""),
            "Rows and columns are exchanged",
        ),
        "the first row that is allowed wraps around": (
            _features(
                mean="temperature[(rows[:, None] - np.arange(24)).clip(1)].mean(axis=1)"
            ),
            "Column 3 of one forecast in row 23",
        ),
        "hour read at the target's row": (
            _features(
                sine="np.sin(2 * np.pi * hour[(rows + horizon) % len(hour)] / 24)"
            ),
            "Column 6",
        ),
        "wind of the last row": (
            _features(east="(-speed * np.sin(angle))[rows]"),
            "Column 4",
        ),
        "wind of five rows": (
            _features(north="(-speed * np.cos(angle))[recent[:, :5]].mean(axis=1)"),
            "Column 5",
        ),
        "direction without the speed": (
            _features(
                north="-2 * np.cos(angle)[recent].mean(axis=1)",
                east="-2 * np.sin(angle)[recent].mean(axis=1)",
            ),
            "Column 4",
        ),
    },
)


def _change(
    change="(temperature[rows + horizon] - temperature[rows]) / scale",
    celsius="temperature[rows] + scale * output",
):
    return f"""
def to_change(temperature, rows, horizon, scale):
    return {change}


def to_celsius(output, temperature, rows, scale):
    return {celsius}
"""


CHANGE = Task(
    right={
        "scaled first": """
            def to_change(temperature, rows, horizon, scale):
                scaled = temperature / scale
                return scaled[rows + horizon] - scaled[rows]

            def to_celsius(output, temperature, rows, scale):
                return (output + temperature[rows] / scale) * scale
            """,
        "row by row": """
            def to_change(temperature, rows, horizon, scale):
                return np.array(
                    [(temperature[r + horizon] - temperature[r]) / scale for r in rows]
                )

            def to_celsius(output, temperature, rows, scale):
                pairs = zip(output, rows, strict=True)
                return np.array([temperature[r] + o * scale for o, r in pairs])
            """,
        "lambdas": """
            to_change = lambda T, rows, h, scale: (T[rows + h] - T[rows]) / scale
            to_celsius = lambda output, T, rows, scale: T[rows] + scale * output
            """,
        "pandas": """
            import pandas as pd


            def to_change(temperature, rows, horizon, scale):
                return -pd.Series(temperature).diff(-horizon)[rows] / scale


            def to_celsius(output, temperature, rows, scale):
                return pd.Series(temperature)[rows] + scale * output
            """,
        "methods of a class, in float32": """
            class Change:
                @staticmethod
                def learn(temperature, rows, horizon, scale):
                    pair = temperature[np.stack([rows, rows + horizon])]
                    return np.float32(np.diff(pair, axis=0)[0] / scale)

                @staticmethod
                def forecast(output, temperature, rows, scale):
                    return np.float32(temperature[rows]) + np.float32(scale * output)


            to_change, to_celsius = Change.learn, Change.forecast
            """,
    },
    wrong={
        "change not added back": (
            _change(celsius="scale * output"),
            "the output was not added to the temperature in row r.",
            1,
        ),
        "neither scaled nor added back": (
            _change(celsius="output"),
            "the output was not added to the temperature in row r.",
            1,
        ),
        "the mean added back": (
            _change(celsius="temperature[rows].mean() + scale * output"),
            "A network that answers 0 knows nothing",
            1,
        ),
        "now minus then": (
            _change("(temperature[rows] - temperature[rows + horizon]) / scale"),
            "a target warmer than now is a positive change",
            1,
        ),
        "the target as it is": (
            _change("temperature[rows + horizon] / scale"),
            "subtract the temperature now",
            1,
        ),
        "not scaled": (
            _change("temperature[rows + horizon] - temperature[rows]"),
            "divide it by `scale`",
            1,
        ),
        "multiplied by the scale": (
            _change("(temperature[rows + horizon] - temperature[rows]) * scale"),
            "Divide by `scale`, as a standard deviation of the change should become 1.",
            1,
        ),
        "horizon off by one": (
            _change("(temperature[rows + horizon - 1] - temperature[rows]) / scale"),
            "yours is one row early",
            1,
        ),
        "mean change subtracted": (
            """
            def to_change(temperature, rows, horizon, scale):
                change = temperature[rows + horizon] - temperature[rows]
                return (change - change.mean()) / scale

            def to_celsius(output, temperature, rows, scale):
                return temperature[rows] + scale * output
            """,
            "Subtract nothing from the change",
            1,
        ),
        "scale forgotten on the way back": (
            _change(celsius="temperature[rows] + output"),
            "The output was not multiplied by `scale`",
            1,
        ),
        "divided again": (
            _change(celsius="temperature[rows] + output / scale"),
            "Multiply the output by `scale`; it was divided before.",
            1,
        ),
        "subtracted": (
            _change(celsius="temperature[rows] - scale * output"),
            "The change is added, not subtracted.",
            1,
        ),
        "changes added up": (
            _change(celsius="temperature[rows] + np.cumsum(scale * output)"),
            "Every forecast starts from its own row r",
            1,
        ),
        "the change so far": (
            _change("(temperature[rows] - temperature[rows - horizon]) / scale"),
            "That is the change of the `horizon` rows up to r",
            1,
        ),
        "the change so far, turned round": (
            _change("(temperature[rows - horizon] - temperature[rows]) / scale"),
            "The rows before r are subtracted",
            1,
        ),
        "horizon one too many": (
            _change("(temperature[rows + horizon + 1] - temperature[rows]) / scale"),
            "yours is one row late",
            1,
        ),
        "a scale of its own": (
            _change(
                "(temperature[rows + horizon] - temperature[rows])"
                " / np.std(temperature[rows + horizon] - temperature[rows])"
            ),
            "not by a standard deviation of your own",
            1,
        ),
        "only one of the two divided": (
            _change("temperature[rows + horizon] - temperature[rows] / scale"),
            "Divide the whole change by `scale`",
            1,
        ),
        "from the first rows on": (
            _change(
                "(temperature[horizon:] - temperature[:-horizon])[: len(rows)] / scale"
            ),
            "Those are the changes from the first rows of the table on",
            1,
        ),
        "the first rows added back": (
            _change(celsius="temperature[: len(rows)] + scale * output"),
            "Those are the first temperatures of the table",
            1,
        ),
        "one start for all": (
            _change(celsius="temperature[rows[0]] + np.cumsum(scale * output)"),
            "Every forecast starts from its own row r",
            1,
        ),
        "all multiplied": (
            _change(celsius="scale * (temperature[rows] + output)"),
            "The temperature that you add is in degrees already",
            1,
        ),
        "changes without a sign": (
            _change("np.abs(temperature[rows + horizon] - temperature[rows]) / scale"),
            "What is learned from a single row",
            1,
        ),
        "the way back is not written": (
            """
            def to_change(temperature, rows, horizon, scale):
                return (temperature[rows + horizon] - temperature[rows]) / scale

            def to_celsius(output, temperature, rows, scale):
                raise NotImplementedError("not attempted yet")
            """,
            "`to_celsius` (1 point): `to_celsius` still holds the line",
            1,
        ),
        "the way there is not written": (
            """
            def to_change(temperature, rows, horizon, scale):
                raise NotImplementedError("not attempted yet")

            def to_celsius(output, temperature, rows, scale):
                return temperature[rows] + scale * output
            """,
            "`to_change` (1 point): `to_change` still holds the line",
            1,
        ),
        "the change stops with an error": (
            _change("(temperature[rows + horizon] - temperature[rows]) / scales"),
            "`to_change` stopped with an error.",
            1,
        ),
        "the table is overwritten on the way": (
            """
            def to_change(temperature, rows, horizon, scale):
                temperature -= temperature.mean()
                return (temperature[rows + horizon] - temperature[rows]) / scale

            def to_celsius(output, temperature, rows, scale):
                return temperature[rows] + scale * output
            """,
            "`to_change` changed its argument `temperature` in place.",
            1,
        ),
        "neither divided nor multiplied by the scale": (
            _change(
                "temperature[rows + horizon] - temperature[rows]",
                "temperature[rows] + output",
            ),
            "divide it by `scale`",
        ),
    },
)

FIELD = "1 + (size - 1) * sum(dilations)"


def _convolution(
    front="reach",
    back="0",
    start="k * dilation",
    weight="kernel[k]",
    bias="bias",
    mode="'constant'",
    field=FIELD,
):
    """Return an answer with other padding, taps, bias or receptive field."""
    return f"""
def causal_convolution(x, kernel, bias, dilation):
    size = len(kernel)
    reach = (size - 1) * dilation
    padded = np.pad(x, (({front}, {back}), (0, 0)), mode={mode})
    parts = []
    for k in range(size):
        rows = padded[{start} : {start} + len(x)]
        parts.append(rows @ {weight})
    return sum(parts) + {bias}


def receptive_field(size, dilations):
    return {field}
"""


CONVOLUTION = Task(
    right={
        "loops as the formula says": """
            def causal_convolution(x, kernel, bias, dilation):
                out = np.zeros((len(x), kernel.shape[2])) + bias
                for t in range(len(x)):
                    for k in range(len(kernel)):
                        past = t - (len(kernel) - 1 - k) * dilation
                        if past >= 0:
                            out[t] = out[t] + x[past] @ kernel[k]
                return out

            def receptive_field(size, dilations):
                rows = 1
                for dilation in dilations:
                    rows += (size - 1) * dilation
                return rows
            """,
        "gathered windows and einsum": """
            def causal_convolution(x, kernel, bias, dilation):
                size = kernel.shape[0]
                back = dilation * np.arange(size - 1, -1, -1)
                rows = np.arange(len(x))[:, None] - back
                seen = np.where((rows >= 0)[..., None], x[rows.clip(0)], 0.0)
                return np.einsum("tkc,kcu->tu", seen, kernel) + bias

            def receptive_field(size, dilations):
                return int(np.sum([(size - 1) * d for d in dilations])) + 1
            """,
        "a sum of shifted series": """
            def causal_convolution(x, kernel, bias, dilation):
                out = x @ kernel[-1] + bias
                for back, weights in enumerate(kernel[::-1][1:], start=1):
                    shift = back * dilation
                    if shift < len(x):
                        out[shift:] += x[:-shift] @ weights
                return out

            def receptive_field(size, dilations):
                return size * sum(dilations) - sum(dilations) + 1
            """,
        "Keras": """
            import keras


            def causal_convolution(x, kernel, bias, dilation):
                size, _, units = kernel.shape
                layer = keras.layers.Conv1D(
                    units, size, padding="causal", dilation_rate=int(dilation)
                )
                layer.build((1, *x.shape))
                layer.set_weights([kernel, bias])
                return layer(x[None]).numpy()[0]


            def receptive_field(size: int, dilations: list[int]) -> int:
                match dilations:
                    case []:
                        return 1
                    case [first, *others]:
                        return (size - 1) * first + receptive_field(size, others)
            """,
        "np.convolve for each channel": """
            def spread(taps, dilation):
                wide = np.zeros((len(taps) - 1) * dilation + 1)
                wide[::dilation] = taps[::-1]
                return wide


            def causal_convolution(x, kernel, bias, dilation):
                n, units = len(x), kernel.shape[2]
                out = np.asfortranarray(np.tile(bias, (n, 1)))
                for u in range(units):
                    for c, channel in enumerate(x.T):
                        wide = spread(kernel[:, c, u], dilation)
                        out[:, u] += np.convolve(channel, wide)[:n]
                return out


            receptive_field = lambda size, dilations: 1 + sum(
                (size - 1) * dilation for dilation in dilations
            )
            """,
    },
    wrong={
        "looks ahead": (
            _convolution(front="0", back="reach"),
            "The output at t sees later rows. Put all zeros in front",
            1,
        ),
        "looks ahead, mirrored": (
            _convolution(front="0", back="reach", weight="kernel[size - 1 - k]"),
            "The output at t sees later rows: put all zeros in front",
            1,
        ),
        "centred": (
            _convolution(front="reach // 2", back="reach - reach // 2"),
            "The convolution is centred, and half of it looks ahead",
            1,
        ),
        "rows lost instead of padded": (
            """
            def causal_convolution(x, kernel, bias, dilation):
                n = len(x) - (len(kernel) - 1) * dilation
                return bias + sum(
                    x[k * dilation : k * dilation + n] @ kernel[k]
                    for k in range(len(kernel))
                )

            def receptive_field(size, dilations):
                return 1 + (size - 1) * sum(dilations)
            """,
            "put zeros in front of the input, so that no row is lost",
            1,
        ),
        "kernel the wrong way round": (
            _convolution(weight="kernel[size - 1 - k]"),
            "its last slice meets the present row",
            1,
        ),
        "dilation ignored": (
            _convolution(front="size - 1", start="k"),
            "The dilation is ignored",
            1,
        ),
        "wraps around": (
            """
            def causal_convolution(x, kernel, bias, dilation):
                size = len(kernel)
                return bias + sum(
                    np.roll(x, (size - 1 - k) * dilation, axis=0) @ kernel[k]
                    for k in range(size)
                )

            def receptive_field(size, dilations):
                return 1 + (size - 1) * sum(dilations)
            """,
            "The end of the series comes round to its beginning",
            1,
        ),
        "present row not seen": (
            _convolution(front="size * dilation"),
            "The present row is not seen",
            1,
        ),
        "first row repeated": (
            _convolution(mode="'edge'"),
            "Rows before the first one are zero, not copies of the first.",
            1,
        ),
        "no bias": (_convolution(bias="0"), "The bias is missing.", 1),
        "bias in every slice": (
            _convolution(bias="bias * size"),
            "The bias is added once for each slice",
            1,
        ),
        "present row not counted": (
            _convolution(field="(size - 1) * sum(dilations)"),
            "Count the present row too",
            3,
        ),
        "size instead of size minus one": (
            _convolution(field="size * sum(dilations)"),
            "Each layer adds size - 1 steps of its dilation, since",
            3,
        ),
        "size instead of size minus one, and one": (
            _convolution(field="1 + size * sum(dilations)"),
            "The present row is counted once",
            3,
        ),
        "reaches multiplied": (
            _convolution(field="size ** len(dilations)"),
            "they do not multiply",
            3,
        ),
        "dilations left out of the field": (
            _convolution(field="1 + (size - 1) * len(dilations)"),
            "The dilations are left out.",
            3,
        ),
        "powers of two": (
            _convolution(field="2 ** len(dilations)"),
            "which need not double",
            3,
        ),
        "last layer only": (
            _convolution(field="1 + (size - 1) * dilations[-1]"),
            "Every layer counts, not only one of them.",
            3,
        ),
        "the widest layer only": (
            _convolution(field="1 + (size - 1) * max(dilations)"),
            "Every layer counts, not only one of them.",
            3,
        ),
        "a ReLU behind it": (
            """
            def causal_convolution(x, kernel, bias, dilation):
                reach = (len(kernel) - 1) * dilation
                padded = np.pad(x, ((reach, 0), (0, 0)))
                out = bias + sum(
                    padded[k * dilation : k * dilation + len(x)] @ kernel[k]
                    for k in range(len(kernel))
                )
                return np.maximum(out, 0)

            def receptive_field(size, dilations):
                return 1 + (size - 1) * sum(dilations)
            """,
            "A convolution alone has no activation function",
            1,
        ),
        "the first row never seen": (
            """
            def causal_convolution(x, kernel, bias, dilation):
                size, out = len(kernel), np.tile(1.0 * bias, (len(x), 1))
                for t in range(len(x)):
                    for k in range(size):
                        past = t - (size - 1 - k) * dilation
                        if past > 0:
                            out[t] += x[past] @ kernel[k]
                return out

            def receptive_field(size, dilations):
                return 1 + (size - 1) * sum(dilations)
            """,
            "The output of two channels: you have 100 at position (0, 0)",
            1,
        ),
        "a float for a count": (
            _convolution(field="1 + (size - 1) * float(sum(dilations))"),
            "rows are counted in whole numbers",
            3,
        ),
        "the first dilation twice": (
            _convolution(field="1 + (size - 1) * (2 * dilations[-1] - dilations[0])"),
            "The receptive field of size",
            3,
        ),
        "distinct dilations": (
            _convolution(field="1 + (size - 1) * sum(set(dilations))"),
            "The receptive field of size",
            3,
        ),
        "kernels of two only": (
            """
            def causal_convolution(x, kernel, bias, dilation):
                past = np.zeros((len(x), kernel.shape[2]))
                past[dilation:] = x[:-dilation] @ kernel[0]
                return past + x @ kernel[-1] + bias

            def receptive_field(size, dilations):
                return 1 + (size - 1) * sum(dilations)
            """,
            "The output of a kernel of size 1",
            1,
        ),
        "the field is not written": (
            _convolution() + unwritten("receptive_field(size, dilations)"),
            "`receptive_field` (1 point): `receptive_field` still holds the line",
            3,
        ),
        "the convolution is not written": (
            _convolution() + unwritten("causal_convolution(x, kernel, bias, dilation)"),
            "`causal_convolution` (3 points): `causal_convolution` still holds",
            1,
        ),
        "a field of other arguments": (
            _convolution()
            + """
def receptive_field(dilations):
    return 1 + 2 * sum(dilations)
""",
            "`receptive_field` stopped with an error.",
            3,
        ),
        "the present row neither seen nor counted": (
            _convolution(front="size * dilation", field="(size - 1) * sum(dilations)"),
            "The present row is not seen",
        ),
    },
)


def _ensemble(
    *,
    choose="validation",
    tried="np.abs((total + models) / step - y).mean(axis=1)",
    after="pass",
    length="np.argmin(errors) + 1",
    weights="np.bincount(joined[:length], minlength=len(models)) / length",
    error="np.abs(weights @ test - y_test).mean()",
):
    """Return an answer that chooses, counts or measures in another way."""
    return f"""
def ensemble(validation, y_validation, test, y_test, steps):
    models, y = {choose}, {choose.replace("validation", "y_validation")}
    total, joined, errors = np.zeros(len(y)), [], []
    for step in range(1, steps + 1):
        tried = {tried}
        {after}
        joined.append(np.argmin(tried))
        errors.append(np.min(tried))
        total = total + models[joined[-1]]
    length = {length}
    weights = {weights}
    return weights, {error}
"""


ENSEMBLE = Task(
    right={
        "lists of models": """
            def ensemble(validation, y_validation, test, y_test, steps):
                k, team, best, lowest = len(validation), [], None, np.inf
                for _ in range(steps):
                    tried = [validation[[*team, i]].mean(axis=0) for i in range(k)]
                    errors = [np.abs(f - y_validation).mean() for f in tried]
                    team.append(int(np.argmin(errors)))
                    if min(errors) < lowest - 1e-12:
                        lowest, best = min(errors), list(team)
                weights = np.array([best.count(i) / len(best) for i in range(k)])
                forecast = np.average(test, axis=0, weights=weights)
                return weights, float(np.mean(np.abs(forecast - y_test)))
            """,
        "errors instead of forecasts": """
            def ensemble(validation, y_validation, test, y_test, steps):
                residuals, later = validation - y_validation, test - y_test
                counts, history = np.zeros(len(validation)), []
                for _ in range(steps):
                    added = counts + np.eye(len(validation))
                    shares = added / added.sum(axis=1, keepdims=True)
                    tried = np.abs(shares @ residuals).mean(axis=1)
                    counts = added[tried.argmin()]
                    history.append((round(tried.min(), 12), tuple(counts)))
                _, kept = min(history, key=lambda entry: entry[0])
                weights = np.array(kept) / sum(kept)
                return weights, np.abs(weights @ later).mean()
            """,
        "a class that is called": """
            class Greedy:
                def __init__(self):
                    self.best = None

                def __call__(self, validation, y_validation, test, y_test, steps):
                    counts, found = np.zeros(len(validation), dtype=int), []
                    for step in range(1, steps + 1):
                        mixes = (counts @ validation + validation) / step
                        errors = np.mean(np.abs(mixes - y_validation), axis=-1)
                        counts = counts + (np.arange(len(counts)) == np.argmin(errors))
                        found.append((errors.min(), step, counts / step))
                    self.best = min(found)[2]
                    return self.best, np.abs(np.dot(self.best, test) - y_test).mean()


            ensemble = Greedy()
            """,
        "a helper called chosen, with scikit-learn": """
            from sklearn.metrics import mean_absolute_error as mae


            def chosen(models, y, steps):
                joined = []
                for _ in range(steps):
                    errors = [
                        mae(y, models[[*joined, new]].mean(axis=0))
                        for new in range(len(models))
                    ]
                    joined.append(int(np.argmin(errors)))
                    yield min(errors), joined.copy()


            def ensemble(validation, y_validation, test, y_test, steps):
                teams = list(chosen(validation, y_validation, steps))
                _, team = min(teams, key=lambda pair: pair[0])
                weights = np.bincount(team, minlength=len(test)) / len(team)
                return weights, mae(y_test, test[team].mean(axis=0))
            """,
    },
    wrong={
        "chosen on the test set": (
            _ensemble().replace(
                "models, y = validation, y_validation", "models, y = test, y_test"
            ),
            "The ensemble was chosen on the test data.",
        ),
        "each model once": (
            _ensemble(
                after="tried[joined] = np.inf",
                length="np.argmin(errors[:len(models)]) + 1",
            ),
            "A model may join again",
        ),
        "plain mean": (
            _ensemble(weights="np.full(len(models), 1 / len(models))"),
            "That is the plain mean of all models",
        ),
        "best model alone": (
            _ensemble(weights="np.eye(len(models))[joined[0]]"),
            "That is the best model alone",
        ),
        "after the last step": (
            _ensemble(length="steps"),
            "Keep the best of the ensembles, not the one after the last step.",
        ),
        "errors cancel": (
            _ensemble(tried="np.abs(((total + models) / step - y).mean(axis=1))"),
            "Take absolute values before you average",
        ),
        "counts instead of shares": (
            _ensemble(
                weights="np.bincount(joined[:length], minlength=len(models))",
                error="np.abs(weights @ test / length - y_test).mean()",
            ),
            "The weights are counts",
        ),
        "the two best alone": (
            _ensemble(
                weights="np.isin(np.arange(len(models)), "
                "np.argsort(np.abs(models - y).mean(axis=1))[:2]) / 2"
            ),
            "The best models one by one are not the best together",
        ),
        "mean square": (
            _ensemble(tried="(((total + models) / step - y) ** 2).mean(axis=1)"),
            "Choose by the mean absolute error, not by the mean square.",
        ),
        "validation error reported": (
            _ensemble(error="min(errors)"),
            "That is the error on the validation data",
        ),
        "errors averaged instead of forecasts": (
            _ensemble(error="weights @ np.abs(test - y_test).mean(axis=1)"),
            "Average the forecasts first, then measure",
        ),
        "root of the mean square reported": (
            _ensemble(error="np.sqrt(np.mean((weights @ test - y_test) ** 2))"),
            "give the mean absolute error",
        ),
        "weights only": (
            """
            def ensemble(validation, y_validation, test, y_test, steps):
                return np.full(len(validation), 1 / len(validation))
            """,
            "Return weights and error",
        ),
        "chosen on validation and test together": (
            """
            def ensemble(validation, y_validation, test, y_test, steps):
                models = np.hstack([validation, test])
                y = np.concatenate([y_validation, y_test])
                total, joined, errors = np.zeros(len(y)), [], []
                for step in range(1, steps + 1):
                    tried = np.abs((total + models) / step - y).mean(axis=1)
                    joined.append(np.argmin(tried))
                    errors.append(tried.min())
                    total = total + models[joined[-1]]
                length = np.argmin(errors) + 1
                weights = np.bincount(joined[:length], minlength=len(models)) / length
                return weights, np.abs(weights @ test - y_test).mean()
            """,
            "The test data had a say in the choice",
        ),
        "a search that stops when the error rises": (
            _ensemble(
                length="np.argmin(errors[: next((i for i in range(1, steps) if "
                "errors[i] > errors[i - 1]), steps)]) + 1"
            ),
            "The search stops where the error first rises",
        ),
        "ten steps at most": (
            _ensemble(length="np.argmin(errors[:10]) + 1"),
            "the best ensemble has many members",
        ),
        "the last of equal models": (
            _ensemble().replace(
                "np.argmin(tried)", "len(tried) - 1 - np.argmin(tried[::-1])"
            ),
            "Of equally good models the first one joins.",
        ),
        "the last of equal ensembles": (
            _ensemble(length="steps - np.argmin(errors[::-1])"),
            "Of equally good ensembles the first is kept.",
        ),
    },
)


def _pinball(cost, end=".mean()"):
    return f"""
def pinball(y, quantiles, levels):
    error = y[:, None] - quantiles
    return ({cost}){end}
"""


COST = "np.maximum(levels * error, (levels - 1) * error)"

PINBALL = Task(
    right={
        "where": _pinball(
            "np.where(error > 0, levels * error, (1 - levels) * -error)", ".mean()"
        ),
        "level by level": """
            def pinball(y, quantiles, levels):
                total = 0.0
                for j, level in enumerate(levels):
                    error = y - quantiles[:, j]
                    total += level * error[error > 0].sum()
                    total += (level - 1) * error[error < 0].sum()
                return total / quantiles.size
            """,
        "half the distance and a tilt": """
            def pinball(y, quantiles, levels):
                error = y.reshape(-1, 1) - quantiles
                return np.mean(0.5 * np.abs(error) + (levels - 0.5) * error)
            """,
        "scikit-learn": """
            from sklearn.metrics import mean_pinball_loss


            def pinball(y, quantiles, levels):
                pairs = zip(quantiles.T, levels)
                losses = [mean_pinball_loss(y, q, alpha=level) for q, level in pairs]
                return np.mean(losses)
            """,
        "pandas": """
            import pandas as pd


            def pinball(y, quantiles, levels):
                above = pd.DataFrame(-quantiles).add(pd.Series(y), axis=0)
                cost = (levels * above).where(above > 0, (levels - 1) * above)
                return cost.to_numpy().mean()
            """,
        "a lambda in float32": """
            def cost(error, level):
                return np.where(error > 0, level, level - 1) * error

            pinball = lambda y, quantiles, levels: np.float32(
                cost(y[:, np.newaxis] - quantiles, levels)
            ).mean()
            """,
    },
    wrong={
        "sides exchanged": (
            _pinball("np.maximum((1 - levels) * error, -levels * error)"),
            "The two sides are exchanged",
        ),
        "error the other way round": (
            _pinball("np.maximum(levels * -error, (levels - 1) * -error)"),
            "The two sides are exchanged",
        ),
        "truths beside levels": (
            """
            def pinball(y, quantiles, levels):
                error = y - quantiles
                return np.maximum(levels * error, (levels - 1) * error).mean()
            """,
            "subtract from a column, `y[:, None]`.",
        ),
        "absolute error": (_pinball("np.abs(error)"), "The level is not used"),
        "one side only": (
            _pinball("levels * np.maximum(error, 0)"),
            "those below cost 1 - level",
        ),
        "smaller of the two": (
            _pinball(COST.replace("maximum", "minimum")),
            "take the larger of the two products",
        ),
        "gains below the quantile": (
            _pinball("np.where(error > 0, levels * error, (1 - levels) * error)"),
            "A loss is not negative",
        ),
        "level on both sides": (
            _pinball("levels * np.abs(error)"),
            "Below the quantile a degree costs 1 - level",
        ),
        "sum instead of mean": (_pinball(COST, ".sum()"), "That is the sum over"),
        "one cost per row": (_pinball(COST, ""), "One cost per row came back"),
        "squared": (
            _pinball("np.where(error > 0, levels, 1 - levels) * error ** 2"),
            "The distances are squared",
        ),
        "one mean per level": (
            """
            def pinball(y, quantiles, levels):
                error = y[:, None] - quantiles
                loss = np.maximum(levels * error, (levels - 1) * error).mean(axis=0)
                return loss if len(levels) > 1 else loss[0]
            """,
            "That is one mean per level",
        ),
        "summed over levels": (
            _pinball(COST, ".mean(axis=0).sum()"),
            "Take the mean over the levels too",
        ),
        "the level of the first column": (
            _pinball(COST.replace("levels", "levels[0]")),
            "The loss of two levels: you have",
        ),
        "the mean over rows of the largest cost": (
            _pinball(COST, ".max(axis=1).mean()"),
            "The loss of two levels: you have",
        ),
    },
)


def _calibrate(
    *,
    sort="np.sort(quantiles, axis=1)",
    new="np.sort(new_quantiles, axis=1)",
    scores="np.maximum(lower - y, y - upper)",
    margin="np.sort(scores)[int(np.ceil((len(y) + 1) * level)) - 1]",
    move="np.array([-margin, margin])",
):
    """Return an answer that sorts, scores, ranks or widens in another way."""
    return f"""
def calibrate(quantiles, y, new_quantiles, level):
    lower, upper = ({sort}).T
    scores = {scores}
    margin = {margin}
    return {new} + {move}, margin
"""


CALIBRATE = Task(
    right={
        "smaller and larger": """
            def calibrate(quantiles, y, new_quantiles, level):
                a, b = quantiles.min(axis=1), quantiles.max(axis=1)
                scores = np.where(y > (a + b) / 2, y - b, a - y)
                k = -int(-(len(scores) + 1) * level // 1)
                margin = np.partition(scores, k - 1)[k - 1]
                c, d = new_quantiles.min(axis=1), new_quantiles.max(axis=1)
                return np.column_stack([c - margin, d + margin]), margin
            """,
        "plain Python": """
            def calibrate(quantiles, y, new_quantiles, level):
                scores = []
                for pair, truth in zip(quantiles, y, strict=True):
                    low, high = sorted(pair)
                    scores.append(max(low - truth, truth - high))
                k = 1
                while k < (len(y) + 1) * level:
                    k += 1
                margin = sorted(scores)[k - 1]
                rows = [sorted(pair) for pair in new_quantiles]
                return np.array([[a - margin, b + margin] for a, b in rows]), margin
            """,
        "middle and half width": """
            def calibrate(quantiles, y, new_quantiles, level):
                middle = quantiles.mean(axis=1)
                half = np.abs(np.diff(quantiles, axis=1))[:, 0] / 2
                scores = np.abs(y - middle) - half
                n = len(y)
                q = np.ceil((n + 1) * level) / n
                margin = np.quantile(scores, q - 1e-9, method="inverted_cdf")
                ends = np.sort(new_quantiles, axis=-1) + margin * np.array([-1, 1])
                return ends, margin
            """,
        "NumPy's own quantile for conformal intervals": """
            import math


            def calibrate(quantiles, y, new_quantiles, level):
                ordered = np.sort(quantiles, axis=-1)
                below, above = ordered[:, 0] - y, y - ordered[:, 1]
                scores = np.column_stack([below, above]).max(axis=1)
                k = math.ceil((1 + scores.size) * level)
                margin = np.sort(scores)[:k].max()
                ends = np.empty_like(new_quantiles)
                ends[:, 0] = new_quantiles.min(axis=1) - margin
                ends[:, 1] = new_quantiles.max(axis=1) + margin
                return ends, float(margin)
            """,
        "a helper called calibrated, in float32": """
            def calibrated(pairs: np.ndarray, margin: float) -> np.ndarray:
                return np.sort(pairs, axis=1) + np.float32([-margin, margin])


            def calibrate(quantiles, y, new_quantiles, level):
                quantiles, y = np.float32(quantiles), np.float32(y)
                lower, upper = quantiles.min(axis=1), quantiles.max(axis=1)
                scores = sorted(np.maximum(lower - y, y - upper))
                place = int(-((-level * (len(y) + 1)) // 1)) - 1
                margin = scores[place]
                return calibrated(np.float32(new_quantiles), margin), margin
            """,
    },
    wrong={
        "no correction for the new row": (
            _calibrate(margin="np.sort(scores)[int(np.ceil(len(y) * level)) - 1]"),
            "The margin lacks the correction for the new row",
        ),
        "plain quantile": (
            _calibrate(margin="np.quantile(scores, level)"),
            "The margin lacks the correction for the new row",
        ),
        "next larger score": (
            _calibrate(margin="np.sort(scores)[int(np.ceil((len(y) + 1) * level))]"),
            "That is the next larger score",
        ),
        "distance from the middle": (
            _calibrate(scores="np.abs(y - (lower + upper) / 2)"),
            "not from its middle",
        ),
        "upper end only": (
            _calibrate(scores="y - upper"),
            "the truth may also lie below the lower end",
        ),
        "lower end only": (
            _calibrate(scores="lower - y"),
            "the truth may also lie above the upper end",
        ),
        "smaller distance": (
            _calibrate(scores="np.minimum(lower - y, y - upper)"),
            "Take the larger of the two distances",
        ),
        "share outside": (
            _calibrate(
                margin="np.sort(scores)[int(np.ceil((len(y) + 1) * (1 - level))) - 1]"
            ),
            "not the share outside",
        ),
        "only the upper end moved": (
            _calibrate(move="np.array([0, margin])"),
            "The lower end is not moved",
        ),
        "both ends moved up": (
            _calibrate(move="margin"),
            "The lower end moves up",
        ),
        "narrowed": (
            _calibrate(move="np.array([margin, -margin])"),
            "The margin goes the wrong way",
        ),
        "not widened": (
            _calibrate(move="0"),
            "move their ends out by the margin",
        ),
        "half of the margin at each end": (
            _calibrate(move="np.array([-margin, margin]) / 2"),
            "Each end moves by the whole margin",
        ),
        "quantiles crossed": (
            _calibrate(sort="quantiles"),
            "The calibration quantiles still cross",
        ),
        "sorted along the wrong axis": (
            _calibrate(sort="np.sort(quantiles, axis=0)"),
            "The calibration quantiles were sorted down the columns",
        ),
        "new quantiles crossed": (
            _calibrate(new="new_quantiles"),
            "The new quantiles still cross when the margin moves them",
        ),
        "new quantiles sorted along the wrong axis": (
            _calibrate(new="np.sort(new_quantiles, axis=0)"),
            "The new quantiles were sorted down the columns",
        ),
        "never narrowed": (
            _calibrate(scores="np.maximum(np.maximum(lower - y, y - upper), 0)"),
            "intervals that are too wide become narrower",
        ),
        "scores without sign": (
            _calibrate(scores="np.abs(np.maximum(lower - y, y - upper))"),
            "Keep the sign of the scores",
        ),
        "one more than the whole part": (
            _calibrate(
                margin="np.sort(scores)[min(int((len(y) + 1) * level) + 1, len(y)) - 1]"
            ),
            "nothing is rounded, and no 1 comes on top",
        ),
        "the correction after rounding": (
            _calibrate(
                margin="np.sort(scores)[min(int(np.ceil(len(y) * level)), len(y) - 1)]"
            ),
            "no 1 comes on top",
        ),
        "rounded to the nearest": (
            _calibrate(margin="np.sort(scores)[round((len(y) + 1) * level) - 1]"),
            "The margin of",
        ),
        "uncrossed after widening": (
            _calibrate(new="new_quantiles").replace(
                "return new_quantiles + np.array([-margin, margin])",
                "return np.sort(new_quantiles + [-margin, margin], axis=1)",
            ),
            "first sort the two numbers of each row",
        ),
        "wide intervals left as they are": (
            _calibrate(move="np.array([-max(margin, 0), max(margin, 0)])"),
            "here the intervals stay as wide as they were",
        ),
        "the margin's size alone": (
            _calibrate(move="np.array([-abs(margin), abs(margin)])"),
            "here the intervals become wider",
        ),
    },
)


def _leak(
    *,
    scale="np.allclose([mean, std], [past.mean(axis=0), past.std(axis=0)])",
    past='values[: case["cut"]]',
    rows="np.concatenate([train, test])",
    gap="minutes[last] - minutes[first] != 60 * (last - first)",
    target="values[horizon:, 0]",
    column='case["features"][:-horizon]',
    told="abs(r) > 0.9999",
    split='(train + horizon >= case["cut"]).any()',
    fallback='"honest"',
    kept='(train + horizon < case["cut"]) & (apart == 60 * (last - first))',
    left="train[kept]",
):
    """Return an answer that looks for one of the leaks in another way."""
    return f"""
def leak(case):
    values, minutes, horizon = case["values"], case["minutes"], case["horizon"]
    mean, std, past = case["mean"], case["std"], {past}
    train, test = case["train_rows"], case["test_rows"]
    if not {scale}:
        return "scale"
    rows = {rows}
    first, last = rows - case["length"] + 1, rows + horizon
    if ({gap}).any():
        return "gap"
    for column in ({column}).T:
        r = np.corrcoef(column, {target})[0, 1]
        if {told}:
            return "feature"
    if {split}:
        return "split"
    return {fallback}


def honest_rows(case):
    train, minutes = case["train_rows"], case["minutes"]
    length, horizon = case["length"], case["horizon"]
    first, last = train - length + 1, train + horizon
    apart = minutes[last] - minutes[first]
    kept = {kept}
    return {left}
"""


WINDOW_AT_A_TIME = """
def whole(case, r):
    span = case["minutes"][r - case["length"] + 1 : r + case["horizon"] + 1]
    return all(b - a == 60 for a, b in zip(span, span[1:], strict=False))

def leak(case):
    train_part, h = case["values"][: case["cut"]], case["horizon"]
    ends = [r + h for r in case["train_rows"]]
    both = [*case["train_rows"], *case["test_rows"]]
    line = np.polyfit
    found = []
    for x in case["features"][:-h].T:
        y = case["values"][h:, 0]
        found.append(np.ptp(y - np.polyval(line(x, y, 1), x)) < 1e-6)
    if any(found):
        return "feature"
    if not np.allclose(case["mean"], train_part.mean(0)):
        return "scale"
    if not np.allclose(case["std"], train_part.std(0)):
        return "scale"
    if not all(end < case["cut"] for end in ends):
        return "split"
    return "honest" if all(whole(case, r) for r in both) else "gap"

def honest_rows(case):
    return np.array([
        r for r in case["train_rows"]
        if r + case["horizon"] < case["cut"] and whole(case, r)
    ])
"""


LEAK = Task(
    right={
        "steps and sums": """
            def broken(case, rows):
                long = np.append(0, np.cumsum(np.diff(case["minutes"]) != 60))
                first, last = rows - case["length"] + 1, rows + case["horizon"]
                return long[last] > long[first]

            def leak(case):
                train, test = case["train_rows"], case["test_rows"]
                values, cut = case["values"], case["cut"]
                checks_of_scale = [
                    np.abs(case["mean"] - np.mean(values[:cut], axis=0)).max() > 1e-9,
                    np.abs(case["std"] - np.std(values[:cut], axis=0)).max() > 1e-9,
                ]
                if max(train) + case["horizon"] > cut - 1:
                    return "split"
                if any(checks_of_scale):
                    return "scale"
                if broken(case, train).any() or broken(case, test).any():
                    return "gap"
                n = len(values) - case["horizon"]
                for j in range(case["features"].shape[1]):
                    a, b = case["features"][:n, j], values[-n:, 0]
                    a, b = a - a.mean(), b - b.mean()
                    if (a @ b) ** 2 > 0.999 * (a @ a) * (b @ b):
                        return "feature"
                return "honest"

            def honest_rows(case):
                rows = case["train_rows"]
                late = rows + case["horizon"] >= case["cut"]
                return rows[~late & ~broken(case, rows)]
            """,
        "a window at a time": WINDOW_AT_A_TIME,
        "helpers called prepare_case and cases": """
            def prepare_case(case, rows):
                first = rows - case["length"] + 1
                steps = np.diff(case["minutes"]) == 60
                span = np.arange(case["length"] + case["horizon"] - 1)
                return steps[first[:, None] + span].all(axis=1)


            def cases(case):
                past, h = case["values"][: case["cut"]], case["horizon"]
                target = case["values"][h:, 0]
                given = case["features"][: len(target)]
                r = [abs(np.corrcoef(column, target)[0, 1]) for column in given.T]
                late = case["train_rows"] + h > case["cut"] - 1
                yield "scale", not np.allclose(case["mean"], past.mean(axis=0))
                yield "scale", not np.allclose(case["std"], past.std(axis=0))
                yield "split", late.any()
                for name in ("train_rows", "test_rows"):
                    yield "gap", not prepare_case(case, case[name]).all()
                yield "feature", max(r) > 1 - 1e-9


            def leak(case: dict) -> str:
                return next((name for name, found in cases(case) if found), "honest")


            def honest_rows(case: dict) -> np.ndarray:
                rows = case["train_rows"]
                rows = rows[rows < case["cut"] - case["horizon"]]
                return rows[prepare_case(case, rows)]
            """,
    },
    wrong={
        "normalised with test statistics": (
            _leak(past="values"),
            "The training part has the scale that is given",
            1,
        ),
        "alike to a hundredth of a degree": (
            WINDOW_AT_A_TIME.replace("< 1e-6", "< 0.01"),
            "The temperature hardly varies here",
            1,
        ),
        "standard deviation not looked at": (
            _leak(scale="np.allclose(mean, past.mean(axis=0))"),
            "look at `std` as well as at `mean`",
            1,
        ),
        "mean not looked at": (
            _leak(scale="np.allclose(std, past.std(axis=0))"),
            "The mean is that of all rows",
            1,
        ),
        "gap inside the window only": (
            _leak(gap="minutes[rows] - minutes[first] != 60 * (rows - first)"),
            "A gap lies between the last row of a training window and its target.",
            1,
        ),
        "gap before the target only": (
            _leak(
                gap="minutes[last] - minutes[rows] != 60 * horizon",
                kept='(train + horizon < case["cut"]) & '
                "(minutes[last] - minutes[train] == 60 * horizon)",
            ),
            "A gap lies inside a window.",
        ),
        "gaps of the table, used or not": (
            _leak(gap="np.diff(minutes) != 60"),
            'the answer is "gap"; it should be "honest"',
            1,
        ),
        "test windows not looked at": (
            _leak(rows="train"),
            "look at `test_rows` as well",
            1,
        ),
        "features compared with the present": (
            _leak(target="values[:-horizon, 0]"),
            'the answer is "feature"; it should be "honest"',
            1,
        ),
        "only an equal column": (
            _leak(told=f"np.allclose(column, {'values[horizon:, 0]'})"),
            "times a negative number and shifted",
            1,
        ),
        "sign of the correlation": (
            _leak(told="r > 0.9999"),
            "times a negative number and shifted",
            1,
        ),
        "horizon not purged": (
            _leak(split='(train >= case["cut"]).any()'),
            "but the targets of the last ones do not",
            1,
        ),
        "purge off by one": (
            _leak(split='(train + horizon > case["cut"]).any()'),
            "One training target lies in row `cut`",
            1,
        ),
        "last row only": (
            _leak(
                split='train[-1] + horizon >= case["cut"] and (train[:-1] < train[1:])'
                ".all()"
            ),
            "Training and test rows were shuffled.",
            1,
        ),
        "a leak for every case": (
            _leak(fallback='"split"'),
            'the answer is "split"; it should be "honest"',
            1,
        ),
        "True instead of a word": (
            """
            def leak(case):
                return bool((case["train_rows"] + case["horizon"] >= case["cut"]).any())

            def honest_rows(case):
                return case["train_rows"]
            """,
            "Return one of the five words; yours is a bool.",
        ),
        "repair not purged": (
            _leak(kept="apart == 60 * (last - first)"),
            "A training target lies in the test part",
            3,
        ),
        "repair purged one row too far": (
            _leak(
                kept='(train + horizon + 1 < case["cut"]) & '
                "(apart == 60 * (last - first))"
            ),
            "the last one of the training part: keep it",
            3,
        ),
        "repair of the window only": (
            _leak(
                kept='(train + horizon < case["cut"]) & '
                "(minutes[train] - minutes[first] == 60 * (length - 1))"
            ),
            "A gap lies between the last row of a window and its target.",
            3,
        ),
        "gaps not mended": (
            _leak(kept='train + horizon < case["cut"]'),
            "A gap lies in a window or before a target",
            3,
        ),
        "the rows to leave out": (
            _leak(left="train[~kept]"),
            "Those are the rows to leave out",
            3,
        ),
        "positions instead of rows": (
            _leak(left="np.flatnonzero(kept)"),
            "the row numbers themselves, not their positions",
            3,
        ),
        "rows of its own": (
            _leak(left="np.arange(length - 1, case['cut'] - horizon)"),
            "which is none of the `train_rows`",
            3,
        ),
        "a list of rows": (
            _leak(left="list(train[kept])"),
            "The honest rows: this is a list, not a NumPy array or a number.",
            3,
        ),
        "training rows only": (
            _leak(
                target="values[train + horizon, 0]",
                column='case["features"][train]',
            ),
            "two training rows are honest here, and you say 'feature'",
            1,
        ),
        "a mask instead of rows": (
            _leak(left="kept"),
            "return the numbers of the rows that are",
            3,
        ),
        "last column only": (
            _leak(column='case["features"][:-horizon, -1:]'),
            "The first column of the features is the temperature at the target",
            1,
        ),
        "a high correlation": (
            _leak(told="abs(r) > 0.9"),
            "A good forecast of the target is not the target",
            1,
        ),
        "first training row only": (
            _leak(split='train[-1] + horizon >= case["cut"]'),
            "Training and test rows were shuffled.",
            1,
        ),
        "test windows from before the cut taken for a leak": (
            _leak(
                split='(train + horizon >= case["cut"]).any() or '
                '(test - case["length"] + 1 < case["cut"]).any()'
            ),
            "A test window may begin in the training part",
            1,
        ),
        "the gap after a target too": (
            _leak(
                gap="minutes[(last + 1).clip(max=len(minutes) - 1)] - minutes[first] "
                "!= 60 * ((last + 1).clip(max=len(minutes) - 1) - first)"
            ),
            "In one case the answer is",
            1,
        ),
        "scale of the first column only": (
            _leak(
                scale="np.allclose([mean[0], std[0]], "
                "[past[:, 0].mean(), past[:, 0].std()])"
            ),
            "The mean of the last column is that of all rows.",
            1,
        ),
        "scale roughly compared": (
            _leak(
                scale="np.allclose([mean, std], [past.mean(0), past.std(0)], rtol=0.01)"
            ),
            "`std` is divided by n - 1, not by n.",
            1,
        ),
        "means roughly compared": (
            _leak(
                scale="(np.allclose(std, past.std(0)) and "
                "np.allclose(mean, past.mean(0), atol=0.5))"
            ),
            "The mean of two columns knows row `cut` as well",
            1,
        ),
        "means compared as their sum": (
            _leak(
                scale="(np.allclose(std, past.std(0)) and "
                "np.isclose(sum(mean), sum(past.mean(0))))"
            ),
            "Is each column's mean compared, and not their sum?",
            1,
        ),
        "means compared in percent": (
            _leak(
                scale="(np.allclose(std, past.std(0)) and "
                "np.allclose(mean, past.mean(0), rtol=0.05, atol=0.3))"
            ),
            "The mean of two columns knows row `cut` as well",
            1,
        ),
        "the first gap only": (
            _leak(
                kept='(train + horizon < case["cut"]) & ~((first <= '
                "(gap := np.diff(minutes).argmax())) & (gap < last))"
            ),
            "The honest rows, gaps after rows 9 and 5",
            3,
        ),
        "floats for rows": (
            _leak(left="train[kept] * 1.0"),
            "row numbers are whole numbers",
            3,
        ),
        "the repair is not written": (
            _leak() + unwritten("honest_rows(case)"),
            "`honest_rows` (1 point): `honest_rows` still holds the line",
            3,
        ),
        "the search is not written": (
            _leak() + unwritten("leak(case)"),
            "`leak` (3 points): `leak` still holds the line",
            1,
        ),
    },
)


def _score_once(
    same="np.array_equal(log[0], forecast)",
    *,
    refused="None, log",
    again="error, log",
    first="error, [forecast]",
    error="np.abs(forecast - truth).mean()",
):
    """Return an answer with another error, comparison or log."""
    return f"""
def score_once(log, forecast, truth):
    error = {error}
    if not log:
        return {first}
    if {same}:
        return {again}
    return {refused}
"""


SCORE_ONCE = Task(
    right={
        "a list that is read whole": """
            def score_once(log, forecast, truth):
                known = any((old == forecast).all() for old in log)
                if log and not known:
                    return None, log
                error = sum(abs(f - t) for f, t in zip(forecast, truth)) / len(truth)
                return error, log if known else [*log, forecast]
            """,
        "the log as lists": """
            def score_once(log, forecast, truth):
                match [list(old) for old in log]:
                    case []:
                        log = [forecast.copy()]
                    case [old] if old == list(forecast):
                        pass
                    case _:
                        return None, log
                return float(np.mean(np.absolute(truth - forecast))), log
            """,
        "a largest difference of 0": _score_once(
            "np.ptp(log[0] - forecast) == 0 and log[0][0] == forecast[0]"
        ),
    },
    wrong={
        "every forecast is scored": (
            _score_once(refused="error, [*log, forecast]"),
            "A better forecast came after another one",
        ),
        "the better of two": (
            _score_once("error <= np.abs(log[0] - truth).mean()"),
            "A better forecast came after another one",
        ),
        "errors compared in place of forecasts": (
            _score_once("error == np.abs(log[0] - truth).mean()"),
            "Another forecast, as good, came after another one",
        ),
        "alike in one number": (
            _score_once("(log[0] == forecast).any()"),
            "A better forecast came after another one",
        ),
        "compared in the first number": (
            _score_once("log[0][0] == forecast[0]"),
            "A better forecast came after another one",
        ),
        "compared in the last number": (
            _score_once("log[0][-1] == forecast[-1]"),
            "Another forecast, as good, came after another one",
        ),
        "alike to a hundredth": (
            _score_once("np.allclose(log[0], forecast, atol=0.01)"),
            "A forecast that differs by a millionth in row 0 alone came after",
        ),
        "alike but for rounding": (
            _score_once("np.allclose(log[0], forecast)"),
            "A forecast that differs by a millionth in row 0 alone came after",
        ),
        "means compared": (
            _score_once("log[0].mean() == forecast.mean()"),
            "A forecast of the same numbers in another order",
        ),
        "compared in any order": (
            _score_once("sorted(log[0]) == sorted(forecast)"),
            "A forecast of the same numbers in another order",
        ),
        "scored once and never again": (
            _score_once("False"),
            "The forecast that was scored before was refused.",
        ),
        "the refused one in the log": (
            _score_once(refused="None, [*log, forecast]"),
            "was refused, but the log did not stay as it was.",
        ),
        "the refused one in the log's place": (
            _score_once(refused="None, [forecast]"),
            "A better forecast was refused, but the log did not stay as it was.",
        ),
        "added a second time": (
            _score_once(again="error, [*log, forecast]"),
            "add it no second time",
        ),
        "a log that stays empty": (
            _score_once(first="error, log"),
            "the log should hold one forecast; yours holds 0",
        ),
        "the error in the log": (
            _score_once(first="error, [error]"),
            "The forecast in the log: the shape is ()",
        ),
        "the log in place": (
            """
            def score_once(log, forecast, truth):
                if not log:
                    log.append(forecast)
                same = np.array_equal(log[0], forecast)
                return np.abs(forecast - truth).mean() if same else None, log
            """,
            "changed its argument `log` in place",
        ),
        "squares": (
            _score_once(error="((forecast - truth) ** 2).mean()"),
            "That is the mean of the squares",
        ),
        "roots of mean squares": (
            _score_once(error="((forecast - truth) ** 2).mean() ** 0.5"),
            "That is the root of the mean square",
        ),
        "the median of the errors": (
            _score_once(error="np.median(np.abs(forecast - truth))"),
            "That is the median of the errors",
        ),
        "errors that cancel": (
            _score_once(error="abs((forecast - truth).mean())"),
            "Take absolute values before the mean",
        ),
        "infinity for what is refused": (
            _score_once(refused="np.inf, log"),
            "you give it the error inf. It should be refused",
        ),
        "the error alone": (
            _score_once(first="error", again="error", refused="None"),
            "Return the error and the log",
        ),
        "the seal is not written": (
            """
            def score_once(log, forecast, truth):
                raise NotImplementedError("not attempted yet")
            """,
            "`score_once` (1 point): `score_once` still holds the line",
        ),
        "a seal of other arguments": (
            """
            def score_once(forecast, truth):
                return np.abs(forecast - truth).mean()
            """,
            "`score_once` stopped with an error.",
        ),
    },
)


def _coverage(margin="np.sort(known)[k - 1]", share="100 * (new <= margin).mean()"):
    """Return an answer that measures margin and share on the own weather."""
    return f"""
def my_coverage():
    change = own[24:] - own[:-24]
    errors = abs(change)
    known, new = errors[:1428], errors[1428:]
    k = int(np.ceil(1429 * 0.9))
    margin = {margin}
    return margin, {share}
"""


MY_COVERAGE = Task(
    right={
        "measured as an array": """
            def my_coverage():
                errors = np.abs(own[24:] - own[:-24])
                half = len(errors) // 2
                known = np.sort(errors[:half])
                margin = known[int(np.ceil((half + 1) * 0.9)) - 1]
                return np.array([margin, 100 * (errors[half:] <= margin).mean()])
            """,
        "through calibrate, in float32": """
            def my_coverage():
                now, y = own[:-24].astype("float32"), own[24:].astype("float32")
                ends = np.stack([now, now], axis=1)
                held, margin = calibrate(ends[:1428], y[:1428], ends[1428:], 0.9)
                inside = (held[:, 0] <= y[1428:]) & (y[1428:] <= held[:, 1])
                return margin, 100 * inside.mean()
            """,
        "through calibrate": """
            def my_coverage():
                ends = np.repeat(own[:-24, None], 2, axis=1)
                first, second = slice(None, 1428), slice(1428, None)
                y = own[24:]
                held, margin = calibrate(ends[first], y[first], ends[second], 0.9)
                lower, upper = held.T
                inside = np.logical_and(lower <= y[second], y[second] <= upper)
                return margin, 100 * inside.mean()
            """,
        "in hundredths of a degree, as whole numbers": """
            def my_coverage():
                whole = np.rint(100 * own).astype(int)
                known, new = np.split(np.abs(whole[24:] - whole[:-24]), 2)
                margin = np.sort(known)[int(np.ceil(1429 * 0.9)) - 1]
                return margin / 100, 100 * np.mean(new <= margin)
            """,
        "written down with few decimals": """
            import pandas as pd

            _errors = pd.Series(own).diff(24).abs().dropna()
            _margin = _errors[:1428].sort_values().iloc[1286]
            _held = _errors[1428:].le(_margin).mean()
            written = f"{_margin:.2f}", f"{100 * _held:.1f}"


            def my_coverage():
                return [float(number) for number in written]
            """,
    },
    wrong={
        "a neighbour's numbers": (
            """
            theirs = weather.simulate(checks.variant() + 1, 120 * 24)
            theirs = theirs["T (degC)"].to_numpy()


            def my_coverage():
                errors = np.abs(theirs[24:] - theirs[:-24])
                margin = np.sort(errors[:1428])[1286]
                return margin, 100 * np.mean(errors[1428:] <= margin)
            """,
            "These are not the numbers of your `own`.",
        ),
        "three standard deviations": (
            _coverage("3 * change[:1428].std()"),
            "These are not the numbers of your `own`.",
        ),
        "the margin of all rows": (
            _coverage("np.sort(errors)[int(np.ceil(2857 * 0.9)) - 1]"),
            "The margin comes from the calibration rows",
        ),
        "the margin of the new rows": (
            _coverage("np.sort(new)[k - 1]"),
            "The margin comes from the calibration rows",
        ),
        "signed scores": (
            _coverage("np.sort(change[:1428])[k - 1]"),
            "The score is the absolute error",
        ),
        "one decimal of the margin": (
            _coverage("np.sort(known)[k - 1].round(1)"),
            "Give the margin with two decimals or more.",
        ),
        "a share, not a percentage": (
            _coverage(share="(new <= margin).mean()"),
            "Give a percentage, not a share.",
        ),
        "the share of the calibration rows": (
            _coverage(share="100 * (known <= margin).mean()"),
            "Those are the calibration rows",
        ),
        "the share of all rows": (
            _coverage(share="100 * (errors <= margin).mean()"),
            "Count the new rows alone",
        ),
        "the share outside": (
            _coverage(share="100 * (new > margin).mean()"),
            "That is how many lie outside; count those inside.",
        ),
        "percentage first": (
            _coverage(share="-1.0") + "\n\n"
            "measured = my_coverage\n"
            "my_coverage = lambda: [91.2, measured()[0]]\n",
            "The margin comes first, in °C, and the percentage after it.",
        ),
        "one number": (
            """
            def my_coverage():
                return 90.0
            """,
            "Margin and percentage: the shape is (); it should be (2,).",
        ),
    },
)

BANK = {
    "task-14-1-features": FEATURES,
    "task-14-2-change": CHANGE,
    "task-14-3-convolution": CONVOLUTION,
    "task-14-4-ensemble": ENSEMBLE,
    "task-14-5-pinball": PINBALL,
    "task-14-5-calibrate": together(CALIBRATE, MY_COVERAGE, left=((2,), (3,))),
    "task-14-6-leak": together(LEAK, SCORE_ONCE, left=((1,), (4,))),
}
BANK["task-14-6-leak"].wrong["the split forgotten by all, and no seal"] = (
    _leak(split="False", kept="apart == 60 * (last - first)")
    + _score_once(refused="error, [*log, forecast]"),
    "but the targets of the last ones do not",
)
