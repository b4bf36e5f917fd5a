"""Promises of the held-out set: it is used once, and every use is in the log."""

import json

import numpy as np
import pytest

from utils.experiments.holdout import HeldOutError, HeldOutSet

DAYS = np.arange("2016-01-01", "2016-01-04", dtype="datetime64[D]")
ENDS = {"narrow": (np.array([0.5, 1.0, 3.5]), np.array([1.5, 1.5, 4.5]))}


@pytest.fixture
def held_out(tmp_path):
    return HeldOutSet([1.0, 2.0, 3.0], DAYS, log=tmp_path / "uses.json")


def test_the_test_set_can_be_used_once(held_out):
    first = {"a": np.array([1.0, 2.0, 4.0])}
    assert held_out.open(first, why="the end").mae == {"a": pytest.approx(1 / 3)}
    with pytest.raises(HeldOutError, match=r"was used before.*the end"):
        held_out.open({"b": np.zeros(3)}, why="one more idea")
    assert [use["why"] for use in held_out.uses] == ["the end"]


def test_the_same_forecasts_give_the_same_answer_without_another_use(held_out):
    forecasts = {"a": np.array([1.0, 2.0, 4.0]), "b": np.zeros(3)}
    first = held_out.open(forecasts, why="the end")
    assert (
        held_out.open(dict(reversed(forecasts.items())), why="again").mae == first.mae
    )
    assert len(held_out.uses) == 1


@pytest.mark.parametrize(
    "other",
    [{"b": np.zeros(3)}, {"a": np.full(3, 0.01)}, {"a": np.zeros(3), "b": np.ones(3)}],
)
def test_other_names_values_or_models_are_another_use(held_out, other):
    held_out.open({"a": np.zeros(3)}, why="the end")
    with pytest.raises(HeldOutError):
        held_out.open(other, why="again")


def test_a_second_use_on_purpose_stays_in_the_log(held_out):
    held_out.open({"a": np.zeros(3)}, why="the end")
    held_out.open({"a": np.ones(3)}, why="a mistake was mended", again=True)
    log = json.loads(held_out.log.read_text())
    assert [use["why"] for use in log] == ["the end", "a mistake was mended"]
    assert "used 2 times" in repr(held_out)


def test_a_use_needs_a_reason(held_out):
    with pytest.raises(ValueError, match="why is empty"):
        held_out.open({"a": np.zeros(3)}, why=" ")
    assert not held_out.uses


def test_a_refused_comparison_is_no_use(held_out):
    with pytest.raises(ValueError, match="one shape"):
        held_out.open({"a": np.zeros(2)}, why="the end")
    assert not held_out.uses


def test_what_comes_out_is_errors_row_by_row_coverage_and_width(held_out):
    opened = held_out.open({"a": [1.0, 2.5, 1.0]}, intervals=ENDS, why="the end")
    assert opened.errors["a"].tolist() == [0.0, 0.5, 2.0]
    assert opened.coverage == {"narrow": pytest.approx(1 / 3)}
    assert opened.width == {"narrow": pytest.approx(2.5 / 3)}
    assert opened.target_times.tolist() == DAYS.tolist()


def test_other_intervals_are_another_use(held_out):
    forecasts = {"a": np.zeros(3)}
    held_out.open(forecasts, intervals=ENDS, why="the end")
    held_out.open(forecasts, intervals=ENDS, why="again")
    wider = {"narrow": (ENDS["narrow"][0] - 1, ENDS["narrow"][1])}
    with pytest.raises(HeldOutError):
        held_out.open(forecasts, intervals=wider, why="once more")


@pytest.mark.parametrize(
    ("forecasts", "ends", "reason"),
    [
        ({}, {}, "at least one model's"),
        ({"a": np.array([1.0, np.nan, 3.0])}, {}, "not finite"),
        ({"a": np.zeros(3)}, {"b": (np.ones(3), np.zeros(3))}, "lower is above upper"),
        ({"a": np.zeros(3)}, {"b": (np.zeros(2), np.ones(2))}, "one shape"),
    ],
)
def test_what_cannot_be_compared_is_refused_and_no_use(
    held_out, forecasts, ends, reason
):
    with pytest.raises(ValueError, match=reason):
        held_out.open(forecasts, intervals=ends, why="the end")
    assert not held_out.uses


def test_a_rounding_in_the_last_bit_is_no_other_forecast(held_out):
    held_out.open({"a": np.full(3, 0.005)}, why="the end")
    held_out.open({"a": np.full(3, 0.005 - 1e-12)}, why="another machine")
    assert len(held_out.uses) == 1
