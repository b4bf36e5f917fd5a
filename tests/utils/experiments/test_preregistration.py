"""Promises of preregistration: what was frozen is what is opened, and once."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from utils.experiments.holdout import HeldOutError, HeldOutSet
from utils.experiments.preregistration import (
    Plan,
    SealError,
    freeze,
    inside_range,
    open_once,
    read,
    seal,
)

PLAN = Plan("demand", "2020-01", 3, "naive", {"lags": [1, 12]}, 0.8, (2, 3))
ROWS = [np.array([5.0, 6.0, 7.0]) + shift for shift in (0.0, -1.0, 1.0)]
PAST = [4.0, 5.0, 3.0, 5.0]
OPENING = {"history": PAST, "season": 2, "why": "the end"}


@pytest.fixture
def path(tmp_path):
    freeze(tmp_path / "deep" / "demand.json", PLAN, *ROWS)
    return tmp_path / "deep" / "demand.json"


def edit(path, change):
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def test_what_was_frozen_is_read_back(path):
    frozen = read(path)
    assert frozen.plan == PLAN
    for name, row in zip(("forecast", "lower", "upper"), ROWS, strict=True):
        assert getattr(frozen, name).tolist() == row.tolist()
    assert frozen.seal == seal(PLAN, *ROWS)


@pytest.mark.parametrize(
    "entry",
    [
        {"series": "supply"},
        {"origin": "2020-02"},
        {"method": "drift"},
        {"settings": {"lags": [1, 11]}},
        {"level": 0.9},
        {"claim": (1, 3)},
    ],
)
def test_every_entry_of_a_plan_is_under_the_seal(entry):
    assert seal(replace(PLAN, **entry), *ROWS) != seal(PLAN, *ROWS)


@pytest.mark.parametrize("row", range(3))
@pytest.mark.parametrize("month", range(3))
def test_every_number_is_under_the_seal(row, month):
    rows = [values.copy() for values in ROWS]
    rows[row][month] += 0.01
    assert seal(PLAN, *rows) != seal(PLAN, *ROWS)


def test_a_rounding_in_the_last_bit_keeps_the_seal():
    near = [row + 1e-12 for row in ROWS]
    assert seal(PLAN, *near) == seal(PLAN, *ROWS)


def test_the_order_of_settings_does_not_matter():
    one = replace(PLAN, settings={"a": 1, "b": 2})
    assert seal(one, *ROWS) == seal(replace(one, settings={"b": 2, "a": 1}), *ROWS)


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content["forecast"].__setitem__(0, 5.5),
        lambda content: content["lower"].__setitem__(2, 3.0),
        lambda content: content["plan"].update(claim=[0, 2]),
        lambda content: content["plan"].update(settings={"lags": [1]}),
        lambda content: content.update(seal="0" * 64),
    ],
)
def test_a_changed_file_is_not_opened(path, change):
    edit(path, change)
    with pytest.raises(SealError, match="was changed after it was frozen"):
        open_once(path, [5.0, 6.0, 7.0], **OPENING)
    assert not path.with_suffix(".opened.json").exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.pop("lower"),
        lambda content: content.pop("seal"),
        lambda content: content["plan"].pop("level"),
        lambda content: content["plan"].update(horizon=0),
        lambda content: content["forecast"].append(1.0),
    ],
)
def test_a_file_that_is_no_frozen_forecast_is_refused(path, change):
    edit(path, change)
    with pytest.raises(SealError, match=r"demand\.json is no frozen forecast"):
        read(path)


def test_a_file_that_is_no_json_is_refused(path):
    path.write_text("forecast: 5")
    with pytest.raises(SealError, match="no frozen forecast"):
        read(path)


def test_what_is_frozen_stays(path):
    before = path.read_bytes()
    with pytest.raises(SealError, match="holds another forecast"):
        freeze(path, PLAN, *(row + 0.03 for row in ROWS))
    with pytest.raises(SealError, match="holds another plan"):
        freeze(path, replace(PLAN, claim=(1, 3)), *ROWS)
    assert path.read_bytes() == before


def test_the_same_forecast_computed_again_is_no_other(path):
    before = path.read_bytes()
    again = freeze(path, PLAN, *(row + 0.02 for row in ROWS))
    assert again.forecast.tolist() == ROWS[0].tolist()
    assert path.read_bytes() == before


def test_a_changed_file_is_not_taken_for_the_same(path):
    edit(path, lambda content: content["forecast"].__setitem__(0, 5.5))
    with pytest.raises(SealError, match="was changed"):
        freeze(path, PLAN, *ROWS)


def test_opening_gives_errors_coverage_mase_and_the_claim(path):
    outcome = open_once(path, [5.5, 7.0, 9.0], **OPENING)
    assert outcome.errors.tolist() == [0.5, 1.0, 2.0]
    assert outcome.inside.tolist() == [True, True, False]
    assert outcome.coverage == pytest.approx(2 / 3)
    assert outcome.mase == pytest.approx((3.5 / 3) / 0.5)
    assert outcome.claim_held


@pytest.mark.parametrize(("inside", "held"), [(0, False), (1, False), (2, True)])
def test_the_claim_holds_from_its_fewest_on(path, inside, held):
    truth = [5.0] * inside + [99.0] * (3 - inside)
    assert open_once(path, truth, **OPENING).claim_held is held


def test_too_many_inside_break_a_claim_as_too_few_do(tmp_path):
    freeze(tmp_path / "a.json", replace(PLAN, claim=(1, 2)), *ROWS)
    assert not open_once(tmp_path / "a.json", ROWS[0], **OPENING).claim_held


def test_opening_is_logged_once_and_can_be_repeated(path):
    first = open_once(path, ROWS[0], **OPENING)
    assert open_once(path, ROWS[0], **OPENING).mase == first.mase
    (use,) = json.loads(path.with_suffix(".opened.json").read_text())
    assert use["why"] == "the end"


def test_the_log_holds_a_fingerprint_of_forecast_and_interval(path, tmp_path):
    frozen = open_once(path, ROWS[0], **OPENING).frozen
    same = HeldOutSet(ROWS[0], PLAN.months, log=tmp_path / "same.json")
    ends = {frozen.seal: (frozen.lower, frozen.upper)}
    same.open({frozen.seal: frozen.forecast}, intervals=ends, why="the end")
    assert json.loads(path.with_suffix(".opened.json").read_text()) == same.uses


@pytest.mark.parametrize(
    ("plan", "rows"),
    [
        (PLAN, [row + 1 for row in ROWS]),
        (replace(PLAN, claim=(1, 3)), ROWS),
        (replace(PLAN, method="drift"), ROWS),
    ],
)
def test_a_forecast_frozen_after_the_opening_is_refused(path, plan, rows):
    open_once(path, ROWS[0], **OPENING)
    path.unlink()  # the log remembers
    freeze(path, plan, *rows)
    with pytest.raises(HeldOutError, match="was used before"):
        open_once(path, ROWS[0], **OPENING)


def test_there_must_be_something_to_open(tmp_path):
    with pytest.raises(SealError, match=r"there is no none\.json: freeze"):
        open_once(tmp_path / "none.json", ROWS[0], **OPENING)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"truth": [5.0, 6.0]}, "truth must hold the 3 months from 2020-01 on, not 2"),
        ({"truth": [5.0, 6.0, np.nan]}, "not finite"),
        ({"why": " "}, "why is empty"),
        ({"history": [1.0, 2.0]}, "more than season=2"),
    ],
)
def test_a_bad_opening_is_no_use(path, change, reason):
    with pytest.raises(ValueError, match=reason):
        open_once(path, **{"truth": ROWS[0], **OPENING, **change})
    assert not path.with_suffix(".opened.json").exists()


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"series": " "}, "series must be a name"),
        ({"method": 3}, "method must be a name"),
        ({"origin": "2020"}, 'origin must be a month such as "2015-06"'),
        ({"origin": "January"}, "origin must be a month"),
        ({"origin": "2020-01-15"}, "origin must be a month"),
        ({"horizon": 0}, "horizon must be a whole number, 1 or more"),
        ({"level": 80}, "level must be a number between 0 and 1, not 80"),
        ({"settings": {"lags": (1, 12)}}, "lists in place of tuples"),
        ({"settings": {"lags": {1}}}, "settings must be a dict"),
        ({"settings": {"ridge": np.nan}}, "settings must be a dict"),
        ({"settings": {"ridge": np.inf}}, "settings must be a dict"),
        ({"settings": [1]}, "settings must be a dict"),
        ({"claim": 2}, "claim must be the fewest and the most"),
        ({"claim": (2.5, 3)}, "the fewest of claim must be a whole number"),
        ({"claim": (3, 2)}, "the most of claim must be a whole number, 3 or more"),
        ({"claim": (2, 4)}, "must exclude some number of the 3 months"),
        ({"claim": (0, 3)}, "a claim that cannot fail says nothing"),
    ],
)
def test_a_plan_that_is_none_says_what_is_wrong(entry, reason):
    with pytest.raises(ValueError, match=reason):
        replace(PLAN, **entry)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([ROWS[0][:2], ROWS[1], ROWS[2]], "forecast must hold 3 numbers"),
        ([ROWS[0], ROWS[1], ROWS[2][None]], "upper must hold 3 numbers"),
        ([ROWS[0], ROWS[1] - np.inf, ROWS[2]], "lower holds a value that is not"),
        ([ROWS[0], ROWS[2], ROWS[1]], "the forecast of month 1 is 5 and its interval"),
        ([ROWS[0] * 1e8] * 3, "forecast holds 7e\\+08, too large"),
        ([ROWS[0] * -1e8] * 3, "forecast holds -7e\\+08, too large"),
    ],
)
def test_numbers_that_cannot_be_sealed_are_refused(tmp_path, rows, reason):
    with pytest.raises(ValueError, match=reason):
        freeze(tmp_path / "a.json", PLAN, *rows)
    assert not (tmp_path / "a.json").exists()


def test_the_claim_is_said_in_words():
    assert PLAN.sentence == (
        "2 to 3 of the 3 months from 2020-01 on will lie inside the 80 % interval."
    )
    assert PLAN.months.astype(str).tolist() == ["2020-01", "2020-02", "2020-03"]


@given(
    st.integers(1, 60),
    st.floats(0.05, 0.95),
    st.floats(0.05, 0.99),
)
def test_the_range_holds_its_probability_and_no_shorter_one_does(n, level, confidence):
    fewest, most = inside_range(n, level, confidence=confidence)
    chances = binom.pmf(np.arange(n + 1), n, level)
    assert chances[fewest : most + 1].sum() >= confidence - 1e-9
    shorter = most - fewest
    sums = [chances[k : k + shorter].sum() for k in range(n + 2 - shorter)]
    assert max(sums) < confidence + 1e-9


@pytest.mark.parametrize(
    ("n", "level", "confidence", "expected"),
    [(2, 0.7, 0.49, (2, 2)), (3, 0.7, 0.784, (2, 3))],
)
def test_the_range_ends_where_its_probability_is_just_reached(
    n, level, confidence, expected
):
    assert inside_range(n, level, confidence=confidence) == expected


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ((0, 0.8, 0.9), "horizon must be a whole number"),
        ((12, 80, 0.9), "level must be a number between 0 and 1"),
        ((12, 0.8, 1.0), "confidence must lie between 0 and 1, not 1.0"),
    ],
)
def test_a_range_needs_a_horizon_and_two_shares(given, reason):
    with pytest.raises(ValueError, match=reason):
        inside_range(given[0], given[1], confidence=given[2])
