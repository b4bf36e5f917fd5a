"""Promises of utils.models and of the checkpoints committed for its catalogue."""

import subprocess
import sys

import numpy as np
import pytest

from utils import checkpoints, models, training
from utils.experiments import EXPERIMENTS, prepare_jena

COMMITTED = sorted(checkpoints.FOLDER.glob("*.npz"))


@pytest.mark.parametrize(
    ("model_id", "features", "parameters"),
    [
        ("C2", 14, 26_913),
        ("C3", 14, 3_873),
        ("C2", 12, 23_073),
        ("C3", 12, 3_489),
        ("C4", 14, 2_001),
    ],
)
def test_models_have_the_parameters_of_the_source(model_id, features, parameters):
    model = models.build(model_id, (120, features))
    assert model.count_params() == parameters
    assert model.output_shape == (None, 1)


def test_the_convolutional_network_shrinks_the_window_as_the_source_does():
    lengths = [layer.output.shape[1] for layer in models.build("C3").layers]
    assert lengths == [120, 97, 48, 37, 18, 13, 8, 1]


@pytest.mark.parametrize("spec", models.CATALOGUE.values(), ids=models.CATALOGUE)
def test_every_entry_of_the_catalogue_can_be_trained(spec):
    assert models.CATALOGUE[spec.id] is spec
    assert spec.experiment in EXPERIMENTS
    model = training.compiled(spec, (120, 14))
    assert model.loss == spec.loss
    assert float(model.optimizer.learning_rate) == pytest.approx(spec.learning_rate)


def test_an_unknown_model_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"'C1' is not in the catalogue: .* C2, C3"):
        models.build("C1")


def test_no_keras_is_loaded_before_a_model_is_built():
    rooms = "models, training, reproduce, experiments, windows, metrics, baselines"
    code = f"import sys; from utils import {rooms}; sys.exit('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_every_model_has_a_checkpoint_for_each_of_five_seeds():
    names = [path.name for path in COMMITTED]
    expected = [
        f"{spec.id}-{spec.experiment}-seed{seed}.npz"
        for spec in models.CATALOGUE.values()
        for seed in range(5)
    ]
    assert sorted(names) == sorted(expected)


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_a_committed_checkpoint_fits_the_catalogue(path):
    weights, meta = checkpoints.read(path)
    spec = models.get(meta["id"])
    assert meta["recipe"] == spec.recipe
    assert len(meta["history"]["val_loss"]) == spec.epochs
    assert all(np.isfinite(weight).all() for weight in weights)
    model = spec.build((120, 14))
    shapes = [tuple(weight.shape) for weight in model.weights]
    assert shapes == [weight.shape for weight in weights]


@pytest.mark.parametrize("model_id", models.CATALOGUE)
def test_a_committed_checkpoint_scores_what_it_says(model_id):
    data = prepare_jena()
    if data.simulated:
        pytest.skip("checkpoints belong to the real weather")
    run = training.fit_or_load(model_id, data, seed=0)
    for part, score in run.scores.items():
        measured = training.evaluate(run.model, getattr(data, part))
        assert measured == pytest.approx(score, abs=1e-3)
