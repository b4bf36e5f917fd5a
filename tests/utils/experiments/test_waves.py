"""Promises of the two-wave experiments: the source's series, and targets in place."""

import numpy as np
import pytest

from utils.experiments.prepare import EXPERIMENTS
from utils.experiments.waves import INTERVAL, WAVES, draw, prepare_waves
from utils.metrics import mse
from utils.training import catalogue, loop
from utils.windows import Windows


@pytest.fixture(scope="module", params=WAVES)
def waves(request):
    return request.param, WAVES[request.param]()


def test_each_experiment_is_in_the_catalogue_of_experiments_under_its_name(waves):
    name, data = waves
    assert EXPERIMENTS[name] is WAVES[name]
    assert (data.name, data.metric, data.simulated) == (name, "mse", False)


def test_seven_two_and_one_thousand_series_give_fifty_steps_each(waves):
    _, data = waves
    parts = data.train, data.validation, data.test
    assert [len(part) for part in parts] == [7000, 2000, 1000]
    steps = 59 if data.name.endswith("teacher") else 50
    assert {part.input_shape for part in parts} == {(steps, 1)}


def test_the_naive_errors_are_those_of_the_source():
    """Naive forecasts of one step, and of ten with and without a look at the last."""
    one = prepare_waves().validation
    assert mse(one.targets, one.inputs[:, -1]) == pytest.approx(0.020211367, abs=5e-9)
    ten = prepare_waves(ahead=10, interval="spread").validation
    naive, peeking = (
        np.repeat(last, 10, axis=1) for last in (ten.inputs[:, -1], ten.targets[:, -1:])
    )
    assert mse(ten.targets, naive) == pytest.approx(0.2570, abs=5e-5)
    assert mse(ten.targets, peeking) == pytest.approx(0.2227885, abs=5e-8)


@pytest.mark.parametrize("interval", [INTERVAL, "spread"])
@pytest.mark.parametrize("ahead", [1, 10])
def test_parts_are_the_source_s_rows_and_targets_what_follows(ahead, interval):
    series = draw(ahead, interval=interval).series
    data = prepare_waves(ahead=ahead, interval=interval)
    for part, start, stop in (
        (data.train, 0, 7000),
        (data.validation, 7000, 9000),
        (data.test, 9000, 10_000),
    ):
        np.testing.assert_array_equal(part.inputs, series[start:stop, :50])
        np.testing.assert_array_equal(part.targets, series[start:stop, 50:, 0])


def test_targets_at_every_step_are_those_that_windows_cut_from_each_series():
    data = prepare_waves(ahead=10, interval="spread", every_step=True).test
    flat = draw(10, interval="spread").series[9000:].reshape(-1)
    runs = np.arange(0, len(flat), 60)[:, None] + [0, 60]
    windows = Windows(
        flat[:, None],
        flat,
        length=50,
        horizon=range(1, 11),
        every_step=True,
        segments=runs,
    )
    np.testing.assert_array_equal(data.inputs, windows.inputs)
    np.testing.assert_array_equal(data.targets, windows.targets)
    last = prepare_waves(ahead=10, interval="spread").test
    np.testing.assert_array_equal(data.targets[:, -1], last.targets)


def test_a_teacher_gives_the_decoder_all_targets_but_the_last():
    helped, alone = WAVES["waves-10-teacher"]().test, WAVES["waves-10"]().test
    np.testing.assert_array_equal(helped.inputs[:, :50], alone.inputs)
    np.testing.assert_array_equal(helped.inputs[:, 50:, 0], alone.targets[:, :-1])
    np.testing.assert_array_equal(helped.targets, alone.targets)


def test_one_and_ten_steps_ahead_share_their_waves_and_sampling_rate():
    one, ten, spread = draw(1), draw(10), draw(10, interval="spread")
    np.testing.assert_array_equal(one.clean, ten.clean[:, :51])
    np.testing.assert_array_equal(ten.frequencies, spread.frequencies)
    assert spread.times[1] == pytest.approx(1 / 59)
    assert not np.allclose(ten.clean, spread.clean, atol=0.1)


def test_other_data_have_another_name():
    names = [
        prepare_waves(ahead=ahead, interval=interval, every_step=every_step).name
        for ahead in (1, 10)
        for interval in (INTERVAL, "spread", 1 / 59)
        for every_step in (False, True)
    ]
    assert len(set(names)) == len(names) == 12


@pytest.mark.parametrize("ahead", [0, -1, 1.0, True, "10"])
def test_a_number_of_steps_that_is_not_whole_and_positive_is_refused(ahead):
    with pytest.raises(ValueError, match=r"^ahead must be a whole number, 1 or more"):
        prepare_waves(ahead=ahead)


def test_an_interval_that_is_no_time_is_refused():
    with pytest.raises(ValueError, match=r"^interval must be"):
        prepare_waves(interval=-0.02)


@pytest.mark.parametrize(
    ("model_id", "parameters", "outputs"),
    [
        ("G2", 51, (1,)),
        ("G3", 3, (1,)),
        ("G4", 1_282, (1,)),
        ("G5", 1_281, (1,)),
        ("G8", 510, (10,)),
        ("G9-vector", 1_470, (10,)),
        ("G9-sequence", 1_470, (50, 10)),
    ],
)
def test_networks_of_the_waves_have_the_sources_size_and_training(
    model_id, parameters, outputs
):
    spec = catalogue.get(model_id)
    model = spec.build((50, 1))
    assert model.count_params() == parameters
    assert model.output_shape == (None, *outputs)
    part = EXPERIMENTS[spec.experiment]().test
    assert part.targets.shape == (1000, *outputs)
    trained = (spec.optimizer, spec.loss, spec.epochs, spec.batch_size)
    assert trained == ("adam", "mse", 20, 32)
    assert spec.learning_rate == (0.01 if model_id == "G9-sequence" else 0.001)


def test_a_forecast_at_a_step_does_not_see_later_steps():
    model = catalogue.build("G9-sequence", (50, 1))
    x = np.random.default_rng(0).normal(size=(2, 50, 1)).astype("float32")
    changed = x.copy()
    changed[:, 30:] += 1
    before, after = model(x).numpy(), model(changed).numpy()
    np.testing.assert_allclose(before[:, :30], after[:, :30], atol=1e-6)
    assert not np.allclose(before[:, 30:], after[:, 30:], atol=1e-3)


def decoders():
    """Build both encoder-decoders with the same random weights."""
    loop.set_seed(0)
    alone = catalogue.build("ten-free", (50, 1))
    helped = catalogue.build("ten-teacher", (59, 1))
    helped.set_weights(alone.get_weights())
    return helped, alone


def test_a_decoder_alone_is_the_helped_one_whose_teacher_repeats_what_it_wrote():
    helped, alone = decoders()
    x = np.random.default_rng(0).normal(size=(4, 50, 1)).astype("float32")
    written = alone(x).numpy()
    taught = np.concatenate([x, written[:, :-1, None]], axis=1)
    np.testing.assert_allclose(helped(taught).numpy(), written, atol=1e-6)
    other = np.concatenate([x, 1 + written[:, :-1, None]], axis=1)
    assert not np.allclose(helped(other).numpy()[:, 1:], written[:, 1:], atol=1e-3)


def test_a_helped_decoder_sees_no_target_before_it_was_forecast():
    helped, _ = decoders()
    x = np.random.default_rng(0).normal(size=(4, 59, 1)).astype("float32")
    changed = x.copy()
    changed[:, 54:] += 1  # the decoder reads step 54 to forecast the sixth target
    before, after = helped(x).numpy(), helped(changed).numpy()
    np.testing.assert_allclose(before[:, :5], after[:, :5], atol=1e-6)
    assert not np.isclose(before[:, 5:], after[:, 5:], atol=1e-4).any()


@pytest.mark.parametrize(
    ("model_id", "parameters", "outputs"),
    [
        ("ten-vector", 1_470, (10,)),
        ("ten-sequence", 1_470, (50, 10)),
        ("ten-teacher", 1_721, (10,)),
        ("ten-free", 1_721, (10,)),
    ],
)
def test_networks_of_several_steps_differ_in_what_they_are_asked(
    model_id, parameters, outputs
):
    spec = catalogue.get(model_id)
    part = EXPERIMENTS[spec.experiment]().test
    model = spec.build(part.input_shape)
    assert model.count_params() == parameters
    assert model.output_shape[1:] == part.targets.shape[1:] == outputs
    assert spec.source != catalogue.GERON
    assert spec.learning_rate == (0.003 if model_id == "ten-free" else 0.01)


def test_a_line_learns_the_waves_in_a_few_steps():
    data = prepare_waves()
    run = loop.fit(
        "G2",
        data.train,
        data.validation,
        seed=0,
        metric="mse",
        epochs=2,
        progress=False,
    )
    losses = run.history["loss"]
    assert losses[1] < losses[0] / 3
    score = loop.evaluate(run.model, data.validation, metric="mse")
    assert score == pytest.approx(min(run.history["val_mse"]), rel=1e-4)
