"""The ladder places every model between the naive forecast and the floor."""

import numpy as np
import pytest

from utils import training
from utils.data.synthetic import NOISE_VARIANCE
from utils.experiments import ladder, waves


def test_the_ends_of_the_ladder_are_zero_and_one():
    shares = ladder.share_of_gain([5.0, 1.0, 9.0, 0.0], naive=5.0, floor=1.0)
    np.testing.assert_allclose(shares, [0, 1, -1, 1.25])


@pytest.mark.parametrize(
    ("error", "ends", "says"),
    [
        (np.nan, (5.0, 1.0), "error must be finite"),
        (-1.0, (5.0, 1.0), "0 or more"),
        (1.0, (1.0, 1.0), "below that of the naive forecast"),
        (1.0, (1.0, 2.0), "without a gain"),
        (1.0, (np.inf, 2.0), "without a gain"),
    ],
)
def test_what_is_no_gain_is_refused(error, ends, says):
    naive, floor = ends
    with pytest.raises(ValueError, match=says):
        ladder.share_of_gain(error, naive=naive, floor=floor)


@pytest.mark.parametrize("ahead", [1, 10])
def test_the_rungs_that_need_no_training_stand_in_order(ahead):
    found = ladder.references(ahead)
    order = [ladder.NOISE, ladder.FORM, ladder.LINE, ladder.NAIVE]
    assert sorted(found, key=found.get) == order
    assert found[ladder.FORM] < 1.3 * NOISE_VARIANCE


def test_the_naive_rung_is_the_number_of_the_source():
    found = ladder.references(part="validation")
    assert found[ladder.NAIVE] == pytest.approx(0.020211367, abs=1e-8)


def test_a_part_that_does_not_exist_is_named():
    with pytest.raises(ValueError, match="train, validation, test; got 'all'"):
        ladder.references(part="all")


@pytest.mark.parametrize("model", ["G2", "G3"])
def test_errors_are_those_that_were_stored_with_the_runs(model):
    data = waves.prepare_waves()
    runs = [
        training.fit_or_load(model, data, seed=seed, progress=False) for seed in (0, 1)
    ]
    for name in ("validation", "test"):
        found = ladder.errors_of(runs, getattr(data, name))
        expected = [run.scores[name] for run in runs]
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_the_table_has_a_row_for_each_run_and_the_worst_model_first():
    errors = {"good": [1.5, 2.0], "bad": [4.0, 9.0, 4.5], "naive": 5.0}
    rows = ladder.table(errors, naive=5.0, floor=1.0)
    assert list(rows["model"]) == ["naive", "bad", "bad", "bad", "good", "good"]
    np.testing.assert_allclose(rows["share"][1:4], [0.25, -1.0, 0.125])


def test_a_model_without_errors_is_named():
    with pytest.raises(ValueError, match="errors of G9 are missing"):
        ladder.table({"G9": [], "naive": 1.0}, naive=1.0, floor=0.1)
