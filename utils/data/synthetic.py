"""Synthetic series whose form is known: two waves with noise, and a plain sine.

:func:`two_waves` draws a batch of independent series, as Géron does; what each was made
of comes with it from :func:`draw_two_waves`, so that a forecaster that knows the form
can serve as the floor for all others.  :func:`sine` is one long wave.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np

AMPLITUDES = (0.5, 0.2)
NOISE = 0.1  # width of the uniform noise
NOISE_VARIANCE = NOISE**2 / 12  # no forecast has a lower mean squared error


@dataclass(frozen=True)
class TwoWaves:
    """A batch of series and what they are made of.

    Attributes
    ----------
    series : array, shape (n_series, n_steps, 1)
        The noisy series.
    clean : array, shape (n_series, n_steps, 1)
        The same without noise.
    times : array, shape (n_steps,)
        When the steps are taken; a wave's argument is ``(time - offset) * frequency``.
    frequencies : array, shape (n_series, 2)
        Of the slow wave, from 10 to 20 radians per unit of time, and the fast wave, 20
        to 40.
    offsets : array, shape (n_series, 2)
        Time at which each wave passes zero, from 0 to 1.
    """

    series: np.ndarray
    clean: np.ndarray
    times: np.ndarray
    frequencies: np.ndarray
    offsets: np.ndarray


def two_waves(
    n_series: int,
    n_steps: int,
    *,
    rng: np.random.Generator | np.random.RandomState,
    interval: float | str = 0.02,
    dtype=np.float32,
) -> np.ndarray:
    """Draw independent series, each the sum of two sine waves and noise.

    A series is 0.5 sin((t - o1)(10 f1 + 10)) + 0.2 sin((t - o2)(20 f2 + 20)) +
    0.1 (u - 0.5), with f1, f2, o1 and o2 uniform from 0 to 1 for each series and u for
    each step, after Géron (2019), chapter 15.

    Parameters
    ----------
    n_series, n_steps : int
        How many series, and how many steps in each.
    rng : Generator or RandomState
        Where chance comes from.  ``np.random.RandomState(42)`` gives the very series
        of the source, which calls ``np.random.seed(42)``.
    interval : float or ``"spread"``
        Time from one step to the next.  With 0.02, 51 steps last from 0 to 1 and more
        steps last longer.  ``"spread"`` spreads the steps from 0 to 1 whatever their
        number, as the source does: series of 51 and of 60 steps then have different
        sampling rates, and a network trained on one misjudges the other.
    dtype : floating type
        Of the result; the series is computed in double precision.

    Returns
    -------
    array, shape (n_series, n_steps, 1)

    Raises
    ------
    ValueError
        If a number is not whole and positive, ``interval`` is neither positive nor
        ``"spread"``, steps cannot be spread because there is only one, ``rng`` draws
        nothing or ``dtype`` is not floating.

    Examples
    --------
    >>> series = two_waves(1000, 51, rng=np.random.default_rng(0))
    >>> series.shape, series.dtype
    ((1000, 51, 1), dtype('float32'))
    >>> naive = np.mean((series[:, -1] - series[:, -2]) ** 2)
    >>> print(f"{naive:.3f}")
    0.021
    """
    drawn = draw_two_waves(n_series, n_steps, rng=rng, interval=interval, dtype=dtype)
    return drawn.series


def draw_two_waves(
    n_series: int,
    n_steps: int,
    *,
    rng: np.random.Generator | np.random.RandomState,
    interval: float | str = 0.02,
    dtype=np.float32,
) -> TwoWaves:
    """Draw the series of :func:`two_waves` together with what they are made of.

    Takes and raises what :func:`two_waves` does, and draws the same series.

    Returns
    -------
    TwoWaves

    Examples
    --------
    >>> drawn = draw_two_waves(100, 51, rng=np.random.default_rng(0))
    >>> noise = drawn.series - drawn.clean
    >>> bool(np.abs(noise).max() <= NOISE / 2 + 1e-6)
    True
    >>> again = two_waves_form(drawn.times, drawn.frequencies, drawn.offsets)
    >>> np.allclose(again[..., None], drawn.clean)
    True
    """
    n_series, n_steps = _count("n_series", n_series), _count("n_steps", n_steps)
    times = _times(n_steps, interval)
    dtype = _floating(dtype)
    _check_rng(rng)
    f1, f2, o1, o2 = rng.random((4, n_series))
    frequencies = np.stack([f1 * 10 + 10, f2 * 20 + 20], axis=1)
    offsets = np.stack([o1, o2], axis=1)
    clean = two_waves_form(times, frequencies, offsets)
    series = clean + NOISE * (rng.random((n_series, n_steps)) - 0.5)
    series, clean = (part[..., None].astype(dtype) for part in (series, clean))
    return TwoWaves(series, clean, times, frequencies, offsets)


def two_waves_form(times, frequencies, offsets) -> np.ndarray:
    """Two sine waves without noise, from their parameters.

    Parameters
    ----------
    times : array, shape (n_steps,)
        When to take the steps.
    frequencies, offsets : array, shape (n_series, 2)
        As in :class:`TwoWaves`.

    Returns
    -------
    array, shape (n_series, n_steps)

    Raises
    ------
    ValueError
        If the shapes are others.

    Examples
    --------
    >>> quarter = np.pi / 2
    >>> two_waves_form([0.0, quarter], [[1.0, 1.0]], [[0.0, 0.0]]).round(3).tolist()
    [[0.0, 0.7]]
    """
    times, frequencies, offsets = map(np.asarray, (times, frequencies, offsets))
    pairs = frequencies.ndim == 2 and frequencies.shape[1:] == (2,)
    if times.ndim != 1 or not pairs or offsets.shape != frequencies.shape:
        raise ValueError(
            f"times, frequencies and offsets must have the shapes (n_steps,), "
            f"(n_series, 2) and (n_series, 2), not {times.shape}, {frequencies.shape} "
            f"and {offsets.shape}."
        )
    slow, fast = (
        amplitude * np.sin((times - offset[:, None]) * frequency[:, None])
        for amplitude, frequency, offset in zip(
            AMPLITUDES, frequencies.T, offsets.T, strict=True
        )
    )
    return slow + fast


def sine(
    n_steps: int,
    *,
    period: float,
    amplitude: float = 1.0,
    phase: float = 0.0,
    noise: float = 0.0,
    rng: np.random.Generator | None = None,
    dtype=np.float32,
) -> np.ndarray:
    """Sample one sine wave at whole steps, with Gaussian noise if wanted.

    Parameters
    ----------
    n_steps : int
        Length of the series.
    period : float
        Steps in a full turn; more than 2, because slower sampling shows another wave.
    amplitude, phase : float
        Height of the wave, and its argument at step 0 in radians.
    noise : float
        Standard deviation of the noise.
    rng : numpy.random.Generator
        Needed with noise.
    dtype : floating type
        Of the result.

    Returns
    -------
    array, shape (n_steps,)
        For one window after another: ``Windows(series[:, None], series, ...)``.

    Raises
    ------
    ValueError
        If a number is out of range, ``rng`` is missing or ``dtype`` is not floating.

    Examples
    --------
    >>> sine(5, period=4).round(3).tolist()
    [0.0, 1.0, 0.0, -1.0, -0.0]
    """
    n_steps, dtype = _count("n_steps", n_steps), _floating(dtype)
    _check_number("period", period, above=2)
    _check_number("amplitude", amplitude, above=0)
    _check_number("phase", phase)
    _check_number("noise", noise, least=0)
    wave = amplitude * np.sin(2 * np.pi * np.arange(n_steps) / period + phase)
    if noise:
        _check_rng(rng)
        wave += noise * rng.standard_normal(n_steps)
    return wave.astype(dtype)


def _times(n_steps: int, interval) -> np.ndarray:
    if isinstance(interval, str):
        if interval != "spread" or n_steps == 1:
            raise ValueError(
                f"interval must be the time between two steps or 'spread', which needs "
                f"two steps or more, not {interval!r} with n_steps={n_steps}."
            )
        return np.linspace(0, 1, n_steps)
    _check_number("interval", interval, above=0)
    return np.arange(n_steps) * interval


def _count(name: str, value) -> int:
    whole = isinstance(value, Integral) and not isinstance(value, bool | np.bool_)
    if not whole or value < 1:
        raise ValueError(f"{name} must be a whole number, 1 or more, not {value!r}.")
    return int(value)


def _check_number(name: str, value, *, least=-np.inf, above=-np.inf) -> None:
    number = isinstance(value, Real) and not isinstance(value, bool | np.bool_)
    if not number or not np.isfinite(value) or value < least or value <= above:
        bound = f" above {above}" if above > -np.inf else ""
        bound = f", {least} or more" if least > -np.inf else bound
        raise ValueError(f"{name} must be a finite number{bound}, not {value!r}.")


def _floating(dtype) -> np.dtype:
    dtype = np.dtype(dtype)
    if dtype.kind != "f":
        raise ValueError(f"dtype must be a floating type, not {dtype}.")
    return dtype


def _check_rng(rng) -> None:
    if not hasattr(rng, "random"):
        raise ValueError(
            f"rng must be a generator, for example np.random.default_rng(0), not "
            f"{rng!r}."
        )
