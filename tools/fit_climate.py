"""Fit the numbers of ``utils/data/climate.json`` anew from the real Jena table.

``python tools/fit_climate.py`` reads the table as the chapters do and replaces the
file; the simulated weather of every exercise changes with it.
"""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd

from utils.data import jena
from utils.data.cleaning import segments
from utils.data.climate import (
    GAUSSIAN,
    LAGS,
    MEAN_HARMONICS,
    PROBABILITIES,
    QUANTITIES,
    SPREAD_HARMONICS,
    STORED,
    Climate,
    cycles,
    smooth,
)


def fit(frame: pd.DataFrame) -> Climate:
    """Fit the climate to a clean table.

    Parameters
    ----------
    frame : pandas.DataFrame
        The clean Jena table: times increasing, no NaN.

    Returns
    -------
    Climate
        The numbers, rounded to what is stored.

    Notes
    -----
    Least squares throughout: the mean over the cycles, the logarithm of the size of the
    anomaly over fewer cycles, and the autoregression of the anomalies, whose quantiles
    are first mapped to a Gaussian's.
    """
    numbers = smooth(frame)
    slow, fast = (cycles(frame.index, h) for h in (MEAN_HARMONICS, SPREAD_HARMONICS))
    mean = _least_squares(slow, numbers)
    anomaly = numbers - slow @ mean
    size = np.log(np.abs(anomaly) + 0.01 * anomaly.std(axis=0))
    spread = _least_squares(fast, size)
    spread[0] += np.log((anomaly / np.exp(fast @ spread)).std(axis=0))
    standard = anomaly / np.exp(fast @ spread)
    quantiles = np.quantile(standard, PROBABILITIES, axis=0)
    response, shocks = _autoregression(to_gaussian(standard, quantiles), frame)
    return Climate(
        mean=mean.round(4),
        spread=spread.round(4),
        quantiles=quantiles.round(4),
        response=response.round(5),
        shock=np.linalg.cholesky(np.cov(shocks.T)).round(5),
        volatility=_volatility(shocks).round(3),
    )


def _least_squares(inputs: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    """Return the weights that best turn `inputs` into `outputs`."""
    return np.linalg.lstsq(inputs, outputs, rcond=None)[0]


def _autoregression(gaussian: np.ndarray, frame: pd.DataFrame):
    """Return the weights of the lagged anomalies and the shocks that remain."""
    longest = max(LAGS)
    pasts, presents = [], []
    for start, stop in segments(frame):
        if stop - start > longest:
            past = [gaussian[start + longest - lag : stop - lag] for lag in LAGS]
            pasts.append(np.concatenate(past, axis=1))
            presents.append(gaussian[start + longest : stop])
    past, present = np.concatenate(pasts), np.concatenate(presents)
    response = _least_squares(past, present)
    return response, present - past @ response


def _volatility(shocks: np.ndarray) -> np.ndarray:
    """Return the variance and the memory of the logarithm of the shocks' size.

    A single shock's logarithm is mostly noise, but noise that forgets at once: what one
    day's logarithms share with the next day's, and with the day after, is volatility.
    """
    size = np.log(np.abs(shocks) + 0.01 * shocks.std(axis=0))
    size -= size.mean(axis=0)
    day, two_days = ((size[lag:] * size[:-lag]).mean() for lag in (24, 48))
    return np.array([day**2 / two_days, 24 / np.log(day / two_days)])


def to_gaussian(standard: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Map each column so that its quantiles become a Gaussian's.

    Parameters
    ----------
    standard : numpy.ndarray
        Shape (n, 7), standardised anomalies.
    quantiles : numpy.ndarray
        Shape (19, 7), their quantiles at :data:`PROBABILITIES`.

    Returns
    -------
    numpy.ndarray
        Shape (n, 7).
    """
    columns = zip(standard.T, quantiles.T, strict=True)
    return np.column_stack([np.interp(x, q, GAUSSIAN) for x, q in columns])


def write(climate: Climate, path: Path = STORED) -> None:
    """Write a climate as JSON, one line per row of each table.

    Parameters
    ----------
    climate : Climate
        The numbers.
    path : pathlib.Path
        The file; what was there is replaced.
    """
    blocks = [f'"quantities": {json.dumps(QUANTITIES)}']
    for field in fields(Climate):
        rows = getattr(climate, field.name).tolist()
        lines = ",\n".join(f"  {json.dumps(row)}" for row in rows)
        blocks.append(f'"{field.name}": [\n{lines}\n]')
    path.write_text("{\n" + ",\n".join(blocks) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    write(fit(jena.clean(jena.load())))
