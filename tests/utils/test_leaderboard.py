"""Promises of the leaderboard: the test set stays sealed, no candidate looks ahead."""

import json

import numpy as np
import pytest

from utils import beyond, checkpoints, leaderboard
from utils.beyond import CANDIDATES, Candidate, Fitted
from utils.checkpoints import CheckpointError
from utils.data import jena, weather
from utils.experiments import Experiment
from utils.leaderboard import SealError, Vault
from utils.metrics import mae
from utils.windows import Normalizer, chronological_split

QUICK = ("naive", "climatology", "linear", "ridge", "trees")
NETWORKS = tuple(name for name in CANDIDATES if name not in QUICK)


def experiment(table):
    split = chronological_split(len(table), length=120, horizon=24)
    normalizer = Normalizer.fit(table[split.train.rows])
    scaled = normalizer.transform(table).to_numpy(np.float32)
    target = table["T (degC)"]
    windows = {
        part.name: part.windows(scaled, target, segments=jena.segments(table))
        for part in split
    }
    return Experiment(
        name="weather",
        table=table,
        target="T (degC)",
        split=split,
        normalizer=normalizer,
        **windows,
        fingerprint="simulated",
        simulated=True,
    )


@pytest.fixture(scope="module")
def table():
    return weather.simulate(seed=3, hours=3000)


@pytest.fixture(scope="module")
def task(table, tmp_path_factory):
    folder = tmp_path_factory.mktemp("board")
    return leaderboard.prepare(experiment(table), folder=folder)


@pytest.fixture
def vault(tmp_path):
    return Vault([1.0, 2.0, 3.0], tmp_path / "uses.json")


# ------------------------------------------------------------------------- the seal


def test_the_test_set_can_be_used_once(vault):
    first = {"a": np.array([1.0, 2.0, 4.0])}
    assert vault.open(first, why="the end") == {"a": pytest.approx(1 / 3)}
    with pytest.raises(SealError, match=r"was used before.*the end"):
        vault.open({"b": np.zeros(3)}, why="one more idea")
    assert [use["why"] for use in vault.uses] == ["the end"]


def test_the_same_forecasts_give_the_same_answer_without_another_use(vault):
    forecasts = {"a": np.array([1.0, 2.0, 4.0]), "b": np.zeros(3)}
    first = vault.open(forecasts, why="the end")
    assert vault.open(dict(reversed(forecasts.items())), why="again") == first
    assert len(vault.uses) == 1


@pytest.mark.parametrize(
    "other",
    [{"b": np.zeros(3)}, {"a": np.full(3, 0.01)}, {"a": np.zeros(3), "b": np.ones(3)}],
)
def test_other_names_values_or_models_are_another_use(vault, other):
    vault.open({"a": np.zeros(3)}, why="the end")
    with pytest.raises(SealError):
        vault.open(other, why="again")


def test_a_second_use_on_purpose_stays_in_the_log(vault):
    vault.open({"a": np.zeros(3)}, why="the end")
    vault.open({"a": np.ones(3)}, why="a mistake was mended", again=True)
    log = json.loads(vault.log.read_text())
    assert [use["why"] for use in log] == ["the end", "a mistake was mended"]
    assert "used 2 times" in repr(vault)


def test_a_use_needs_a_reason(vault):
    with pytest.raises(ValueError, match="why is empty"):
        vault.open({"a": np.zeros(3)}, why=" ")
    assert not vault.uses


def test_a_refused_comparison_is_no_use(vault):
    with pytest.raises(ValueError, match="one shape"):
        vault.open({"a": np.zeros(2)}, why="the end")
    assert not vault.uses


def test_candidates_get_no_test_target(task):
    assert set(task.targets) == {"train", "validation"}
    assert set(task.inputs) == {"train", "validation", "test"}


# ------------------------------------------------------------------------- the task


def test_no_input_of_a_part_sees_a_later_part(table, task, tmp_path):
    border = experiment(table).split.test.start
    changed = table.copy()
    changed.iloc[border:] = changed.iloc[border:] + 5.0
    other = leaderboard.prepare(experiment(changed), folder=tmp_path)
    for part in ("train", "validation"):
        np.testing.assert_array_equal(
            task.inputs[part].features, other.inputs[part].features
        )
        np.testing.assert_array_equal(
            task.inputs[part].sequences, other.inputs[part].sequences
        )
        np.testing.assert_array_equal(task.targets[part], other.targets[part])


def test_the_last_hour_is_the_same_in_every_view(table, task):
    for part in ("train", "validation", "test"):
        inputs = task.inputs[part]
        at = table.index.get_indexer(inputs.times)
        np.testing.assert_array_equal(inputs.now, table["T (degC)"].to_numpy()[at])
        ahead = inputs.target_times - inputs.times
        assert (ahead == np.timedelta64(24, "h")).all()
    at = table.index.get_indexer(task.inputs["train"].target_times)
    np.testing.assert_allclose(
        task.targets["train"], table["T (degC)"].to_numpy()[at], atol=1e-5
    )


def test_joined_inputs_keep_their_order(task):
    train, validation = task.inputs["train"], task.inputs["validation"]
    both = train.joined(validation)
    assert len(both.now) == len(train.now) + len(validation.now)
    np.testing.assert_array_equal(both.features[-1], validation.features[-1])
    assert both.calendar_features.shape[1] == train.calendar == 24


# ------------------------------------------------------------------------ candidates


def some(inputs, count):
    arrays = {n: v[:count] for n, v in vars(inputs).items() if n != "calendar"}
    return beyond.Inputs(calendar=inputs.calendar, **arrays)


@pytest.mark.parametrize("name", CANDIDATES)
def test_every_candidate_learns_something_and_forecasts_each_row(task, name):
    count = len(task.inputs["train"].now) if name in QUICK else 256
    train = some(task.inputs["train"], count)
    change = task.targets["train"][:count] - train.now
    fitted = CANDIDATES[name].fit(train, change, 0)
    forecast = np.asarray(fitted.predict(train))
    assert forecast.shape == ((count, 3) if name == "quantiles" else (count,))
    still = mae(change, np.zeros(count))
    assert mae(change, leaderboard.point(forecast)) <= still
    assert (fitted.parameters > 0) == (name != "naive")


def test_quantiles_of_a_fitted_network_do_not_cross(task):
    train = some(task.inputs["train"], 256)
    change = task.targets["train"][:256] - train.now
    forecast = CANDIDATES["quantiles"].fit(train, change, 0).predict(train)
    assert (np.diff(forecast, axis=1) >= 0).all()


def test_a_seed_gives_the_same_forecasts_and_another_seed_others(task):
    train = some(task.inputs["train"], 64)
    change = task.targets["train"][:64] - train.now
    fit = CANDIDATES["mlp64"].fit
    first, same, other = (fit(train, change, seed).predict(train) for seed in (0, 0, 1))
    np.testing.assert_allclose(first, same, atol=1e-4)
    assert np.abs(first - other).max() > 1e-3


def test_climatology_finds_the_share_of_an_anomaly_that_remains(task):
    train = task.inputs["train"]
    change = task.targets["train"] - train.now
    fitted = CANDIDATES["climatology"].fit(train, change, 0)
    assert mae(change, fitted.predict(train)) < mae(change, 0 * change)


# --------------------------------------------------------------------------- results


def test_a_stored_result_comes_back_to_the_hundredth(task, tmp_path):
    result = leaderboard.run(CANDIDATES["ridge"], task, seed=0)
    leaderboard.save(result, task, folder=tmp_path)
    again = leaderboard.load("ridge", task, seed=0, folder=tmp_path)
    for part in ("validation", "test", "refitted"):
        np.testing.assert_allclose(
            getattr(again, part), getattr(result, part), atol=0.0051
        )
    assert again.parameters == result.parameters == 116


def test_a_result_of_other_data_is_refused(task, tmp_path):
    path = leaderboard.path_of("ridge", 0, folder=tmp_path)
    checkpoints.write(path, [], {"id": "ridge", "seed": 0, "fingerprint": "other"})
    with pytest.raises(CheckpointError, match=r"fingerprint 'other'.*leaderboard"):
        leaderboard.load("ridge", task, seed=0, folder=tmp_path)


def test_an_interrupted_run_goes_on_where_it_stopped(task, tmp_path, monkeypatch):
    fits = []

    def fit(inputs, change, seed):
        fits.append(seed)
        if len(fits) == 3:
            raise KeyboardInterrupt
        return Fitted(lambda new: 0 * new.now, 1)

    monkeypatch.setitem(CANDIDATES, "new", Candidate("new", "counts its fits", fit))
    with pytest.raises(KeyboardInterrupt):
        leaderboard.run_all(["new"], task, seeds=2, folder=tmp_path)
    results = leaderboard.run_all(["new"], task, seeds=2, folder=tmp_path)
    assert fits == [0, 0, 1, 1, 1]
    assert [result.seed for result in results] == [0, 1]


def test_the_board_has_spread_and_skill_and_the_best_first(task, tmp_path):
    results = leaderboard.run_all(["naive", "ridge"], task, folder=tmp_path)
    ensemble = leaderboard.choose_ensemble(results, task)
    forecasts = leaderboard.forecasts_of_test(results, ensemble)
    vault = Vault(task.inputs["test"].now + 1, tmp_path / "uses.json")
    board = leaderboard.table(results, task, vault.open(forecasts, why="a test"))
    assert set(board.index) == {"ridge", "naive"}
    assert board["validation"].is_monotonic_increasing
    assert board.loc["naive", "refitted"] == pytest.approx(1, abs=0.01)
    assert "test" not in leaderboard.table(results, task)
    assert leaderboard.table(results, task).loc["naive", "skill"] == 0
    assert {key[0] for key in forecasts} == {"naive", "ridge", "ensemble"}


def test_an_unknown_candidate_is_refused(task, tmp_path):
    with pytest.raises(ValueError, match="candidates oracle are unknown: choose"):
        leaderboard.run_all(["oracle"], task, folder=tmp_path)


def test_simulated_weather_makes_no_leaderboard(table, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(leaderboard, "prepare_jena", lambda: experiment(table))
    assert leaderboard.main(["--folder", str(tmp_path)]) == 1
    assert "needs the real weather" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("part", [["naive", "ridge"], ["--seeds", "4"]])
def test_the_seal_opens_only_for_all_candidates_and_seeds(part, tmp_path, capsys):
    with pytest.raises(SystemExit):
        leaderboard.main([*part, "--open", "early", "--folder", str(tmp_path)])
    assert "--open is for the end" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
