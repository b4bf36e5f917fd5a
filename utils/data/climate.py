"""What the weather of Jena is like, in numbers: fitted once, stored, used to simulate.

The weather is described by seven smooth numbers an hour.  Each is a yearly and daily
cycle plus an anomaly; the anomalies, made Gaussian, follow a vector autoregression
whose shocks grow and shrink together over days, as calm and stormy spells do.

``tools/fit_climate.py`` fits the stored numbers anew from the real table.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd

from utils.data.columns import (
    DIRECTION,
    GUST,
    HUMIDITY,
    PRESSURE,
    SPEED,
    TEMPERATURE,
)
from utils.data.physics import saturation_pressure

QUANTITIES = (
    "temperature",
    "pressure",
    "logit of humidity",
    "log of wind speed",
    "log of gustiness",
    "cosine of direction",
    "sine of direction",
)
LAGS = (1, 2, 3, 4, 6, 9, 12, 15, 18, 21, 23, 24, 25, 48, 72, 120)
"""Hours back to which the autoregression looks."""

PROBABILITIES = (
    *(0.0001, 0.001, 0.005, 0.02, 0.05),
    *(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
    *(0.95, 0.98, 0.995, 0.999, 0.9999),
)
GAUSSIAN = np.array([NormalDist().inv_cdf(share) for share in PROBABILITIES])
MEAN_HARMONICS = (2, 3)
"""Waves a year and waves a day in the mean ..."""

SPREAD_HARMONICS = (1, 2)
"""... and in the spread of the anomalies."""

DAYS_PER_YEAR = 365.2425
MOST_HUMID = 23.11
"""The highest dew point of the eight years, in °C."""

STORED = Path(__file__).with_name("climate.json")


@dataclass(frozen=True, eq=False)
class Climate:
    """The fitted numbers; the columns are ``QUANTITIES``.

    Parameters
    ----------
    mean : numpy.ndarray
        Shape (35, 7): coefficients of the mean over the :func:`cycles` of year and day.
    spread : numpy.ndarray
        Shape (15, 7): the same for the logarithm of the anomaly's standard deviation.
    quantiles : numpy.ndarray
        Shape (19, 7): the standardised anomaly's quantiles at ``PROBABILITIES``.
    response : numpy.ndarray
        Shape (112, 7): the weights of the seven Gaussian anomalies at each of the
        ``LAGS``, in hours, in the next anomaly.
    shock : numpy.ndarray
        Shape (7, 7): lower triangular factor of the covariance of the shocks.
    volatility : numpy.ndarray
        Shape (2,): variance of the logarithm of the size of the shocks, and its memory
        in hours.

    Examples
    --------
    >>> stored().mean.shape
    (35, 7)
    """

    mean: np.ndarray
    spread: np.ndarray
    quantiles: np.ndarray
    response: np.ndarray
    shock: np.ndarray
    volatility: np.ndarray


# --- the seven smooth numbers ----------------------------------------------------


def smooth(frame: pd.DataFrame) -> np.ndarray:
    """Turn the measured quantities into seven numbers without bounds.

    Parameters
    ----------
    frame : pandas.DataFrame
        The clean Jena table, n rows.

    Returns
    -------
    numpy.ndarray
        Shape (n, 7), columns ``QUANTITIES``.

    Examples
    --------
    >>> row = {"p (mbar)": 996.5, "T (degC)": -8.0, "rh (%)": 93.3, "wv (m/s)": 1.0,
    ...        "max. wv (m/s)": 1.8, "wd (deg)": 90.0}
    >>> rough(smooth(pd.DataFrame([row]))).round(6).iloc[0].to_dict() == row
    True
    """
    humidity = frame[HUMIDITY].to_numpy()
    wind = frame[SPEED].to_numpy()
    excess = np.maximum(frame[GUST].to_numpy() - wind, 0.04)
    angle = np.deg2rad(frame[DIRECTION].to_numpy())
    return np.column_stack(
        [
            frame[TEMPERATURE],
            frame[PRESSURE],
            np.log(humidity / (101 - humidity)),
            np.log(wind + 0.1),
            np.log(excess / _typical_excess(wind)),
            np.cos(angle),
            np.sin(angle),
        ]
    )


def rough(numbers: np.ndarray) -> pd.DataFrame:
    """Turn the seven numbers back into the six measured quantities.

    Parameters
    ----------
    numbers : numpy.ndarray
        Shape (n, 7), as :func:`smooth` returns them.

    Returns
    -------
    pandas.DataFrame
        Pressure, temperature, humidity, wind speed, gust and direction, unrounded,
        under the column names and in the units of the Jena table.  No air is more humid
        than a dew point of ``MOST_HUMID`` allows.

    Examples
    --------
    >>> calm = rough(np.array([[10.0, 990.0, 0.0, 0.0, 0.0, 1.0, 0.0]]))
    >>> float(calm["rh (%)"].iloc[0]), float(calm["wd (deg)"].iloc[0])
    (50.5, 0.0)
    """
    temperature, pressure, humidity, wind, gust, east, north = numbers.T
    speed = np.maximum(np.exp(wind) - 0.1, 0.0)
    most = saturation_pressure(MOST_HUMID) / saturation_pressure(temperature)
    return pd.DataFrame(
        {
            PRESSURE: pressure,
            TEMPERATURE: temperature,
            HUMIDITY: np.minimum(
                101 / (1 + np.exp(-humidity)), 100 * np.minimum(most, 1)
            ),
            SPEED: speed,
            GUST: speed + np.exp(gust) * _typical_excess(speed),
            DIRECTION: np.rad2deg(np.arctan2(north, east)) % 360,
        }
    )


def _typical_excess(wind: np.ndarray) -> np.ndarray:
    """Return by how much gusts of a wind usually exceed it, in m/s."""
    return 0.88 * np.maximum(wind, 0.1) ** 0.63


def cycles(times: pd.DatetimeIndex, harmonics: tuple[int, int]) -> np.ndarray:
    """Return the products of yearly and daily waves at the given times.

    Parameters
    ----------
    times : pandas.DatetimeIndex
        n times.
    harmonics : tuple of int
        Waves a year and waves a day: 1 for one wave, 2 for one and its octave, ...

    Returns
    -------
    numpy.ndarray
        Shape (n, (2 * yearly + 1) * (2 * daily + 1)); the first column is 1.

    Examples
    --------
    >>> cycles(pd.date_range("2009-01-01", periods=5, freq="h"), (2, 3)).shape
    (5, 35)
    """
    days = times.to_numpy().astype("datetime64[s]").astype("int64") / 86_400
    yearly = _waves(days / DAYS_PER_YEAR, harmonics[0])
    daily = _waves(days, harmonics[1])
    return (yearly[:, :, None] * daily[:, None, :]).reshape(len(times), -1)


def _waves(turns: np.ndarray, harmonics: int) -> np.ndarray:
    """Return 1 and the cosine and sine of each harmonic, as columns."""
    angles = 2 * np.pi * turns[:, None] * np.arange(1, harmonics + 1)
    both = np.stack([np.cos(angles), np.sin(angles)], axis=2).reshape(len(turns), -1)
    return np.column_stack([np.ones(len(turns)), both])


def from_gaussian(gaussian: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Map each column of a Gaussian so that it gets the given quantiles.

    Parameters
    ----------
    gaussian, quantiles : numpy.ndarray
        Shapes (n, 7) and (19, 7).

    Returns
    -------
    numpy.ndarray
        Shape (n, 7), the columns' values at these levels.

    Examples
    --------
    >>> quantiles = np.tile(2 * GAUSSIAN[:, None], 7)
    >>> float(from_gaussian(np.full((1, 7), 0.5), quantiles)[0, 0].round(2))
    1.0
    """
    columns = zip(gaussian.T, quantiles.T, strict=True)
    return np.column_stack([np.interp(x, GAUSSIAN, q) for x, q in columns])


# --- storing ---------------------------------------------------------------------


@cache
def stored() -> Climate:
    """Return the climate fitted to the real Jena table.

    Examples
    --------
    >>> stored().response.shape
    (112, 7)
    """
    content = json.loads(STORED.read_text(encoding="utf-8"))
    names = [field.name for field in fields(Climate)]
    return Climate(**{name: np.array(content[name]) for name in names})
