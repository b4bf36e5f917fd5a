"""Draw the figure of the front page: a week of forecasts that the reader walks through.

``python tools/front_figure.py`` reads the stored forecasts of one network of chapter 14
and replaces ``_static/front-figure.html`` and the card that messengers show,
``_static/card.png``.  The week belongs to the validation part; it
is the one in which the errors of the network and of the naive forecast lie nearest to
those of the whole part.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from utils.book import explore
from utils.experiments import leaderboard
from utils.experiments.prepare import prepare_jena
from utils.plotting import color, use_style

STATIC = Path(__file__).resolve().parents[1] / "_static"
FILE, CARD = STATIC / "front-figure.html", STATIC / "card.png"
NETWORK, SEED = "mlp256", 0
WEEK, AHEAD, STEP = 7 * 24, 24, 6  # hours
PRESENT = 4 * 24 + 12  # where the reader stands first
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Week:
    """One week, hour by hour, and the mean errors over the whole validation part.

    Attributes
    ----------
    times : array of datetime64, shape (168,)
        The hours that were forecast.
    truth, naive, network : array, shape (168,)
        Temperatures in °C: measured, and forecast a day before.
    errors : tuple of float
        Mean absolute errors of the naive forecast and of the network, in °C, over the
        whole part.
    """

    times: np.ndarray
    truth: np.ndarray
    naive: np.ndarray
    network: np.ndarray
    errors: tuple[float, float]


def week():
    """Choose the week that is most like the whole part."""
    data = prepare_jena()
    task = leaderboard.prepare(data)
    truth, naive = task.targets["validation"], task.inputs["validation"].now
    network = leaderboard.load(NETWORK, task, seed=SEED).validation
    times = data.table.index[data.validation.target_rows.ravel()].to_numpy()
    errors = np.abs([naive - truth, network - truth])
    sums = np.cumsum(np.pad(errors, ((0, 0), (1, 0))), axis=1)
    means = (sums[:, WEEK:] - sums[:, :-WEEK]) / WEEK
    away = np.abs(means - errors.mean(axis=1, keepdims=True)).sum(axis=0)
    midnight = (times - times.astype("datetime64[D]")) == np.timedelta64(0, "h")
    whole = times[WEEK - 1 :] - times[: 1 - WEEK] == np.timedelta64(WEEK - 1, "h")
    start = np.where(midnight[: len(away)] & whole, away, np.inf).argmin()
    part = slice(start, start + WEEK)
    mean = tuple(map(float, errors.mean(axis=1)))
    return Week(times[part], truth[part], naive[part], network[part], mean)


def hours():
    """Return the hours at which the reader may stand: one day of the past at least."""
    return list(range(AHEAD, WEEK - AHEAD + 1, STEP))


def draw(found, now):
    """Draw what was known at an hour, and what was forecast for the next day."""
    ax = plt.subplots(figsize=(7.2, 3.4))[1]
    t, ahead = np.arange(WEEK), slice(now, now + AHEAD)
    low = min(map(np.min, (found.truth, found.naive, found.network)))
    high = max(map(np.max, (found.truth, found.naive, found.network)))
    ax.set(xlim=(0, WEEK), ylim=(np.floor(low) - 1, np.ceil(high) + 3))
    ax.axvspan(now, now + AHEAD, color=color("blue"), alpha=0.08, lw=0)
    ax.plot(t[:now], found.truth[:now], color=color("ink"), lw=1.8)
    ax.plot(t[ahead], found.naive[ahead], "--", color=color("grey"), lw=1.8)
    ax.plot(t[ahead], found.network[ahead], color=color("vermilion"), lw=2.4)
    ax.plot(t[ahead], found.truth[ahead], ":", color=color("ink"), lw=1.6)
    for label, line in zip(
        ("measured", "same as a day before", "network", "what came"),
        ax.lines,
        strict=True,
    ):
        line.set_label(label)
    ax.legend(ncols=4, loc="upper center", fontsize=9, frameon=False)
    ax.set_xticks(np.arange(0, WEEK, 24) + 12)
    ax.set_xticklabels(f"{d:%a}" for d in found.times[::24].astype("M8[D]").tolist())
    ax.tick_params(axis="x", length=0)
    ax.set_ylabel("temperature (°C)")
    return ax


def mean_error(found, name, now):
    """Return a forecast's mean absolute error over the day after an hour, in °C."""
    ahead = slice(now, now + AHEAD)
    return float(np.abs(getattr(found, name) - found.truth)[ahead].mean())


def words(found, now):
    """Say what a frame shows."""
    day = WEEKDAYS[found.times[now].astype("M8[D]").tolist().weekday()]
    naive, network = (mean_error(found, name, now) for name in ("naive", "network"))
    return (
        f"{day} {now % 24:02}:00, the next 24 hours: the forecast that repeats the day "
        f"before is off by {naive:.1f} °C on average, the network by {network:.1f} °C."
    )


def figure(found):
    """Return the explorable figure."""
    use_style()
    first, last = (f"{day:%d %B %Y}".lstrip("0") for day in _days(found))
    naive, network = found.errors
    return explore.slider(
        lambda now: draw(found, now),
        values={"now": hours()},
        start={"now": PRESENT},
        labels={"now": "the present"},
        formats={"now": lambda now: f"day {now // 24 + 1}, {now % 24:02}:00"},
        alt=lambda now: words(found, now),
        caption=(
            f"Temperature in Jena, {first} to {last}. Each forecast was made 24 hours "
            "before its hour, by a network of chapter 14 that was trained on the years "
            "before. "
            f"Over two years it is off by {network:.2f} °C on average, the forecast "
            f"that repeats the day before by {naive:.2f} °C."
        ),
    )


def _days(found):
    return found.times[[0, -1]].astype("M8[D]").tolist()


def card(found):
    """Return the picture for messengers: 1200 by 630 pixels, with the name."""
    use_style()
    ax = draw(found, PRESENT)
    ax.get_legend().remove()
    ax.figure.set_size_inches(12, 6.3)
    ax.set_title("Deep learning for time series", fontsize=34, loc="left", pad=24)
    return ax.figure


def main():
    """Replace the figure and the card."""
    found = week()
    FILE.write_text(figure(found).html + "\n", encoding="utf-8")
    card(found).savefig(CARD, dpi=100, metadata={"Software": None})


if __name__ == "__main__":
    main()
