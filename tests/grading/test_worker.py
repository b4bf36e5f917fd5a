"""Hostile and broken notebooks get a verdict, harm nothing and forge nothing."""

import base64
import contextlib
import textwrap
import time
from pathlib import Path

import pytest

from grading.execution import forkserver as worker_module
from grading.execution.forkserver import Worker
from grading.execution.names import free_names
from grading.sandbox import cage
from grading.sandbox.cage import HOME, SandboxError
from grading.sandbox.choice import refusal
from grading.sandbox.limits import Limits
from tests.waiting import patience

WHY = refusal()
pytestmark = pytest.mark.skipif(WHY is not None, reason=str(WHY))
MIB = 1 << 20
RIGHT = "def double(x):\n    return 2 * x"
CHECK = "assert double(21) == 42, 'not doubled'"


@pytest.fixture(scope="module")
def worker():
    sizes = {"disk_mib": 20, "file_mib": 10, "output_mib": 1}
    limits = Limits(memory_mib=300, processes=40, **sizes)
    with Worker(limits=limits) as worker:
        yield worker


def grade(worker, *cells, **options):
    """Grade cells; those that begin with a tab are tests."""
    return worker.grade({**fast(), "cells": list(map(told, cells)), **options})


def fast():
    """Return what a job says besides its cells, where these are soon done."""
    limits = {"cell_seconds": patience(3), "total_seconds": patience(30)}
    return {"imports": "", "files": {}, **limits}


def told(cell):
    """Return what a judge is told about a cell."""
    if not cell.startswith("\t"):
        return {"source": cell, "test": False}
    source = cell.strip("\t")
    return {"source": source, "test": True, "names": sorted(free_names(source))}


def errors(result):
    """Return the message of the error of each cell, by its place."""
    return {
        place: output["evalue"]
        for place, outputs in result["outputs"].items()
        for output in outputs
        if output["output_type"] == "error"
    }


def printed(result, place):
    """Return what a cell printed."""
    return "".join(o.get("text", "") for o in result["outputs"][place])


STOPS = {
    "an endless loop": ("timeout", "while True: pass"),
    "a loop that ignores interrupts": (
        "timeout",
        "while True:\n    try:\n        while True: pass\n"
        "    except BaseException: pass",
    ),
    "a sleep": ("timeout", "import time; time.sleep(1000)"),
    "os._exit": ("died", "import os; os._exit(0)"),
    "a segmentation fault": ("died", "import ctypes; ctypes.string_at(0)"),
    "a kill of itself": ("died", "import os, signal; os.kill(os.getpid(), 9)"),
    "a memory hog": (
        "memory",
        "import os\nhog = [bytearray(os.urandom(1) * 2**20) for _ in range(10**6)]",
    ),
    "a huge array": ("memory", "import numpy as np; np.ones(2**40)"),
}


@pytest.mark.parametrize("kind", STOPS)
def test_what_stops_a_cell_is_named_and_costs_no_other_cell(worker, kind):
    status, line = STOPS[kind]
    result = grade(
        worker, RIGHT, line, "\t" + CHECK, "b = double(2)", "\tassert b == 4"
    )
    assert result["status"] == status
    assert result["detail"]
    assert list(errors(result)) == [1]


@pytest.mark.parametrize("kind", STOPS)
def test_what_stops_a_tested_function_costs_that_test_alone(worker, kind):
    status, line = STOPS[kind]
    bad = "def bad():\n    " + line.replace("\n", "\n    ")
    result = grade(worker, RIGHT, bad, "\tbad()", "\t" + CHECK)
    assert list(errors(result)) == [2]
    expected = "graded" if kind == "a huge array" else status
    assert result["status"] == expected


def test_a_submission_has_one_core(worker):
    count = "import os; print(len(os.sched_getaffinity(0)))"
    for _ in range(2):
        assert printed(grade(worker, count), 0) == "1\n"


def test_a_call_of_exit_costs_nothing_but_its_cell(worker):
    result = grade(worker, RIGHT, "import sys; sys.exit(1)", "\t" + CHECK)
    assert result["status"] == "graded"
    assert list(errors(result)) == [1]


def test_the_time_of_the_whole_notebook_is_limited(worker):
    slow = "import time; time.sleep(1.5); print('done')"
    result = grade(worker, RIGHT, *[slow] * 9, "\t" + CHECK, total_seconds=3)
    assert result["status"] == "timeout"
    assert "too long before this" in errors(result)[10]
    assert not any("done" in printed(result, place) for place in range(3, 10))


def test_a_flood_of_output_is_cut(worker):
    flood = "for _ in range(50): print('x' * 10**6)"
    result = grade(worker, RIGHT, flood, "\t" + CHECK)
    assert result["status"] == "graded"
    assert errors(result) == {}
    assert len(printed(result, 1)) < 1.2 * MIB
    assert "was cut" in printed(result, 1)


def test_a_flood_of_pictures_is_cut_and_the_error_after_it_is_told(worker):
    flood = """
        from IPython.display import HTML, display
        for _ in range(500):
            display(HTML("x" * 10**5))
        raise ValueError("y" * 10**8)
    """
    result = grade(worker, RIGHT, textwrap.dedent(flood), "\t" + CHECK)
    assert result["status"] == "graded"
    data = [output.get("data", {}) for output in result["outputs"][1]]
    sizes = [len(each["text/html"]) for each in data if "text/html" in each]
    assert sizes == 10 * [10**5]
    assert errors(result) == {1: 10_000 * "y"}


def test_of_pictures_that_replace_each_other_the_last_is_kept(worker):
    film = """
        from IPython.display import HTML, clear_output, display
        for number in range(50):
            clear_output(wait=True)
            display(HTML(f"{number:0100000}"))
    """
    outputs = grade(worker, textwrap.dedent(film))["outputs"][0]
    pages = [o["data"]["text/html"] for o in outputs if "data" in o]
    assert [page.lstrip("0") for page in pages] == ["49"]


UNCUT = """
from grading.execution import outputs
outputs.Outputs.write = lambda self, name, text: list.append(
    self, {"output_type": "stream", "name": name, "text": text})
print("x" * 20_000_000)
"""


def test_outputs_that_a_cell_does_not_let_be_cut_are_cut_outside(worker):
    result = grade(worker, UNCUT, RIGHT, "\t" + CHECK)
    assert (result["status"], errors(result)) == ("graded", {})
    assert len(printed(result, 0)) < 1.1 * MIB


def test_all_cells_together_print_no_more_than_some(worker):
    result = grade(worker, *(["print('y' * 900_000)"] * 40), "1 / 0")
    printed_ = sum(len(printed(result, place)) for place in range(40))
    assert 15 * MIB < printed_ < 18 * MIB
    assert errors(result)[40] == "division by zero"


def test_a_test_prints_no_more_than_a_cell(worker):
    chatty = RIGHT.replace("return", "print('x' * 10**6)\n    return")
    result = grade(worker, chatty, "\tfor _ in range(5): double(1)")
    assert 0.9 * MIB < len(printed(result, 1)) <= MIB


def test_a_flood_of_output_past_python_goes_nowhere(worker):
    flood = "import os\nfor _ in range(50): os.write(1, b'x' * 10**6)"
    assert errors(grade(worker, RIGHT, flood, "\t" + CHECK)) == {}


def test_a_fork_bomb_is_contained(worker):
    bomb = "import os\nfor _ in range(10**4): os.fork()"
    result = grade(worker, RIGHT, bomb, "\t" + CHECK)
    assert 1 in errors(result)
    assert errors(grade(worker, RIGHT, "\t" + CHECK)) == {}


BREED = """
for _ in range(20):
    if os.fork() == 0:
        while True:
            try:
                time.sleep(60)
            except BaseException:
                os.fork()
while True: pass
"""


@pytest.mark.parametrize("called", [False, True])
def test_what_was_interrupted_leaves_nothing_running_and_its_names_behind(
    worker, called
):
    answer = (
        f"import os, time\ndef breed(x):{textwrap.indent(BREED, '    ')}\nkept = 7\n"
    )
    look = "print(kept, sorted(n for n in os.listdir('/proc') if n.isdigit()))"
    cells = [answer, "\tbreed(1)"] if called else [answer + "breed(1)", "\tpass"]
    result = grade(worker, *cells, look + "\nprint(os.getpid())")
    assert result["status"] == "timeout"
    assert list(errors(result)) == [int(called)]
    seen, own = printed(result, 2).splitlines()
    assert seen == f"7 {sorted(['1', own])}"


def test_nothing_that_a_notebook_started_outlives_its_verdict(worker):
    number = f"{time.time_ns() % 10**9}"
    daemon = (
        "import os\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        f"        os.execv('/bin/sleep', ['sleep', '{number}'])\n    os._exit(0)"
    )
    grade(worker, daemon, RIGHT, "\t" + CHECK)
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            assert number.encode() not in path.read_bytes()


SNOOP = """
found = 0
for line in open("/proc/self/maps"):
    place, mode = line.split()[:2]
    if mode.startswith("rw"):
        low, high = (int(end, 16) for end in place.split("-"))
        with open("/proc/self/mem", "rb", buffering=0) as memory:
            memory.seek(low)
            found += {drawkcab!r} in (memory.read(high - low) or b"")[::-1]
"""


def test_no_test_is_in_the_memory_of_the_student(worker):
    secret = b"the-hidden-test-expects-1913"
    snoop = SNOOP.format(drawkcab=secret[::-1])
    test = f"\tanswer = '{secret.decode()}'\nassert found == "
    cells = ("found = 0", test + "0", snoop, test + "0, found")
    assert errors(grade(worker, *cells)) == {}
    cells = (f"known = '{secret.decode()}'", snoop, "\tassert found > 0")
    assert errors(grade(worker, *cells)) == {}  # what is there, the search finds


FORGERIES = {
    "checks replaced": "from utils import checks\n"
    "checks.true = checks.close = lambda *a, **k: None",
    "a builtin of its own": "isinstance = len = all = lambda *a: True",
    "numpy replaced": "import numpy as np\nnp.allclose = lambda *a, **k: True",
    "an input transformer": "get_ipython().input_transformers_cleanup.append("
    "lambda lines: ['pass\\n'])",
    "a name of an import": "class checks:\n"
    "    close = staticmethod(lambda *a, **k: None)",
    "an exit with success": "import atexit, os\natexit.register(os._exit, 0)",
}


@pytest.mark.parametrize("kind", FORGERIES)
def test_no_forgery_makes_a_wrong_answer_right(worker, kind):
    wrong = "def double(x):\n    return x"
    test = "\tchecks.close(double(4), 8, name='the double')\nassert np.allclose(1, 1)"
    imports = "import numpy as np\nfrom utils import checks"
    result = grade(worker, wrong, FORGERIES[kind], test, imports=imports)
    assert "should be 8" in errors(result)[2]


def test_an_object_that_equals_everything_equals_nothing_here(worker):
    sly = "class Sly:\n    def __eq__(self, other): return True\n" + (
        "    def __bool__(self): return True\ndef double(x):\n    return Sly()"
    )
    assert errors(grade(worker, sly, "\t" + CHECK)) == {1: "not doubled"}


@pytest.mark.parametrize(
    "message",
    [
        "b'x' * 100",
        "b'\\0' * 16",
        "b'\\xff' * 16",
        "b'\\0' * 7 + b'\\x02' + b'\\0' * 8 + b'[]'",
        "b'\\0' * 7 + b'\\x02' + b'\\0' * 8 + b'{}'",
    ],
)
def test_a_message_forged_on_the_line_is_tampering(worker, message):
    forge = (
        "import os\nfor number in range(3, 40):\n    try:\n"
        f"        os.write(number, {message})\n    except OSError: pass"
    )
    result = grade(worker, RIGHT, forge, "\t" + CHECK)
    assert result["status"] == "tampered"


def test_a_line_that_drips_is_not_waited_for(worker):
    drip = (
        "import os, time\nwhile True:\n    try:\n"
        "        for number in range(3, 40):\n            try: os.write(number, b'0')\n"
        "            except OSError: pass\n        time.sleep(0.5)\n"
        "    except BaseException: pass"
    )
    result = grade(worker, drip, RIGHT, "\t" + CHECK)  # or this would never end
    assert result["status"] in ("timeout", "tampered")


def test_the_network_and_the_course_are_out_of_reach(worker):
    look = (
        "import os, socket, grading\nhere = os.path.dirname(grading.__path__[0])\n"
        "seen = os.listdir(here)\ntry:\n"
        "    socket.create_connection(('127.0.0.1', 22), 1); seen.append('net')\n"
        "except OSError as error:\n    seen.append(error.errno)"
    )
    check = "\tassert set(seen) - {'.venv'} == {'utils', 101}, seen"  # .venv is Python
    assert errors(grade(worker, look, check)) == {}


def test_files_beside_the_notebook_can_be_read(worker):
    cells = ("text = open('data/a.txt').read()", "\tassert text == 'hello'")
    assert errors(grade(worker, *cells, files={"data/a.txt": b"hello"})) == {}


def test_modules_beside_the_notebook_can_be_imported(worker):
    files = {"helper.py": b"def seven(): return 7", "parts/more.py": b"eight = 8"}
    cells = (
        "import helper\nfrom parts.more import eight\nseven = helper.seven",
        "\tassert seven() == 7 and eight == 8",
    )
    assert errors(grade(worker, *cells, files=files)) == {}


def test_notebooks_of_a_class_do_not_see_each_other(worker):
    grade(worker, "import numpy as np; np.left = 1; open('left', 'w').write('x')")
    look = (
        "import os, numpy as np\nseen = [hasattr(np, 'left'), os.path.exists('left')]"
    )
    result = grade(worker, look, "\tassert seen == [False, False], seen")
    assert errors(result) == {}


def test_ipython_knows_no_folder_but_the_student_s(worker):
    here = "get_ipython()"
    folders = f"{here}.profile_dir.location, {here}.home_dir, {here}.starting_dir"
    cells = f"print({here}.ipython_dir, {folders}, *_dh, sep='\\n')", "%pwd"
    outputs = grade(worker, *cells)["outputs"]
    (shown,) = outputs[0]
    assert all(line.startswith(HOME) for line in shown["text"].splitlines())
    assert outputs[1][0]["data"]["text/plain"] == repr(HOME)


def test_a_test_may_use_an_answer_with_a_name_of_ipython_s(worker):
    cells = "def display(x): return 2 * x", "\tassert display(2) == 4"
    assert errors(grade(worker, *cells)) == {}


def test_magics_figures_and_values_appear_as_in_a_notebook(worker):
    cells = (
        "%matplotlib inline\nimport matplotlib.pyplot as plt",
        "print('before')\nplt.plot([1, 2])\nplt.show()\n3 + 4",
    )
    outputs = grade(worker, *cells)["outputs"][1]
    assert outputs[0] == {"output_type": "stream", "name": "stdout", "text": "before\n"}
    kinds = {kind for output in outputs[1:] for kind in output["data"]}
    assert {"image/png", "text/plain"} <= kinds


@pytest.mark.parametrize(("formats", "times"), [("", 1), ("'retina'", 2)])
def test_figures_are_as_large_as_on_a_screen_unless_asked(worker, formats, times):
    cells = (
        "from utils.plotting import use_style\nuse_style()",
        "from matplotlib_inline.backend_inline import set_matplotlib_formats",
        f"set_matplotlib_formats({formats})" if formats else "",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    )
    (figure,) = grade(worker, *cells)["outputs"][3]
    picture = base64.b64decode(figure["data"]["image/png"])
    width = int.from_bytes(picture[16:20])
    assert 600 * times < width < 660 * times


def test_warnings_on_standard_error_cost_nothing(worker):
    noisy = RIGHT.replace("return", "import sys; print(1, file=sys.stderr)\n    return")
    assert grade(worker, noisy, "\t" + CHECK)["outputs"][1] == []


def test_a_worker_that_was_killed_says_so():
    with Worker() as worker:
        worker._process.kill()
        with pytest.raises(SandboxError, match="worker ended"):
            grade(worker, RIGHT)


def test_importing_leaves_nothing_on_the_machine(tmp_path, monkeypatch):
    def environment(*home):  # apart from the homes of workers of other tests
        return {**cage.environment(*home), "TMPDIR": str(tmp_path)}

    monkeypatch.setattr(worker_module, "environment", environment)
    with Worker(["keras"]) as worker:
        result = grade(worker, "import os; print(os.path.expanduser('~'))")
        assert printed(result, 0) == f"{HOME}\n"
    assert list(tmp_path.iterdir()) == []
    assert not Path(HOME).exists()


def test_the_figure_drawn_beforehand_changes_no_setting(worker):
    asked = """
        import matplotlib.pyplot as plt
        print([plt.rcParams[name] for name in ("font.size", "axes.spines.top")])
        print(plt.get_fignums())
    """
    shown = printed(grade(worker, textwrap.dedent(asked)), 0)
    assert shown == "[10.0, True]\n[]\n"
