import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from utils.book import quiz


def ask(question="Which?", objective="1.2", options=None):
    options = options or [
        quiz.right("this", why="It is."),
        quiz.wrong("that", why="It is not."),
    ]
    return quiz.show(question, objective=objective, options=options)


def parse(question):
    return BeautifulSoup(question.html, "html.parser")


def test_each_answer_opens_to_its_own_verdict_and_reason():
    answers = parse(ask()).find_all("details")
    assert [answer.summary.text for answer in answers] == ["this", "that"]
    assert [answer.div.text for answer in answers] == [
        "✓ Right. It is.",
        "✗ Not right. It is not.",
    ]


def test_one_answer_is_open_at_a_time():
    names = {answer["name"] for answer in parse(ask()).find_all("details")}
    assert len(names) == 1


def test_two_questions_do_not_close_each_other():
    names = {parse(ask(text)).details["name"] for text in ("Which?", "What?")}
    assert len(names) == 2


def test_several_right_answers_are_announced_and_may_be_open_together():
    options = [
        quiz.right("a", why="yes"),
        quiz.right("b", why="yes"),
        quiz.wrong("c", why="no"),
    ]
    page = parse(ask(options=options))
    assert "more than one answer is right" in page.text
    assert not any(answer.has_attr("name") for answer in page.find_all("details"))


def test_the_question_links_to_the_section_of_its_objective():
    assert parse(ask(objective="12.3")).a["href"] == "#obj-12-3"


def test_nothing_is_fetched_and_no_script_is_needed():
    page = parse(ask())
    assert not page.find_all(["script", "link", "img"])
    assert "http" not in ask().html


def test_the_verdict_is_hidden_until_an_answer_is_opened():
    assert not any(
        answer.has_attr("open") for answer in parse(ask()).find_all("details")
    )


def test_the_same_question_gives_the_same_html():
    assert ask().html == ask().html


def test_inline_markup_becomes_html():
    page = parse(ask("With `w = 2`, is $w_1 < 3$ *really* **true** for \\$5?"))
    text = page.p
    assert text.code.text == "w = 2"
    assert text.find("span", class_="math").text == r"\(w_1 < 3\)"
    assert text.find_all("em")[0].text == "really"
    assert text.find_all("strong")[1].text == "true"
    assert "for $5?" in text.text


@given(
    st.text(st.characters(blacklist_characters="`$*\\\r", codec="utf-8"), min_size=1)
)
def test_text_without_markup_is_shown_as_it_stands(text):
    if text.strip():
        shown = parse(
            ask(options=[quiz.right(text, why="x"), quiz.wrong("*", why="y")])
        )
        assert shown.summary.text == text


def test_a_terminal_shows_question_answers_and_reasons():
    assert repr(ask()).splitlines() == [
        "Question (objective 1.2): Which?",
        "- this [right: It is.]",
        "- that [not right: It is not.]",
    ]


@pytest.mark.parametrize("objective", ["", "1", "1.0", "0.1", "1.2.3", "a.b", " 1.2"])
def test_an_objective_that_is_no_id_is_refused(objective):
    with pytest.raises(ValueError, match="objective must be chapter"):
        ask(objective=objective)


def test_an_empty_question_is_refused():
    with pytest.raises(ValueError, match="question is empty"):
        ask(" ")


def test_a_question_without_a_right_answer_is_refused():
    options = [quiz.wrong("a", why="no"), quiz.wrong("b", why="no")]
    with pytest.raises(ValueError, match="no right answer"):
        ask(options=options)


def test_a_single_answer_is_refused():
    with pytest.raises(ValueError, match="at least two answers; got 1"):
        ask(options=[quiz.right("a", why="yes")])


def test_repeated_answers_are_refused():
    options = [quiz.right("a", why="yes"), quiz.wrong("a", why="no")]
    with pytest.raises(ValueError, match="repeats an answer"):
        ask(options=options)


def test_an_answer_without_a_reason_is_refused():
    with pytest.raises(ValueError, match="explain every answer"):
        quiz.wrong("a", why=" ")


def test_an_answer_without_text_is_refused():
    with pytest.raises(ValueError, match="text of an option is empty"):
        quiz.right("", why="yes")


def test_an_answer_of_another_kind_is_refused():
    with pytest.raises(ValueError, match=r"quiz\.right"):
        ask(options=["a", "b"])
