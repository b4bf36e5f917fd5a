"""Promises of the catalogue and of the checkpoints committed for it."""

import subprocess
import sys

import numpy as np
import pytest

from tests.weather import NEEDS_TABLE
from utils.experiments.prepare import EXPERIMENTS
from utils.training import catalogue, checkpoints, loop
from utils.training.fingerprint import code_of

COMMITTED = sorted(checkpoints.FOLDER.glob("*.npz"))


@pytest.mark.parametrize(
    ("model_id", "features", "parameters"),
    [
        ("C2", 14, 26_913),
        ("C3", 14, 3_873),
        ("C2", 12, 23_073),
        ("C3", 12, 3_489),
        ("C4", 14, 2_001),
        ("C5", 14, 6_049),
        ("C5-plain", 14, 6_049),
        ("C5", 12, 5_793),
        ("C6", 14, 10_977),
        ("C6", 12, 10_785),
        ("C7", 14, 2_001),
        ("C8", 14, 4_001),
        ("C8", 12, 3_745),
    ],
)
def test_models_have_the_parameters_of_the_source(model_id, features, parameters):
    model = catalogue.build(model_id, (120, features))
    assert model.count_params() == parameters
    assert model.output_shape == (None, 1)


def test_the_convolutional_network_shrinks_the_window_as_the_source_does():
    lengths = [layer.output.shape[1] for layer in catalogue.build("C3").layers]
    assert lengths == [120, 97, 48, 37, 18, 13, 8, 1]


def recurrent_layers(model):
    return [layer for layer in model.layers if hasattr(layer, "recurrent_dropout")]


def masks_read_off(layer, *, windows=6, steps=9):
    """Return what each step multiplied the state by, as a compiled training does it.

    The weights of a copy are set so that each state is a known function of the state
    before it and of the mask on it.
    """
    from utils.backend import tf

    reader = type(layer).from_config({**layer.get_config(), "return_sequences": True})
    reader.build((None, steps, 1))
    kernel, recurrent, bias = reader.get_weights()
    is_lstm = len(bias.shape) == 1  # gates i, f, candidate, o; else z, r, candidate
    gates = (20, -20, 0.3, 20) if is_lstm else (-20, 20, 0.3)
    bias = bias * 0
    bias[... if is_lstm else 0] = np.repeat(gates, reader.units)
    recurrent = recurrent * 0
    recurrent[:, 2 * reader.units :][:, : reader.units] = 0.5 * np.eye(reader.units)
    reader.set_weights([kernel * 0, recurrent, bias])
    train = tf.function(lambda x: reader(x, training=True), jit_compile=True)
    states = train(tf.zeros((windows, steps, 1))).numpy().astype(float)
    came = np.arctanh(states[:, 1:])
    came = np.arctanh(came) if is_lstm else came
    return (came - 0.3) / (0.5 * states[:, :-1])


@pytest.mark.parametrize(("model_id", "rates"), [("C5", [0.25]), ("C6", [0.5, 0.5])])
def test_recurrent_dropout_keeps_one_mask_for_all_steps_of_a_window(model_id, rates):
    loop.set_seed(0)
    found = recurrent_layers(catalogue.build(model_id))
    assert [layer.recurrent_dropout for layer in found] == rates
    for layer in found:
        masks = masks_read_off(layer)
        np.testing.assert_allclose(masks, masks[:, :1].repeat(8, axis=1), atol=1e-3)
        kept = 1 / (1 - layer.recurrent_dropout)
        assert set(masks.round(3).ravel()) == {0.0, round(kept, 3)}
        assert len(np.unique(masks[:, 0].round(3), axis=0)) == len(masks)


@pytest.mark.parametrize("model_id", ["C5", "C6"])
def test_dropout_is_active_in_training_and_off_at_prediction(model_id):
    loop.set_seed(0)
    model = catalogue.build(model_id, (5, 3))
    x = np.random.default_rng(0).normal(size=(4, 5, 3)).astype("float32")
    first, second = (model(x, training=True).numpy() for _ in range(2))
    assert not np.allclose(first, second)
    np.testing.assert_array_equal(model(x).numpy(), model(x).numpy())


@pytest.mark.parametrize("model_id", ["C5", "C6"])
def test_a_recurrent_layer_passes_on_all_states_only_to_another_one(model_id):
    *lower, upper = recurrent_layers(catalogue.build(model_id))
    assert all(layer.output.shape == (None, 120, 32) for layer in lower)
    assert upper.output.shape == (None, 32)


def test_the_reversed_network_is_the_plain_one_on_reversed_windows():
    loop.set_seed(0)
    plain, reversed_one = catalogue.build("C4"), catalogue.build("C7")
    x = np.random.default_rng(0).normal(size=(3, 120, 14)).astype("float32")
    reversed_one.set_weights(plain.get_weights())
    forecast = reversed_one(x).numpy()
    np.testing.assert_allclose(forecast, plain(x[:, ::-1]).numpy(), atol=1e-6)
    assert not np.allclose(forecast, plain(x).numpy(), atol=1e-3)


def test_the_bidirectional_network_joins_one_reader_for_each_direction():
    loop.set_seed(0)
    forwards, backwards = catalogue.build("C4"), catalogue.build("C7")
    both = catalogue.build("C8")
    *one, head, bias = forwards.get_weights()
    *other, other_head, _ = backwards.get_weights()
    both.set_weights([*one, *other, np.concatenate([head, other_head]), bias])
    x = np.random.default_rng(0).normal(size=(3, 120, 14)).astype("float32")
    joined = forwards(x).numpy() + backwards(x).numpy()
    np.testing.assert_allclose(both(x).numpy(), joined, atol=1e-5)


@pytest.mark.parametrize(("outputs", "parameters"), [(10, 30_656)])
def test_the_gated_line_is_a_line_for_series_of_one_kind(outputs, parameters):
    """Its gates see energies, which a series turned upside down leaves as they are."""
    loop.set_seed(0)
    model = catalogue.build(f"gated-{outputs}", (50, 1))
    assert model.count_params() == parameters
    x = np.random.default_rng(0).normal(size=(4, 50, 1)).astype("float32")
    forecast = model(x).numpy()
    assert forecast.shape == (4, outputs)
    np.testing.assert_allclose(model(-x).numpy(), -forecast, rtol=1e-4, atol=1e-6)
    assert not np.allclose(model(2 * x).numpy(), 2 * forecast, rtol=0.01)


@pytest.mark.parametrize("spec", catalogue.CATALOGUE.values(), ids=catalogue.CATALOGUE)
def test_every_entry_of_the_catalogue_can_be_trained(spec):
    assert catalogue.CATALOGUE[spec.id] is spec
    assert spec.experiment in EXPERIMENTS
    model = loop.compiled(spec, (120, 14))
    assert model.loss == spec.loss
    assert float(model.optimizer.learning_rate) == pytest.approx(spec.learning_rate)


def test_a_new_entry_leaves_the_other_fingerprints_as_they_are(monkeypatch):
    def code():
        layers = catalogue.get("C4").layers
        return code_of(loop.fit, layers, leave_out=loop.LEFT_OUT)

    before = code()
    monkeypatch.setitem(catalogue.CATALOGUE, "N1", catalogue.get("C2"))
    assert code() == before


def test_an_unknown_model_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"'C1' is not in the catalogue: .* C2, C3"):
        catalogue.build("C1")


def test_no_keras_is_loaded_before_a_model_is_built():
    code = "import sys, utils.experiments.train_all, utils.forecasting.baselines; "
    code += "sys.exit('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_every_model_has_a_checkpoint_for_each_of_its_seeds():
    names = [path.name for path in COMMITTED]
    expected = [
        f"{spec.id}-{spec.experiment}-seed{seed}.npz"
        for spec in catalogue.CATALOGUE.values()
        for seed in range(5)
    ]
    assert sorted(names) == sorted(expected)


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_a_committed_checkpoint_fits_the_catalogue(path):
    weights, meta = checkpoints.read(path)
    spec = catalogue.get(meta["id"])
    recorded = meta["fingerprint"]["configuration"]
    settings = spec.recipe | {"optimizer": recorded["optimizer"]}
    assert {name: recorded[name] for name in settings} == settings
    assert len(meta["history"]["val_loss"]) == spec.epochs
    assert all(np.isfinite(weight).all() for weight in weights)
    model = spec.build((120, 14) if spec.experiment == "jena" else (50, 1))
    shapes = [tuple(weight.shape) for weight in model.weights]
    assert shapes == [weight.shape for weight in weights]


@pytest.mark.parametrize("model_id", catalogue.CATALOGUE)
def test_a_committed_checkpoint_scores_what_it_says(model_id):
    data = EXPERIMENTS[catalogue.get(model_id).experiment]()
    if data.simulated:
        pytest.skip(NEEDS_TABLE)
    run = loop.fit_or_load(model_id, data, seed=0)
    for part, score in run.scores.items():
        measured = loop.evaluate(run.model, getattr(data, part), metric=data.metric)
        assert measured == pytest.approx(score, abs=1e-3)
