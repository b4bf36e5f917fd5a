"""Keras models leave the cage as configuration and weights, and bring nothing else."""

import copy
import json
import subprocess
import sys
from textwrap import dedent

import numpy as np
import pytest

from grading.execution import keras_codec
from grading.execution.forkserver import Worker
from grading.execution.judge import NOT_PROOF
from grading.sandbox.choice import refusal
from tests.grading.test_worker import errors, grade, printed
from utils.backend import keras

WHY = refusal()
caged = pytest.mark.skipif(WHY is not None, reason=str(WHY))
TIMES = {"cell_seconds": 400, "total_seconds": 1000}
IMPORTS = (
    "import numpy as np\nfrom utils.backend import keras\nfrom keras import layers"
)
BUILD = """
def build(n_steps, n_features, units):
    inputs = keras.Input((n_steps, n_features))
    x = layers.GRU(units, recurrent_dropout=0.2, unroll=True)(inputs)
    model = keras.Model(inputs, layers.Dense(1, kernel_regularizer="l2")(x))
    model.compile("adam", "mse")
    return model
X = np.linspace(-1, 1, 60, dtype="float32").reshape(10, 3, 2)
y = X[:, -1, 0]
model = build(3, 2, 4)
history = model.fit(X, y, verbose=0)
before = model(X)
"""


@pytest.fixture(scope="module")
def worker():
    with Worker(["utils.backend"]) as worker:
        yield worker


def judged(worker, answer, *tests, **options):
    """Return the message of each test of an answer."""
    cells = [IMPORTS, dedent(answer), *("\t" + dedent(test) for test in tests)]
    result = grade(worker, *cells, imports=IMPORTS, **TIMES, **options)
    assert 1 not in errors(result), errors(result)
    assert result["status"] == "graded", result["detail"]
    return [errors(result).get(place, "") for place in range(2, len(cells))]


@caged
def test_a_trained_model_is_the_same_model_for_a_test(worker):
    tests = (
        """
        assert isinstance(model, keras.Model)
        assert np.allclose(model.predict(X, verbose=0), before, atol=1e-6)
        assert isinstance(model.layers[1], layers.GRU)
        assert model.layers[1].recurrent_dropout == 0.2
        assert isinstance(model.optimizer, keras.optimizers.Adam)
        assert history.history["loss"][0] < 10
        built = build(5, 1, 3)
        assert built.output_shape == (None, 1) and isinstance(built, keras.Model)
        assert built.count_params() > 0
    """,
        """
        assert len(model.layers) == 9, 'nine layers'
    """,
    )
    assert judged(worker, BUILD, *tests) == ["", "nine layers"]


@caged
def test_an_answer_trains_the_model_that_a_test_gives_it(worker):
    answer = """
    def train(model, X, y):
        assert isinstance(model, keras.Sequential)
        model.compile("sgd", "mse", run_eagerly=True)
        return model.fit(X, y, epochs=3, verbose=0).history["loss"]
    def forecast(model, X):
        return model(X)
    """
    test = """
        keras.utils.set_random_seed(0)
        given = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
        before = given.get_weights()
        X = np.ones((8, 2), "float32")
        losses = train(given, X, X[:, 0])
        assert losses[-1] < losses[0]
        assert not np.allclose(before[0], given.get_weights()[0])
        found = forecast(given, X)
        assert keras.ops.is_tensor(found)
        assert np.allclose(found.numpy(), given(X).numpy())
    """
    assert judged(worker, answer, test) == [""]


CUSTOM = """
@keras.saving.register_keras_serializable()
class Doubled(layers.Layer):
    def call(self, x):
        return {} * x
model = keras.Sequential([keras.Input((2,)), Doubled()])
"""
INSIDE = "from utils import checks\nchecks.close(model(np.ones((1, 2))), [[2, 2]], " + (
    "name='the layer')"
)


def inside(worker, answer):
    """Return the result of a test that runs in the cage."""
    cells = [
        {"source": IMPORTS, "test": False},
        {"source": answer, "test": False},
        {"source": INSIDE, "test": True, "name": "test-layer", "way": "process"},
    ]
    job = {"cells": cells, "imports": IMPORTS, "files": {}}
    return worker.grade({**job, **TIMES})


COMPUTE = """
keras.utils.set_random_seed(3)
from utils.backend import tf
def build(unroll):
    inputs = keras.Input((3, 2))
    x = layers.LSTM(4, return_sequences=True, recurrent_dropout=0.2)(inputs)
    x = layers.GRU(4, unroll=unroll)(layers.Dropout(0.2)(x, training=True))
    return keras.Model(inputs, layers.Dense(1, kernel_initializer="orthogonal")(x))
X = np.linspace(-1, 1, 60, dtype="float32").reshape(10, 3, 2)
y = X[:, -1, 0]
found = []
for unroll in (False, True):
    model = build(unroll)
    model.compile("adam", "mse", run_eagerly=unroll)
    batches = tf.data.Dataset.from_tensor_slices((X, y)).batch(4)
    model.fit(batches, epochs=2, shuffle=False, verbose=0)
    found += model.predict(X, verbose=0).ravel().tolist()
def twice(x):
    return 2 * x.numpy()
x = tf.Variable(X)
with tf.GradientTape() as tape:
    z = tf.reduce_sum(tf.function(lambda x: tf.map_fn(tf.sin, x))(x) ** 2)
found += tape.gradient(z, x).numpy().ravel().tolist()
found += tf.py_function(twice, [X], tf.float32).numpy().ravel().tolist()
found += tf.random.normal([3]).numpy().tolist()
print(found)
"""


@caged
def test_a_cage_computes_what_a_plain_process_computes(worker):
    cells = [IMPORTS, COMPUTE]
    result = grade(worker, *cells, **TIMES)
    plain = subprocess.run(
        [sys.executable, "-c", "\n".join(cells)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert errors(result) == {}
    caged, free = (json.loads(text) for text in (printed(result, 1), plain.stdout))
    assert len(caged) == 20 + 60 + 60 + 3
    np.testing.assert_allclose(caged, free, atol=1e-5)


@caged
def test_a_custom_layer_is_tested_in_the_cage_and_marked(worker):
    right, wrong = (inside(worker, CUSTOM.format(factor)) for factor in (2, 3))
    assert right["status"] == wrong["status"] == "graded"
    assert errors(right) == {}
    assert "should be" in errors(wrong)[2]
    assert right["marks"] == [f"test-layer: {NOT_PROOF}"]


@caged
@pytest.mark.parametrize(
    "forgery",
    [
        "from utils import checks\nchecks.close = lambda *a, **k: None",
        "import numpy as np\nnp.allclose = lambda *a, **k: True",
    ],
)
def test_what_an_answer_replaced_is_put_back_before_a_test_in_the_cage(worker, forgery):
    result = inside(worker, CUSTOM.format(3) + forgery)
    assert "should be" in errors(result)[2]


@caged
def test_an_answer_that_makes_every_test_pass_is_caught_by_the_canaries(worker):
    forgery = """
import gc
from grading.execution import student
FORGED = {"outputs": [], "told": {}, "error": "", "points": None}
for thing in gc.get_objects():
    if isinstance(thing, student._Own):
        thing.__class__.test = lambda self, *a: FORGED
        peer = [o for o in gc.get_objects() if type(o) is dict and "cell" in o
                and "test" in o and "names" in o]
        for tasks in peer:
            tasks["test"] = thing.test
"""
    result = inside(worker, CUSTOM.format(3) + forgery)
    assert result["status"] == "tampered"
    assert "must fail and did not" in result["detail"]


def small():
    layers = keras.layers
    return keras.Sequential([keras.Input((2,)), layers.Dense(3, "relu")])


def test_a_description_builds_the_same_model():
    model = small()
    made = keras_codec.rebuild(*keras_codec.describe(model))
    X = np.ones((4, 2), "float32")
    np.testing.assert_allclose(made(X), model(X))


def test_what_holds_code_does_not_travel():
    layers = keras.layers

    class Own(layers.Layer):
        def call(self, x):
            return x

    for layer in (Own(), layers.Lambda(lambda x: x), keras.Sequential([Own()])):
        assert keras_codec.describe(layer) is None
    assert keras_codec.describe(np.ones(3)) is None


@pytest.mark.parametrize(
    "part",
    [
        {"module": "keras.layers", "class_name": "Lambda", "config": {}},
        {"module": "keras.layers", "class_name": "TFSMLayer", "config": {}},
        {"module": "keras.layers", "class_name": "StringLookup", "config": {}},
        {"module": "os", "class_name": "system", "config": "id"},
        {"module": "builtins", "class_name": "function", "config": "eval"},
        {"module": "keras.losses", "class_name": "deserialize", "config": {}},
        {"module": None, "class_name": "__lambda__", "config": {}},
        {"module": "keras.layers", "class_name": "Dense", "config": {"units": 10**9}},
    ],
    ids=lambda part: str(part["class_name"]),
)
def test_a_description_that_asks_for_more_is_refused(part):
    text, weights = keras_codec.describe(small())
    config = json.loads(text)
    with_layer, with_setting = copy.deepcopy(config), copy.deepcopy(config)
    with_layer["config"]["layers"].append(part)
    with_setting["config"]["layers"][1]["config"]["activation"] = part
    for forged in (part, with_layer, with_setting):
        with pytest.raises(keras_codec.NotAllowed):
            keras_codec.rebuild(json.dumps(forged), weights)
