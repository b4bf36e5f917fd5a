"""Promises of delayed recall: the task, the ratio, what is stored and told."""

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from utils.experiments import recall, train_all
from utils.experiments.recall import CELLS, GRIDS, Grid, Setting
from utils.training import checkpoints
from utils.training.checkpoints import CheckpointError

SMALL = Grid("small", "to try", delays=(2, 4), units=(3,), steps=(0, 2), n_seeds=2)
LSTM_AND_GRU = [name for name in CELLS if name != "SimpleRNN"]


# --- the task


def test_the_sign_stands_at_the_first_step_and_noise_at_every_step():
    X, y = recall.draw(2000, delay=5, noise=3.0, rng=np.random.default_rng(1))
    assert (X.shape, y.shape) == ((2000, 6, 2), (2000, 1))
    np.testing.assert_array_equal(X[:, 0, 0], np.where(y[:, 0] == 1, 1, -1))
    assert not X[:, 1:, 0].any()
    assert y.mean() == pytest.approx(0.5, abs=0.05)
    np.testing.assert_allclose(X[..., 1].std(axis=0), 3.0, rtol=0.1)
    np.testing.assert_allclose(X[..., 1].mean(axis=0), 0.0, atol=0.25)


def test_the_noise_says_nothing_of_the_sign_or_of_the_noise_before():
    X, y = recall.draw(5000, delay=3, rng=np.random.default_rng(2))
    columns = np.column_stack([y, X[..., 1]])
    correlations = np.corrcoef(columns.T) - np.eye(columns.shape[1])
    assert np.abs(correlations).max() < 0.06


def test_the_same_generator_gives_the_same_sequences():
    first, again = (recall.draw(5, delay=3, rng=np.random.default_rng(0)) for _ in "ab")
    np.testing.assert_array_equal(first[0], again[0])


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"n": 0, "delay": 3}, "n must be a whole number above 0; got 0"),
        ({"n": 1, "delay": 2.5}, "delay must be a whole number above 0; got 2.5"),
        ({"n": 1, "delay": True}, "delay must be a whole number"),
        ({"n": 1, "delay": 3, "noise": -1.0}, "noise must be a number from 0 on"),
        ({"n": 1, "delay": 3, "noise": np.nan}, "noise must be a number from 0 on"),
    ],
)
def test_sequences_that_cannot_be_are_refused(options, reason):
    with pytest.raises(ValueError, match=reason):
        recall.draw(**options, rng=np.random.default_rng(0))


# --- the cells


@pytest.mark.parametrize("name", LSTM_AND_GRU)
def test_gates_start_as_keras_has_them_or_as_the_delay_asks(name):
    cell = Setting(name, delay=50, seed=0, units=200).network().layers[0]
    if name.startswith("LSTM"):
        keeps, other = cell.b[cell.f], cell.b[cell.i]
    else:
        keeps, other = cell.b[0, cell.z], None
    if "chrono" not in name:
        np.testing.assert_array_equal(keeps, 1 if name == "LSTM" else 0)
        return
    u = np.exp(keeps)
    assert 1 <= u.min() < 4
    assert 46 < u.max() <= 49
    assert u.mean() == pytest.approx(25, abs=3)  # of a uniform distribution
    if other is not None:
        np.testing.assert_array_equal(other, -keeps)


def test_a_gate_at_rest_halves_its_carry_in_its_half_life():
    biases = np.array([-2.0, 0.0, 1.0, 3.0, 5.0])
    gates = 1 / (1 + np.exp(-biases))
    np.testing.assert_allclose(gates ** recall.half_life(biases), 0.5)


def test_learning_rate_and_noise_leave_weights_and_signs_as_they_are():
    one = Setting("LSTM", delay=5, seed=3)
    other = replace(one, learning_rate=0.1, noise=2.0)
    for a, b in zip(one.network().parameters, other.network().parameters, strict=True):
        np.testing.assert_array_equal(a, b)
    X, y = one.draw(8, one.rng("fresh"))
    X2, y2 = other.draw(8, other.rng("fresh"))
    np.testing.assert_array_equal(y, y2)
    np.testing.assert_allclose(2 * X[..., 1], X2[..., 1])


def test_batches_of_training_the_ratio_and_the_end_are_others():
    setting = Setting("GRU", delay=5, seed=3)
    drawn = [
        setting.draw(8, setting.rng(purpose))[0]
        for purpose in ("ratio", "training", "fresh")
    ]
    assert not any(np.array_equal(a, b) for a, b in itertools.pairwise(drawn))


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"cell": "Transformer"}, "cell must be one of 'SimpleRNN', 'LSTM'"),
        ({"cell": "GRU", "forget_bias": 1.0}, "forget_bias belongs to the cell 'LSTM'"),
    ],
)
def test_settings_that_cannot_be_are_refused(options, reason):
    with pytest.raises(ValueError, match=reason):
        Setting(delay=5, seed=0, **options)


def test_gates_for_a_delay_need_a_delay():
    with pytest.raises(ValueError, match="longest must be 2 steps or more; got 1"):
        recall.chrono_biases(3, 1, rng=np.random.default_rng(0))


# --- the ratio before training


@pytest.mark.parametrize("name", CELLS)
def test_the_gradients_along_the_inputs_are_those_of_keras(name):
    from utils.backend import keras, tf

    setting = Setting(name, delay=7, seed=1, units=4)
    network = setting.network()
    X, y = setting.draw(16, setting.rng("ratio"))
    kind = getattr(keras.layers, type(network.layers[0]).__name__)
    layers = [kind(4), keras.layers.Dense(1, activation="sigmoid")]
    twin = keras.Sequential([keras.Input((None, 2)), *layers])
    twin.set_weights(network.get_weights())
    inputs = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        loss = tf.reduce_mean(keras.losses.binary_crossentropy(y, twin(inputs)))
    expected = np.linalg.norm(tape.gradient(loss, inputs).numpy(), axis=(0, 2))
    found = recall.input_gradients(network, X, y)
    np.testing.assert_allclose(found, expected, rtol=1e-4)
    assert recall.ratio(setting, examples=16) == pytest.approx(
        expected[0] / expected[-1], rel=1e-4
    )


def test_the_ratio_falls_with_the_delay_and_rises_with_the_forget_bias():
    delays = [recall.ratio(Setting("GRU", delay, 0)) for delay in (5, 10, 20)]
    assert delays == sorted(delays, reverse=True)
    biases = [
        recall.ratio(Setting("LSTM", 20, 0, forget_bias=bias))
        for bias in (0.0, 2.0, 4.0)
    ]
    assert biases == sorted(biases)


# --- training


def test_a_short_delay_is_learned_and_a_network_that_rests_knows_nothing():
    settings = [Setting("GRU", 3, 0, rate) for rate in (0.0, 0.03)]
    recalled = recall.train(settings, steps=(0, 150))
    assert recalled[1, 1] > recall.RECALLED
    assert (recalled[0] < 0.9).all()
    assert recalled[0, 0] == recalled[0, 1]


def test_what_a_setting_recalls_does_not_hang_on_its_neighbours():
    settings = [Setting("LSTM", 3, seed, 0.03, units=4) for seed in (0, 1)]
    together = recall.train(settings, steps=(60,))
    alone = np.concatenate([recall.train([each], steps=(60,)) for each in settings])
    np.testing.assert_allclose(together, alone, atol=0.005)


@pytest.mark.parametrize(
    ("delays", "steps", "reason"),
    [
        ((3, 3), (2, 1), r"steps must grow; got \[2, 1\]"),
        ((3, 4), (2,), "settings must share one delay"),
    ],
)
def test_training_that_cannot_be_side_by_side_is_refused(delays, steps, reason):
    with pytest.raises(ValueError, match=reason):
        recall.train([Setting("GRU", delay, 0) for delay in delays], steps=steps)


def test_before_training_gates_keep_what_their_biases_say():
    settings = [Setting("LSTM", 30, seed, forget_bias=4.0) for seed in (0, 1)]
    found = recall.kept(settings, steps=(0, 1))
    assert found.shape == (2, 2, 16)
    np.testing.assert_allclose(found[:, 0], 1 / (1 + np.exp(-4.0)), atol=0.02)
    assert not np.array_equal(found[:, 0], found[:, 1])


def test_noise_alone_opens_the_gru_and_closes_the_lstm_at_a_high_learning_rate():
    for cell, grows in (("GRU", True), ("LSTM", False)):
        settings = [Setting(cell, 20, seed, 0.1) for seed in (0, 1, 2)]
        start, end = np.median(recall.kept(settings, steps=(0, 20)), axis=2).T
        assert ((end > start) == grows).all()


def test_a_cell_without_a_gate_that_keeps_is_refused():
    with pytest.raises(ValueError, match="must be LSTMs or GRUs; got 'SimpleRNN'"):
        recall.kept([Setting("SimpleRNN", 3, 0)], steps=(0,))


# --- grids and their files


@pytest.fixture(scope="module")
def outcomes():
    return recall.run(SMALL, 5, progress=False)


def test_a_grid_combines_each_value_with_each_and_stacks_one_kind_at_a_time():
    settings = SMALL.settings(5)
    assert len(settings) == len(set(settings)) == 5 * 2 * 2
    stacks = list(SMALL.stacks(5))
    assert [setting for stack in stacks for setting in stack] == settings
    assert len(stacks) == 2 * 3
    for stack in stacks:
        assert len({setting.delay for setting in stack}) == 1


def test_the_prediction_is_tried_with_fresh_seeds_on_the_grid_that_it_names():
    grid = GRIDS["recall"]
    assert {0.003, 0.01} < set(grid.learning_rates)
    assert grid.delays == (10, 20, 30, 40, 60, 100)
    for each in GRIDS.values():
        assert not set(recall.seeds_of(each)) & set(range(5))
        assert f"{recall.THRESHOLD}" == "0.00014"


def test_every_setting_has_its_row_for_each_number_of_steps(outcomes):
    table = outcomes.table()
    assert len(table) == 20 * 2
    for _, row in table.iterrows():
        assert row["predicted"] == (row["ratio"] > 1.4e-4)
        assert row["learned"] == (row["recalled"] > 0.95)
    first = SMALL.settings(5)[0]
    assert table["ratio"][0] == recall.ratio(first)
    assert table["recalled"][1] == recall.train([first], steps=(2,))[0, 0]


@pytest.fixture
def stored(outcomes, tmp_path, monkeypatch):
    monkeypatch.setitem(GRIDS, "small", replace(SMALL, n_seeds=1))
    path = recall.path_of("small", 5, folder=tmp_path)
    checkpoints.write(path, *recall.packed(outcomes))
    return path


def test_what_is_stored_comes_back(outcomes, stored):
    found = recall.results("small", folder=stored.parent)
    pd.testing.assert_frame_equal(found, outcomes.table(), rtol=1e-6)


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda monkeypatch: monkeypatch.setattr(recall, "BATCH", 32), "the code"),
        (lambda monkeypatch: monkeypatch.setattr(recall, "FRESH", 10), "the code"),
        (
            lambda monkeypatch: monkeypatch.setitem(
                CELLS, "GRU", lambda units, delay, rng: CELLS["LSTM"](units, delay, rng)
            ),
            "the data",
        ),
        (
            lambda monkeypatch: monkeypatch.setattr(
                recall, "chrono_biases", lambda units, longest, rng: np.ones(units)
            ),
            "the data",
        ),
    ],
)
def test_a_file_is_refused_where_the_course_would_make_another(
    stored, monkeypatch, change, part
):
    change(monkeypatch)
    reason = rf"small-seed5.npz was not made .*{part}.* make reproduce ARGS=small"
    with pytest.raises(CheckpointError, match=reason):
        recall.results("small", folder=stored.parent)


def test_other_settings_are_named(stored, monkeypatch):
    monkeypatch.setitem(GRIDS, "small", replace(SMALL, noise=(2.0,), n_seeds=1))
    with pytest.raises(CheckpointError, match=r"noise: 1\.0, now 2\.0"):
        recall.results("small", folder=stored.parent)


def test_a_file_is_verified_where_it_would_come_out_again(stored, monkeypatch):
    arrays, meta = checkpoints.read(stored)
    other = meta | {"fingerprint": meta["fingerprint"] | {"code": {"hash": "0"}}}
    checkpoints.write(stored, arrays, other)
    with pytest.raises(CheckpointError, match="the code"):
        recall.results("small", folder=stored.parent)
    recall.verify(SMALL, seeds=[5], folder=stored.parent)
    assert checkpoints.read(stored)[1] == meta


@pytest.mark.parametrize("place", [0, 1])
def test_a_file_is_not_verified_where_something_else_would_come_out(stored, place):
    arrays, meta = checkpoints.read(stored)
    arrays[place] = arrays[place] * 2 if place == 0 else 1000 - arrays[place] * 0
    checkpoints.write(stored, arrays, meta)
    before = stored.read_bytes()
    with pytest.raises(CheckpointError, match=r"small-seed5\.npz is not verified"):
        recall.verify(SMALL, seeds=[5], folder=stored.parent)
    assert stored.read_bytes() == before


def test_make_reproduce_knows_every_grid_and_writes_where_results_are_read(
    outcomes, monkeypatch
):
    jobs = train_all.plan(["recall", "recall-noise"], seeds=2)
    assert [tuple(job) for job in jobs] == [
        (name, seed) for name in ("recall", "recall-noise") for seed in (5, 6)
    ]
    monkeypatch.setattr(recall, "run", lambda grid, seed, progress: outcomes)
    path, arrays, meta = train_all.entries()["recall"].train(5, progress=False)
    assert checkpoints.FOLDER / path == recall.path_of("recall", 5)
    assert meta["scores"].keys() == {"learned", "predicted right"}
    assert len(arrays[0]) == 20


COMMITTED = sorted(recall.FOLDER.glob("*.npz"))


@pytest.mark.parametrize("path", COMMITTED, ids=lambda path: path.stem)
def test_each_committed_file_is_what_the_course_would_make_now(path):
    name, _, seed = path.stem.rpartition("-seed")
    table = recall.load(GRIDS[name], int(seed)).table()
    assert len(table) == len(GRIDS[name].settings(5)) * len(GRIDS[name].steps)
    assert table["recalled"].between(0, 1).all()
    first = GRIDS[name].settings(int(seed))[0]
    assert table["ratio"][0] == pytest.approx(recall.ratio(first), rel=1e-3)


def test_every_grid_is_committed_with_all_its_seeds():
    table = recall.results()
    seeds = table.groupby("grid")["seed"].nunique().to_dict()
    assert seeds == {name: grid.n_seeds for name, grid in GRIDS.items()}
    predicted = table[table["learning_rate"].isin([0.003, 0.01])]
    assert (predicted["grid"] == "recall").sum() == 300


# --- tables


TABLE = pd.DataFrame(
    {
        "cell": ["LSTM"] * 3 + ["GRU"] * 3,
        "learning_rate": 0.01,
        "delay": [10, 10, 20] * 2,
        "seed": [5, 6, 5] * 2,
        "forget_bias": [None] * 6,
        "predicted": [True, True, False, True, False, False],
        "learned": [True, False, False, True, True, False],
    }
)


def test_confusion_counts_each_run_once():
    found = recall.confusion(TABLE, "cell")
    assert found.loc["LSTM"].tolist() == [1, 0, 1, 1, 3, 2 / 3]
    assert found.loc["GRU"].tolist() == [1, 1, 1, 0, 3, 2 / 3]
    whole = recall.confusion(TABLE)
    assert whole.iloc[0, :4].sum() == whole["runs"].item() == 6


def test_success_counts_the_seeds_that_learned():
    found = recall.success(TABLE)
    assert found.loc[("LSTM", 0.01)].tolist() == [1, 0]
    assert found.loc[("GRU", 0.01)].tolist() == [2, 0]


def test_panels_hold_each_cell_in_the_order_of_the_cells_with_a_row_for_each_delay():
    found = recall.panels(TABLE.assign(seed=[5, 6, 5, 5, 6, 5]).iloc[[0, 2, 3, 5]])
    assert {rate: list(cells) for rate, cells in found.items()} == {
        "learning rate 0.01": ["LSTM", "GRU"]
    }
    assert found["learning rate 0.01"]["GRU"].tolist() == [[True], [False]]


def test_half_success_lies_between_the_delays_that_enclose_it():
    delays = np.repeat([10, 20, 40], 4)
    learned = [1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 0, 0]
    runs = {"forget_bias": None, "delay": delays, "learned": np.array(learned, bool)}
    found = recall.half_success(pd.DataFrame(runs))
    assert found.to_dict() == {1.0: pytest.approx(20 * 2**0.5)}
    never, always = (
        pd.DataFrame(runs | {"learned": [learned] * 12}) for learned in (False, True)
    )
    assert np.isnan(recall.half_success(never).item())
    assert recall.half_success(always).item() == np.inf
