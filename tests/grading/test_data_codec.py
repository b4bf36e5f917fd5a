"""Data are taken apart only where their parts give back the same thing."""

import datetime as dt
from collections import namedtuple
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from dateutil import tz

from grading.execution.data_codec import assemble, dissect, imitate

BERLIN = ZoneInfo("Europe/Berlin")


class Odd(tuple):
    """A tuple whose names are code."""

    _fields = ("x=1",)


STAY = {
    "a moment whose zone has rules": dt.datetime(2026, 11, 30, tzinfo=BERLIN),
    "a time whose zone has rules": dt.time(1, tzinfo=BERLIN),
    "a zone named by a path": pd.Timestamp("2026", tz=tz.gettz("Europe/Berlin")),
    "a column of intervals": pd.DataFrame(
        {"x": [1, 2], "span": pd.interval_range(0, 4, periods=2)}
    ),
    "a tuple whose names are code": Odd([3]),
}


@pytest.mark.parametrize("kind", STAY)
def test_what_has_no_parts_that_give_it_back_stays(kind):
    assert dissect(STAY[kind]) is None


@pytest.mark.parametrize("zone", ["UTC", "UTC+02:00", "UTC-05:30", "Europe/Berlin"])
def test_a_moment_keeps_its_clock(zone):
    moment = pd.Timestamp("2026-11-30 01:00", tz=zone)
    kind, parts = dissect(moment)
    found = assemble(kind, parts)
    assert found == moment
    assert found.isoformat() == moment.isoformat()


def test_a_named_tuple_is_put_together_by_its_names():
    pair = namedtuple("Pair", "x y")(1, 2)
    assert dissect(pair) == ("namedtuple", ["Pair", ("x", "y"), 1, 2])


def test_a_table_becomes_its_changed_copy_and_no_series():
    table = pd.DataFrame({"x": [1, 2]})
    before = table.copy()
    assert imitate(table, pd.Series([3, 4]))
    pd.testing.assert_frame_equal(table, before)
    imitate(table, before * 2)
    pd.testing.assert_frame_equal(table, before * 2)
