"""What students write for exercise 6: wrong in a known way or right in another."""

from tests.exercises.harness import Task


def _windows(
    *,
    starts="range(len(series) - length)",
    window="series[i : i + length]",
    X="np.stack(found)",
    y="series[length:, :1]",
):
    """Return the reference for task 6.1 with some of its expressions replaced."""
    return f"""
def make_windows(series, length):
    found = [{window} for i in {starts}]
    return {X}, {y}
"""


WINDOWS = Task(
    right={
        "a view of NumPy's own": """
            def make_windows(series, length):
                view = np.lib.stride_tricks.sliding_window_view(series, length, axis=0)
                return view[:-1].transpose(0, 2, 1), series[length:, [0]]
            """,
        "an array of indices": """
            def make_windows(series, length):
                rows = np.arange(len(series) - length)[:, None] + np.arange(length)
                return series[rows], series[rows[:, -1] + 1][:, :1]
            """,
        "filled in place": """
            def make_windows(series, length):
                n, k = series.shape
                X, y = np.empty((n - length, length, k)), np.empty((n - length, 1))
                for i in range(n - length):
                    X[i] = series[i:i + length]
                    y[i] = series[i + length, 0]
                return X, y
            """,
    },
    wrong={
        "transposed to steps, batch, features": (
            _windows(X="np.stack(found, axis=1)"),
            "The axes are (steps, batch, features); the batch has to come first.",
        ),
        "features before steps": (
            _windows(X="np.stack(found).swapaxes(1, 2)"),
            "the steps come before the features",
        ),
        "a window without a target": (
            _windows(starts="range(len(series) - length + 1)"),
            "The last window is one too many",
        ),
        "one window too few": (
            _windows(starts="range(len(series) - length - 1)"),
            "The last window that has a row after it is missing.",
        ),
        "no overlap": (
            _windows(starts="range(0, len(series) - length, length)"),
            "The windows do not overlap",
        ),
        "first feature only": (
            _windows(window="series[i : i + length, :1]"),
            "the inputs are all features",
        ),
        "newest row first": (
            _windows(window="series[i : i + length][::-1]"),
            "its oldest row comes first",
        ),
        "the target is the last row of the window": (
            _windows(y="series[length - 1 : -1, :1]"),
            "The targets are the last rows of the windows",
        ),
        "targets too far ahead": (
            _windows(y="series[length + 1 :, :1]"),
            "The targets lie one row too far ahead.",
        ),
        "all features as targets": (
            _windows(y="series[length:]"),
            "only the first one is forecast",
        ),
        "targets without their second axis": (
            _windows(y="series[length:, 0]"),
            "The targets have lost their second axis",
        ),
        "the last feature as target": (
            _windows(y="series[length:, -1:]"),
            "The targets come from the last feature",
        ),
        "a list of windows": (
            _windows(X="found"),
            "The windows `X`: this is a list",
        ),
        "windows only": (
            """
            def make_windows(series, length):
                n = len(series) - length
                return np.stack([series[i : i + length] for i in range(n)])
            """,
            "Return two arrays: `return X, y`.",
        ),
        "return inside the loop": (
            """
            def make_windows(series, length):
                for i in range(len(series) - length):
                    return series[i : i + length], series[length:, :1]
            """,
            "The windows `X`: the shape is (2, 2); it should be (4, 2, 2)",
        ),
    },
)


def _forward(
    *,
    start="h0",
    body="h = f(X[:, t] @ W + h @ U + b)",
    result="np.stack(states, axis=1)",
):
    """Return the reference for task 6.2 with some of its expressions replaced."""
    return f"""
def rnn_forward(X, W, U, b, h0, f):
    h, states = {start}, []
    for t in range(X.shape[1]):
        {body}
        states.append(h)
    return {result}
"""


FORWARD = Task(
    right={
        "all input shares at once": """
            def rnn_forward(X, W, U, b, h0, f):
                shares = np.einsum("bti,ik->btk", X, W) + b
                out, h = np.empty(shares.shape), h0
                for t in range(X.shape[1]):
                    h = out[:, t] = f(shares[:, t] + h @ U)
                return out
            """,
        "one sequence after the other": """
            def rnn_forward(X, W, U, b, h0, f):
                batch = []
                for sequence, h in zip(X, h0):
                    states = []
                    for x in sequence:
                        h = f(np.dot(x, W) + np.dot(h, U) + b)
                        states.append(h)
                    batch.append(states)
                return np.array(batch)
            """,
        "stacked weights": """
            def rnn_forward(X, W, U, b, h0, f):
                V = np.concatenate([W, U])
                h, states = h0, []
                for x in X.swapaxes(0, 1):
                    h = f(np.concatenate([x, h], axis=1) @ V + b)
                    states += [h]
                return np.swapaxes(states, 0, 1)
            """,
    },
    wrong={
        "every step from h0": (
            _forward(body="h = f(X[:, t] @ W + h0 @ U + b)"),
            "here every step starts from h0",
        ),
        "state carried between sequences": (
            """
            def rnn_forward(X, W, U, b, h0, f):
                h, batch = h0[0], []
                for sequence in X:
                    states = []
                    for x in sequence:
                        h = f(x @ W + h @ U + b)
                        states.append(h)
                    batch.append(states)
                return np.array(batch)
            """,
            "The second sequence starts from the last state of the first one.",
        ),
        "initial state ignored": (
            _forward(start="np.zeros(h0.shape)"),
            "The initial state is ignored",
        ),
        "U turned round": (
            _forward(body="h = f(X[:, t] @ W + h @ U.T + b)"),
            "U is turned round",
        ),
        "no bias": (
            _forward(body="h = f(X[:, t] @ W + h @ U)"),
            "The bias is missing.",
        ),
        "no state": (
            _forward(body="h = f(X[:, t] @ W + b)"),
            "The state is missing",
        ),
        "no activation": (
            _forward(body="h = X[:, t] @ W + h @ U + b"),
            "The activation f is missing.",
        ),
        "tanh whatever is given": (
            _forward(body="h = np.tanh(X[:, t] @ W + h @ U + b)"),
            "The activation is always tanh",
        ),
        "the last state only": (
            _forward(result="h"),
            "The last states only",
        ),
        "h0 among the outputs": (
            _forward(result="np.stack([h0, *states], axis=1)"),
            "The initial state is no output",
        ),
        "steps first": (
            _forward(result="np.stack(states)"),
            "The axes are (steps, batch, units)",
        ),
        "a loop over the batch": (
            _forward().replace("X.shape[1]", "len(X)"),
            "There are as many steps in it as sequences",
        ),
        "one row of h0 for all": (
            _forward(start="np.repeat(h0[:1], len(X), axis=0)"),
            "Both sequences start from the first row of h0",
        ),
        "U on the left": (
            _forward(body="h = f(X[:, t] @ W + U @ h + b)"),
            "`rnn_forward` stopped with an error. Python says ValueError: matmul",
        ),
        "the steps in reverse": (
            _forward(result="np.stack(states[::-1], axis=1)"),
            "the first step comes first",
        ),
        "half of the old state kept": (
            _forward(body="h = (h + f(X[:, t] @ W + h @ U + b)) / 2"),
            "Does each step use the state of the step before it?",
        ),
        "the states overwrite h0": (
            """
            def rnn_forward(X, W, U, b, h0, f):
                states = []
                for t in range(X.shape[1]):
                    h0[:] = f(X[:, t] @ W + h0 @ U + b)
                    states.append(h0.copy())
                return np.stack(states, axis=1)
            """,
            "`rnn_forward` changed its argument `h0` in place.",
        ),
    },
)


def _stack(
    *,
    lower="units, return_sequences=True",
    upper="units",
    kind="SimpleRNN",
    head="Dense(1)",
    between="",
):
    """Return the reference for task 6.3a with some of its layers replaced."""
    return f"""
def build_stack(n_steps, n_features, units):
    from keras import layers

    return keras.Sequential([
        keras.Input((n_steps, n_features)),
        layers.SimpleRNN({lower}),
        layers.{kind}({upper}),
        {between}
        layers.{head},
    ])
"""


STACK = Task(
    right={
        "functional": """
            def build_stack(n_steps, n_features, units):
                inputs = keras.Input(shape=(n_steps, n_features))
                x = keras.layers.SimpleRNN(units, return_sequences=True)(inputs)
                x = keras.layers.SimpleRNN(units)(x)
                return keras.Model(inputs, keras.layers.Dense(1)(x))
            """,
        "added one by one": """
            def build_stack(n_steps, n_features, units):
                model = keras.Sequential()
                model.add(keras.Input((n_steps, n_features)))
                for every in (True, False):
                    model.add(keras.layers.SimpleRNN(units, return_sequences=every))
                model.add(keras.layers.Dense(1, activation="linear"))
                return model
            """,
        "any number of steps": """
            def build_stack(n_steps, n_features, units):
                from keras.layers import Dense, SimpleRNN
                return keras.Sequential([
                    keras.Input((None, n_features)),
                    SimpleRNN(units, "tanh", return_sequences=True),
                    SimpleRNN(units, "tanh"),
                    Dense(1),
                ])
            """,
    },
    wrong={
        "return_sequences forgotten": (
            _stack(lower="units"),
            "The upper recurrent layer was given a single state of the lower one",
        ),
        "return_sequences on both": (
            _stack(upper="units, return_sequences=True"),
            "The model answers at every step.",
        ),
        "return_sequences on the last layer only": (
            _stack(lower="units", upper="units, return_sequences=True"),
            "The upper recurrent layer was given a single state of the lower one",
        ),
        "all steps flattened": (
            _stack(upper="units, return_sequences=True", between="layers.Flatten(),"),
            "The layers should be SimpleRNN, SimpleRNN, Dense; yours are",
        ),
        "an LSTM on top": (
            _stack(kind="LSTM"),
            "yours are SimpleRNN, LSTM, Dense.",
        ),
        "one layer is missing": (
            """
            def build_stack(n_steps, n_features, units):
                return keras.Sequential([
                    keras.Input((n_steps, n_features)),
                    keras.layers.SimpleRNN(units),
                    keras.layers.Dense(1),
                ])
            """,
            "yours are SimpleRNN, Dense.",
        ),
        "a sigmoid at the end": (
            _stack(head='Dense(1, "sigmoid")'),
            "The last neuron has an activation",
        ),
        "as many outputs as units": (
            _stack(head="Dense(units)"),
            "The neurons of Dense: you have 4",
        ),
        "fewer units above": (
            _stack(upper="units // 2"),
            "The units of a SimpleRNN: you have 2",
        ),
        "ReLU in the loop": (
            _stack(upper='units, activation="relu"'),
            "another activation than tanh",
        ),
        "read from the end": (
            _stack(upper="units, go_backwards=True"),
            "A layer reads the steps backwards",
        ),
        "the model is not returned": (
            _stack().replace("return keras", "model = keras"),
            "`build_stack` returned None",
        ),
        "steps and features swapped": (
            _stack().replace("(n_steps, n_features)),", "(n_features, n_steps)),"),
            "The model takes inputs of shape (None, 3, 10)",
        ),
    },
)


def _depends(
    *,
    dense="np.eye(steps)",
    recurrent="np.tril(ones)",
    backwards="np.triu(ones)",
    joined="seen[layer] @ reach > 0",
    kind="int",
):
    """Return the reference for task 6.3b with some of its expressions replaced."""
    return f"""
def depends_on(layers, steps):
    ones = np.ones((steps, steps))
    seen = dict(dense={dense}, recurrent={recurrent}, backwards={backwards})
    reach = np.eye(steps).astype({kind})
    for layer in layers:
        reach = np.array({joined}).astype({kind})
    return reach
"""


DEPENDS = Task(
    right={
        "sets of steps": """
            def depends_on(layers, steps):
                table = np.zeros((steps, steps), dtype=int)
                for t in range(steps):
                    seen = {t}
                    for layer in layers[::-1]:
                        if layer == "recurrent":
                            seen = set(range(max(seen) + 1))
                        elif layer == "backwards":
                            seen = set(range(min(seen), steps))
                    table[t, sorted(seen)] = 1
                return table
            """,
        "three cases": """
            def depends_on(layers, steps):
                kinds = set(layers) - {"dense"}
                if len(kinds) == 2:
                    return np.ones((steps, steps), dtype=int)
                if kinds == {"recurrent"}:
                    return np.tri(steps, dtype=int)
                if kinds == {"backwards"}:
                    return np.tri(steps, dtype=int).T
                return np.eye(steps, dtype=int)
            """,
        "logical products": """
            def depends_on(layers, steps):
                t, s = np.indices((steps, steps))
                tables = {"dense": t == s, "recurrent": t >= s, "backwards": t <= s}
                reach = tables["dense"]
                for layer in layers:
                    pairs = tables[layer][:, :, None] & reach[None]
                    reach = pairs.any(axis=1)
                return reach * 1
            """,
    },
    wrong={
        "Dense taken for a layer over time": (
            _depends(dense="ones"),
            "A dense layer on a sequence works on each step by itself",
        ),
        "Dense with a memory": (
            _depends(dense="np.tril(ones)"),
            "A dense layer has no memory",
        ),
        "rows and columns swapped": (
            _depends(recurrent="np.triu(ones)", backwards="np.tril(ones)"),
            "Rows are outputs and columns are inputs",
        ),
        "without its own step": (
            _depends(recurrent="np.tril(ones, -1)"),
            "An output depends on the input of its own step too.",
        ),
        "one step of memory": (
            _depends(recurrent="np.eye(steps) + np.eye(steps, k=-1)"),
            "carries its state on through all later steps",
        ),
        "a recurrent layer that sees everything": (
            _depends(recurrent="ones"),
            "A recurrent layer reads forwards",
        ),
        "backwards taken for forwards": (
            _depends(backwards="np.tril(ones)"),
            "A layer that reads from the end has seen the later inputs.",
        ),
        "ways counted": (
            _depends(joined="seen[layer] @ reach"),
            "Write 1 where there is a way",
        ),
        "the last layer only": (
            _depends(joined="seen[layer]"),
            "Every layer of the stack counts, not only the last one.",
        ),
        "the first layer only": (
            """
            def depends_on(layers, steps):
                past = np.tri(steps, dtype=int)
                tables = {"recurrent": past, "backwards": past.T}
                first = layers[0] if layers else "dense"
                return tables.get(first, np.eye(steps, dtype=int))
            """,
            "Every layer of the stack counts, not only the first one.",
        ),
        "entry by entry": (
            _depends(joined="seen[layer] * reach if reach.sum() > steps else "
                     "seen[layer]"),
            "a way may go forwards and then back",
        ),
        "true and false": (
            _depends(kind="bool"),
            "A dense layer: True and False came back",
        ),
        "decimal numbers": (
            _depends(kind="float"),
            "what is counted is a whole number",
        ),
    },
)  # fmt: skip


def _backward(
    *,
    d_state="d_h + d_out[:, t]",
    slope="1 - h[:, t + 1] ** 2",
    dW="dW + X[:, t].T @ dz[:, t]",
    dU="dU + h[:, t].T @ dz[:, t]",
    passed="dz[:, t] @ U.T",
    db="dz.sum(axis=(0, 1))",
    dX="dz @ W.T",
    dh0="d_h",
):
    """Return the reference for task 6.5 with some of its expressions replaced."""
    return f"""
def rnn_backward(X, h, W, U, d_out):
    dz = np.zeros(d_out.shape)
    dW, dU = np.zeros(W.shape), np.zeros(U.shape)
    d_h = np.zeros(h[:, 0].shape)
    steps = X.shape[1]
    for t in range(steps - 1, -1, -1):
        dz[:, t] = ({d_state}) * ({slope})
        dW = {dW}
        dU = {dU}
        d_h = {passed}
    db = {db}
    return {{"dz": dz, "dW": dW, "dU": dU, "db": db, "dX": {dX}, "dh0": {dh0}}}
"""


BACKWARD = Task(
    right={
        "the sums after the loop": """
            def rnn_backward(X, h, W, U, d_out):
                dz = [np.zeros(h[:, 0].shape)]
                for t in reversed(range(X.shape[1])):
                    d_h = d_out[:, t] + dz[0] @ U.T
                    dz.insert(0, d_h * (1 - np.square(h[:, t + 1])))
                dz = np.stack(dz[:-1], axis=1)
                return dict(
                    dz=dz,
                    dW=np.einsum("bti,btk->ik", X, dz),
                    dU=np.tensordot(h[:, :-1], dz, axes=([0, 1], [0, 1])),
                    db=dz.sum(axis=0).sum(axis=0),
                    dX=np.einsum("btk,ik->bti", dz, W),
                    dh0=dz[:, 0] @ U.T,
                )
            """,
        "one sequence at a time": """
            def rnn_backward(X, h, W, U, d_out):
                dz = np.zeros_like(d_out)
                for i in range(len(X)):
                    arrives = np.zeros(len(U))
                    for t in range(X.shape[1])[::-1]:
                        arrives = arrives + d_out[i, t]
                        dz[i, t] = arrives - arrives * h[i, t + 1] ** 2
                        arrives = U @ dz[i, t]
                flat = dz.reshape(-1, len(U))
                return {
                    "dz": dz, "db": flat.sum(axis=0), "dX": dz @ W.T,
                    "dW": X.reshape(len(flat), -1).T @ flat,
                    "dU": h[:, :-1].reshape(len(flat), -1).T @ flat,
                    "dh0": dz[:, 0] @ U.T,
                }
            """,
        "the layer of utils.scratch": """
            def rnn_backward(X, h, W, U, d_out):
                from utils.scratch import SimpleRNN
                layer = SimpleRNN(
                    *W.shape, init="zeros", recurrent_init="zeros",
                    return_sequences=True,
                )
                sums = X[:, 0] @ W + h[:, 0] @ U
                b = (np.arctanh(h[:, 1]) - sums)[0]
                layer.set_weights([W, U, b])
                layer.forward(X, initial_state=[h[:, 0]])
                dX = layer.backward(d_out)
                dW, dU, db = layer.gradients
                return {
                    "dz": layer.dz, "dW": dW, "dU": dU, "db": db, "dX": dX,
                    "dh0": layer.d_initial_state[0],
                }
            """,
    },
    wrong={
        "nothing from t + 1": (
            _backward(d_state="d_out[:, t]"),
            "What arrives from step t + 1 is not added",
        ),
        "no slope": (
            _backward(slope="1"),
            "The slope of tanh is missing",
        ),
        "slope of the state before": (
            _backward(slope="1 - h[:, t] ** 2"),
            "The slope of tanh needs the state after the step",
        ),
        "U not turned": (
            _backward(passed="dz[:, t] @ U"),
            "U is not turned round on the way back",
        ),
        "the last step's dW": (
            _backward(dW="dW + X[:, t].T @ dz[:, t] if t == steps - 1 else dW"),
            "`dW` is that of the last step only",
        ),
        "dW overwritten": (
            _backward(dW="X[:, t].T @ dz[:, t]"),
            "`dW` is that of the first step only",
        ),
        "dW averaged over the steps": (
            _backward(dW="dW + X[:, t].T @ dz[:, t] / steps"),
            "`dW` is averaged over the steps",
        ),
        "dW averaged over the batch": (
            _backward(dW="dW + X[:, t].T @ dz[:, t] / len(X)"),
            "`dW` is averaged over the batch",
        ),
        "dU with the state after": (
            _backward(dU="dU + h[:, t + 1].T @ dz[:, t]"),
            "`dU` needs the state before the step",
        ),
        "dU turned round": (
            _backward(dU="dU + dz[:, t].T @ h[:, t]"),
            "`dU` is turned round",
        ),
        "dU without the first step": (
            _backward(dU="dU + h[:, t].T @ dz[:, t] if t else dU"),
            "`dU` leaves out the first step",
        ),
        "db of each sequence": (
            _backward(db="dz.sum(axis=1)"),
            "`db` is summed over the steps and not over the batch",
        ),
        "db averaged over the steps": (
            _backward(db="dz.mean(axis=1).sum(axis=0)"),
            "`db` is averaged over the steps",
        ),
        "the gradient of the first state forgotten": (
            _backward(dh0="np.zeros(h[:, 0].shape)"),
            "`dh0` is zero",
        ),
        "dh0 before U": (
            _backward(dh0="dz[:, 0]"),
            "`dh0` has not passed U",
        ),
        "dX through U": (
            _backward(dX="(dz @ U.T)[:, :, : X.shape[2]]"),
            "By which weights did the inputs enter the sums?",
        ),
        "dX through W as it stands": (
            _backward(dX="dz @ W"),
            "`rnn_backward` stopped with an error. Python says ValueError: matmul",
        ),
        "dX from the gradients of the states": (
            _backward(dX="(dz / (1 - h[:, 1:] ** 2)) @ W.T"),
            "the inputs are part of the sums",
        ),
        "dX turned round in time": (
            _backward(dX="np.stack([dz[:, t] @ W.T for t in reversed(range(steps))],"
                      " axis=1)"),
            "`dX` is turned round in time",
        ),
        "dX with the steps first": (
            _backward(dX="np.stack([dz[:, t] @ W.T for t in range(steps)])"),
            "The axes of `dX` are (steps, batch, features)",
        ),
        "dX of the step that came last in the loop": (
            _backward(dX="dz[:, t] @ W.T"),
            "`dX` belongs to one step only",
        ),
        "dX added up over the steps": (
            _backward(dX="(dz @ W.T).sum(axis=1)"),
            "`dX` is summed over the steps",
        ),
        "dW turned round": (
            _backward().replace("X[:, t].T @ dz[:, t]", "dz[:, t].T @ X[:, t]")
            .replace("np.zeros(W.shape)", "np.zeros(W.T.shape)"),
            "`dW` is turned round",
        ),
        "db averaged over the batch": (
            _backward(db="dz.mean(axis=0).sum(axis=0)"),
            "`db` is averaged over the batch",
        ),
        "dz in the order of the loop": (
            _backward().replace('"dz": dz,', '"dz": dz[:, ::-1],'),
            "`dz` is turned round in time",
        ),
        "dz with the steps first": (
            _backward().replace('"dz": dz,', '"dz": np.swapaxes(dz, 0, 1),'),
            "The axes of `dz` are (steps, batch, units)",
        ),
        "inputs in time order": (
            _backward().replace("range(steps - 1, -1, -1)", "range(steps)"),
            "`dz`, the gradient of the sums: you have",
        ),
        "ignored outputs end the way back": (
            _backward(d_state="(d_h + d_out[:, t]) * (d_out[:, t] != 0)"),
            "An ignored output does not end the way back",
        ),
        "a tuple": (
            _backward().replace("return {", "return tuple({").replace(
                '"dh0": d_h}', '"dh0": d_h}.values())'
            ),
            "Return a dictionary with the keys",
        ),
    },
)  # fmt: skip


def _pieces(
    *, start="h = np.zeros(len(b))", between="", before="pass", kept="states.append(h)"
):
    """Return the reference for task 6.6 with some of its lines replaced."""
    return f"""
def states_of_pieces(pieces, starts, W, U, b):
    states, h = [], np.zeros(len(b))
    for i, piece in enumerate(pieces):
        if starts[i]:
            {start}
        {before}
        for x in piece:
            h = np.tanh(x @ W + h @ U + b)
            {kept}
        {between}
    return np.array(states)
"""


PIECES = Task(
    right={
        "series put together first": """
            def states_of_pieces(pieces, starts, W, U, b):
                series = []
                for piece, new in zip(pieces, starts):
                    if new:
                        series.append([])
                    series[-1].extend(piece)
                out = []
                for rows in series:
                    h = 0 * b
                    for row in rows:
                        h = np.tanh(row @ W + h @ U + b)
                        out.append(h)
                return np.stack(out)
            """,
        "the state times zero": """
            def states_of_pieces(pieces, starts, W, U, b):
                h, blocks = np.zeros((1, len(b))), []
                for piece, is_new in zip(pieces, starts):
                    h = h * (not is_new)
                    for row in piece:
                        h = np.tanh(row[None] @ W + h @ U + b)
                        blocks.append(h)
                return np.concatenate(blocks)
            """,
        "the layer of utils.scratch": """
            def states_of_pieces(pieces, starts, W, U, b):
                from utils.scratch import SimpleRNN
                layer = SimpleRNN(
                    *W.shape, init="zeros", recurrent_init="zeros",
                    return_sequences=True,
                )
                layer.set_weights([W, U, b])
                out, state = [], None
                for piece, is_new in zip(pieces, starts):
                    state = None if is_new else state
                    out.append(layer.forward(piece[None], state)[0])
                    state = layer.state
                return np.concatenate(out)
            """,
    },
    wrong={
        "never reset": (
            _pieces(start="pass"),
            "The state is never reset",
        ),
        "reset at every piece": (
            _pieces(before="h = np.zeros(len(b))"),
            "The state is reset at every piece",
        ),
        "reset one piece late": (
            _pieces(start="pass", between="h = np.zeros(len(b)) if starts[i] else h"),
            "The resets come one piece late",
        ),
        "turned round": (
            _pieces().replace("if starts[i]:", "if not starts[i]:"),
            "The resets are turned round",
        ),
        "on from the first state of the piece": (
            _pieces(
                before="first = None",
                kept="states.append(h); first = h if first is None else first",
                between="h = first",
            ),
            "from the state after the last step of the piece before it",
        ),
        "U turned round": (
            _pieces().replace("h @ U", "U @ h"),
            "U is turned round",
        ),
        "no bias": (
            _pieces().replace(" + b)", ")"),
            "The bias is missing.",
        ),
        "last states only": (
            _pieces(kept="pass", between="states.append(h)"),
            "These are the last states of the pieces",
        ),
        "a list of blocks": (
            _pieces(before="block = []", kept="block.append(h)",
                    between="states.append(np.array(block))")
            .replace("np.array(states)", "states"),
            "The states of four pieces: this is a list",
        ),
        "the state kept between calls": (
            """
            memory = {}


            def states_of_pieces(pieces, starts, W, U, b):
                states, h = [], memory.get(len(b), np.zeros(len(b)))
                for i, piece in enumerate(pieces):
                    if starts[i] and i:
                        h = np.zeros(len(b))
                    for x in piece:
                        h = np.tanh(x @ W + h @ U + b)
                        states.append(h)
                memory[len(b)] = h
                return np.array(states)
            """,
            "starts from the state that the first one left behind",
        ),
        "the second call resets at every piece": (
            """
            done = []


            def states_of_pieces(pieces, starts, W, U, b):
                states = []
                for piece, is_new in zip(pieces, starts):
                    if is_new or done:
                        h = np.zeros(len(b))
                    for x in piece:
                        h = np.tanh(x @ W + h @ U + b)
                        states.append(h)
                done.append(True)
                return np.array(states)
            """,
            "The second one resets the state at every piece",
        ),
        "the weights decay from call to call": (
            """
            factor = [1.0]


            def states_of_pieces(pieces, starts, W, U, b):
                states, h = [], np.zeros(len(b))
                for piece, is_new in zip(pieces, starts):
                    h = h * (not is_new)
                    for x in piece:
                        h = np.tanh(factor[0] * x @ W + h @ U + b)
                        states.append(h)
                factor[0] *= 0.9
                return np.array(states)
            """,
            "The first call was right. What is kept from one call to the next?",
        ),
        "each step from the state 0": (
            _pieces(kept="states.append(h); h = np.zeros(len(b))"),
            "The states of four pieces: you have",
        ),
    },
)  # fmt: skip


def _reaches(
    *,
    sums="np.cumsum(row[t::-1])",
    where="sums >= share * sums[-1]",
    one="1 + np.argmax(where)",
    result="np.array(found)",
):
    """Return the reference for task 6.7 with some of its expressions replaced."""
    return f"""
def reaches(gradient_map, share):
    found = []
    for t, row in enumerate(gradient_map):
        sums = {sums}
        where = {where}
        found.append({one})
    return {result}
"""


REACHES = Task(
    right={
        "step by step": """
            def reaches(gradient_map, share):
                found = []
                for t in range(len(gradient_map)):
                    row, n = gradient_map[t, : t + 1], 1
                    while row[-n:].sum() < share * row.sum():
                        n += 1
                    found.append(n)
                return np.array(found)
            """,
        "the whole map at once": """
            def reaches(gradient_map, share):
                steps = len(gradient_map)
                s = np.arange(steps)
                newest = np.stack([np.roll(r[::-1], t + 1) for t, r in
                                   enumerate(gradient_map)])
                sums = np.cumsum(newest, axis=1)
                short = sums < share * gradient_map.sum(axis=1, keepdims=True)
                return (short & (s <= s[:, None])).sum(axis=1) + 1
            """,
        "sorted search, as in the chapter": _reaches(
            one="1 + int(np.searchsorted(sums, share * sums[-1]))"
        ),
        "places of the sums": """
            def reaches(gradient_map, share):
                return np.array([
                    [n for n in range(1, t + 2)
                     if row[t + 1 - n : t + 1].sum() >= share * row.sum()][0]
                    for t, row in enumerate(gradient_map)
                ])
            """,
    },
    wrong={
        "with the columns of the future": (
            _reaches(sums="np.cumsum(row[::-1])"),
            "The columns right of the diagonal were counted",
        ),
        "oldest first": (
            _reaches(sums="np.cumsum(row[: t + 1])"),
            "The entries were added from the oldest input on",
        ),
        "largest first": (
            _reaches(sums="np.cumsum(np.sort(row)[::-1])"),
            "The largest entries were taken first",
        ),
        "counted from 0": (
            _reaches(one="np.argmax(where)"),
            "counted from 0",
        ),
        "more than the share": (
            _reaches(where="sums > share * sums[-1]"),
            "A sum that is exactly the share is enough",
        ),
        "the place in the row": (
            _reaches(one="t - np.argmax(where)"),
            "Those are places in the row",
        ),
        "the last row only": (
            _reaches(result="found[-1]"),
            "Only the last row was looked at",
        ),
        "the share fixed": (
            _reaches(where="sums >= 0.75 * sums[-1]"),
            "The answer is the same as for a share of 0.75",
        ),
        "the chapter's share": (
            _reaches(where="sums >= 0.9 * sums[-1]"),
            "The share is always 0.9",
        ),
        "columns for rows": (
            _reaches().replace("enumerate(gradient_map)", "enumerate(gradient_map.T)"),
            "How many entries does each row have to add, newest first?",
        ),
        "the share of one": (
            _reaches(where="sums >= share"),
            "How many entries does each row have to add, newest first?",
        ),
        "a list": (
            _reaches(result="found"),
            "this is a list, not a NumPy array",
        ),
        "floats": (
            _reaches(result="np.array(found) * 1.0"),
            "what is counted is a whole number",
        ),
        "the entry itself": (
            _reaches(sums="row[t::-1]"),
            "How many entries does each row have to add, newest first?",
        ),
    },
)


BANK = {
    "task-6-1-windows": WINDOWS,
    "task-6-2-forward": FORWARD,
    "task-6-3-stack": STACK,
    "task-6-3-depends": DEPENDS,
    "task-6-5-backward": BACKWARD,
    "task-6-6-pieces": PIECES,
    "task-6-7-reaches": REACHES,
}
