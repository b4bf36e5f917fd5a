"""Promises of the leaderboard: no candidate looks ahead, no result is mistaken."""

import contextlib
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from tests.weather import NEEDS_TABLE
from utils.data import jena, weather
from utils.experiments import candidates, leaderboard
from utils.experiments.candidates import ALL, CANDIDATES, LATER
from utils.experiments.holdout import HeldOutError
from utils.experiments.leaderboard import Result
from utils.forecasting.intervals import conformal_margin
from utils.metrics import coverage, mae
from utils.training import checkpoints
from utils.training.checkpoints import CheckpointError
from utils.training.dataset import SeriesExperiment
from utils.windows import Normalizer, chronological_split

QUICK = ("naive", "climatology", "linear", "ridge", "trees")


def experiment(table, *, simulated=False):
    split = chronological_split(len(table), length=120, horizon=24)
    normalizer = Normalizer.fit(table[split.train.rows])
    scaled = normalizer.transform(table).to_numpy(np.float32)
    target = table["T (degC)"]
    windows = {
        part.name: part.windows(scaled, target, segments=jena.segments(table))
        for part in split
    }
    return SeriesExperiment(
        name="weather",
        table=table,
        target="T (degC)",
        split=split,
        normalizer=normalizer,
        **windows,
        simulated=simulated,
    )


@pytest.fixture(scope="module")
def table():
    return weather.simulate(seed=3, hours=3000)


@pytest.fixture(scope="module")
def task(table, tmp_path_factory):
    folder = tmp_path_factory.mktemp("board")
    return leaderboard.prepare(experiment(table), folder=folder)


# ------------------------------------------------------------------------- the task


def test_candidates_get_no_test_target(task):
    assert set(task.targets) == {"train", "validation"}
    assert set(task.inputs) == {"train", "validation", "test"}


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


def test_no_forecast_sees_a_row_after_its_last_hour(table, task, tmp_path):
    for part in ("validation", "test"):  # train gives the scale to all its rows
        last = len(task.inputs[part].now) // 2
        time = task.inputs[part].times[last]
        changed = table.copy()
        changed.loc[changed.index > time] += 5.0
        known = leaderboard.prepare(experiment(changed), folder=tmp_path).inputs[part]
        for view in ("features", "sequences", "own"):
            np.testing.assert_array_equal(
                getattr(task.inputs[part], view)[: last + 1],
                getattr(known, view)[: last + 1],
            )


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
    assert both.calendar_features.shape[1] == 24
    assert both.names == train.names


# ------------------------------------------------------------------------ candidates


@pytest.mark.parametrize("name", ALL)
def test_every_candidate_learns_something_and_forecasts_each_row(task, name):
    count = len(task.inputs["train"].now) if name in QUICK else 1024
    train = task.inputs["train"][:count]
    change = task.targets["train"][:count] - train.now
    fitted = ALL[name].fit(train, change, 0)
    forecast = np.asarray(fitted.predict(train))
    assert forecast.shape == ((count, 3) if name == "quantiles" else (count,))
    still = mae(change, np.zeros(count))
    assert mae(change, leaderboard.point(forecast)) <= still
    assert (fitted.parameters > 0) == (name != "naive")


def test_quantiles_of_a_fitted_network_do_not_cross(task):
    train = task.inputs["train"][:256]
    change = task.targets["train"][:256] - train.now
    forecast = CANDIDATES["quantiles"].fit(train, change, 0).predict(train)
    assert (np.diff(forecast, axis=1) >= 0).all()


def test_a_seed_gives_the_same_forecasts_and_another_seed_others(task):
    train = task.inputs["train"][:64]
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


def store(result, task, folder):
    path = leaderboard.path_of(result.id, result.seed, folder=folder)
    checkpoints.write(path, *leaderboard.packed(result, task))
    return path


def results_of(task, *, seeds=2):
    """Results without a fit: naive, and quantiles that know a bit more each seed."""
    parts = {"validation": "validation", "test": "test", "refitted": "test"}
    now = {name: task.inputs[part].now for name, part in parts.items()}
    naive = Result("naive", 0, **now, parameters=0, cpu_seconds=0.0, seconds=0.0)
    found = [naive]
    for seed in range(seeds):
        ends = {
            name: values[:, None] + np.array([-1.0, 0.5 + seed, 4.0])
            for name, values in now.items()
        }
        described = {"parameters": 10, "cpu_seconds": 2.0, "seconds": 5.0}
        found.append(Result("quantiles", seed, **ends, **described))
    return found


def test_a_stored_result_comes_back_to_the_hundredth(task, tmp_path):
    result = leaderboard.run(CANDIDATES["ridge"], task, seed=0)
    store(result, task, tmp_path)
    again = leaderboard.load("ridge", task, seed=0, folder=tmp_path)
    for part in ("validation", "test", "refitted"):
        np.testing.assert_allclose(
            getattr(again, part), getattr(result, part), atol=0.0051
        )
    assert again.parameters == result.parameters == 116
    assert again.cpu_seconds == round(result.cpu_seconds, 1)


def test_stored_quantiles_keep_their_three_columns(task, tmp_path):
    result = results_of(task)[1]
    store(result, task, tmp_path)
    again = leaderboard.load("quantiles", task, seed=0, folder=tmp_path)
    np.testing.assert_allclose(again.refitted, result.refitted, atol=0.0051)


def test_a_refit_has_learned_from_validation_too(task):
    seen = []

    def fit(inputs, change, seed):
        seen.append((len(inputs.now), len(change)))
        return candidates.Fitted(lambda new: np.full(len(new.now), change[-1]), 1)

    candidate = replace(CANDIDATES["ridge"], fit=fit)
    result = leaderboard.run(candidate, task, seed=0)
    train, later = len(task.inputs["train"].now), len(task.inputs["validation"].now)
    assert seen == [(train, train), (train + later, train + later)]
    change = task.targets["validation"][-1] - task.inputs["validation"].now[-1]
    np.testing.assert_allclose(result.refitted - task.inputs["test"].now, change)
    assert not np.allclose(result.test, result.refitted)


def looks_up_targets(inputs, change, seed):
    """Fit nothing; find each target among the rows that came in the same call."""

    def predict(new):
        at = np.searchsorted(new.times, new.target_times)
        at = np.minimum(at, len(new.times) - 1)
        found = new.times[at] == new.target_times
        return np.where(found, new.now[at] - new.now, 0.0)

    return candidates.Fitted(predict, 0)


def test_a_candidate_that_looks_targets_up_in_its_inputs_finds_none(task):
    inputs, y = task.inputs["validation"], task.targets["validation"]
    at_once = inputs.now + looks_up_targets(None, None, 0).predict(inputs)
    assert mae(y, at_once) < 0.1  # they lie there as the last value of later rows
    cheat = replace(CANDIDATES["naive"], fit=looks_up_targets)
    result = leaderboard.run(cheat, task, seed=0)
    for part, kind in {"validation": "validation", "test": "test"}.items():
        np.testing.assert_array_equal(getattr(result, kind), task.inputs[part].now)
    np.testing.assert_array_equal(result.refitted, task.inputs["test"].now)


def test_no_row_of_a_call_holds_the_target_of_another(task):
    hour, length = np.timedelta64(1, "h"), 120
    called = []

    def predict(new):
        called.append(new.target_times)
        windows = new.times[:, None] - hour * np.arange(length)
        assert not np.isin(new.target_times, windows).any()
        return new.own[:, 0] - new.now

    fitted = candidates.Fitted(predict, 0)
    for part in ("validation", "test"):
        inputs = task.inputs[part]
        forecast = leaderboard._forecast(fitted, inputs)
        np.testing.assert_allclose(forecast, inputs.own[:, 0], atol=1e-9)  # in order
        assert len(called) == leaderboard.CALLS
        assert sorted(np.concatenate(called)) == sorted(inputs.target_times)
        called.clear()


def refusal(task, folder, name="ridge"):
    with pytest.raises(CheckpointError) as caught:
        leaderboard.load(name, task, seed=0, folder=folder)
    assert f"make reproduce ARGS={name}" in str(caught.value)
    return str(caught.value)


def test_a_missing_result_is_refused_with_the_command_that_makes_it(task, tmp_path):
    assert "ridge-seed0.npz does not exist" in refusal(task, tmp_path)


def test_a_damaged_result_is_refused(task, tmp_path):
    path = store(leaderboard.run(CANDIDATES["ridge"], task, seed=0), task, tmp_path)
    path.write_bytes(path.read_bytes()[:-2000])
    assert "is damaged" in refusal(task, tmp_path)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("notes.txt", "no arrays")
    assert "is damaged" in refusal(task, tmp_path)


def test_a_result_of_other_data_is_refused(task, tmp_path):
    store(leaderboard.run(CANDIDATES["ridge"], task, seed=0), task, tmp_path)
    warmer = {part: y + 0.01 for part, y in task.targets.items()}
    other = replace(task, targets=warmer)
    assert "the data (train targets: mean" in refusal(other, tmp_path)


def with_features(task, change):
    """A task whose features of the training rows are changed."""
    train = task.inputs["train"]
    changed = replace(train, features=change(train.features.copy()))
    return replace(task, inputs={**task.inputs, "train": changed})


def noise(features):
    drawn = np.random.default_rng(0).normal(size=features.shape)
    return drawn.astype(features.dtype)


def noise_of_the_same_moments(features):
    return np.random.default_rng(0).permutation(features)


def an_hour_ahead(features):
    features[:-1, 0] = features[1:, 0]
    return features


def one_value(features):
    features[7, 3] += 1.0
    return features


@pytest.mark.parametrize(
    "change", [noise, noise_of_the_same_moments, an_hour_ahead, one_value]
)
def test_a_result_from_other_features_is_refused(task, tmp_path, change):
    store(leaderboard.run(CANDIDATES["ridge"], task, seed=0), task, tmp_path)
    reason = refusal(with_features(task, change), tmp_path)
    assert "ridge-seed0.npz was not made from what the course has now" in reason
    assert "the data (train features: " in reason


def test_a_result_from_features_of_another_name_is_refused(task, tmp_path):
    store(leaderboard.run(CANDIDATES["ridge"], task, seed=0), task, tmp_path)
    train = task.inputs["train"]
    renamed = replace(train, names=(*train.names[:-1], "calendar of another kind"))
    other = replace(task, inputs={**task.inputs, "train": renamed})
    assert "the data (train names: hash" in refusal(other, tmp_path)


def test_another_processors_rounding_is_not_refused(task, tmp_path):
    store(leaderboard.run(CANDIDATES["ridge"], task, seed=0), task, tmp_path)
    rng = np.random.default_rng(0)

    def rounded(values):
        shaken = values * (1 + 1e-9 * rng.normal(size=values.shape))
        return shaken.astype(values.dtype)

    def elsewhere(inputs):
        last_bit = np.nextafter(inputs.features, np.float32(np.inf))
        return replace(inputs, own=rounded(inputs.own), features=last_bit)

    other = replace(
        task,
        inputs={part: elsewhere(inputs) for part, inputs in task.inputs.items()},
        targets={part: rounded(y) for part, y in task.targets.items()},
    )
    leaderboard.load("ridge", other, seed=0, folder=tmp_path)


def test_a_result_of_other_code_is_refused(task, tmp_path, monkeypatch):
    store(leaderboard.run(CANDIDATES["ridge"], task, seed=0), task, tmp_path)
    monkeypatch.setattr(candidates, "PENALTY", 1.0)
    changed = leaderboard.codes()
    different = {name for name in ALL if changed[name] != task.code[name]}
    assert different == {"ridge"}
    other = replace(task, code=changed)
    assert "the code (_ridge) differs" in refusal(other, tmp_path)


def test_a_result_keeps_the_code_it_was_fitted_with(task, monkeypatch):
    result = leaderboard.run(CANDIDATES["ridge"], task, seed=0)
    monkeypatch.setattr(candidates, "PENALTY", 1.0)  # as an edit during a long run does
    meta = leaderboard.packed(result, task)[1]
    assert meta["fingerprint"]["code"] == task.code["ridge"]


# ------------------------------------------------------------- verified after a change


def outdated(result, task, folder):
    """Store a result as one of other code, to be verified."""
    return store(result, replace(task, code={result.id: {"hash": "old"}}), folder)


def test_a_result_is_verified_when_a_fit_gives_the_stored_forecasts(task, tmp_path):
    path = outdated(leaderboard.run(CANDIDATES["ridge"], task, seed=0), task, tmp_path)
    before = checkpoints.read(path)[0]
    assert "the code" in refusal(task, tmp_path)
    leaderboard.verify(CANDIDATES["ridge"], task, seeds=[0], folder=tmp_path)
    leaderboard.load("ridge", task, seed=0, folder=tmp_path)
    for old, new in zip(before, checkpoints.read(path)[0], strict=True):
        np.testing.assert_array_equal(old, new)


def test_a_result_that_a_fit_does_not_give_stays_refused(task, tmp_path):
    result = leaderboard.run(CANDIDATES["ridge"], task, seed=0)
    path = outdated(replace(result, test=result.test + 0.02), task, tmp_path)
    before = path.read_bytes()
    with pytest.raises(CheckpointError, match=r"its test forecasts differ by 0\.020"):
        leaderboard.verify(CANDIDATES["ridge"], task, seeds=[0], folder=tmp_path)
    assert path.read_bytes() == before


def test_a_fit_that_is_as_far_away_as_another_seed_verifies_nothing(task, tmp_path):
    first, second, third = (
        leaderboard.run(CANDIDATES["trees"], task, seed=seed, every=4)
        for seed in (0, 1, 2)
    )
    outdated(replace(third, seed=0), task, tmp_path)
    path = outdated(second, task, tmp_path)
    before = path.read_bytes()

    def fit(inputs, change, seed):
        return CANDIDATES["trees"].fit(inputs[::4], change[::4], seed)

    candidate = replace(CANDIDATES["trees"], fit=fit)
    with pytest.raises(CheckpointError, match=r"forecasts differ by .* is allowed"):
        leaderboard.verify(candidate, task, seeds=[0, 1], folder=tmp_path)
    assert path.read_bytes() == before
    outdated(first, task, tmp_path)
    leaderboard.verify(candidate, task, seeds=[0, 1], folder=tmp_path)
    leaderboard.load("trees", task, seed=1, folder=tmp_path)


@pytest.mark.parametrize("fewer", [0, 1])
def test_a_fit_of_an_epoch_less_verifies_nothing(task, tmp_path, fewer):
    stored, changed = (
        replace(
            CANDIDATES["mlp64"],
            fit=candidates._network(candidates._small_mlp, epochs=epochs),
        )
        for epochs in (4, 4 - fewer)
    )
    for seed in (0, 1):
        outdated(leaderboard.run(stored, task, seed=seed), task, tmp_path)
    verdict = pytest.raises(CheckpointError, match=r"forecasts differ by .* is allowed")
    with verdict if fewer else contextlib.nullcontext():
        leaderboard.verify(changed, task, seeds=[0, 1], folder=tmp_path)


def test_seeds_that_are_not_fitted_must_give_their_stored_error(task, tmp_path):
    first, second = (
        leaderboard.run(CANDIDATES["trees"], task, seed=seed) for seed in (0, 1)
    )
    outdated(first, task, tmp_path)
    path = outdated(second, task, tmp_path)
    leaderboard.verify(CANDIDATES["trees"], task, seeds=[0, 1], folder=tmp_path)
    arrays, meta = checkpoints.read(path)
    meta["scores"]["validation"] += 0.001
    checkpoints.write(path, arrays, meta)
    with pytest.raises(CheckpointError, match=r"trees-seed1\.npz is not verified"):
        leaderboard.verify(CANDIDATES["trees"], task, seeds=[0, 1], folder=tmp_path)


def test_a_result_of_another_candidate_or_seed_is_refused(task, tmp_path):
    path = store(leaderboard.run(CANDIDATES["ridge"], task, seed=0), task, tmp_path)
    path.rename(tmp_path / "linear-seed0.npz")
    assert "made with id 'ridge'" in refusal(task, tmp_path, "linear")


def test_a_result_with_too_few_rows_is_refused(task, tmp_path):
    result = leaderboard.run(CANDIDATES["ridge"], task, seed=0)
    store(replace(result, test=result.test[:-1]), task, tmp_path)
    assert "the rows to forecast are" in refusal(task, tmp_path)


def test_a_result_that_does_not_say_what_it_cost_is_refused(task, tmp_path):
    arrays, meta = leaderboard.packed(results_of(task)[0], task)
    del meta["cpu_seconds"]
    checkpoints.write(tmp_path / "naive-seed0.npz", arrays, meta)
    assert "does not say cpu_seconds" in refusal(task, tmp_path, "naive")


def test_everything_is_loaded_and_nothing_is_fitted(task, tmp_path, monkeypatch):
    for result in results_of(task, seeds=3):
        store(result, task, tmp_path)
    monkeypatch.setattr(leaderboard, "run", None)
    found = leaderboard.load_all(task, ["naive", "quantiles"], seeds=3, folder=tmp_path)
    assert [(result.id, result.seed) for result in found] == [
        ("naive", 0),
        *(("quantiles", seed) for seed in range(3)),
    ]
    with pytest.raises(CheckpointError, match="make reproduce ARGS=ridge"):
        leaderboard.load_all(task, ["naive", "ridge"], folder=tmp_path)


def test_an_unknown_candidate_is_refused(task, tmp_path):
    with pytest.raises(ValueError, match="candidates oracle are unknown: choose"):
        leaderboard.load_all(task, ["oracle"], folder=tmp_path)


# ------------------------------------------------------ table, ensemble, intervals


def test_the_board_has_spread_and_skill_and_the_best_first(task):
    found = results_of(task)
    board = leaderboard.table(found, task)
    assert "test" not in board
    assert board["validation"].is_monotonic_increasing
    assert board.loc["naive", "skill"] == 0
    errors = [
        mae(task.targets["validation"], leaderboard.point(result.validation))
        for result in found[1:]
    ]
    assert board.loc["quantiles", "validation"] == pytest.approx(np.mean(errors))
    assert board.loc["quantiles", "validation spread"] == pytest.approx(
        np.std(errors, ddof=1)
    )
    assert board["seeds"].to_dict() == {"naive": 1, "quantiles": 2}


def test_the_ensembles_line_counts_all_its_members_and_seeds(task):
    found = results_of(task)
    chosen = leaderboard.Ensemble({"quantiles": 1.0}, (2.0,))
    board = leaderboard.table(found, task, ensemble=chosen)
    assert board.loc["ensemble", "parameters"] == 20
    assert board.loc["ensemble", "CPU s"] == 4.0
    assert board.loc["ensemble", "validation"] == 2.0


def test_opening_compares_every_seed_and_mean_and_ensemble_once(table, tmp_path):
    sealed = leaderboard.prepare(experiment(table), folder=tmp_path)
    found = results_of(sealed)
    opened = leaderboard.open_test(found, sealed, why="a test")
    assert set(opened.mae) == {
        (*key, kind)
        for kind in ("test", "refitted")
        for key in (
            ("naive", "0"),
            ("naive", "mean"),
            ("quantiles", "0"),
            ("quantiles", "1"),
            ("quantiles", "mean"),
            ("ensemble", "mean"),
        )
    }
    rows = table.index.get_indexer(opened.target_times)
    truth = table["T (degC)"].to_numpy()[rows]
    np.testing.assert_allclose(opened.truth, truth, atol=1e-5)
    naive = mae(opened.truth, sealed.inputs["test"].now)
    assert opened.mae["naive", "0", "test"] == naive
    assert leaderboard.open_test(found, sealed, why="again").mae == opened.mae
    with pytest.raises(HeldOutError, match=r'--open "fitted again" --again'):
        leaderboard.open_test(results_of(sealed, seeds=3), sealed, why="once more")
    board = leaderboard.table(found, sealed, opened)
    assert board.loc["naive", "refitted"] == naive
    for name, kind in {"skill": "test", "refitted skill": "refitted"}.items():
        wanted = 1 - board.loc["quantiles", kind] / naive
        assert board.loc["quantiles", name] == pytest.approx(wanted)


def test_margins_come_from_the_models_that_have_not_seen_validation(task):
    found = results_of(task)
    chosen = leaderboard.choose_ensemble(found, task)
    margin = leaderboard.margins(found, chosen, task)
    now, y = task.inputs["validation"].now, task.targets["validation"]
    wanted = conformal_margin(y, now - 1, now + 4, level=0.9)
    assert margin["quantiles"] == pytest.approx(wanted)
    ends = leaderboard.intervals_of_test(found, chosen, task)
    raw = ends["quantiles", "mean", "refitted", "raw"]
    wide = ends["quantiles", "mean", "refitted", "conformal"]
    np.testing.assert_allclose(raw[0] - wide[0], margin["quantiles"])
    np.testing.assert_allclose(wide[1] - raw[1], margin["quantiles"])
    lower, upper = ends["ensemble", "mean", "test", "conformal"]
    np.testing.assert_allclose(upper - lower, 2 * margin["ensemble"])
    ends = leaderboard.intervals_of(found, chosen, "validation")["quantiles"]
    widened = leaderboard.widen(*ends, margin["quantiles"])
    assert coverage(y, *widened) == pytest.approx(0.9, abs=0.01)


# --------------------------------------------------------- simulated, command line


def test_on_simulated_weather_candidates_learn_briefly(table, tmp_path, capsys):
    data = experiment(table, simulated=True)
    task = leaderboard.prepare(data, folder=tmp_path)
    found = leaderboard.load_all(task, ["naive", "ridge", "trees"], folder=tmp_path)
    assert [result.id for result in found] == ["naive", "ridge", "trees", "trees"]
    assert "Simulated weather" in capsys.readouterr().out
    leaderboard.open_test(found, task, why="a try")
    assert not list(tmp_path.iterdir())


def test_simulated_weather_makes_no_leaderboard(table, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(
        leaderboard, "prepare_jena", lambda: experiment(table, simulated=True)
    )
    assert leaderboard.main(["--folder", str(tmp_path)]) == 1
    assert "needs the real weather" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_command_prints_the_table_and_names_what_is_missing(
    table, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(leaderboard, "prepare_jena", lambda: experiment(table))
    task = leaderboard.prepare(experiment(table), folder=tmp_path)
    command = ["naive", "quantiles", "--seeds", "2", "--folder", str(tmp_path)]
    for result in results_of(task):
        store(result, task, tmp_path)
    assert leaderboard.main(command) == 0
    shown = capsys.readouterr().out
    assert [line.split()[0] for line in shown.splitlines()].count("naive") == 1
    assert "quantiles" in shown
    assert "used 0 times" in shown
    (tmp_path / "quantiles-seed1.npz").unlink()
    assert leaderboard.main(command) == 1
    assert "make reproduce ARGS=quantiles" in capsys.readouterr().err


@pytest.mark.parametrize("part", [["naive", "ridge"], ["--seeds", "4"]])
def test_the_seal_opens_only_for_all_candidates_and_seeds(part, tmp_path, capsys):
    with pytest.raises(SystemExit):
        leaderboard.main([*part, "--open", "early", "--folder", str(tmp_path)])
    assert "--open is for the end" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


# ------------------------------------------------------------------ what is committed


@pytest.mark.parametrize("name", ALL)
def test_every_seed_of_a_candidate_is_committed_and_of_its_code(name, task):
    code = task.fingerprint(name).code
    for seed in leaderboard.seeds_of(ALL[name]):
        path = leaderboard.path_of(name, seed)
        arrays, meta = checkpoints.read(path)
        assert (meta["id"], meta["seed"]) == (name, seed)
        assert meta["fingerprint"]["code"] == code
        assert len(arrays) == 3
        assert path.stat().st_size < 250_000


def test_the_committed_results_are_those_that_the_test_set_was_opened_for():
    data = leaderboard.prepare_jena()
    if data.simulated:
        pytest.skip(NEEDS_TABLE)
    real = leaderboard.prepare(data)
    found = leaderboard.load_all(real)
    uses = real.held_out.uses
    later = leaderboard.load_all(real, list(LATER))
    assert [use["why"] for use in uses] == [
        "final comparison",
        "five candidates that joined later",
    ]
    opened = leaderboard.open_test(found, real, why="the same forecasts")
    second = leaderboard.open_test(found + later, real, why="the same forecasts")
    assert real.held_out.uses == uses
    compared = [len(each.forecasts) for each in (opened, second)]
    assert compared == [use["models"] for use in uses]
    of_first = {name: mae for name, mae in opened.mae.items() if "ensemble" not in name}
    assert of_first.items() <= second.mae.items()
    board = leaderboard.table(found, real, opened)
    assert board.loc["naive", "refitted"] == pytest.approx(2.62, abs=0.005)
    assert board["refitted"].idxmax() == "naive"
