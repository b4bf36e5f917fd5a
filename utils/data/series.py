"""Real monthly series that come with statsmodels: no network, all in the public domain.

:func:`monthly` gives one of them by name, and :func:`check_regular` refuses a series
whose dates or values would mislead a forecaster.  The package is read when a series is.

======================  =========================================================
``"co2"``               carbon dioxide in the air at Mauna Loa: trend and season
``"elnino"``            temperature of the sea off Peru: season, little trend
``"sunspots"``          sunspots since 1749: a cycle of about eleven years, not twelve
                        months, with months at zero
``"elec_equip"``        turnover of makers of electrical equipment, euro area: season,
                        and the crisis of 2009
======================  =========================================================
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class _Bundled:
    """Where a series is read, and what its numbers are."""

    read: Callable[[Path], pd.Series]
    unit: str
    source: str


def monthly(name: str) -> pd.Series:
    """Return a bundled monthly series, from its first to its last month.

    Parameters
    ----------
    name : {"co2", "elnino", "sunspots", "elec_equip"}
        Which series; the table at the top of this module says what it shows.

    Returns
    -------
    pandas.Series
        Floats, dated by the first day of each month (frequency "MS").  Its ``attrs``
        hold ``unit``, ``source`` and ``filled``, the months that nobody measured and
        that a straight line between their neighbours fills.

    Raises
    ------
    ValueError
        If there is no series of this name.

    Notes
    -----
    ``co2`` is the mean of the weekly values of each month.  Five of its months have no
    value, the last of them April 1964: a forecast that starts later sees no month that
    was filled with the help of its future.  The publisher of ``sunspots`` filled
    February 1824 in the same way.

    Examples
    --------
    >>> co2 = monthly("co2")
    >>> print(len(co2), co2.index[0].date(), co2.index[-1].date(), co2.attrs["unit"])
    526 1958-03-01 2001-12-01 ppm
    >>> co2.attrs["filled"]
    ('1958-06', '1958-10', '1964-02', '1964-03', '1964-04')
    """
    if name not in _BUNDLED:
        raise ValueError(f"name must be one of {', '.join(_BUNDLED)}, not {name!r}.")
    bundled = _BUNDLED[name]
    (package,) = find_spec("statsmodels").submodule_search_locations
    series = bundled.read(Path(package, "datasets", name)).rename(name)
    missing = series.index[series.isna()].strftime("%Y-%m")
    series = series.interpolate()
    check_regular(series)
    source = f"{bundled.source}, as bundled with statsmodels"
    series.attrs = {"unit": bundled.unit, "source": source, "filled": tuple(missing)}
    return series


def check_regular(series: pd.Series) -> None:
    """Refuse a series that is not one finite number at each of evenly spaced dates.

    Months count as evenly spaced, although they differ in length.

    Parameters
    ----------
    series : pandas.Series
        Numbers with dates as its index.

    Raises
    ------
    ValueError
        If it is something else or has fewer than two values; if its dates go
        backwards, are repeated or leave a gap; or if a value is not a finite number.
        The sentence names the first place and what to do there.

    Examples
    --------
    >>> check_regular(monthly("elnino"))
    >>> backwards = monthly("elnino").iloc[::-1]
    >>> check_regular(backwards)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: series goes back in time: 2010-11-01 stands after 2010-12-01. Sort ...
    """
    dated = isinstance(series, pd.Series) and isinstance(series.index, pd.DatetimeIndex)
    if not dated or len(series) < 2 or series.dtype.kind not in "iuf":
        raise ValueError(
            "series must be a pandas Series of two or more numbers with dates as its "
            f"index, not {_kind_of(series)}."
        )
    _check_order(series.index)
    _check_spacing(series.index)
    bad = ~np.isfinite(series.to_numpy(np.float64))
    if bad.any():
        first = int(bad.argmax())
        raise ValueError(
            f"series holds {series.iloc[first]} at {_date(series.index[first])}, the "
            f"first of {bad.sum()} values that are not finite: fill or cut them first."
        )


def _check_order(dates: pd.DatetimeIndex) -> None:
    steps = np.diff(dates.asi8)
    back = steps < 0
    if back.any():
        row = int(back.argmax())
        raise ValueError(
            f"series goes back in time: {_date(dates[row + 1])} stands after "
            f"{_date(dates[row])}. Sort it first: series.sort_index()."
        )
    if (steps == 0).any():
        row = int((steps == 0).argmax())
        raise ValueError(
            f"series holds {_date(dates[row])} twice: keep one value for each date "
            "first, for example series.groupby(level=0).mean()."
        )


def _check_spacing(dates: pd.DatetimeIndex) -> None:
    steps, unit = _steps_between(dates)
    kinds, counts = np.unique(steps, return_counts=True)
    usual = kinds[counts.argmax()]
    if len(kinds) > 1:
        row = int((steps != usual).argmax())
        raise ValueError(
            f"series has no regular dates: {_date(dates[row + 1])} comes "
            f"{_amount(steps[row], unit)} after {_date(dates[row])}, and most dates "
            f"{_amount(usual, unit)} after the one before. Fill or cut the gap first."
        )


def _steps_between(dates: pd.DatetimeIndex) -> tuple[np.ndarray, str]:
    """Time from each date to the next, and its unit: months where days are alike."""
    times_of_day = (dates - dates.normalize()).nunique()
    same_day = dates.day.nunique() == 1 or dates.is_month_end.all()
    months = np.diff(dates.year * 12 + dates.month)
    if same_day and times_of_day == 1 and months.all():
        return months, "month"
    return np.diff(dates.to_numpy()), ""


def _amount(step, unit: str) -> str:
    if not unit:
        return str(pd.Timedelta(step))
    return f"{step} {unit}{'' if step == 1 else 's'}"


def _date(date: pd.Timestamp) -> str:
    return str(date.date() if date == date.normalize() else date)


def _kind_of(series) -> str:
    if not isinstance(series, pd.Series):
        return f"a {type(series).__name__}"
    index = type(series.index).__name__
    return f"{len(series)} values of type {series.dtype} with a {index}"


def _read_co2(folder: Path) -> pd.Series:
    weeks = pd.read_csv(folder / "co2.csv", parse_dates=["date"], index_col="date")
    return weeks["co2"].resample("MS").mean()


def _read_elnino(folder: Path) -> pd.Series:
    years = pd.read_csv(folder / "elnino.csv", index_col="YEAR")
    return _in_a_row(years)


def _read_sunspots(folder: Path) -> pd.Series:
    text = (folder / "src" / "sunspots_monthly.dat").read_text("utf-8")
    lines = (line.split() for line in text.splitlines() if line[:4].isdigit())
    years = {int(year): pd.Series(values, dtype=float) for year, *values in lines}
    series = _in_a_row(pd.DataFrame(years).T)
    return series.loc[: series.last_valid_index()]  # the last year has six months


def _read_elec_equip(folder: Path) -> pd.Series:
    table = pd.read_csv(folder / "elec_equip.csv", index_col="DATE")
    table.index = pd.to_datetime(table.index, format="%b-%d-%Y")
    return table.iloc[:, 0].asfreq("MS")


def _in_a_row(years: pd.DataFrame) -> pd.Series:
    """One series from a table with a row for each year and twelve columns."""
    values = years.to_numpy(np.float64).ravel()
    first = f"{years.index[0]}-01-01"
    return pd.Series(values, pd.date_range(first, periods=len(values), freq="MS"))


_BUNDLED = {
    "co2": _Bundled(
        _read_co2,
        "ppm",
        "Keeling and Whorf (2004), Scripps Institution of Oceanography",
    ),
    "elnino": _Bundled(_read_elnino, "°C", "NOAA, ERSST.V3B, region Niño 1+2"),
    "sunspots": _Bundled(
        _read_sunspots, "sunspots", "NOAA, monthly mean sunspot numbers"
    ),
    "elec_equip": _Bundled(
        _read_elec_equip, "index, 2010 = 100", "Eurostat, turnover of NACE 26-27"
    ),
}
