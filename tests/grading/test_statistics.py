"""The page on a class counts right, names misconceptions and nobody else."""

import json
import re

import pytest
from bs4 import BeautifulSoup

from grading.__main__ import main
from grading.course import open_course
from grading.records import gradebook
from grading.records.journal import Journal, Task, Verdict
from grading.release.release import register
from grading.reports.statistics import figures
from tests.grading.class_of_ex01 import NAME, TESTS, make_course

BIAS = "A neuron has one bias, not one per input: add b once, after the sum."
START = "Task 1.1: not yet right.\n"
END = "\nTo reread: objective 1.1 in chapter 1, linked at the top of the task."
BLANK = "Task 1.1: not attempted yet.\nWrite your answer in the cell above."
FIRST = {  # points for task 1.1 and what the student was told
    "ann": (2.0, ""),
    "bob": (1.0, ""),
    "cyd": (0.0, f"{START}{BIAS}{END}"),
    "dan": (0.0, f"{START}{BIAS}{END}"),
    "eve": (0.0, f"{START}the output: you have 3.5; <b>it</b> should be 6.5.{END}"),
    "fay": (0.0, f"{START}the output: you have -1e9; <b>it</b> should be 6.5.{END}"),
    "gil": (0.0, BLANK),
}


def verdict(student, first, message, **about):
    tasks = [
        Task(name, float(most), float(most), "")
        for name, most in TESTS.items()
        if name != "test-1-1-neuron"
    ]
    tasks = (Task("test-1-1-neuron", first, 2.0, message), *tasks)
    total = {"score": first + 18.0, "max_score": 20.0, "tasks": tasks}
    return Verdict(NAME, student, "key", **{**total, **about})


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = make_course(tmp_path_factory.mktemp("course"))
    register(root, NAME)
    found = [verdict(student, *given) for student, given in FIRST.items()]
    found[1] = verdict("bob", 1.0, "", status="timeout")
    found.append(verdict("hal", 2.0, "", status="tampered"))
    found.append(Verdict(NAME, "ian", "key", status="unreadable"))
    with open_course(root) as api, api.gradebook as book, Journal(root) as journal:
        gradebook.merge(book, [(one, None) for one in found])
        for one in found:
            journal.add(one)
        journal.add_merged(found)
        book.find_grade("test-1-2-threshold", NAME, NAME, "ann").manual_score = 1.5
        book.db.commit()
    return root


def test_points_are_counted_task_by_task_with_those_by_hand(course):
    found = figures(course, NAME)
    first, second = found.tasks[:2]
    assert (first.full, first.part, first.none, first.blank) == (1, 1, 5, 1)
    assert first.share == pytest.approx(3 / 14)
    assert (second.full, second.part, second.none) == (6, 1, 0)
    assert found.hardest is first
    assert found.scores == (18.0, 18.0, 18.0, 18.0, 18.0, 18.5, 19.0)
    assert found.most == 20
    assert found.quartiles == [18.0, 18.0, 18.25]


def test_who_needs_a_person_is_counted_apart(course):
    found = figures(course, NAME)
    verdicts = {"graded": 6, "timeout": 1, "tampered": 1, "unreadable": 1}
    assert found.verdicts == verdicts
    assert found.states == {"needs a person": 2, "graded": 7}


def test_messages_are_grouped_and_misconceptions_are_told_from_other_ones(course):
    first = figures(course, NAME).tasks[0]
    assert [(r.text, r.count, r.known) for r in first.remarks] == [
        (BIAS, 2, True),
        ("the output: you have 3.5; <b>it</b> should be 6.5.", 2, False),
    ]


def test_an_objective_is_taught_again_when_few_of_its_points_were_earned(course):
    found = figures(course, NAME)
    assert [objective.objective for objective in found.again] == ["1.1"]
    assert found.again[0].section == "From a neuron to a model"
    shares = {o.objective: o.share for o in found.objectives}
    assert list(shares) == ["1.1", "1.2", "1.3", "1.4", "1.5"]
    assert shares["1.4"] == 1


def test_the_bars_hold_everyone_once(course):
    bars = figures(course, NAME).bars
    assert len(bars) == 21
    assert dict(bars)["18"] == 6
    assert sum(count for _, count in bars) == 7


def test_the_page_names_nobody_and_loads_nothing(course, tmp_path):
    page, data = tmp_path / "page.html", tmp_path / "data.json"
    words = ("statistics", NAME, "--to", str(page), "--json", str(data))
    assert main(["--root", str(course), *words]) == 0
    text = page.read_text("utf-8")
    soup = BeautifulSoup(text, "html.parser")
    plain = soup.get_text(" ")
    assert not {*FIRST, "hal", "ian"} & set(re.findall(r"\w+", plain))
    assert "&lt;b&gt;it&lt;/b&gt;" in text
    assert BIAS in plain
    assert not soup(["script", "link", "img", "b"])
    assert "default-src 'none'" in soup.head("meta")[1]["content"]
    figure = soup.svg["aria-label"]
    assert figure.startswith("Histogram of the points of 7 students: 18 points: 6")
    assert soup.html["lang"] == "en"
    first = soup.select_one("table tbody tr")
    assert [cell.get_text() for cell in first("td")[1:]] == ["1", "1", "5", "1", "21 %"]
    (one,) = json.loads(data.read_text("utf-8"))
    assert one["tasks"][0]["none"] == 5


def test_nothing_graded_is_said(tmp_path, capsys):
    make_course(tmp_path)
    assert main(["--root", str(tmp_path), "statistics"]) == 2
    assert "Nothing was graded yet" in capsys.readouterr().err
