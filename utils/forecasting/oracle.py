"""A forecaster that knows the form of the two-wave series, as the floor for all others.

It knows what no other forecaster of the course knows: that a series is two sine waves
with the amplitudes 0.5 and 0.2, in which range their frequencies lie, and that the rest
is noise.  It does not know a series' four numbers, two frequencies and two offsets.
:func:`estimate` finds them roughly on a grid, :func:`fit_form` to the last digit by
least squares, and :func:`forecast` continues the waves.
"""

from __future__ import annotations

import itertools

import numpy as np

from utils.data.synthetic import AMPLITUDES, two_waves_form

RANGES = (10.0, 20.0), (20.0, 40.0)  # radians per unit of time: slow wave, fast wave
STEP = 0.25  # of the grid; a wave fits within half a step as well as at its frequency
LEAST = 8  # values from which four numbers are fitted


def estimate(series, times) -> tuple[np.ndarray, np.ndarray]:
    """Find the frequencies and offsets of two waves roughly.

    For each pair of frequencies on a grid, sines and cosines of both are fitted by
    linear least squares, and the pair that explains most of a series is taken.

    Parameters
    ----------
    series : array, shape (n_series, n_steps)
        Noisy series.
    times : array, shape (n_steps,)
        When their steps were taken.

    Returns
    -------
    frequencies, offsets : array, shape (n_series, 2)
        As in :class:`utils.data.synthetic.TwoWaves`; the slow wave first.

    Raises
    ------
    ValueError
        If the shapes do not fit, times do not ascend, there are fewer than 8 steps, or
        a value is not finite.

    Examples
    --------
    >>> times = np.arange(50) * 0.02
    >>> series = two_waves_form(times, [[13.0, 31.0]], [[0.2, 0.1]])
    >>> estimate(series, times)[0].tolist()
    [[13.0, 31.0]]
    """
    series, times = _checked(series, times)
    explained = np.full(len(series), -1.0)
    found = np.zeros((len(series), 2, 3))  # frequency, and weights of sine and cosine
    for pair in itertools.product(*(np.arange(a, b + STEP, STEP) for a, b in RANGES)):
        waves = _sines_and_cosines(pair, times)
        basis, _ = np.linalg.qr(waves)
        share = np.sum((series @ basis) ** 2, axis=1)
        better = share > explained
        explained[better] = share[better]
        weights = series[better] @ np.linalg.pinv(waves).T
        found[better, :, 0] = pair
        found[better, :, 1:] = weights.reshape(-1, 2, 2)
    frequencies, sine, cosine = np.moveaxis(found, 2, 0)
    # sin((t - o) f) is cos(o f) sin(t f) - sin(o f) cos(t f)
    return frequencies, np.arctan2(-cosine, sine) / frequencies


def fit_form(series, times, *, start=None) -> tuple[np.ndarray, np.ndarray]:
    """Fit the two-wave form to each series by least squares.

    Parameters
    ----------
    series : array, shape (n_series, n_steps)
        Noisy series.
    times : array, shape (n_steps,)
        When their steps were taken.
    start : tuple of array, shape (n_series, 2), optional
        Frequencies and offsets to start from; default: those of :func:`estimate`.
        With those that a series was made from, no search can go astray.

    Returns
    -------
    frequencies, offsets : array, shape (n_series, 2)
        An offset may be whole turns away from the one that made the series.

    Raises
    ------
    ValueError
        As :func:`estimate` does, or if ``start`` has other shapes.

    Examples
    --------
    >>> times = np.arange(50) * 0.02
    >>> series = two_waves_form(times, [[13.1, 30.9]], [[0.2, 0.1]])
    >>> frequencies, offsets = fit_form(series, times)
    >>> frequencies.round(6).tolist()
    [[13.1, 30.9]]
    >>> np.allclose(two_waves_form(times, frequencies, offsets), series)
    True
    """
    series, times = _checked(series, times)
    frequencies, offsets = start if start is not None else estimate(series, times)
    first = np.hstack([frequencies, offsets]).astype(float)
    if first.shape != (len(series), 4):
        raise ValueError(
            f"start must be frequencies and offsets of the shape ({len(series)}, 2), "
            f"not {np.shape(frequencies)} and {np.shape(offsets)}."
        )
    fitted = np.array(
        [_least_squares(*each, times) for each in zip(series, first, strict=True)]
    )
    return fitted[:, :2], fitted[:, 2:]


def forecast(series, times, *, start=None) -> np.ndarray:
    """Continue series with the two-wave form that was fitted to them.

    Parameters
    ----------
    series : array, shape (n_series, n_steps)
        What is known.
    times : array, shape (n_steps + ahead,)
        When the known steps were taken, and when the forecast ones will be.
    start : tuple of array, optional
        As in :func:`fit_form`.

    Returns
    -------
    array, shape (n_series, ahead)

    Raises
    ------
    ValueError
        As :func:`fit_form` does, or if no time lies beyond the known steps.

    Notes
    -----
    Taught in chapter 10.

    Examples
    --------
    >>> times = np.arange(60) * 0.02
    >>> wave = two_waves_form(times, [[13.1, 30.9]], [[0.2, 0.1]])
    >>> np.allclose(forecast(wave[:, :50], times), wave[:, 50:])
    True
    """
    known = np.shape(series)[-1] if np.ndim(series) else 0
    if np.ndim(times) != 1 or len(times) <= known:
        raise ValueError(
            f"times must be those of the {known} known steps and of at least one step "
            f"to forecast, not the shape {np.shape(times)}."
        )
    frequencies, offsets = fit_form(series, times[:known], start=start)
    return two_waves_form(times[known:], frequencies, offsets)


def _least_squares(values, first, times) -> np.ndarray:
    """Fit one series: minimise the squared distance from the form, from ``first``."""
    from scipy.optimize import least_squares

    amplitudes = np.array(AMPLITUDES)[:, None]

    def residuals(numbers):
        return _form(numbers)[0] - values

    def slopes(numbers):
        return _form(numbers)[1]

    def _form(numbers):
        frequency, offset = numbers.reshape(2, 2, 1)
        angle = (times - offset) * frequency
        cosine = amplitudes * np.cos(angle)
        by_numbers = [(times - offset) * cosine, -frequency * cosine]
        return np.sum(amplitudes * np.sin(angle), axis=0), np.concatenate(by_numbers).T

    return least_squares(residuals, first, slopes, method="lm").x


def _sines_and_cosines(frequencies, times) -> np.ndarray:
    """Sine and cosine of the slow wave, then of the fast one: (n_steps, 4)."""
    angles = np.multiply.outer(times, frequencies)
    waves = np.stack([np.sin(angles), np.cos(angles)], axis=2)
    return waves.reshape(len(times), -1)


def _checked(series, times) -> tuple[np.ndarray, np.ndarray]:
    series, times = np.asarray(series, dtype=float), np.asarray(times, dtype=float)
    if series.ndim != 2 or times.shape != series.shape[1:] or len(times) < LEAST:
        raise ValueError(
            f"series must have the shape (n_series, n_steps) with {LEAST} steps or "
            f"more, and times (n_steps,); got {series.shape} and {times.shape}."
        )
    if not np.isfinite(series).all():
        row, step = np.argwhere(~np.isfinite(series))[0]
        raise ValueError(f"series[{row}, {step}] is not finite: fill or cut it first.")
    if not (np.diff(times) > 0).all():
        raise ValueError("times must ascend, and each must be a finite number.")
    return series, times
