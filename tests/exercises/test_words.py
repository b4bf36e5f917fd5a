"""What the model answers in words have measured is measured again."""

import functools
import itertools
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy.stats import binom

from tests.exercises.harness import ROOT, SOLUTIONS, Run, grade_id, read
from utils import metrics
from utils.training import checkpoints

STORED = ROOT / "chapters" / "checkpoints"
MODELS = {
    "ridge": "ridge",
    "trees": "trees",
    "MLP": "mlp64",
    "GRU": "gru",
    "causal convolution": "tcn",
    "MLP with hours": "mlp-hours",
}


def cells(exercise):
    """Return the sources of an exercise's cells, by id."""
    return {cell.id: cell.source for cell in read(SOLUTIONS[exercise]).cells}


def names(exercise, *wanted):
    """Return what some code cells of an exercise define."""
    here = Run(read(SOLUTIONS[exercise]))
    for cell in here.cells:
        if cell.id in wanted or grade_id(cell) in wanted:
            here.execute(cell)
    assert not here.result.errors
    return here.names


def table(text):
    """Return the rows of a text's first table with numbers, by their heads."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if re.match(r"\|.+\d\.\d", line)
    ]
    return {head: [float(n.replace(",", "")) for n in row if n] for head, *row in rows}


def stored(path):
    """Return what a stored result says of itself."""
    return checkpoints.read(STORED / path)[1]


def outside():
    through = names("ex02_networks", "setup", "task-2-6-through")["through"]
    x, y = np.array([0.0, 1.0, 3.0]), np.array([1.0, 3.0, 2.0])
    W1, b1, W2, b2 = through(x, y)
    at = np.array([[-5.0], [-1.0], [10.0], [30.0]])
    far = np.maximum(at @ W1 + b1, 0) @ W2 + b2
    left, near, right, end = far.ravel()
    assert left == near
    yield f"I measured {left:g} at x = -5 and at x = -1"
    yield f"and {right:g} at x = 10 and {end:g} at x = 30"
    yield f"a line of slope {(end - right) / 20:g}"


def judged():
    errors = table(cells("ex12_jena_data")["about-12-7"])
    said = []
    for kind in ("dense", "convolution"):
        chosen = list(itertools.combinations(errors[kind], 3))
        means, medians = np.mean(chosen, axis=1), np.median(chosen, axis=1)
        said.append(
            f"means from {means.min():.3f} to {means.max():.3f} "
            f"and medians from {medians.min():.2f} to {medians.max():.2f}"
        )
    yield f"for the dense network, {said[0]}; for the convolution, {said[1]}"
    worse = np.array(errors["dense"]) - 2.43
    yield f"by {worse.min():.2f} to {worse.max():.2f} °C"


def read_in_order():
    error = names("ex13_recurrent", "setup", "reading")["error"]
    ways = ("forwards",), ("backwards",), ("forwards", "backwards")
    one, other, both = (error("tomorrow", *way) for way in ways)
    yield (
        f"for tomorrow, {one:.2f} °C forwards, {other:.2f} °C backwards "
        f"and {both:.2f} °C both ways"
    )
    one, other, both = (error("these days", *way) for way in ways)
    yield f"for these days {one:.2f}, {other:.2f} and {both:.2f} °C"


def descended():
    error = names("ex14_beyond", "setup", "descent")["error"]
    for target, words in (
        ("temperature", "for the temperature"),
        ("change", "and for the change"),
    ):
        *first, last = (f"{error(target, n):.2f}" for n in (0, 1, 10, 100, 1000))
        yield f"{words}{',' * (target != 'change')} {', '.join(first)} and {last} °C"
    solved = {f"{error(target, None):.2f}" for target in ("temperature", "change")}
    assert len(solved) == 1
    yield f"Least squares gives {solved.pop()} °C for both"


def paired():
    errors = table(cells("ex14_beyond")["about-14-3-choose"])
    errors = {name: np.array(row[2:]) for name, row in errors.items()}

    def turned(one, other):
        better, worse = sorted((errors[one], errors[other]), key=np.mean)
        return (worse[:, None] < better).sum()

    yield f"{turned('MLP', 'GRU')} of 25 pairs for MLP and GRU"
    yield f"{turned('MLP', 'causal convolution')} of 25 for MLP and causal convolution"
    yield f"{turned('GRU', 'MLP with hours')} of 25 for GRU and MLP with hours"
    yield f"its worst seed, {errors['MLP with hours'].max():.4f}"
    yield f"the best seed of the GRU, {errors['GRU'].min():.4f}"
    yield f"at the mean, by {errors['MLP'].mean() - errors['GRU'].mean():.3f} °C"


FROZEN = {
    'METHOD = "seasonal naive"': 'METHOD = "Holt-Winters"',
    "SETTINGS = {}": 'SETTINGS = {"season": 12, "trend": "add", "seasonal": "mul"}',
    "FREEZE = False": "FREEZE = True",
    "OPEN = False": "OPEN = True",
}


@functools.cache
def project():
    """Return exercise 15 as the one who wrote its answers has run it."""
    here = Run(read(SOLUTIONS["ex15_project"]))
    for cell in here.cells:
        source = cell.source
        for before, after in FROZEN.items():
            source = source.replace(before, after)
        if not grade_id(cell).startswith("test-"):
            here.execute(cell, source)
    plt.close("all")
    assert not here.result.errors
    return here


def broken():
    here = project()
    before, after = (here.names["known"][year].mean() for year in ("2008", "2009"))
    fall = 100 * (1 - after / before)
    yield f"from {before:.1f} in 2008 to {after:.1f} in 2009, by {fall:.0f} %"
    rows = here.result.printed["look-15-4"].splitlines()[1:]
    found = {row[:9]: [float(n) for n in row[9:].split()] for row in rows}
    worst = max(line for _, line, _ in found.values())
    assert worst == found["June 2010"][1]
    yield f"in the year from June 2010 it is off by {worst}"
    yield f"off by {found['June 2009'][2]:.0f} from June 2009"


def claimed():
    printed = project().result.printed
    fewest, most = project().names["inside_range"](12, 0.8)
    chance = binom.pmf(np.arange(fewest, most + 1), 12, 0.8).sum()
    yield f"{fewest} to {most} of the twelve months"
    yield f"with {100 * chance:.0f} % together"
    seal = re.search(r"the seal (\w+)", printed["look-15-6"])[1]
    yield f"with the seal {seal}."
    opened = printed["look-15-6-opened"]
    held = re.search(r"would have held (in \d of \d)", opened)[1]
    yield f"it would have held {held}."
    assert "Inside were 12, so the claim held: True." in opened


def concluded():
    here = project()
    errors = here.names["validation"]().by_origin(metrics.mae)
    ours, naive = errors["Holt-Winters"], errors["seasonal naive"]
    mean, low, high, _ = here.names["compare"](ours, naive)
    yield f"of Holt-Winters was {ours.mean():.1f} index points"
    yield f"that of the seasonal naive forecast {naive.mean():.1f}."
    yield f"Holt-Winters was {-mean:.1f} better on average"
    yield f"from {-low:.1f} better to {high:.1f} worse"
    found = re.findall(r"\d\.\d\d", here.result.printed["look-15-6-opened"])
    yield f"a MASE of {found[0]} and the seasonal naive forecast one of {found[1]}"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Let what is frozen lie in a folder of its own."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("exercise", "answer", "measured"),
    [
        ("ex02_networks", "manual-2-6-outside", outside),
        ("ex12_jena_data", "manual-12-7-judge", judged),
        ("ex13_recurrent", "manual-13-6-order", read_in_order),
        ("ex14_beyond", "manual-14-2-when", descended),
        ("ex14_beyond", "manual-14-3-choose", paired),
        ("ex15_project", "manual-15-4-regime", broken),
        ("ex15_project", "manual-15-6-claim", claimed),
        ("ex15_project", "manual-15-7-conclusion", concluded),
    ],
)
def test_a_model_answer_says_what_is_measured(exercise, answer, measured):
    text = cells(exercise)[answer]
    assert [said for said in measured() if said not in text] == []


def test_the_errors_of_task_12_7_are_those_of_the_stored_networks():
    errors = table(cells("ex12_jena_data")["about-12-7"])
    for kind, model in (("dense", "C2"), ("convolution", "C3")):
        runs = [stored(f"{model}-jena-seed{seed}.npz") for seed in range(5)]
        assert errors[kind] == [round(run["scores"]["validation"], 2) for run in runs]


def test_the_errors_of_task_14_3b_are_those_of_the_board():
    found = table(cells("ex14_beyond")["about-14-3-choose"])
    assert list(found) == list(MODELS)
    for name, candidate in MODELS.items():
        parameters, _, *errors = found[name]
        runs = [stored(f"beyond/{candidate}-seed{n}.npz") for n in range(len(errors))]
        scores = [run["scores"]["validation"] for run in runs]
        # the board's errors are those of forecasts that are stored in hundredths
        assert errors == pytest.approx(scores, rel=0, abs=1e-4)
        assert parameters == runs[0]["parameters"]
