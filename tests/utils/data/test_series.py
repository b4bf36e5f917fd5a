"""Promises of utils.data.series: the bundled series, and what is no regular series."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from statsmodels.datasets import co2, elnino, sunspots

from utils.data.series import check_regular, monthly

FINGERPRINTS = {
    "co2": ("1958-03", "2001-12", 526, 339.6192015),
    "elnino": ("1950-01", "2010-12", 732, 23.0926230),
    "sunspots": ("1749-01", "2009-06", 3126, 52.1384837),
    "elec_equip": ("1995-01", "2016-05", 257, 100.5745914),
}


@pytest.mark.parametrize("name", FINGERPRINTS)
def test_a_series_has_its_dates_and_its_mean(name):
    series = monthly(name)
    first, last, count, mean = FINGERPRINTS[name]
    ends = series.index[[0, -1]].strftime("%Y-%m").tolist()
    assert (*ends, len(series)) == (first, last, count)
    assert series.mean() == pytest.approx(mean, abs=1e-6)
    assert (series.name, series.dtype, series.index.freqstr) == (name, float, "MS")
    assert series.attrs["unit"]
    assert series.attrs["source"].endswith("as bundled with statsmodels")


@pytest.mark.parametrize("name", FINGERPRINTS)
def test_a_change_to_a_series_stays_with_the_caller(name):
    series = monthly(name)
    series.iloc[:] = 0
    assert monthly(name).mean() > 20


def test_co2_is_the_monthly_mean_of_the_weeks_that_statsmodels_gives():
    weeks = co2.load_pandas().data["co2"]
    months = weeks.resample("MS").mean()
    series = monthly("co2")
    measured = months.notna().to_numpy()
    np.testing.assert_allclose(series[measured], months[measured])
    assert (
        list(series.attrs["filled"])
        == months.index[~measured].strftime("%Y-%m").tolist()
    )


def test_a_missing_month_lies_on_the_line_between_its_neighbours():
    series = monthly("co2")
    before, missing, after = series["1958-05":"1958-07"]
    assert missing == pytest.approx((before + after) / 2)
    gap = series["1964-01":"1964-05"]
    np.testing.assert_allclose(np.diff(gap, n=2), 0, atol=1e-9)


def test_elnino_reads_row_after_row_of_the_table_that_statsmodels_gives():
    table = elnino.load_pandas().data.drop(columns="YEAR")
    np.testing.assert_array_equal(monthly("elnino"), table.to_numpy().ravel())


def test_the_monthly_sunspots_average_to_the_yearly_ones():
    series, yearly = monthly("sunspots"), sunspots.load_pandas().data
    means = series.groupby(series.index.year).mean()
    both = pd.concat([means, yearly.set_index("YEAR")["SUNACTIVITY"]], axis=1).dropna()
    assert len(both) == 260
    assert np.abs(both.iloc[:, 0] - both["SUNACTIVITY"]).max() < 0.6  # rounded to ones
    assert (series == 0).any()


def test_elec_equip_is_an_index_that_is_100_in_2010():
    assert monthly("elec_equip")["2010"].mean() == pytest.approx(100, abs=0.01)


def test_an_unknown_name_is_answered_with_those_there_are():
    with pytest.raises(
        ValueError, match="one of co2, elnino, sunspots, elec_equip, not 'x'"
    ):
        monthly("x")


def of(dates, values=None):
    values = np.arange(len(dates), dtype=float) if values is None else values
    return pd.Series(values, pd.to_datetime(dates))


@pytest.mark.parametrize("frequency", ["MS", "ME", "D", "h", "W-SAT", "QS", "YS", "2D"])
@pytest.mark.parametrize("count", [2, 40])
def test_dates_at_any_even_spacing_are_regular(frequency, count):
    dates = pd.date_range("1999-01-01", periods=count, freq=frequency)
    check_regular(of(dates))


def test_months_that_begin_on_the_fifteenth_are_regular():
    check_regular(of([f"2001-{month:02}-15" for month in range(1, 13)]))


@pytest.mark.parametrize(
    ("series", "message"),
    [
        ([1.0, 2.0], "a pandas Series .* with dates as its index, not a list"),
        (pd.Series([1.0, 2.0]), "not 2 values of type float64 with a RangeIndex"),
        (of(["2001-01-01"]), "two or more numbers .*, not 1 values"),
        (of(["2001-01-01", "2001-02-01"], ["a", "b"]), "two or more numbers"),
        (
            of(["2001-01-01", "2001-03-01", "2001-02-01"]),
            "goes back in time: 2001-02-01 stands after 2001-03-01. Sort it",
        ),
        (
            of(["2001-01-01", "2001-02-01", "2001-02-01"]),
            "holds 2001-02-01 twice: keep one value",
        ),
        (
            of(["2001-01-01", "2001-02-01", "2001-03-01", "2001-05-01"]),
            "2001-05-01 comes 2 months after 2001-03-01, and most dates 1 month after",
        ),
        (
            of(["2001-01-01", "2001-01-02", "2001-01-03", "2001-01-06"]),
            "2001-01-06 comes 3 days 00:00:00 after 2001-01-03, and most dates 1 days",
        ),
        (
            of(
                ["2001-01-01 00:00", "2001-01-01 01:00", "2001-01-01 03:00"] * 1
                + ["2001-01-01 04:00"]
            ),
            "2001-01-01 03:00:00 comes 0 days 02:00:00 after 2001-01-01 01:00:00",
        ),
        (
            of(["2001-01-01", "2001-02-01", "2001-03-01"], [1.0, np.nan, np.nan]),
            "holds nan at 2001-02-01, the first of 2 values that are not finite",
        ),
        (
            of(["2001-01-01", "2001-02-01", "2001-03-01"], [1.0, 2.0, np.inf]),
            "holds inf at 2001-03-01, the first of 1 values",
        ),
    ],
)
def test_what_is_no_regular_series_is_named_with_its_place(series, message):
    with pytest.raises(ValueError, match=message):
        check_regular(series)


def test_naming_the_series_imports_no_statsmodels():
    code = (
        "import sys; from utils.data.series import monthly; monthly('co2'); "
        "assert 'statsmodels' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
