"""What students write for exercise 5: wrong in a known way or right in another."""

from tests.exercises.harness import Task


def _standardise(
    mean="X_train.mean(axis=0)",
    spread="X_train.std(axis=0)",
    safe="np.where(spread == 0, 1, spread)",
    result="(X_train - mean) / spread, (X_test - mean) / spread",
):
    """Return the reference for task 5.1 with some of its expressions replaced."""
    return f"""
def standardise(X_train, X_test):
    both = np.concatenate([X_train, X_test])
    mean, spread = {mean}, {spread}
    spread = {safe}
    return {result}
"""


STANDARDISE = Task(
    right={
        "column by column": """
            def standardise(X_train, X_test):
                train, test = X_train.astype(float), X_test.astype(float)
                for j in range(X_train.shape[1]):
                    mean, spread = X_train[:, j].mean(), X_train[:, j].std()
                    for table in (train, test):
                        table[:, j] -= mean
                        if spread > 0:
                            table[:, j] /= spread
                return train, test
            """,
        "by scikit-learn": """
            def standardise(X_train, X_test):
                from sklearn.preprocessing import StandardScaler

                scaler = StandardScaler().fit(X_train)
                return scaler.transform(X_train), scaler.transform(X_test)
            """,
        "the variance by hand": """
            def standardise(X_train, X_test):
                mean = np.sum(X_train, axis=0) / len(X_train)
                variance = np.sum((X_train - mean) ** 2, axis=0) / len(X_train)
                spread = np.sqrt(variance)
                spread[spread == 0] = 1.0
                return [(table - mean) / spread for table in (X_train, X_test)]
            """,
    },
    wrong={
        "statistics of the whole table": (
            _standardise("both.mean(axis=0)", "both.std(axis=0)"),
            "so the test rows leak into the training rows",
        ),
        "each table its own": (
            _standardise(
                result="(X_train - mean) / spread, "
                "(X_test - X_test.mean(axis=0)) / X_test.std(axis=0)"
            ),
            "The test rows were given their own mean and spread",
        ),
        "one mean for all columns": (
            _standardise("X_train.mean()", "X_train.std()"),
            "Each column has its own mean and spread",
        ),
        "no mean": (
            _standardise(result="X_train / spread, X_test / spread"),
            "The mean is not subtracted.",
        ),
        "no spread": (
            _standardise(result="X_train - mean, X_test - mean"),
            "The spread is not divided by.",
        ),
        "divided by the variance": (
            _standardise(spread="X_train.var(axis=0)"),
            "the root of the variance",
        ),
        "divided by n - 1": (
            _standardise(spread="X_train.std(axis=0, ddof=1)"),
            "NumPy's default divides by n",
        ),
        "test rows first": (
            _standardise(result="(X_test - mean) / spread, (X_train - mean) / spread"),
            "training rows first",
        ),
        "a column without spread": (
            _standardise(safe="spread"),
            "which is 0: there is nothing to divide by",
        ),
        "a small number for no spread": (
            _standardise(safe="spread + 1e-3"),
            "Work out one column by hand",
        ),
        "in place": (
            """
            def standardise(X_train, X_test):
                X_train -= X_train.mean(axis=0)
                return X_train / X_train.std(axis=0), X_test
            """,
            "changed its argument `X_train` in place",
        ),
        "one table": (
            _standardise(result="(both - mean) / spread"),
            "Return two tables",
        ),
    },
)


def _logits(result="np.mean(total - right)", axis="1", before=""):
    """Return the reference for task 5.2b with some of its expressions replaced."""
    return f"""
def loss_of_logits(labels, logits):
    n = np.arange(len(labels))
    {before}
    shifted = logits - logits.max(axis={axis}, keepdims=True)
    total = np.log(np.exp(shifted).sum(axis={axis}, keepdims=True))
    log_p = shifted - total
    total, right = np.zeros(len(n)), log_p[n, labels]
    p = np.exp(log_p)
    return {result}
"""


LOGITS = Task(
    right={
        "row by row": """
            def loss_of_logits(labels, logits):
                losses = []
                for k, z in zip(labels, logits):
                    losses.append(np.log(np.sum(np.exp(z - z.max()))) + z.max() - z[k])
                return sum(losses) / len(losses)
            """,
        "logaddexp": """
            def loss_of_logits(labels, logits):
                right = np.take_along_axis(logits, labels[:, None], axis=1)[:, 0]
                return np.mean(np.logaddexp.reduce(logits, axis=1) - right)
            """,
        "one-hot rows": """
            def loss_of_logits(labels, logits):
                one_hot = np.eye(logits.shape[1])[labels]
                z = logits - np.max(logits, axis=1)[:, None]
                log_p = z - np.log(np.exp(z) @ np.ones((z.shape[1], 1)))
                return -np.sum(one_hot * log_p) / len(labels)
            """,
    },
    wrong={
        "sign": (_logits("np.mean(right)"), "minus that"),
        "sum": (_logits("-np.sum(right)"), "the loss is their mean"),
        "mean over the classes, too": (
            _logits("-np.mean(np.eye(logits.shape[1])[labels] * log_p)"),
            "not by the classes as well",
        ),
        "softmax twice": (
            _logits(
                "-np.mean(np.log(np.exp(p) / np.exp(p).sum(1, keepdims=True))"
                "[n, labels])"
            ),
            "The softmax was applied twice.",
        ),
        "logits taken for probabilities": (
            """
            def loss_of_logits(labels, logits):
                p = np.clip(logits, 1e-7, 1)
                p = p / p.sum(axis=1, keepdims=True)
                return -np.mean(np.log(p[np.arange(len(labels)), labels]))
            """,
            "The logits were taken for probabilities",
        ),
        "softmax over the rows": (
            _logits("-np.mean(right)", axis="0"),
            "not over the rows",
        ),
        "logarithm to base 2": (
            _logits("-np.mean(np.log2(p[n, labels]))"),
            "The logarithm is the natural one.",
        ),
        "logarithm of the mean": (
            _logits("-np.log(np.mean(p[n, labels]))"),
            "the logarithm comes first",
        ),
        "largest for right": (
            _logits("-np.mean(log_p.max(axis=1))"),
            "the labels say which it is",
        ),
        "the sum over classes missing": (
            _logits("-np.mean(logits[n, labels])"),
            "the sum over all classes is missing",
        ),
        "overflow": (
            """
            def loss_of_logits(labels, logits):
                p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
                return -np.mean(np.log(p[np.arange(len(labels)), labels]))
            """,
            "The loss of the logits 1000 and 0 with label 1 came out infinite",
        ),
        "a probability that rounds to 0": (
            _logits("-np.mean(np.log(p[n, labels]))"),
            "a probability was rounded to 0 before its logarithm",
        ),
        "overflow in the sum alone": (
            """
            def loss_of_logits(labels, logits):
                total = np.log(np.exp(logits).sum(axis=1))
                return np.mean(total - logits[np.arange(len(labels)), labels])
            """,
            "an exponential became too large to hold",
        ),
        "every row's share by one-hot products": (
            """
            def loss_of_logits(labels, logits):
                p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
                one_hot = np.eye(logits.shape[1])[labels]
                return -np.sum(one_hot * np.log(p)) / len(labels)
            """,
            "with label 1 came out as nan",
        ),
        "a tiny number in the logarithm": (
            _logits("-np.mean(np.log(p[n, labels] + 1e-7))"),
            "What is its logarithm in terms of the logits?",
        ),
        "one loss for each row": (
            _logits("-right"),
            "The loss of three rows: the shape is (3,)",
        ),
    },
)


def _fit(
    *,
    rows="order[start : start + batch_size]",
    before="",
    w="w - lr * 2 * X[rows].T @ error / len(rows)",
    b="b - lr * 2 * np.mean(error)",
    add="np.sum(error**2)",
    after="",
    loss="total / len(order)",
    result="w, b, np.array(losses)",
    stops="len(order)",
):
    """Return the reference for task 5.3 with some of its expressions replaced."""
    return f"""
def fit(X, y, w, b, lr, batch_size, orders):
    losses = []
    for order in orders:
        total, batches = 0.0, 0
        start_w, start_b = w, b
        for start in range(0, {stops}, batch_size):
            rows = {rows}
            error = X[rows] @ w + b - y[rows]
            {before}
            w = {w}
            b = {b}
            {after}
            total += {add}
            batches += 1
        losses.append({loss})
    return {result}
"""


FIT = Task(
    right={
        "batches cut by NumPy": """
            def fit(X, y, w, b, lr, batch_size, orders):
                losses = np.zeros(len(orders))
                for epoch, order in enumerate(orders):
                    cuts = range(batch_size, len(order), batch_size)
                    squares = []
                    for rows in np.split(np.asarray(order), cuts):
                        d = 2 * (X[rows] @ w + b - y[rows])
                        squares.extend(d**2 / 4)
                        w, b = w - lr * (d @ X[rows]) / len(d), b - lr * d.mean()
                    losses[epoch] = np.mean(squares)
                return w, b, losses
            """,
        "the bias as a weight of 1": """
            def fit(X, y, w, b, lr, batch_size, orders):
                inputs = np.column_stack([X, np.ones(len(X))])
                theta, losses = np.append(w, b).astype(float), []
                for order in orders:
                    total = 0.0
                    for s in range(0, len(order), batch_size):
                        rows = order[s : s + batch_size]
                        A = inputs[rows]
                        error = A @ theta - y[rows]
                        total += error @ error
                        theta = theta - lr * 2 / len(A) * (A.T @ error)
                    losses.append(total / len(X))
                return theta[:-1], theta[-1], np.array(losses)
            """,
    },
    wrong={
        "no factor of two": (
            _fit(
                w="w - lr * X[rows].T @ error / len(rows)", b="b - lr * np.mean(error)"
            ),
            "has a factor 2",
        ),
        "uphill": (
            _fit(
                w="w + lr * 2 * X[rows].T @ error / len(rows)",
                b="b + lr * 2 * np.mean(error)",
            ),
            "The step goes uphill",
        ),
        "losses after the step": (
            _fit(after="error = X[rows] @ w + b - y[rows]"),
            "The losses were measured after the steps",
        ),
        "mean of means": (
            _fit(add="np.mean(error**2)", loss="total / batches"),
            "That is a mean of the batches' means",
        ),
        "last batch left out": (
            _fit(
                stops="len(order) - batch_size + 1",
                loss="total / (batches * batch_size)",
            ),
            "The last, smaller batch was left out.",
        ),
        "the order ignored": (
            _fit(rows="np.arange(len(X))[start : start + batch_size]"),
            "not in the order of the epoch",
        ),
        "weights from the start of the epoch": (
            _fit(before="error = X[rows] @ start_w + start_b - y[rows]"),
            "each step begins where the last one ended",
        ),
        "summed over the batch": (
            _fit(w="w - lr * 2 * X[rows].T @ error", b="b - lr * 2 * np.sum(error)"),
            "The slopes were summed over a batch",
        ),
        "the bias stays": (_fit(b="b"), "The bias stays behind"),
        "in place": (
            _fit(before="w -= lr * 2 * X[rows].T @ error / len(rows)", w="w"),
            "changed its argument `w` in place",
        ),
        "the last batch's loss": (
            _fit(loss="np.mean(error**2)"),
            "That is the loss of the epoch's last batch",
        ),
        "the sum of the squares": (
            _fit(loss="total"),
            "The squared errors of an epoch were added up",
        ),
        "the sum of the batches' means": (
            _fit(add="np.mean(error**2)", loss="total"),
            "The batches' means were added up",
        ),
        "half the loss": (
            _fit(loss="total / len(order) / 2"),
            "The weights are right. Which squared errors belong to an epoch",
        ),
        "the bias after the weights": (
            _fit(b="b - lr * 2 * np.mean(X[rows] @ w + b - y[rows])"),
            "The slope of the bias was taken after the weights had moved",
        ),
        "a decaying learning rate": (
            _fit(after="lr = 0.9 * lr"),
            "Do the first step by hand",
        ),
        "no losses": (_fit(result="w, b"), "Return weights, bias and losses"),
        "one loss": (
            _fit(result="w, b, losses[-1]"),
            "The losses, one for each epoch: the shape is ()",
        ),
    },
)


def _split(
    order="np.random.default_rng(seed).permutation(len(X))",
    n_val="round(share * len(X))",
    result="X[train], y[train], X[val], y[val]",
    before="",
):
    """Return the reference for task 5.4 with some of its expressions replaced."""
    return f"""
def split(X, y, share, seed):
    {before}
    order = {order}
    n_val = {n_val}
    val, train = order[:n_val], order[n_val:]
    return {result}
"""


SPLIT = Task(
    right={
        "a mask": """
            def split(X, y, share, seed):
                rng = np.random.default_rng(seed)
                held_out = np.zeros(len(X), dtype=bool)
                chosen = rng.choice(len(X), size=round(share * len(X)), replace=False)
                held_out[chosen] = True
                return X[~held_out], y[~held_out], X[held_out], y[held_out]
            """,
        "the last rows of a shuffled table": """
            def split(X, y, share, seed):
                order = np.random.default_rng(seed).permutation(len(X))
                X, y = X[order], y[order]
                n_train = len(X) - round(share * len(X))
                return X[:n_train], y[:n_train], X[n_train:], y[n_train:]
            """,
    },
    wrong={
        "the last rows": (
            _split("np.arange(len(X))[::-1]"),
            "The last rows are held out",
        ),
        "the first rows": (_split("np.arange(len(X))"), "The first rows are held out"),
        "shuffled apart": (
            _split(
                result="X[train], rng.permutation(y)[train], X[val], y[val]",
                before="rng = np.random.default_rng(seed)",
            ),
            "The rows have lost their targets",
        ),
        "only the inputs shuffled": (
            _split(result="X[train], y[n_val:], X[val], y[:n_val]"),
            "The rows have lost their targets",
        ),
        "standardised on the way": (
            _split(before="X = (X - X.mean(axis=0)) / X.std(axis=0)"),
            "a split moves rows and changes nothing in them",
        ),
        "drawn with replacement": (
            _split("np.random.default_rng(seed).integers(len(X), size=len(X))"),
            "Some rows are in both parts or twice in one",
        ),
        "no seed": (
            _split("np.random.default_rng().permutation(len(X))"),
            "The same seed gives another split the second time",
        ),
        "a seed of its own": (
            _split("np.random.default_rng(0).permutation(len(X))"),
            "Another seed gives the same split",
        ),
        "another order": (
            _split(result="X[train], X[val], y[train], y[val]"),
            "The order is X_train, y_train, X_val, y_val.",
        ),
        "parts swapped": (
            _split(result="X[val], y[val], X[train], y[train]"),
            "`X_train`: the shape is (10, 2); it should be (30, 2)",
        ),
        "the training rows whole": (
            _split(result="X, y, X[val], y[val]"),
            "`X_train`: the shape is (40, 2); it should be (30, 2)",
        ),
        "rounded down": (
            _split(n_val="int(share * len(X))"),
            "round that to hold out 3",
        ),
        "neighbouring rows": (
            _split(
                "(np.arange(len(X)) + np.random.default_rng(seed).integers(1, 9))"
                " % len(X)"
            ),
            "some of yours are held out far more often",
        ),
    },
)


def _stop(
    better="loss < smallest",
    wait="epoch - best >= patience",
    early="epoch, best",
    end="len(val_losses), best",
    keep="best, smallest = epoch, loss",
    first="1",
):
    """Return the reference for task 5.5a with some of its expressions replaced."""
    return f"""
def early_stopping(val_losses, patience):
    best, smallest, previous = {first}, np.inf, np.inf
    for epoch, loss in enumerate(val_losses, start={first}):
        if {better}:
            {keep}
        elif {wait}:
            return {early}
        previous = loss
    return {end}
"""


STOP = Task(
    right={
        "a counter": """
            def early_stopping(val_losses, patience):
                smallest, best, waited = val_losses[0], 1, 0
                for epoch in range(2, len(val_losses) + 1):
                    waited += 1
                    if val_losses[epoch - 1] < smallest:
                        smallest, best, waited = val_losses[epoch - 1], epoch, 0
                    if waited == patience:
                        return epoch, best
                return len(val_losses), best
            """,
        "argmin of what was seen": """
            def early_stopping(val_losses, patience):
                run, best = 0, 0
                while run < len(val_losses) and (run == 0 or run - best < patience):
                    run += 1
                    best = int(np.argmin(val_losses[:run])) + 1
                return [run, best]
            """,
    },
    wrong={
        "the last for the best": (
            _stop(early="epoch, epoch"),
            "it is not the last one run",
        ),
        "counted from 0": (
            _stop(first="0"),
            "Epochs are counted from 1.",
        ),
        "best from 0": (
            _stop(early="epoch, best - 1", end="len(val_losses), best - 1"),
            "The best epoch is counted from 0",
        ),
        "one too early": (
            _stop(wait="epoch - best >= patience - 1"),
            "Training ended one epoch too early",
        ),
        "one too late": (
            _stop(wait="epoch - best > patience"),
            "Training ended one epoch too late",
        ),
        "best of all losses": (
            _stop(early="epoch, int(np.argmin(val_losses)) + 1"),
            "it cannot know what comes later",
        ),
        "compared with the epoch before": (
            _stop(better="loss < previous"),
            "although a smaller one came before",
        ),
        "equal counts": (
            _stop(better="loss <= smallest"),
            "An equal loss is no improvement",
        ),
        "swapped": (_stop(early="best, epoch"), "The two numbers are swapped"),
        "the loss itself": (
            _stop(early="epoch, int(smallest)"),
            "Those are the losses",
        ),
        "waits in all, not in a row": (
            """
            def early_stopping(val_losses, patience):
                best, smallest, waited = 1, np.inf, 0
                for epoch, loss in enumerate(val_losses, start=1):
                    if loss < smallest:
                        best, smallest = epoch, loss
                    else:
                        waited += 1
                    if waited == patience:
                        return epoch, best
                return len(val_losses), best
            """,
            "what does an improvement do to the count?",
        ),
        "one number": (_stop(early="best", end="best"), "Return two whole numbers"),
    },
)


def _optimism(
    gap="fresh[networks, best] - stopping[networks, best]",
    best="stopping.argmin(axis=1)",
    result="np.mean([one_way(first, second), one_way(second, first)])",
):
    """Return the reference for task 5.5b with some of its expressions replaced."""
    return f"""
def optimism(first, second):
    def one_way(stopping, fresh):
        networks, best = np.arange(len(stopping)), {best}
        return {gap}

    return {result}
"""


OPTIMISM = Task(
    right={
        "one network at a time": """
            def optimism(first, second):
                gaps = []
                for a, b in zip(first, second):
                    i, j = np.argmin(a), np.argmin(b)
                    gaps += [b[i] - a[i], a[j] - b[j]]
                return sum(gaps) / len(gaps)
            """,
        "both ways stacked": """
            def optimism(first, second):
                stopping = np.concatenate([first, second])
                gap = np.concatenate([second, first]) - stopping
                best = stopping.argmin(axis=1)[:, None]
                return np.take_along_axis(gap, best, axis=1).mean()
            """,
    },
    wrong={
        "sign": (
            _optimism("stopping[networks, best] - fresh[networks, best]"),
            "fresh minus stopping",
        ),
        "first half only": (
            _optimism(result="np.mean(one_way(first, second))"),
            "by the first half only",
        ),
        "second half only": (
            _optimism(result="np.mean(one_way(second, first))"),
            "by the second half only",
        ),
        "the best of both": (
            _optimism("fresh.min(axis=1) - stopping.min(axis=1)"),
            "Your two ways cancel to 0",
        ),
        "the last epoch": (
            _optimism("fresh[:, -1] - stopping[:, -1]"),
            "Your two ways cancel to 0",
        ),
        "the two ways added": (
            _optimism(
                result="np.mean(one_way(first, second) + one_way(second, first))"
            ),
            "yours is a sum",
        ),
        "everything added": (
            _optimism(
                result="np.sum([one_way(first, second), one_way(second, first)])"
            ),
            "That is a sum over networks and ways",
        ),
        "one epoch for all networks": (
            _optimism(best="stopping.mean(axis=0).argmin()"),
            "Are both halves read at the epoch that the stopping half has chosen?",
        ),
        "the latest of equal losses": (
            _optimism(best="stopping.shape[1] - 1 - stopping[:, ::-1].argmin(axis=1)"),
            "Are both halves read at the epoch that the stopping half has chosen?",
        ),
        "one number for each network": (
            _optimism(result="one_way(first, second)"),
            "The optimism of two networks: the shape is (2,)",
        ),
    },
)


def _move(hidden='"relu"', last="None", before="", copy="model.set_weights(weights)"):
    """Return the reference for task 5.6 with some of its expressions replaced."""
    return f"""
def to_keras(weights):
    {before}
    layers = [keras.Input((len(weights[0]),))]
    for bias in weights[1:-1:2]:
        layers.append(keras.layers.Dense(len(bias), activation={hidden}))
    layers.append(keras.layers.Dense(len(weights[-1]), activation={last}))
    model = keras.Sequential(layers)
    {copy}
    return model
"""


MOVE = Task(
    right={
        "functional": """
            def to_keras(weights):
                inputs = x = keras.Input((weights[0].shape[0],))
                for i in range(0, len(weights), 2):
                    last = i + 2 == len(weights)
                    dense = keras.layers.Dense(
                        weights[i].shape[1], activation=None if last else "relu"
                    )
                    x = dense(x)
                    dense.set_weights([weights[i], weights[i + 1]])
                return keras.Model(inputs, x)
            """,
        "activations as layers": """
            def to_keras(weights):
                pairs = list(zip(weights[::2], weights[1::2]))
                model = keras.Sequential([keras.Input((pairs[0][0].shape[0],))])
                for i, (W, b) in enumerate(pairs):
                    if i > 0:
                        model.add(keras.layers.ReLU())
                    model.add(keras.layers.Dense(b.size))
                    model.layers[-1].set_weights([W, b])
                return model
            """,
    },
    wrong={
        "ReLU at the end": (_move(last='"relu"'), "yours has a ReLU"),
        "sigmoid at the end": (
            _move(last='"sigmoid"'),
            "The last layer is linear; yours has a sigmoid.",
        ),
        "no activation": (_move(hidden="None"), "The hidden layer has no activation"),
        "sigmoid in the hidden layer": (
            _move(hidden='"sigmoid"'),
            "The hidden layer has a sigmoid",
        ),
        "no biases": (
            _move(
                copy="model.set_weights([p * (p.ndim == 2) for p in weights])",
            ),
            "The biases are still 0",
        ),
        "random weights": (
            _move(copy="pass"),
            "Are the given weights in the model",
        ),
        "weights in the wrong order": (
            _move(copy="model.set_weights(weights[::-1])"),
            "`to_keras` stopped with an error. Python says ValueError",
        ),
        "transposed": (
            _move(copy="model.set_weights([p.T for p in weights])"),
            "`to_keras` stopped with an error. Python says ValueError",
        ),
        "two layers always": (
            """
            def to_keras(weights):
                model = keras.Sequential([
                    keras.Input((len(weights[0]),)),
                    keras.layers.Dense(len(weights[1]), activation="relu"),
                    keras.layers.Dense(len(weights[3])),
                ])
                model.set_weights(weights)
                return model
            """,
            "`to_keras` stopped with an error. Python says",
        ),
        "no input": (
            """
            def to_keras(weights):
                model = keras.Sequential()
                for b in weights[1::2]:
                    model.add(keras.layers.Dense(len(b), activation="relu"))
                model.set_weights(weights)
                return model
            """,
            "`to_keras` stopped with an error. Python says",
        ),
        "the outputs": (
            _move(copy="return np.zeros(3)"),
            "Return the Keras model",
        ),
    },
)

BANK = {
    "task-5-1-standardise": STANDARDISE,
    "task-5-2-logits": LOGITS,
    "task-5-3-fit": FIT,
    "task-5-4-split": SPLIT,
    "task-5-5-stop": STOP,
    "task-5-5-optimism": OPTIMISM,
    "task-5-6-move": MOVE,
}
