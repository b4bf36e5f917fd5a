"""The scoreboard grows by each chapter's models, and holds what was computed there."""

import json

import numpy as np
import pytest

from utils.book.ledger import CHAPTERS, stored_outputs
from utils.book.scoreboard import MIME, SAME, Board, Question
from utils.training import checkpoints

SHOWN = range(9, 15)
TRAINED = {
    (10, "one recurrent unit"): "G3-waves-1",
    (10, "two recurrent layers"): "G5-waves-1",
    (10, "gated line"): "gated-1-waves-1",
    (11, "gated line"): "gated-10-waves-10",
    (12, "dense network"): "C2-jena",
    (12, "convolution"): "C3-jena",
    (13, "LSTM"): "C4-jena",
    (13, "LSTM with dropout"): "C5-jena",
    (13, "two GRUs with dropout"): "C6-jena",
}
"""By chapter and model, the stored runs that hold their test errors."""


def stored(chapter):
    """Return the one board that a committed chapter holds."""
    (path,) = CHAPTERS.glob(f"{chapter:02d}_*.ipynb")
    (board,) = stored_outputs(path, MIME)
    return board


def test_the_same_question_has_the_same_naive_error_in_every_chapter():
    naive = {}
    for chapter in SHOWN:
        for question in stored(chapter)["questions"]:
            first = naive.setdefault(question["name"], question["naive"])
            assert abs(question["naive"] - first) <= SAME * first, (
                f"chapter {chapter}, {question['name']}: its naive error is no longer "
                "that of earlier chapters, whose rows are now left out"
            )


@pytest.mark.parametrize(("chapter", "model"), TRAINED)
def test_the_errors_are_those_that_lie_with_the_trained_networks(chapter, model):
    paths = (f"{TRAINED[chapter, model]}-seed{seed}.npz" for seed in range(5))
    described = [checkpoints.read(checkpoints.FOLDER / path)[1] for path in paths]
    scores = np.array([meta["scores"]["test"] for meta in described])
    expected = np.sqrt(scores) if chapter < 12 else scores  # of MSE, or MAE
    (found,) = [
        runs
        for question in stored(chapter)["questions"]
        for name, runs in question["errors"]
        if name == model
    ]
    np.testing.assert_allclose(found, expected, rtol=2e-3)


def reached(question):
    """Return by model the shares that its runs remove, from all committed boards."""
    return {
        model: 1 - np.array(errors) / asked["naive"]
        for chapter in SHOWN
        for asked in stored(chapter)["questions"]
        if asked["name"].startswith(question)
        for model, errors in asked["errors"]
    }


def top(shares):
    return max(shares, key=lambda model: np.median(shares[model]))


def test_on_the_sine_the_window_counts_and_on_carbon_dioxide_the_question():
    sine, carbon = reached("Noisy sine"), reached("CO₂")
    assert sine["line, 4 lags"].max() < -1
    assert 0.7 < np.median(sine["line, 64 lags"]) < 0.8
    assert np.median(carbon.pop("LSTM on the level")) < 0.1
    assert np.ptp([np.median(shares) for shares in carbon.values()]) < 0.05
    assert top(carbon) == "SARIMA"


def test_on_the_sea_the_monthly_means_remove_a_third_and_sarima_less_than_half_of_it():
    sea = reached("Sea off Peru")
    assert 0.3 < sea["monthly means"] < 0.36
    assert 0 < sea["SARIMA"] < sea["monthly means"] / 2


def test_on_the_waves_only_the_gated_line_comes_close_to_the_floor():
    one, ten = reached("Two waves, 1 step"), reached("Two waves, 10 steps")
    assert sum(one["one recurrent unit"] < -1) == 1
    deep = one["two recurrent layers"] - one["line, solved"]
    assert (deep > 0).all()
    assert (deep < 0.05).all()
    assert 0 < np.median(ten["recursive"]) - ten["line, solved"] < 0.1
    lower = (1 - ten["sequence to sequence"]) / (1 - ten["recursive"])
    assert 0.55 < np.median(lower) < 0.65
    assert top(one) == top(ten) == "gated line"


def test_in_jena_each_chapter_goes_further():
    jena = reached("Jena")
    assert abs(jena["dense network"]).max() < 0.02
    assert jena["convolution"].max() < -0.1
    assert jena["LSTM"].min() < 0 < jena["LSTM"].max()
    one, two = jena["LSTM with dropout"], jena["two GRUs with dropout"]
    assert one.min() > 0
    assert two.max() < 0.1
    assert 1.8 < np.median(two) / np.median(one) < 2.2
    (board,) = stored(14)["questions"]
    own = {model: jena[model] for model, _ in board["errors"]}
    assert 0 < np.median(two) - own.pop("ridge") < 0.02
    assert min(map(np.min, own.values())) > two.max()
    assert top(jena) == "ensemble"
    *_, chosen = sorted(np.median(own[model]) for model in own if model != "ensemble")
    assert own["ensemble"] - chosen < 0.01


def board(chapter, **errors):
    return Board(chapter, (Question("sea", naive=2.0, errors=errors),))


def keep(folder, board, chapter):
    """Write a notebook with a board in its output, as nbformat does: keys sorted."""
    data = {"data": board._repr_mimebundle_()}
    notebook = {"cells": [{"outputs": [data]}]}
    text = json.dumps(notebook, sort_keys=True)
    (folder / f"{chapter:02d}_name.ipynb").write_text(text, encoding="utf-8")


def test_a_later_chapter_shows_earlier_models_first_and_in_their_order(tmp_path):
    keep(tmp_path, board(9, worst=[2.5, 2.0], best=0.5), 9)
    keep(tmp_path, board(11, later=0.1), 11)
    keep(tmp_path, Board(8, (Question("air", 1.0, {"b": 0.5}, floor=0.2),)), 8)
    table = board(10, middle=1.0).table(tmp_path)
    assert table["model"].tolist() == ["b", "worst", "worst", "best", "middle"]
    assert table["chapter"].tolist() == [8, 9, 9, 9, 10]
    np.testing.assert_allclose(table["skill"], [0.5, -0.25, 0, 0.75, 0.5])
    np.testing.assert_allclose(table["best"], [0.8] + 4 * [np.nan])


def test_rows_of_a_question_stand_together(tmp_path):
    asked = (Question("sea", 2.0, {"a": 1.0}), Question("air", 1.0, {"b": 1.0}))
    keep(tmp_path, Board(9, asked), 9)
    table = board(10, c=1.0).table(tmp_path)
    assert table["question"].tolist() == ["sea", "sea", "air"]


def test_rows_from_other_data_are_left_out(tmp_path):
    keep(tmp_path, Board(9, (Question("sea", 2.1, {"of other data": 1.0}),)), 9)
    assert board(10, own=1.0).table(tmp_path)["model"].tolist() == ["own"]


def test_the_words_give_median_and_range_of_the_runs():
    words = board(10, line=1.0, network=[1.0, 3.0, 2.0])._repr_mimebundle_()
    assert words["text/plain"].splitlines()[2:] == [
        "     0.500  line",
        "     0.000  network (-0.500 to 0.500)",
    ]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ({"errors": {}}, "at least one model"),
        ({"errors": {"a": []}}, "finite number"),
        ({"errors": {"a": [1.0, np.nan]}}, "finite number"),
        ({"errors": {"a": -1.0}}, "0 or more"),
        ({"naive": 0.0}, "above 0"),
        ({"floor": -1.0}, "0 or more"),
    ],
)
def test_what_is_no_error_is_refused(question, says):
    with pytest.raises(ValueError, match=f"sea: .*{says}"):
        Question(**{"name": "sea", "naive": 1.0, "errors": {"a": 1.0}} | question)
