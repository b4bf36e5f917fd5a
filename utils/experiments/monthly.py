"""One small LSTM, asked two questions about a monthly series, from rolling origins.

The networks forecast twelve months of carbon dioxide by feeding back what they forecast
for one month.  The first question is the level itself; the second is the difference to
the same month of the year before, which is added to last year's value at the end.
Network, training and origins are the same for both.

``python -m utils.experiments.train_all monthly-level monthly-difference`` trains them,
one network for each origin and seed; :func:`results` reads what they forecast.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from utils.data.series import monthly
from utils.forecasting.forecaster import check_history
from utils.forecasting.transforms import difference, undifference
from utils.scratch import LSTM, Dense, Network
from utils.scratch.blas import one_thread
from utils.training import checkpoints
from utils.training.fingerprint import Fingerprint, code_of, summary
from utils.training.stacked import Stack
from utils.windows import Normalizer

SERIES, SEASON, HORIZON = "co2", 12, 12
FIRST_YEARS = range(1992, 2002)  # each is forecast from the months before it
LAGS, UNITS, LEARNING_RATE, BATCH, EPOCHS = 24, 16, 0.01, 32, 60
N_SEEDS = 5
FOLDER = checkpoints.FOLDER / "monthly"


@dataclass(frozen=True)
class Question:
    """What the networks are asked.

    Attributes
    ----------
    id : str
        Its name for ``make reproduce``, and that of its file.
    lag : int
        The networks see and forecast the difference to so many months before; 0 is the
        level itself.

    Examples
    --------
    >>> [question.lag for question in QUESTIONS.values()]
    [0, 12]
    """

    id: str
    lag: int


QUESTIONS = {
    question.id: question
    for question in (Question("monthly-level", 0), Question("monthly-difference", 12))
}


class _Regressors(Stack):
    """A stack whose networks forecast a number, by the mean squared error."""

    def gradients(self, X, y):
        with one_thread():
            past, outputs = self._forward(X)
            errors = outputs - np.asarray(y, dtype=np.float32)
            return (errors**2).mean(1), self._backward(
                past, 2 * errors[:, None] / errors.shape[1]
            )

    def predict(self, X):
        with one_thread():
            return self._forward(X)[1]


@dataclass(frozen=True)
class Forecasts:
    """What the networks of one question forecast.

    Attributes
    ----------
    question : Question
        What they were asked.
    values : array of shape (seeds, origins, HORIZON)
        Forecasts in the unit of the series, whatever the question.
    seconds : float
        Wall-clock time of all trainings.
    fingerprint : Fingerprint, optional
        What they were made from.
    """

    question: Question
    values: np.ndarray
    seconds: float
    fingerprint: Fingerprint | None = field(default=None, repr=False)


def origins() -> np.ndarray:
    """Return the first row of each year that is forecast, shape (10,).

    Examples
    --------
    >>> dates = monthly(SERIES).index[origins()]
    >>> dates[0].date().isoformat(), dates[-1].date().isoformat()
    ('1992-01-01', '2001-01-01')
    """
    dates = monthly(SERIES).index
    return dates.get_indexer([f"{year}-01-01" for year in FIRST_YEARS])


def run(
    question: Question,
    *,
    seeds: Sequence[int] = range(N_SEEDS),
    epochs: int = EPOCHS,
    progress: bool = True,
) -> Forecasts:
    """Train a network for each origin and seed, and forecast a year with each.

    Parameters
    ----------
    question : Question
        What to ask.
    seeds : sequence of int
        Of weights and batches.
    epochs : int
        As many examples as `epochs` passes through the windows would show.
    progress : bool
        Show a bar with the time that is left.

    Returns
    -------
    Forecasts

    Examples
    --------
    >>> question = QUESTIONS["monthly-difference"]
    >>> run(question, seeds=[0], epochs=0, progress=False).values.shape
    (1, 10, 12)
    """
    fingerprint = fingerprint_of(question)
    started = time.perf_counter()
    values = forecast_with_lstms(
        monthly(SERIES),
        origins(),
        lag=question.lag,
        seeds=seeds,
        epochs=epochs,
        progress=progress,
    )
    return Forecasts(question, values, time.perf_counter() - started, fingerprint)


def forecast_with_lstms(
    series,
    starts,
    *,
    lag: int,
    seeds: Sequence[int] = range(N_SEEDS),
    lags: int = LAGS,
    units: int = UNITS,
    epochs: int = EPOCHS,
    progress: bool = False,
) -> np.ndarray:
    """Train an LSTM for each origin and seed, all at once, and forecast a year.

    A network sees only the months before its origin, and takes the scale of its inputs
    from them.  It forecasts one month, and its forecasts are fed back.

    Parameters
    ----------
    series : array or pandas.Series, shape (n,)
        Values by month, oldest first.
    starts : sequence of int
        First rows of the years to forecast; one may be `n`, the year after the end.
    lag : int
        The networks see and forecast the difference to so many months before; 0 is the
        level itself.
    seeds : sequence of int
        Of weights and batches.
    lags, units : int
        Months in a window, and units of the LSTM.
    epochs : int
        As many examples as `epochs` passes through the windows before the first origin
        would show.
    progress : bool
        Show a bar with the time that is left.

    Returns
    -------
    array of shape (seeds, origins, HORIZON)
        Forecasts in the unit of the series.

    Raises
    ------
    ValueError
        If an origin leaves no window or fewer months than a batch, lies beyond the
        end, or a value is not finite.

    Examples
    --------
    >>> months = np.sin(np.arange(60.0))
    >>> forecast_with_lstms(months, [48, 60], lag=12, seeds=[0], epochs=0).shape
    (1, 2, 12)
    """
    values = _check_series(series, starts, least=lag + max(lags + 1, BATCH))
    scaled, scales = _scaled_pasts(lag, values, starts)
    pairs = [(seed, past) for seed in seeds for past in scaled]
    rngs = [np.random.default_rng([seed, len(past)]) for seed, past in pairs]
    stack = _Regressors(
        [_network(units, rng) for rng in rngs],
        learning_rates=[LEARNING_RATE] * len(pairs),
    )
    _train(stack, [past for _, past in pairs], rngs, lags, epochs, progress)
    ahead = _forecast(stack, np.stack([past[-lags:] for _, past in pairs]))
    ahead = ahead.reshape(len(seeds), len(starts), HORIZON)
    return _restored(lag, ahead, scales, values, starts)


def _check_series(series, starts, *, least: int) -> np.ndarray:
    values = check_history(series)
    if not len(starts) or min(starts) < least or max(starts) > len(values):
        raise ValueError(
            f"starts must be one or more rows from {least} on, to leave a window and a "
            f"batch before each, and not beyond the {len(values)} of the series, not "
            f"{list(starts)}."
        )
    return values


def _scaled_pasts(lag, series, starts):
    """Return what each origin's networks learn from, and how it was scaled."""
    pasts = [series[:start] for start in starts]
    if lag:
        pasts = [difference(past, lag) for past in pasts]
    scales = [Normalizer.fit(past[:, None]) for past in pasts]
    scaled = [
        scale.transform(past[:, None])[:, 0]
        for scale, past in zip(scales, pasts, strict=True)
    ]
    return scaled, scales


def _network(units, rng) -> Network:
    return Network([LSTM(1, units, rng=rng), Dense(units, 1, "sigmoid", rng=rng)])


def _train(stack, pasts, rngs, lags, epochs, progress) -> None:
    from tqdm import tqdm

    steps = epochs * (len(pasts[0]) // BATCH)
    for _ in tqdm(range(steps), disable=not progress):
        drawn = [
            rng.integers(0, len(past) - lags, BATCH)[:, None] + np.arange(lags + 1)
            for past, rng in zip(pasts, rngs, strict=True)
        ]
        rows = np.stack([past[at] for past, at in zip(pasts, drawn, strict=True)])
        stack.learn(rows[:, :, :-1, None], rows[:, :, -1])


def _forecast(stack, known) -> np.ndarray:
    """Forecast one month, append it, and go on: shape (networks, HORIZON)."""
    lags = known.shape[1]
    for _ in range(HORIZON):
        ahead = stack.predict(known[:, None, -lags:, None])
        known = np.concatenate([known, ahead], axis=1)
    return known[:, lags:].astype(float)


def _restored(lag, ahead, scales, series, starts):
    """Undo the scaling and the difference: the unit of the series again."""
    found = np.empty_like(ahead)
    for k, (scale, start) in enumerate(zip(scales, starts, strict=True)):
        found[:, k] = scale.inverse(ahead[:, k].reshape(-1, 1)).reshape(-1, HORIZON)
        if lag:
            found[:, k] = undifference(
                found[:, k], np.tile(series[start - lag : start], (len(found), 1))
            )
    return found


# --------------------------------------------------------------------- stored results


def fingerprint_of(question: Question) -> Fingerprint:
    """Say what a question's forecasts are made from."""
    code = code_of(run, Stack)
    configuration = {"lag": question.lag, "seeds": N_SEEDS, "series": SERIES}
    return Fingerprint(code, configuration, {SERIES: summary(monthly(SERIES))})


def path_of(question: Question, *, folder: Path = FOLDER) -> Path:
    """Name the file of a question's forecasts."""
    return folder / f"{question.id}.npz"


def packed(forecasts: Forecasts) -> tuple[list[np.ndarray], dict]:
    """Return arrays and description, as `utils.training.checkpoints.write` wants."""
    return [forecasts.values.astype(np.float32)], {
        "id": forecasts.question.id,
        "seed": 0,
        "fingerprint": forecasts.fingerprint._asdict(),
        "scores": {"rmse": round(float(_rmse(forecasts.values)), 4)},
        "seconds": round(forecasts.seconds, 1),
        "versions": {"numpy": np.__version__},
    }


def _rmse(values) -> float:
    series = monthly(SERIES).to_numpy()
    truth = series[origins()[:, None] + np.arange(HORIZON)]
    return np.sqrt(np.mean((values - truth) ** 2))


def results(*, folder: Path = FOLDER) -> dict[str, np.ndarray]:
    """Return the stored forecasts of each question, by its id.

    Returns
    -------
    dict of str to array of shape (seeds, origins, HORIZON)

    Raises
    ------
    CheckpointError
        If a file is missing, or was made from something else than the course has now.

    Notes
    -----
    Taught in chapter 9.

    Examples
    --------
    >>> {name: values.shape for name, values in results().items()}
    {'monthly-level': (5, 10, 12), 'monthly-difference': (5, 10, 12)}
    """
    found = {}
    for name, question in QUESTIONS.items():
        with checkpoints.rebuilt_by(name):
            (values,), _ = checkpoints.load(
                path_of(question, folder=folder), {"id": name}, fingerprint_of(question)
            )
        found[name] = values.astype(float)
    return found


def verify(question: Question, *, folder: Path = FOLDER) -> None:
    """Give stored forecasts the present fingerprint, where new runs prove them theirs.

    The networks of the first seed, trained anew, must forecast what is stored to a
    tenth of a unit on average; rounding differs between processors.

    Raises
    ------
    CheckpointError
        If it is not so, with the command that trains them anew; then the file stays.
    """
    path = path_of(question, folder=folder)
    with checkpoints.rebuilt_by(question.id):
        arrays, meta = checkpoints.read(path)
        checkpoints.check_identity(path.name, meta, {"id": question.id})
        again = run(question, seeds=[0], progress=False).values[0]
        apart = np.abs(again - arrays[0][0]).mean()
        if apart > 0.1:
            raise checkpoints.CheckpointError(
                f"{path.name} is not verified: the first seed's networks, trained "
                f"anew, forecast something else, {apart:.2f} apart on average."
            )
    fingerprint = fingerprint_of(question)._asdict()
    checkpoints.write(path, arrays, meta | {"fingerprint": fingerprint})
