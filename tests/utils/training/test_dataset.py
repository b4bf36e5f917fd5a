"""Promises of data sets: experiments other than the weather, whole and guarded."""

import dataclasses

import numpy as np
import pytest

from utils.training import loop as training
from utils.training.catalogue import Spec
from utils.training.checkpoints import CheckpointError
from utils.training.dataset import Examples, Experiment, arrays_of
from utils.windows import Windows


def waves(n, *, seed, steps=12, ahead=3, every_step=True):
    """Independent sine waves; the next values, at every step or at the end."""
    rng = np.random.default_rng(seed)
    phase, turns = rng.uniform(0, 6, (n, 1)), rng.uniform(0.2, 0.6, (n, 1))
    series = np.sin(phase + turns * np.arange(steps + ahead))
    future = np.stack([series[:, k + 1 : k + 1 + steps] for k in range(ahead)], axis=-1)
    return Examples(series[:, :steps, None], future if every_step else future[:, -1])


def experiment(*, every_step=True, metric="mse", seed=0):
    parts = {
        name: waves(n, seed=[seed, n], every_step=every_step)
        for name, n in (("train", 64), ("validation", 24), ("test", 20))
    }
    return Experiment(name="waves", **parts, metric=metric, unit="squared")


def at_every_step(inputs):
    from keras import layers

    x = layers.GRU(6, return_sequences=True)(inputs)
    return layers.TimeDistributed(layers.Dense(3))(x)


def at_the_end(inputs):
    from keras import layers

    return layers.Dense(3)(layers.GRU(6)(inputs))


SPEC = Spec("S", "sequence to sequence", at_every_step, "this test")
SPEC = dataclasses.replace(SPEC, optimizer="adam", epochs=2, batch_size=16)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("waves")
    data = experiment()
    run = training.fit_or_load(SPEC, data, seed=3, folder=folder, progress=False)
    return run, folder


def load(stored, data, spec=SPEC):
    path = training.checkpoint_path(spec, data, 3, folder=stored[1])
    return training.load(path, spec, data, seed=3)


def test_a_sequence_to_sequence_model_is_trained_and_scored_by_squared_errors(stored):
    run, data = stored[0], experiment()
    assert sorted(run.history) == ["loss", "mse", "val_loss", "val_mse"]
    assert len(run.history["loss"]) == 2
    forecasts = run.model.predict(data.test.inputs, verbose=0)
    assert forecasts.shape == data.test.targets.shape == (20, 12, 3)
    by_hand = np.mean((forecasts - data.test.targets) ** 2)
    assert run.scores["test"] == pytest.approx(by_hand, rel=1e-5)
    assert (run.metric, run.unit) == ("mse", "squared")


def test_its_checkpoint_is_loaded_and_refused_after_its_data_changed(stored):
    again = load(stored, experiment())
    assert again.scores == pytest.approx(stored[0].scores, abs=1e-5)
    assert (again.metric, again.unit) == ("mse", "squared")
    with pytest.raises(CheckpointError, match=r"S-waves-seed3\.npz .*the data \(test"):
        load(stored, experiment(seed=1))
    other = dataclasses.replace(experiment(), train=waves(64, seed=[0, 65]))
    with pytest.raises(
        CheckpointError, match=r"the data \(train inputs: .* make reproduce ARGS=S"
    ):
        load(stored, other)


def test_its_checkpoint_is_verified_like_any_other(stored):
    data = experiment()
    training.verify(SPEC, data, seeds=[3], folder=stored[1])
    load(stored, data)
    dropped = dataclasses.replace(SPEC, loss="mae")
    with pytest.raises(CheckpointError, match="is not verified"):
        training.verify(dropped, data, seeds=[3], folder=stored[1])


def test_several_values_at_the_end_are_one_vector_each():
    spec = dataclasses.replace(SPEC, layers=at_the_end)
    data = experiment(every_step=False, metric="mae")
    run = training.train(spec, data, seed=0, progress=False)
    assert training.predict(run.model, data.test).shape == (20, 3)
    assert sorted(run.history) == ["loss", "mae", "val_loss", "val_mae"]


def test_batches_for_keras_are_the_parts_own():
    part = waves(10, seed=0)
    ours, theirs = list(part.batches(4)), list(training.ordered(part, 4))
    for (x, y), (again, targets) in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(x, again)
        np.testing.assert_array_equal(y, targets)
    feed = training.Feed(part, 4, seed=1)
    drawn = np.concatenate([y for _, y in feed.dataset().as_numpy_iterator()])
    np.testing.assert_array_equal(drawn, part.targets[feed.order(0)])


def test_three_parts_of_one_table_are_summarised_with_their_own_rows():
    table = np.random.default_rng(0).normal(size=(60, 2))
    parts = {
        name: Windows(table, table[:, 0], length=4, start=start, stop=start + 20)
        for name, start in (("train", 0), ("validation", 20), ("test", 40))
    }
    data = Experiment(name="rows", **parts)
    assert data.summaries["train table"] == data.summaries["test table"]
    assert data.summaries["train starts"] != data.summaries["test starts"]
    assert set(arrays_of(data.train)) == {
        "table",
        "target",
        "starts",
        "rows",
        "target rows",
    }


@pytest.mark.parametrize(
    ("inputs", "targets", "match"),
    [
        (np.zeros((3, 4)), np.zeros(3), r"shape \(n, steps, features\), not \(3, 4\)"),
        (np.zeros((0, 4, 1)), np.zeros(0), "inputs must have the shape"),
        (np.zeros((3, 4, 1)), np.zeros(2), r"each of the 3 inputs, not \(2,\)"),
        (np.full((3, 4, 1), np.nan), np.zeros(3), "inputs hold a value that is not"),
        (np.zeros((3, 4, 1)), np.full(3, np.inf), "targets hold a value that is not"),
    ],
)
def test_examples_that_do_not_fit_are_refused(inputs, targets, match):
    with pytest.raises(ValueError, match=match):
        Examples(inputs, targets)


def test_an_unknown_metric_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="metric must be one of mae, mse, not 'rmse'"):
        experiment(metric="rmse")
