"""Where a forecast is good and where it fails: by season, hour, weather, feature.

Groups are arrays with one label per forecast.  Those of :func:`regimes` use what is
known when the forecast is made, so that they could serve as a warning beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from utils.data.columns import (
    DEW_POINT,
    DIRECTION,
    GUST,
    HUMIDITY,
    PRESSURE,
    SPEED,
    TEMPERATURE,
)
from utils.experiments.candidates import Inputs
from utils.forecasting import comparison
from utils.forecasting.baselines import Climatology
from utils.forecasting.comparison import Difference
from utils.forecasting.ensembles import block_bootstrap
from utils.metrics import mae

SEASONS = ("winter", "spring", "summer", "autumn")
REGIMES = {
    "pressure": ("falling", "steady", "rising"),
    "wind": ("calm", "north", "east", "south", "west"),
    "anomaly": ("cold", "usual", "warm"),
}
TENDENCY = 4.0  # mbar in 24 hours, from which the pressure falls or rises
CALM = 1.0  # m/s, below which the direction says little
UNUSUAL = 4.0  # °C from the climatology
BLOCK = 24 * 14  # rows, two weeks: longer than weather lasts


def season(times) -> pd.Categorical:
    """Name the season of each time: winter is December to February.

    Parameters
    ----------
    times : array of datetime64, shape (n,)

    Returns
    -------
    pandas.Categorical, shape (n,)
        Of ``SEASONS``, in that order.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> season(np.array(["2016-02-29T12", "2016-03-01T00"], "datetime64[h]")).tolist()
    ['winter', 'spring']
    """
    quarters = pd.DatetimeIndex(times).month.to_numpy() % 12 // 3
    return pd.Categorical.from_codes(quarters, SEASONS)


def hour(times) -> np.ndarray:
    """Take the hour of the day, 0 to 23, of each time.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> hour(np.array(["2016-02-29T12:10"], "datetime64[m]")).tolist()
    [12]
    """
    return pd.DatetimeIndex(times).hour.to_numpy()


def regimes(table: pd.DataFrame, times, *, usual: Climatology) -> pd.DataFrame:
    """Sort forecasts by the weather at the time they are made.

    Parameters
    ----------
    table : DataFrame
        The clean Jena table, or a simulated one.
    times : array of datetime64, shape (n,)
        The last hour that each forecast sees, at least 24 rows into the table.
    usual : Climatology
        Fitted on training rows, of the temperature.

    Returns
    -------
    DataFrame, shape (n, 3)
        ``"pressure"``: falling or rising by 4 mbar or more in 24 hours, else steady;
        ``"wind"``: the quarter that it comes from, or calm below 1 m/s;
        ``"anomaly"``: cold or warm by 4 °C or more against the climatology, else usual.
        Categories in the order of ``REGIMES``.

    Raises
    ------
    ValueError
        If a time, or the hour a day before it, is not in the table.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> from utils.data import weather
    >>> table = weather.simulate(seed=0, hours=48)
    >>> usual = Climatology.fit(table.index, table["T (degC)"], yearly=0)
    >>> regimes(table, table.index[24:26], usual=usual).shape
    (2, 3)
    """
    times = pd.DatetimeIndex(times)
    missing = times.append(times - pd.Timedelta("1D")).difference(table.index)
    if len(missing):
        raise ValueError(
            f"times: {missing[0]} is not in the table, and a regime needs the hour of "
            "the forecast and the one a day before."
        )
    now = table.loc[times]
    before = table.loc[times - pd.Timedelta("1D"), PRESSURE].to_numpy()
    tendency = now[PRESSURE].to_numpy() - before
    anomaly = now[TEMPERATURE].to_numpy() - usual.predict(times)
    quarter = 1 + np.round(now[DIRECTION].to_numpy() / 90).astype(int) % 4
    codes = {
        "pressure": 1 + _sign_beyond(tendency, TENDENCY),
        "wind": np.where(now[SPEED].to_numpy() < CALM, 0, quarter),
        "anomaly": 1 + _sign_beyond(anomaly, UNUSUAL),
    }
    named = {n: pd.Categorical.from_codes(c, REGIMES[n]) for n, c in codes.items()}
    return pd.DataFrame(named)


def _sign_beyond(values: np.ndarray, limit: float) -> np.ndarray:
    """-1, 0 or 1: at or below minus the limit, between, at or above it."""
    return (values >= limit).astype(int) - (values <= -limit).astype(int)


# ----------------------------------------------------------------------- differences


def difference(
    errors,
    reference,
    *,
    rng: np.random.Generator,
    block: int = BLOCK,
    draws: int = 1000,
    level: float = 0.95,
) -> Difference:
    """Say how much smaller or larger errors are than a reference's, and how surely.

    Both are compared row by row, because easy and hard weeks are easy and hard for
    both; whole blocks of rows are drawn, because neighbouring errors are alike.

    Parameters
    ----------
    errors, reference : array, shape (n,)
        Absolute errors in time order.
    rng : numpy.random.Generator
        Source of the draws.
    block, draws : int
        As :func:`utils.forecasting.ensembles.block_bootstrap` takes them.
    level : float
        Share of the draws that the interval holds.

    Returns
    -------
    Difference
        Of errors minus reference, in their unit: negative where errors are smaller.

    Raises
    ------
    ValueError
        If the shapes differ, or where
        :func:`utils.forecasting.ensembles.block_bootstrap` raises it.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> difference(np.ones(400), np.full(400, 3.0), rng=rng)
    Difference(mean=-2.0, low=-2.0, high=-2.0)
    """
    pair = _pair(errors, reference)
    return comparison.block_bootstrap(*pair, block=block, rng=rng, level=level, n=draws)


def skill_by(
    groups,
    errors,
    reference,
    *,
    rng: np.random.Generator,
    block: int = BLOCK,
    draws: int = 1000,
    level: float = 0.95,
) -> pd.DataFrame:
    """Measure the skill in each group of forecasts, with a bootstrap interval.

    Parameters
    ----------
    groups : array of labels, or pandas.Categorical, shape (n,)
        Lines of the result are in the order of its categories, or sorted.
    errors, reference : array, shape (n,)
        Absolute errors of the model and of the naive forecast, in time order.
    rng, block, draws, level
        As :func:`difference` takes them.

    Returns
    -------
    DataFrame
        One line per group: ``rows``, ``mae``, ``reference`` (both in the unit of the
        errors), ``skill``, and ``low`` and ``high``, the ends of the skill's interval;
        they are missing where some draw holds no row of the group.

    Raises
    ------
    ValueError
        If the shapes differ, or where
        :func:`utils.forecasting.ensembles.block_bootstrap` raises it.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> day = np.arange(960) % 24 >= 12
    >>> model, naive = np.where(day, 1.0, 2.0), np.full(960, 2.0)
    >>> found = skill_by(day, model, naive, rng=np.random.default_rng(0))
    >>> found[["rows", "mae", "skill"]].to_dict("index")[True]
    {'rows': 480, 'mae': 1.0, 'skill': 0.5}
    """
    errors, reference = _pair(errors, reference)
    if len(groups) != len(errors):
        raise ValueError(
            f"groups must hold one label for each of the {len(errors)} errors, not "
            f"{len(groups)}."
        )
    groups = pd.Categorical(groups).remove_unused_categories()
    lines = {}
    for label in groups.categories:
        inside = np.asarray(groups == label)
        both = np.stack([errors * inside, reference * inside], axis=1)
        drawn = block_bootstrap(both, block=block, rng=rng, draws=draws)
        shares = 1 - drawn[:, 0] / np.where(drawn[:, 1] > 0, drawn[:, 1], np.nan)
        own, naive = errors[inside].mean(), reference[inside].mean()
        ends = np.quantile(shares, _tails(level))
        lines[label] = [inside.sum(), own, naive, 1 - own / naive, *ends]
    columns = ["rows", "mae", "reference", "skill", "low", "high"]
    return pd.DataFrame.from_dict(lines, orient="index", columns=columns)


def _pair(errors, reference) -> tuple[np.ndarray, np.ndarray]:
    errors, reference = np.asarray(errors, float), np.asarray(reference, float)
    if errors.ndim != 1 or errors.shape != reference.shape:
        raise ValueError(
            f"errors and reference must be two series of one length, not of the shapes "
            f"{errors.shape} and {reference.shape}."
        )
    return errors, reference


def _tails(level: float) -> tuple[float, float]:
    if not 0 < level < 1:
        raise ValueError(f"level must be a number between 0 and 1, not {level!r}.")
    return (1 - level) / 2, (1 + level) / 2


# ------------------------------------------------------------------------ importance

QUANTITIES = {
    "temperature": TEMPERATURE,
    "pressure": PRESSURE,
    "humidity": (DEW_POINT, HUMIDITY, "VPdef (mbar)"),
    "wind": (SPEED, GUST, "wind to"),
    "calendar": "calendar",
}
LOOKS = {
    "change": "change in",
    "summary": (" mean of ", " std of ", " min of ", " max of "),
    "lag": " h ago",
    "calendar": "calendar",
}


def kinds(names: Sequence[str], *, by: str = "quantity") -> np.ndarray:
    """Sort the features of :func:`utils.features.weather_features` into few groups.

    Parameters
    ----------
    names : sequence of k str
        As the features name themselves.
    by : str
        ``"quantity"``: temperature, pressure, humidity, wind or calendar;
        ``"look"``: now, lag, summary, change or calendar.

    Returns
    -------
    array of str, shape (k,)

    Raises
    ------
    ValueError
        If ``by`` is neither, or a feature belongs to no group.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> names = ["p (mbar), change in 3 h", "T (degC)", "calendar 1"]
    >>> kinds(names).tolist(), kinds(names, by="look").tolist()
    (['pressure', 'temperature', 'calendar'], ['change', 'now', 'calendar'])
    """
    if by not in ("quantity", "look"):
        raise ValueError(f'by must be "quantity" or "look", not {by!r}.')
    return np.array([_kind(name, by) for name in names])


def _kind(name: str, by: str) -> str:
    if by == "quantity":
        found = [kind for kind, begin in QUANTITIES.items() if name.startswith(begin)]
    else:
        signs = {k: (s,) if isinstance(s, str) else s for k, s in LOOKS.items()}
        found = [k for k, s in signs.items() if any(sign in name for sign in s)]
        found.append("now")
    if not found:
        raise ValueError(
            f"names: {name!r} is of no known quantity: {', '.join(QUANTITIES)}."
        )
    return found[0]


def importance(
    predict: Callable[[Inputs], np.ndarray],
    inputs: Inputs,
    change,
    *,
    groups,
    seed: int = 0,
    repeats: int = 5,
) -> pd.DataFrame:
    """Measure how much worse a forecast gets when groups of features are shuffled.

    Features of one group are shuffled together, with one order of the rows: a lag
    beside its neighbour, alone, would be made up for by the neighbour (Breiman, 2001).

    Parameters
    ----------
    predict : callable
        Of a fitted candidate that reads the features only.
    inputs : Inputs
        Rows that it was not fitted on, n of them.
    change : array, shape (n,)
        What it is to forecast.
    groups : array of k labels
        As :func:`kinds` gives them, one per feature.
    seed : int
        Of the shuffling.
    repeats : int
        Times that each group is shuffled.

    Returns
    -------
    DataFrame
        One line per group, the most important first: ``mean`` and ``spread`` (standard
        deviation over the repeats) of the rise in MAE, in the unit of ``change``.

    Raises
    ------
    ValueError
        If there is not one group per feature, or the forecast is not one number a row.

    Notes
    -----
    Taught in chapter 14.

    Examples
    --------
    >>> inputs = Inputs(
    ...     names=("a", "b"), columns=(), features=np.eye(50, 2) * 9,
    ...     sequences=np.zeros((50, 1, 0)), own=np.zeros((50, 1)),
    ...     times=np.arange(50), target_times=np.arange(50),
    ... )
    >>> found = importance(
    ...     lambda new: new.features[:, 0], inputs, inputs.features[:, 0],
    ...     groups=["first", "second"],
    ... )
    >>> found.index.tolist(), float(found.loc["second", "mean"])
    (['first', 'second'], 0.0)
    """
    from sklearn.inspection import permutation_importance

    labels, of_feature = np.unique(np.asarray(groups), return_inverse=True)
    if len(of_feature) != inputs.features.shape[1]:
        raise ValueError(
            f"groups must hold one label for each of the {inputs.features.shape[1]} "
            f"features, not {len(of_feature)}."
        )
    rows = np.tile(np.arange(len(inputs.now))[:, None], len(labels))
    found = permutation_importance(
        _ByGroup(predict, inputs, of_feature),
        rows,
        change,
        scoring=lambda model, X, y: -mae(y, model.predict(X)),
        n_repeats=repeats,
        random_state=seed,
    )
    lines = {"mean": found.importances_mean, "spread": found.importances_std}
    return pd.DataFrame(lines, index=labels).sort_values("mean", ascending=False)


class _ByGroup:
    """A model whose columns are groups; a value is the row to take the group from."""

    def __init__(self, predict, inputs: Inputs, of_feature: np.ndarray):
        self.forecast, self.inputs, self.of_feature = predict, inputs, of_feature

    def fit(self, X, y):  # permutation_importance asks for it and never calls it
        return self

    def predict(self, rows: np.ndarray) -> np.ndarray:
        columns = np.arange(len(self.of_feature))
        mixed = self.inputs.features[rows[:, self.of_feature], columns]
        return self.forecast(replace(self.inputs, features=mixed))
