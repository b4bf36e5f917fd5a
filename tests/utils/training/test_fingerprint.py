"""Promises of fingerprints: what changes a result changes them, and nothing else."""

import importlib
import itertools
import sys

import numpy as np
import pytest

from utils.training.fingerprint import Fingerprint, code_of, configuration_of, summary

# --------------------------------------------------------------- code: a small house

MAIN = """
import numpy as np

from {house}.rooms.helpers import Scaler, scaled

RATES = {{"slow": 0.1}}


def model(epochs):
    def fit(x):
        from numpy import linalg

        # a comment
        if epochs < 0:
            raise ValueError("epochs must be positive")
        return epochs * scaled(x) + Scaler(2).shifted(x) + linalg.norm(np.abs(x))

    return fit
"""
HELPERS = """
from .constants import RATE


def scaled(x):
    return RATE * x


class Scaler:
    def __init__(self, factor):
        self.factor = factor

    def shifted(self, x):
        return self._both(x) + 1

    def _both(self, x):
        return self.factor * x

    def unused(self, x):
        return 0
"""
FILES = {
    "__init__.py": "",
    "main.py": MAIN,
    "rooms/__init__.py": "",
    "rooms/helpers.py": HELPERS,
    "rooms/constants.py": "RATE = 0.1\nUNUSED = 3\n",
}
COUNT = itertools.count()


@pytest.fixture
def hash_of(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    loaded = []

    def hash_of(changes=(), *, files=FILES, main="main", epochs=12, name="model"):
        """Write a package with some texts exchanged, import it and hash its model."""
        house = f"house{next(COUNT)}"
        loaded.append(house)
        for file, text in files.items():
            for old, new in changes:
                text = text.replace(old, new)
            path = tmp_path / house / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(
                text.replace("{house}", house).replace("{{", "{").replace("}}", "}")
            )
        importlib.invalidate_caches()
        module = importlib.import_module(f"{house}.{main}")
        return code_of(getattr(module, name)(epochs))["hash"]

    yield hash_of
    for module in [each for each in sys.modules if each.split(".")[0] in loaded]:
        del sys.modules[module]


def changed(old, new):
    assert any(old in text for text in FILES.values())
    return [(old, new)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# a comment", "# another comment"),
        ("return RATE * x", '"""Scale x."""\n    return RATE * x'),
        ("return RATE * x", "return (\n        RATE * x\n    )"),
        ("def scaled(x):", "def scaled(x: float) -> float:"),
        ("epochs must be positive", "epochs must be 1 or more"),
        ("UNUSED = 3", "UNUSED = 4"),
        ("return 0", "return 1"),
        ("scaled", "rescaled"),
        ("Scaler", "Rescaler"),
        ("RATE\n", "RATE as SPEED\n"),
    ],
    ids=lambda text: text.strip()[:20],
)
def test_words_layout_names_and_what_is_not_reached_do_not_count(hash_of, old, new):
    changes = changed(old, new)
    if "SPEED" in new:
        changes.append(("return RATE * x", "return SPEED * x"))
    assert hash_of(changes) == hash_of()


@pytest.mark.parametrize(
    "changes",
    [
        [("import numpy as np", "import numpy as xnp"), ("np.abs", "xnp.abs")],
        [("import numpy as np", "from numpy import abs as size"), ("np.abs", "size")],
        [("        from numpy import linalg\n", ""), ("linalg.", "np.linalg.")],
        [
            ("from numpy import linalg", "import numpy.linalg as la"),
            ("linalg.norm", "la.norm"),
        ],
    ],
    ids=["another short name", "the function itself", "from above", "as a module"],
)
def test_how_something_is_imported_does_not_count(hash_of, changes):
    assert hash_of(changes) == hash_of()


def test_a_module_that_is_moved_stays_the_same(hash_of):
    moved = {
        "__init__.py": "",
        "building/__init__.py": "",
        "building/training.py": MAIN.replace(
            "from {house}.rooms.helpers import Scaler, scaled",
            "from {house} import tools\nfrom {house}.kept import Scaler",
        ).replace("scaled(x)", "tools.scaled(x)"),
        "tools.py": "from {house}.kept import scaled",
        "kept.py": HELPERS.replace("from .constants", "from {house}.constants"),
        "constants.py": "RATE = 0.1",
    }
    assert hash_of(files=moved, main="building.training") == hash_of()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("RATE = 0.1", "RATE = 0.2"),
        ("return RATE * x", "return RATE + x"),
        ("epochs * scaled(x)", "scaled(x)"),
        ("linalg.norm", "linalg.det"),
        ("np.abs", "np.sign"),
        ("self._both(x) + 1", "self._both(x) + 2"),
        ("self.factor * x", "self.factor + x"),
        ("self.factor = factor", "self.factor = 2 * factor"),
        ("Scaler(2)", "Scaler(3)"),
        ("if epochs < 0", "if epochs < 1"),
    ],
)
def test_code_constants_helpers_and_methods_count_in_every_module(hash_of, old, new):
    assert hash_of(changed(old, new)) != hash_of()


def test_two_helpers_that_are_exchanged_count(hash_of):
    changes = [("RATE * x", "RATE * x\n\n\ndef other(x):\n    return RATE + x")]
    both = [*changes, ("epochs * scaled(x)", "scaled(x) + {house}.rooms.other(x)")]
    assert hash_of(changes) == hash_of()
    assert hash_of(both) != hash_of()


def test_enclosed_values_count(hash_of):
    assert hash_of(epochs=12) != hash_of(epochs=13)


class Held:
    def __init__(self, size):
        self.size = size


def test_what_is_left_out_is_not_followed():
    def fit(x):
        return Held(x).size

    assert "Held.__init__" in code_of(fit)["parts"]
    assert "Held.__init__" not in code_of(fit, leave_out=[Held])["parts"]
    assert code_of(fit)["hash"] != code_of(fit, leave_out=[Held])["hash"]


def test_the_helper_that_differs_is_named():
    def one(x):
        return x + 1

    def other(x):
        return x + 2

    name = "test_the_helper_that_differs_is_named"
    present, stored = (Fingerprint(code_of(each), {}, {}) for each in (one, other))
    (said,) = present.differences(stored._asdict())
    assert said.startswith(f"the code ({name}.one")


def test_a_function_whose_source_is_gone_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "edited.py"
    path.write_text("def fit(x):\n    return x\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    edited = importlib.import_module("edited")
    path.write_text("\n\n\n")
    with pytest.raises(LookupError, match="start Python anew"):
        code_of(edited.fit)


# ------------------------------------------------------------------------------ data


def differences(old, new):
    present = Fingerprint({}, {}, {"X": summary(new)})
    return present.differences({"data": {"X": summary(old)}})


ARRAYS = {
    "table": np.random.default_rng(0).normal(989.0, 8.0, size=(500, 3)),
    "one column": np.random.default_rng(1).normal(size=400),
    "series": np.random.default_rng(2).normal(size=(300, 6, 2)),
    "centred": np.random.default_rng(3).normal(size=(500, 2)) - 0.0,
}


@pytest.mark.parametrize("array", ARRAYS.values(), ids=ARRAYS)
def test_rounding_does_not_count_and_values_and_order_do(array):
    rng = np.random.default_rng(9)
    spread = array.std()
    noise = rng.normal(size=array.shape)
    assert differences(array, array) == []
    assert differences(array, array * (1 + 1e-9 * noise)) == []
    assert differences(array, array + 1e-2 * spread)
    assert differences(array, array + 1e-2 * spread * noise)
    assert differences(array, rng.permutation(array))
    one = array.copy()
    one.flat[17] += spread
    assert differences(array, one)


def test_single_precision_is_summed_in_double():
    table = np.random.default_rng(0).normal(size=(70_000, 4)).astype(np.float32)
    assert differences(table, np.nextafter(table, np.float32(np.inf))) == []
    as_double = summary(table.astype(float)) | {"dtype": "float32"}
    assert summary(table) == as_double


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (np.zeros((3, 2)), np.zeros((3, 3)), r"shape [3, 2], now [3, 3]"),
        (np.zeros(3), np.zeros(3, np.float32), "dtype float64, now float32"),
        (np.arange(5), np.arange(1, 6), "hash"),
        (np.array(["a", "b"]), np.array(["a", "c"]), "hash"),
        (np.zeros(3), np.ones(3), "mean 0, now 1"),
        (np.array([[1.0, 2.0]]), np.array([[1.0, 3.0]]), "mean of column 1 2, now 3"),
        (np.array([1.0, np.nan]), np.ones(2), "mean nan, now 1"),
    ],
)
def test_what_differs_is_said(old, new, said):
    (found,) = differences(old, new)
    assert found.startswith("the data (X: ")
    assert said in found


def test_times_count_in_whichever_unit_they_are_held():
    times = np.arange("2016-01-01", "2016-02-01", dtype="datetime64[h]")
    assert differences(times, times.astype("datetime64[ns]")) == []
    assert differences(times, times + np.timedelta64(1, "h"))


def test_arrays_that_come_or_go_are_said():
    present = Fingerprint({}, {}, {"X": summary(np.ones(2))})
    (said,) = present.differences({"data": {"Z": summary(np.ones(2))}})
    assert said == "the data (X: not among the stored, Z: no longer used)"


# --------------------------------------------------------------------- configuration


def lstm(units=4, dropout=0.25, stacked=False):
    import keras
    from keras import layers

    inputs = keras.Input((5, 3))
    x = layers.LSTM(units, recurrent_dropout=dropout, return_sequences=True)(inputs)
    x = layers.Bidirectional(layers.GRU(units))(
        layers.LSTM(units, return_sequences=True)(x) if stacked else x
    )
    return keras.Model(inputs, layers.Dense(1)(x))


def said_of(model, **settings):
    present = Fingerprint({}, configuration_of(model, **settings), {})
    stored = {"configuration": configuration_of(lstm(), loss="mse")}
    return " ".join(present.differences(stored))


def test_the_same_model_built_once_more_has_the_same_configuration():
    assert said_of(lstm(), loss="mse") == ""
    assert said_of(lstm(), loss="mse") == ""  # with names that Keras counted on


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"dropout": 0.5}, "LSTM recurrent_dropout: 0.25, now 0.5"),
        ({"units": 5}, "units: 4, now 5"),
        ({"stacked": True}, "layers: 4, now 5"),
    ],
)
def test_a_layer_that_differs_is_said(options, said):
    assert said in said_of(lstm(**options), loss="mse")


def test_another_loss_is_said():
    assert said_of(lstm(), loss="mae") == "the configuration (loss: 'mse', now 'mae')"


def test_the_precision_of_a_layer_counts():
    import keras

    wanted = configuration_of(lstm())
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        assert configuration_of(lstm()) != wanted
    finally:
        keras.config.set_dtype_policy("float32")
