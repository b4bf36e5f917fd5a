"""What students write for exercise 8: wrong in a known way or right in another."""

from tests.exercises.harness import Task


def _outputs(
    *,
    sums="X[:, t] @ W + h @ U + b",
    order="i, f, g, o",
    update="c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)",
    output="h = sigmoid(o) * np.tanh(c)",
    result="np.stack(outputs, axis=1)",
):
    """Return a solution of task 8.1 with some of its parts replaced."""
    return f"""
def lstm_outputs(X, W, U, b):
    h = c = np.zeros((len(X), len(U)))
    outputs = []
    for t in range(X.shape[1]):
        {order} = np.split({sums}, 4, axis=1)
        {update}
        {output}
        outputs.append(h)
    return {result}
"""


OUTPUTS = Task(
    right={
        "the layer of the helpers": """
            def lstm_outputs(X, W, U, b):
                layer = LSTM(
                    len(W), len(U), return_sequences=True, init="zeros",
                    recurrent_init="zeros",
                )
                layer.set_weights([W, U, b])
                return layer.forward(X)
            """,
        "one sequence after the other": """
            def lstm_outputs(X, W, U, b):
                units = len(U)
                found = np.zeros((*X.shape[:2], units))
                for row, sequence in enumerate(X):
                    h, c = np.zeros(units), np.zeros(units)
                    for t, x in enumerate(sequence):
                        z = (x @ W + h @ U + b).reshape(4, units)
                        i, f, o = 1 / (1 + np.exp(-z[[0, 1, 3]]))
                        c = f * c + i * np.tanh(z[2])
                        h = found[row, t] = o * np.tanh(c)
                return found
            """,
        "inputs and state joined": """
            def lstm_outputs(X, W, U, b):
                joined, units = np.concatenate([W, U]), U.shape[0]
                h = np.zeros((X.shape[0], units))
                c, outputs = h.copy(), np.empty((*X.shape[:2], units))
                for t in range(X.shape[1]):
                    z = np.hstack([X[:, t], h]) @ joined + b
                    c = sigmoid(z[:, units:2 * units]) * c
                    c += sigmoid(z[:, :units]) * np.tanh(z[:, 2 * units:3 * units])
                    h = sigmoid(z[:, 3 * units:]) * np.tanh(c)
                    outputs[:, t] = h
                return outputs
            """,
    },
    wrong={
        "the output before the carry": (
            """
            def lstm_outputs(X, W, U, b):
                h = c = np.zeros((len(X), len(U)))
                outputs = []
                for t in range(X.shape[1]):
                    i, f, g, o = np.split(X[:, t] @ W + h @ U + b, 4, axis=1)
                    h = sigmoid(o) * np.tanh(c)
                    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
                    outputs.append(h)
                return np.stack(outputs, axis=1)
            """,
            "update the carry first",
        ),
        "the state goes on to the next sequence": (
            """
            def lstm_outputs(X, W, U, b):
                units = len(U)
                h, c = np.zeros(units), np.zeros(units)
                found = np.zeros((*X.shape[:2], units))
                for row, sequence in enumerate(X):
                    for t, x in enumerate(sequence):
                        i, f, g, o = np.split(x @ W + h @ U + b, 4)
                        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
                        h = sigmoid(o) * np.tanh(c)
                        found[row, t] = h
                return found
            """,
            "every sequence starts with zeros",
        ),
        "candidate last": (
            _outputs(order="i, f, o, g"),
            "The candidate and the output gate have changed places",
        ),
        "forget gate first, as on the slides": (
            _outputs(order="f, i, g, o"),
            "The input and the forget gate have changed places",
        ),
        "output gate second": (
            _outputs(order="i, o, f, g"),
            "a program with the output gate second",
        ),
        "no bias": (
            _outputs(sums="X[:, t] @ W + h @ U"),
            "The bias is missing, and with it the forget bias.",
        ),
        "no tanh of the carry": (
            _outputs(output="h = sigmoid(o) * c"),
            "Between carry and output gate stands a tanh.",
        ),
        "bare candidate": (
            _outputs(update="c = sigmoid(f) * c + sigmoid(i) * g"),
            "yours is the bare sum",
        ),
        "sigmoid for the candidate": (
            _outputs(update="c = sigmoid(f) * c + sigmoid(i) * sigmoid(g)"),
            "The candidate is a tanh, not a sigmoid",
        ),
        "nothing is forgotten": (
            _outputs(update="c = c + sigmoid(i) * np.tanh(g)"),
            "The forget gate does not act on the old carry.",
        ),
        "everything is written": (
            _outputs(update="c = sigmoid(f) * c + np.tanh(g)"),
            "The input gate does not act on the candidate.",
        ),
        "last step only": (
            _outputs(result="h"),
            "Only the last step came back",
        ),
        "steps first": (
            _outputs(result="np.array(outputs)"),
            "Batch and steps have changed places",
        ),
        "return in the loop": (
            _outputs().replace(
                "outputs.append(h)", "outputs.append(h)\n        return h"
            ),
            "the shape is (3, 2); it should be (3, 4, 2)",
        ),
        "one sum without the state": (
            _outputs(sums="X[:, t] @ W + b"),
            "The state is missing",
        ),
        "every fourth column": (
            _outputs().replace(
                "np.split(X[:, t] @ W + h @ U + b, 4, axis=1)",
                "(X[:, t] @ W + h @ U + b).reshape(len(X), -1, 4).transpose(2, 0, 1)",
            ),
            "The columns of the blocks are mixed",
        ),
        "a loop over the batch": (
            _outputs().replace("range(X.shape[1])", "range(len(X))"),
            "There are as many steps in it as sequences",
        ),
        "the carry for the state": (
            _outputs(sums="X[:, t] @ W + c @ U + b"),
            "Does each step use the output and the carry of the step before it?",
        ),
    },
)


def _memory(*, W="W[0, 2] = 3.0", U="np.zeros((1, 4))", b="[5.0, 9.0, 0.0, 5.0]"):
    return f"""
def memory_weights():
    W = np.zeros((2, 4))
    {W}
    return W, {U}, np.array({b})
"""


MEMORY = Task(
    right={
        "the input gate moves": _memory(
            W="W[0] = [0.5, 0, 4.0, 0]", b="[6.0, 8.0, 0.0, 6.0]"
        ),
        "the candidate keeps itself up": _memory(
            U="np.array([[0.0, 0.0, 2.0, 0.0]])", b="[3.0, 4.0, 0.0, 8.0]"
        ),
        "written as a literal": """
            def memory_weights():
                W = np.array([[0.0, 0.0, 10.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
                return [W, np.zeros((1, 4)), np.array([20.0, 20.0, 0.0, 20.0])]
            """,
    },
    wrong={
        "forget bias forgotten": (
            _memory(b="[5.0, 0.0, 0.0, 5.0]"),
            "how long is the half-life of your forget gate?",
        ),
        "unit forget bias": (
            _memory(b="[5.0, 1.0, 0.0, 5.0]"),
            "how long is the half-life of your forget gate?",
        ),
        "the forget bias in another library's place": (
            _memory(b="[9.0, 5.0, 0.0, 5.0]"),
            "how long is the half-life of your forget gate?",
        ),
        "noise is written, too": (
            _memory(W="W[:, 2] = 3.0"),
            "The noise changes the last output",
        ),
        "noise moves the output gate": (
            _memory(W="W[0, 2] = 3.0; W[1, 3] = 4.0"),
            "The noise changes the last output",
        ),
        "input gate shut": (
            _memory(b="[-9.0, 9.0, 0.0, 5.0]"),
            "does the candidate read the first input, and is the input gate open?",
        ),
        "output gate half open": (
            _memory(b="[5.0, 9.0, 0.0, 0.0]"),
            "how far is the output gate open?",
        ),
        "sign turned round": (
            _memory(W="W[0, 2] = -3.0"),
            "The carry has the wrong sign after the first step",
        ),
        "candidate reads nothing": (
            _memory(W="W[0, 0] = 3.0"),
            "does the candidate read the first input",
        ),
        "a weak candidate": (
            _memory(W="W[0, 2] = 0.4"),
            "What would the first step have to write, so that more is left?",
        ),
        "no recurrent weights": (
            "def memory_weights():\n    return np.zeros((2, 4)), np.zeros(4)\n",
            "Return three arrays",
        ),
        "weights turned round": (
            _memory(U="np.zeros((4, 1))"),
            "`U`: the shape is (4, 1); it should be (1, 4)",
        ),
    },
)


def _back(
    *,
    d_h="d_out + d_h_next",
    d_o="d_h * tanh_c",
    d_c="d_c_next + d_h * o * (1 - tanh_c**2)",
    d_f="d_c * c_before",
    d_i="d_c * g",
    d_g="d_c * i",
    dz="[d_i * i * (1 - i), d_f * f * (1 - f), d_g * (1 - g**2), d_o * o * (1 - o)]",
    h_before="dz @ U.T",
    c_before="d_c * f",
):
    """Return a solution of task 8.3a with some of its lines replaced."""
    return f"""
def lstm_step_back(d_out, d_h_next, d_c_next, step, c_before, U):
    i, f, g, o, c = (step[name] for name in "ifgoc")
    tanh_c = np.tanh(c)
    d_h = {d_h}
    d_o = {d_o}
    d_c = {d_c}
    d_f = {d_f}
    d_i = {d_i}
    d_g = {d_g}
    dz = np.hstack({dz})
    return dict(
        d_h=d_h, d_o=d_o, d_c=d_c, d_f=d_f, d_i=d_i, d_g=d_g, dz=dz,
        d_h_before={h_before}, d_c_before={c_before},
    )
"""


STEP_BACK = Task(
    right={
        "in another order, column by column": """
            def lstm_step_back(d_out, d_h_next, d_c_next, step, c_before, U):
                units = U.shape[0]
                grads = {"d_h": d_h_next + d_out}
                t = np.tanh(step["c"])
                grads["d_o"] = t * grads["d_h"]
                grads["d_c"] = (1 - t) * (1 + t) * step["o"] * grads["d_h"]
                grads["d_c"] = grads["d_c"] + d_c_next
                pairs = {"d_i": step["g"], "d_g": step["i"], "d_f": c_before}
                grads |= {name: grads["d_c"] * other for name, other in pairs.items()}
                dz = np.empty((len(d_out), 4 * units))
                for k, gate in enumerate("ifgo"):
                    a = step[gate]
                    slope = 1 - a * a if gate == "g" else a - a * a
                    dz[:, k * units : (k + 1) * units] = grads[f"d_{gate}"] * slope
                grads["dz"] = dz
                grads["d_h_before"] = np.einsum("bk,uk->bu", dz, U)
                grads["d_c_before"] = step["f"] * grads["d_c"]
                return grads
            """,
        "sums of products written out": _back(
            d_c="d_c_next + (d_out * o + d_h_next * o) / np.cosh(c) ** 2",
            h_before="(U @ dz.T).T",
        ),
    },
    wrong={
        "nothing from the step after, at h": (
            _back(d_h="d_out"),
            "What arrives at h from step t + 1 is missing",
        ),
        "nothing from the output, at h": (
            _back(d_h="d_h_next"),
            "What comes from the output is missing in d_h.",
        ),
        "columns of dz mixed": (
            _back(
                dz="[np.stack([d_i * i * (1 - i), d_f * f * (1 - f), "
                "d_g * (1 - g**2), d_o * o * (1 - o)], axis=2).reshape(len(g), -1)]"
            ),
            "The columns of dz are mixed",
        ),
        "blocks of dz below one another": (
            _back().replace("np.hstack", "np.vstack"),
            "`lstm_step_back` stopped with an error.",
        ),
        "the slope of the forget gate along the carry": (
            _back(c_before="d_c * f * (1 - f)"),
            "not its slope",
        ),
        "nothing from the step after, at the carry": (
            _back(d_c="d_h * o * (1 - tanh_c**2)"),
            "What arrives at the carry from step t + 1 is missing",
        ),
        "nothing from the output at the carry": (
            _back(d_c="d_c_next"),
            "What the output sends to the carry is missing",
        ),
        "no slope of the tanh": (
            _back(d_c="d_c_next + d_h * o"),
            "The slope of the tanh between carry and output is missing",
        ),
        "slope at the carry itself": (
            _back(d_c="d_c_next + d_h * o * (1 - c**2)"),
            "not 1 - c**2",
        ),
        "no output gate in the way": (
            _back(d_c="d_c_next + d_h * (1 - tanh_c**2)"),
            "The output gate is missing in d_c",
        ),
        "the carry without its tanh": (
            _back(d_o="d_h * c"),
            "d_o needs the tanh of the carry",
        ),
        "the old carry for the output gate": (
            _back(d_o="d_h * np.tanh(c_before)"),
            "d_o needs the new carry",
        ),
        "the new carry for the forget gate": (
            _back(d_f="d_c * c"),
            "The forget gate multiplies the carry from before the step",
        ),
        "part of the carry's gradient": (
            _back(d_f="d_c_next * c_before"),
            "d_f needs all that arrives at the carry",
        ),
        "gate for candidate": (
            _back(d_i="d_c * i"),
            "d_i needs g",
        ),
        "candidate for gate": (
            _back(d_g="d_c * g"),
            "d_g needs i",
        ),
        "no slopes": (
            _back(dz="[d_i, d_f, d_g, d_o]"),
            "The slopes of the activations are missing",
        ),
        "sigmoid's slope for the candidate": (
            _back(
                dz="[d_i * i * (1 - i), d_f * f * (1 - f), d_g * g * (1 - g), "
                "d_o * o * (1 - o)]"
            ),
            "The candidate is a tanh, so its slope in dz",
        ),
        "tanh's slope for the gates": (
            _back(
                dz="[d_i * (1 - i**2), d_f * (1 - f**2), d_g * (1 - g**2), "
                "d_o * (1 - o**2)]"
            ),
            "The gates are sigmoids",
        ),
        "forget gate first": (
            _back(
                dz="[d_f * f * (1 - f), d_i * i * (1 - i), d_g * (1 - g**2), "
                "d_o * o * (1 - o)]"
            ),
            "another order than i, f, g, o",
        ),
        "candidate last": (
            _back(
                dz="[d_i * i * (1 - i), d_f * f * (1 - f), d_o * o * (1 - o), "
                "d_g * (1 - g**2)]"
            ),
            "The last two blocks of dz have changed places",
        ),
        "h goes round the gates": (
            _back(h_before="dz @ U.T + d_h"),
            "the way back from h leads through the gates only",
        ),
        "no forget gate along the carry": (
            _back(c_before="d_c"),
            "it is missing in d_c_before",
        ),
        "only what came along the carry": (
            _back(c_before="d_c_next * f"),
            "d_c_before has only what came from step t + 1",
        ),
        "U not transposed": (
            _back(h_before="dz @ U"),
            "`lstm_step_back` stopped with an error.",
        ),
        "the last ones alone": (
            _back().replace("return dict(", "return list(dict(") + ".values())\n",
            "Return a dictionary with the keys",
        ),
    },
)


def _count(
    *,
    rnn="u * (n + u + 1)",
    lstm="4 * a",
    peep="4 * a + 3 * u",
    gru="3 * a",
    after="3 * a + 3 * u",
):
    return f"""
def n_parameters(kind, n, u):
    a = {rnn}
    if kind == "SimpleRNN":
        return a
    if kind == "LSTM":
        return {lstm}
    if kind == "LSTM with peepholes":
        return {peep}
    return {gru} if kind == "GRU, reset before" else {after}
"""


COUNT = Task(
    right={
        "the layers of the helpers": """
            def n_parameters(kind, n_in, units):
                from utils.scratch import GRU, SimpleRNN
                options = {"init": "zeros", "recurrent_init": "zeros"}
                if kind == "SimpleRNN":
                    layer = SimpleRNN(n_in, units, **options)
                elif kind.startswith("LSTM"):
                    layer = LSTM(n_in, units, peepholes="peep" in kind, **options)
                else:
                    after = kind.endswith("after")
                    layer = GRU(n_in, units, reset_after=after, **options)
                return layer.n_parameters
            """,
        "weights and biases apart": """
            def n_parameters(kind, n_in, units):
                blocks = {"S": 1, "L": 4, "G": 3}[kind[0]]
                weights = blocks * (n_in * units + units**2)
                biases = blocks * units * (2 if kind == "GRU, reset after" else 1)
                peepholes = 3 * units if kind.endswith("peepholes") else 0
                return weights + biases + peepholes
            """,
    },
    wrong={
        "no biases": (
            _count(rnn="u * (n + u)"),
            "The biases are missing: one for each unit.",
        ),
        "no state": (
            _count(rnn="u * (n + 1)"),
            "The weights of the state are missing.",
        ),
        "no inputs": (
            _count(rnn="u * (u + 1)"),
            "The weights of the inputs are missing.",
        ),
        "three blocks": (
            _count(lstm="3 * a"),
            "An LSTM has four blocks: three gates and the candidate.",
        ),
        "the LSTM's biases once": (
            _count(lstm="4 * a - 3 * u"),
            "Each of the four blocks has biases of its own.",
        ),
        "one set of biases after": (
            _count(after="3 * a"),
            "The second set of biases is missing",
        ),
        "a second bias for the candidate alone": (
            _count(after="3 * a + u"),
            "All three blocks have a second bias",
        ),
        "two sets of biases before": (
            _count(gru="3 * a + 3 * u"),
            "With the reset gate before the product there is one set of biases.",
        ),
        "two blocks": (
            _count(gru="2 * a"),
            "The candidate of a GRU has weights of its own.",
        ),
        "peepholes as matrices": (
            _count(peep="4 * a + 3 * u * u"),
            "A peephole joins a gate to the carry of its own unit only.",
        ),
        "four peepholes": (
            _count(peep="4 * a + 4 * u"),
            "the candidate has none",
        ),
        "no peepholes": (
            _count(peep="4 * a"),
            "The peepholes are missing.",
        ),
        "a float": (
            _count(rnn="u * (n + u + 1) / 1"),
            "what is counted is a whole number",
        ),
    },
)


def _biases(keep, *, blocks="-keep, keep, 0 * keep, 0 * keep"):
    return f"""
def gate_biases(half_lives):
    n = np.asarray(half_lives, dtype=float)
    keep = {keep}
    return np.concatenate([{blocks}])
"""


_KEEP = "-np.log(2 ** (1 / n) - 1)"
BIASES = Task(
    right={
        "from the gate": _biases("np.log(0.5 ** (1 / n)) - np.log(1 - 0.5 ** (1 / n))"),
        "unit by unit": """
            def gate_biases(half_lives):
                units = len(half_lives)
                b = np.zeros(4 * units)
                for unit, steps in enumerate(half_lives):
                    gate = np.exp(np.log(0.5) / steps)
                    b[units + unit] = np.log(gate / (1 - gate))
                    b[unit] = -b[units + unit]
                return b
            """,
    },
    wrong={
        "the other way round": (
            _biases("np.log(2 ** (1 / n) - 1)"),
            "a long half-life needs a positive bias",
        ),
        "forget gate first": (
            _biases(_KEEP, blocks="keep, -keep, 0 * keep, 0 * keep"),
            "Forget and input biases have changed places or signs",
        ),
        "forget bias forgotten": (
            _biases(_KEEP, blocks="-keep, 0 * keep, 0 * keep, 0 * keep"),
            "Which gate leaves one half after that many steps",
        ),
        "input biases zero": (
            _biases(_KEEP, blocks="0 * keep, keep, 0 * keep, 0 * keep"),
            "The input biases are missing",
        ),
        "input biases not turned": (
            _biases(_KEEP, blocks="keep, keep, 0 * keep, 0 * keep"),
            "they are their negatives",
        ),
        "the gate": (
            _biases("0.5 ** (1 / n)"),
            "That is the gate, not its bias.",
        ),
        "time constant": (
            _biases("-np.log(np.exp(1 / n) - 1)"),
            "1/e is left, not one half",
        ),
        "the half-life": (
            _biases("n"),
            "That is the half-life itself",
        ),
        "its logarithm": (
            _biases("np.log(n)"),
            "which a bias only comes near to",
        ),
        "forget gate last": (
            _biases(_KEEP, blocks="-keep, 0 * keep, 0 * keep, keep"),
            "yours are in the last",
        ),
        "a row for each block": (
            _biases(_KEEP).replace("concatenate", "stack"),
            "the shape is (4, 2); it should be (8,)",
        ),
        "good for long half-lives only": (
            _biases("np.log(n / np.log(2))"),
            "Which gate leaves one half after that many steps",
        ),
    },
)


def _gru(
    *,
    order="z, r, g",
    before="np.tanh(a_g + (r * h) @ U_g)",
    after="np.tanh(a_g + r * (h @ U_g + d_g))",
    mix="z * h + (1 - z) * g",
    inputs="b[0]",
    state="b[1]",
    plain="b",
):
    """Return a solution of task 8.5 with some of its parts replaced."""
    a, u, d = (
        order.translate({ord(c): f"{p}_{c}" for c in "zrg"}) for p in ("a", "U", "d")
    )
    return f"""
def gru_step(x, h, W, U, b, reset_after):
    share = x @ W + ({inputs} if reset_after else {plain})
    {a} = np.split(share, 3, axis=1)
    {u} = np.split(U, 3, axis=1)
    {d} = np.split({state} if reset_after else np.zeros(W.shape[1]), 3)
    z = sigmoid(a_z + h @ U_z + d_z)
    r = sigmoid(a_r + h @ U_r + d_r)
    if reset_after:
        g = {after}
    else:
        g = {before}
    return {mix}
"""


GRU = Task(
    right={
        "the layer of the helpers": """
            def gru_step(x, h, W, U, b, reset_after):
                from utils.scratch import GRU
                layer = GRU(
                    len(W), len(U), reset_after=reset_after, init="zeros",
                    recurrent_init="zeros",
                )
                layer.set_weights([W, U, b])
                return layer.forward(x[:, None], [h])
            """,
        "the difference to the state": _gru(mix="h + (1 - z) * (g - h)"),
        "two functions": """
            def gru_step(x, h, W, U, b, reset_after):
                u = h.shape[1]
                b = b if reset_after else np.stack([b, np.zeros_like(b)])
                gates = x @ W[:, :2 * u] + h @ U[:, :2 * u] + b[:, :2 * u].sum(axis=0)
                z, r = np.hsplit(sigmoid(gates), 2)
                own = x @ W[:, 2 * u:] + b[0, 2 * u:]
                if reset_after:
                    seen = r * (h @ U[:, 2 * u:] + b[1, 2 * u:])
                else:
                    seen = (r * h) @ U[:, 2 * u:]
                return (1 - z) * np.tanh(own + seen) + z * h
            """,
    },
    wrong={
        "update gate turned round, as on the slides": (
            _gru(mix="(1 - z) * h + z * g"),
            "The update gate is turned round",
        ),
        "reset gate first, as in another library": (
            _gru(order="r, z, g"),
            "The update and the reset gate have changed places",
        ),
        "candidate first": (
            _gru(order="g, z, r"),
            "The candidate stands first in your order",
        ),
        "after instead of before": (
            _gru(before="np.tanh(a_g + r * (h @ U_g))"),
            "With reset_after=False the gate acts on h, before the product",
        ),
        "before instead of after": (
            _gru(after="np.tanh(a_g + (r * h) @ U_g + d_g)"),
            "With reset_after=True",
        ),
        "bias outside the gate's reach": (
            _gru(after="np.tanh(a_g + r * (h @ U_g) + d_g)"),
            "inside the reset gate's reach",
        ),
        "one set of biases": (
            _gru(state="0 * b[1]"),
            "The second row of biases is missing.",
        ),
        "no biases": (
            _gru(inputs="0", state="0 * b[1]", plain="0"),
            "The biases are missing.",
        ),
        "no reset": (
            _gru(before="np.tanh(a_g + h @ U_g)", after="np.tanh(a_g + h @ U_g + d_g)"),
            "The reset gate does not act on the candidate.",
        ),
        "sigmoid for the candidate": (
            _gru(before="sigmoid(a_g + (r * h) @ U_g)"),
            "and which sees it through r?",
        ),
        "always after": (
            _gru().replace("if reset_after:", "if True:"),
            "With reset_after=False the gate acts on h",
        ),
        "both biases added to the inputs": (
            _gru(inputs="b.sum(axis=0)", state="0 * b[1]"),
            "inside the reset gate's reach",
        ),
        "state changed in place": (
            _gru()
            .replace("    return", "    h *= z\n    return")
            .replace("z * h + (1", "h + (1"),
            "`gru_step` changed its argument `h` in place.",
        ),
    },
)


def _longest(body):
    return f"def longest_recalled(learned, delays):\n    return {body}\n"


LONGEST = Task(
    right={
        "accumulate": """
            def longest_recalled(learned, delays):
                whole = np.logical_and.accumulate(learned.all(axis=2), axis=0)
                return (whole * np.asarray(delays)[:, None]).max(axis=0)
            """,
        "count the delays": """
            def longest_recalled(learned, delays):
                with_start = np.concatenate([[0], delays])
                reached = np.cumprod(learned.min(axis=2), axis=0).sum(axis=0)
                return with_start[reached]
            """,
        "one rate at a time": """
            def longest_recalled(learned, delays):
                found = []
                for rate in np.moveaxis(learned, 1, 0):
                    failed = [d for d, seeds in zip(delays, rate) if min(seeds) == 0]
                    first = min(failed, default=delays[-1] + 1)
                    found.append(max([d for d in delays if d < first], default=0))
                return np.array(found, dtype=int)
            """,
    },
    wrong={
        "gaps do not count": (
            _longest("(learned.all(axis=2) * delays[:, None]).max(axis=0)"),
            "a success beyond a failure does not undo it",
        ),
        "one lucky seed": (
            _longest("(learned.any(axis=2) * delays[:, None]).max(axis=0)"),
            "One lucky seed is not enough",
        ),
        "most seeds": (
            _longest("((learned.mean(axis=2) > 0.5) * delays[:, None]).max(axis=0)"),
            "Most of the seeds are not all of them",
        ),
        "numbers of delays": (
            _longest("np.cumprod(learned.min(axis=2), axis=0).sum(axis=0)"),
            "Those are numbers of delays, not delays",
        ),
        "the first that failed": (
            """
            def longest_recalled(learned, delays):
                found = []
                for rate in learned.all(axis=2).T:
                    failed = [d for d, good in zip(delays, rate) if not good]
                    found.append(failed[0] if failed else 0)
                return np.array(found)
            """,
            "the delays at which the first seed failed",
        ),
        "never below the shortest": (
            """
            def longest_recalled(learned, delays):
                whole = np.cumprod(learned.min(axis=2), axis=0)
                longest = (whole * delays[:, None]).max(axis=0)
                return np.maximum(longest, delays[0])
            """,
            "Where the shortest delay fails the answer is 0.",
        ),
        "over the rates": (
            _longest("(learned.all(axis=1) * delays[:, None]).max(axis=0)"),
            "There is one number for each seed in it",
        ),
        "over the rates, of the delays": (
            _longest("(learned.all(axis=2) * delays[:, None]).max(axis=1)"),
            "There is one number for each delay in it",
        ),
        "one number": (
            _longest("(learned.all(axis=2) * delays[:, None]).max()"),
            "the shape is (); it should be (4,)",
        ),
        "a list": (
            _longest(
                "[int((np.cumprod(r.min(axis=1)) * delays).max()) "
                "for r in learned.swapaxes(0, 1)]"
            ),
            "this is a list, not a NumPy array",
        ),
        "floats": (
            _longest(
                "(np.cumprod(learned.min(axis=2), axis=0) * delays[:, None])"
                ".max(axis=0) * 1.0"
            ),
            "what is counted is a whole number",
        ),
    },
)

BANK = {
    "task-8-1-outputs": OUTPUTS,
    "task-8-2-memory": MEMORY,
    "task-8-3-step-back": STEP_BACK,
    "task-8-3-parameters": COUNT,
    "task-8-4-biases": BIASES,
    "task-8-5-gru": GRU,
    "task-8-6-longest": LONGEST,
}
