"""Whose names a test reads, and what magics and lines of the set-up may do."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade

from grading.course import CourseError
from grading.execution.calibration import calibrate
from grading.execution.forkserver import Worker
from grading.execution.job import job
from grading.execution.judge import NOT_PROOF
from grading.sandbox.choice import refusal
from grading.sandbox.limits import Limits
from tests.grading.test_worker import errors, printed
from tests.waiting import patience

WHY = refusal()
pytestmark = pytest.mark.skipif(WHY is not None, reason=str(WHY))
RIGHT = "def double(x):\n    return 2 * x"


@pytest.fixture(scope="module")
def worker():
    with Worker() as worker:
        yield worker


def notebook(*cells):
    """Return a notebook: a tab begins a test, a hash and a space an answer."""
    made = []
    for number, source in enumerate(cells):
        test, answer = source.startswith("\t"), source.startswith("# ")
        cell = new_code_cell(source.strip("\t"), id=f"cell-{number}")
        if test or answer:
            about = {"grade_id": f"cell-{number}", "grade": test, "solution": answer}
            about |= {"points": 3} if test else {}
            cell.metadata["nbgrader"] = about
        made.append(cell)
    return new_notebook(cells=made)


def graded(worker, source, **answers):
    """Return what came of a source with other cells at some of its places.

    Where its tests run is decided on the source as it is.
    """
    handed_in, source = notebook(*source), notebook(*source)
    for place, text in answers.items():
        handed_in.cells[int(place[1:])].source = text
    limits = Limits(cell_seconds=patience(5), total_seconds=patience(60))
    ways = calibrate(worker, source, {}, limits).ways
    return worker.grade(job(handed_in, source, {}, limits, ways))


def test_the_cage_is_not_asked_for_a_name_that_stands_only_in_tests():
    hidden = "\ttry: unheard_of\nexcept NameError: assert double(4) == 8"
    source = notebook(f"# one\n{RIGHT}", hidden)
    handed_in = notebook(f"# one\n{RIGHT}\nunheard_of = 1", hidden)
    _, test = job(handed_in, source, {}, Limits())["cells"]
    assert test["names"] == ["double"]


HELPER = (
    f"# one\n{RIGHT}",
    "\tdef holds(f): return f(4) == 8\nnumbers = [1, 2]\nassert holds(double)",
    "# two\ntriple = lambda x: 3 * x",
    "\tassert holds(double) and triple(numbers[0]) == 3",
)


def test_what_one_test_defines_serves_the_next(worker):
    assert errors(graded(worker, HELPER)) == {}


@pytest.mark.parametrize("place", ["c0", "c2"])
def test_a_students_definition_of_a_tests_helper_forges_no_later_test(worker, place):
    forged = (
        "def holds(f): return True\ndef double(x): return x\ntriple = lambda x: 3*x"
    )
    found = errors(graded(worker, HELPER, **{place: forged}))
    assert 3 in found


@pytest.mark.parametrize("place", ["c0", "c2"])
def test_a_students_variable_with_a_name_of_a_test_breaks_no_test(worker, place):
    cells = dict(enumerate(HELPER))
    answer = {place: cells[int(place[1:])] + "\nnumbers = holds = 'mine'"}
    assert errors(graded(worker, HELPER, **answer)) == {}


def test_a_variable_that_cannot_travel_costs_no_test_that_sets_it_itself(worker):
    source = (f"# one\n{RIGHT}", "\tx = 4\nassert double(x) == 8")
    deep = f"# one\n{RIGHT}\nx = []\nfor _ in range(99): x = [x]"
    assert errors(graded(worker, source, c0=deep)) == {}


def test_what_an_answer_defines_after_a_test_is_the_answers(worker):
    source = (
        "# one\ndata = 1",
        "\tassert data == 1\ndata = 5",
        "# two\ndata = 2",
        "\tassert data == 2",
    )
    assert errors(graded(worker, source)) == {}
    assert list(errors(graded(worker, source, c2="# two\ndata = 3"))) == [3]


def test_what_a_test_defines_anew_is_the_tests_from_there_on(worker):
    source = (
        "# one\ndata = [1]",
        "\tassert data\ndata = [8]",
        f"# two\n{RIGHT}",
        "\tassert double(4) == data[0]",
    )
    assert errors(graded(worker, source)) == {}
    forged = "# two\ndata = [3]\ndef double(x): return 3"
    assert list(errors(graded(worker, source, c2=forged))) == [3]


@pytest.mark.parametrize("magic", ["%matplotlib inline", "%config InlineBackend.x = 1"])
def test_a_magic_that_says_how_figures_look_may_stand_in_a_test(worker, magic):
    source = (f"# one\n{RIGHT}", f"\t{magic}\nassert double(4) == 8, 'Double it.'")
    found = graded(worker, source)
    assert (errors(found), found["marks"]) == ({}, [])
    wrong = graded(worker, source, c0="# one\ndef double(x): return x")
    assert errors(wrong) == {1: "Double it."}


def test_a_test_with_another_magic_runs_in_the_cage_and_says_so(worker):
    source = (f"# one\n{RIGHT}", "\twords = !echo 8\nassert double(4) == int(words[0])")
    found = graded(worker, source)
    assert errors(found) == {}
    assert found["marks"] == [f"cell-1: {NOT_PROOF}"]
    wrong = graded(worker, source, c0="# one\ndef double(x): return x")
    assert list(errors(wrong)) == [1]


@pytest.mark.parametrize("magic", ["", "ignored = !true\n"])
def test_a_number_in_the_last_line_of_a_test_is_partial_credit(worker, magic):
    test = f"\t{magic}held = [double(x) == 2 * x for x in range(4)]\nsum(held) / 2"
    source = (f"# one\n{RIGHT}", test, f"{test};", "\tdouble(4) == 8")
    for answer, points in {RIGHT: [2, 3, 3], "double = abs": [0.5, 3, 3]}.items():
        found = graded(worker, source, c0=answer)
        assert errors(found) == {}
        assert [given(found, place) for place in (1, 2, 3)] == points


def given(found, place):
    """Return the points of 3 that nbgrader reads from a test's outputs."""
    about = {"grade": True, "solution": False, "points": 3}
    outputs = [nbformat.from_dict(output) for output in found["outputs"][place]]
    cell = new_code_cell(outputs=outputs, metadata={"nbgrader": about})
    return determine_grade(cell)[0]


PATCHES = (
    "# one\ndef square(x): return x * x",
    "# two\ndef both(x, y): return square(x) + square(y)",
    """\tkept = square
del square
try:
    both(1, 2)
except NameError:
    pass
else:
    raise AssertionError("Call square.")
finally:
    square = kept""",
    "\tassert both(1, 2) == 5 and square(3) == 9",
)


def test_a_test_may_take_a_function_away_to_see_whether_it_is_called(worker):
    found = graded(worker, PATCHES)
    assert errors(found) == {}
    assert found["marks"] == [f"cell-2: {NOT_PROOF}"]
    wrong = graded(worker, PATCHES, c1="# two\ndef both(x, y): return x * x + y * y")
    assert errors(wrong) == {2: "Call square."}


def test_imports_beside_a_magic_are_there_for_tests(worker):
    source = ("%matplotlib inline\nimport math", f"# one\n{RIGHT}", "\tmath.pi;")
    assert errors(graded(worker, source)) == {}


SETUP = """\
import math
import google.colab
%matplotlib widget
from nowhere import (a,
                     b)
size = 4"""


def test_lines_of_the_setup_that_fail_cost_nothing_that_does_not_need_them(worker):
    source = (
        "import math",
        f"# one\n{RIGHT}",
        "# two\nfour = size",
        "\tassert four==4",
    )
    found = graded(worker, source, c0=SETUP)
    assert list(errors(found)) == [0]
    assert found["failed"] == [
        "import google.colab",
        "%matplotlib widget",
        "from nowhere import (a,",
    ]


def test_what_fails_in_the_setup_for_another_reason_stops_it(worker):
    found = graded(worker, ("size = 1",), c0="1 / 0\nprint('on')")
    assert errors(found) == {0: "division by zero"}
    assert (found["failed"], printed(found, 0)) == ([], "")


COMMANDS = """\
# one
n = 3
!echo said $n; exit 7
code = _exit_code
words = !echo a b
!nothing-of-this-name
%pip --version
def double(x): return 2 * x"""


def test_commands_of_the_system_work_or_fail_alone(worker):
    source = ("import math", f"# one\n{RIGHT}", "\tassert double(4) == 8", "# \ncode")
    found = graded(worker, source, c1=COMMANDS, c3="print(code, words)")
    assert (found["status"], errors(found)) == ("graded", {})
    said = printed(found, 1)
    assert said.startswith("said 3\n")
    assert "nothing-of-this-name" in said
    assert printed(found, 3) == "7 ['a b']\n"


def test_a_student_s_own_magics_forge_no_test(worker):
    source = (f"# one\n{RIGHT}", "\tword = !echo 8\nassert double(4) == int(word[0])")
    forged = "# one\nclass Shell:\n    def getoutput(self, _): return ['4']\n"
    forged += "def get_ipython(): return Shell()\ndef double(x): return x"
    found = graded(worker, source, c0=forged)
    assert list(errors(found)) == [1]


def test_more_points_than_there_are_stop_before_the_first_submission(worker):
    with pytest.raises(CourseError, match=r"cell-1 gives .* more than its 3 points"):
        graded(worker, ("# one\nx = 4", "\tx"))


COPIED = (
    "# one\ndef no_loop(x): return sum(x)",
    "\timport inspect\nassert 'for' not in inspect.getsource(no_loop)\n"
    "seen = no_loop([1, 2])\nassert seen == 3",
    "# two\nprint('seen' in globals())",
    "\tassert 1 == 1",
)
ATTACKS = {
    "ends Python": ("graded", "import os; os._exit(0)"),
    "never ends": ("timeout", "while True: pass"),
    "exits": ("graded", "raise SystemExit(0)"),
    "replies itself": (
        "graded",
        "import gc, socket\n    is_line = lambda s: type(s) is socket.socket\n"
        "    list(map(lambda s: s.fileno() > 0 and s.sendall(b'x' * 99), "
        "filter(is_line, gc.get_objects())))\n    return 3",
    ),
}


def test_a_test_in_a_copy_leaves_nothing_behind(worker):
    found = graded(worker, COPIED)
    assert errors(found) == {}
    assert found["marks"] == [f"cell-1: {NOT_PROOF}"]
    assert printed(found, 2) == "False\n"


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_attacks_from_within_a_test_costs_that_test_alone(worker, attack):
    status, line = ATTACKS[attack]
    found = graded(worker, COPIED, c0=f"# one\ndef no_loop(x):\n    {line}")
    assert found["status"] == status
    assert list(errors(found)) == [1]


@pytest.mark.parametrize(
    "forgery",
    [
        "from grading.execution import student\n"
        "student.run_test = lambda *a: None  # runs no test\n",
        "import builtins\nbuiltins.exec = lambda *a: None\n",
        "import builtins\nbuiltins.compile = lambda *a: (lambda: None).__code__\n",
        "import threading, time\ndef stay():\n    import os\n"
        "    while True: builtins_of = __import__('builtins'); "
        "builtins_of.AssertionError = ValueError\n"
        "threading.Thread(target=stay, daemon=True).start()\n",
    ],
    ids=["tests do not run", "no exec", "no compile", "a thread"],
)
def test_a_test_that_was_kept_from_running_gives_no_points(worker, forgery):
    answer = f"# one\n{forgery}def no_loop(x):\n    for i in x: pass"
    found = graded(worker, COPIED, c0=answer)
    assert 1 in errors(found)
