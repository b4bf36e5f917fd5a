"""The list of mutants fits the code: each line stands there once, each test exists."""

from dataclasses import replace

import pytest

from tests import mutants
from tests.mutants import MUTANTS, ROOT


@pytest.fixture(scope="module")
def texts():
    return mutants.sources()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_has_its_line_and_its_tests(mutant, texts):
    assert mutant.old != mutant.new
    assert mutants.place(mutant, texts).is_file()
    assert all(path.is_file() for path in mutants.aimed_at(mutant, ROOT))


def test_every_mutant_has_a_name_of_its_own():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("line", ["no such line anywhere in the code", "return"])
def test_a_line_that_stands_nowhere_or_often_is_refused(line, texts):
    with pytest.raises(LookupError, match="its line stands in"):
        mutants.place(replace(MUTANTS[0], old=line), texts)


def copied(folder, body):
    """Return a tiny project with one function, and a mutant of it."""
    (folder / "utils").mkdir()
    (folder / "tests").mkdir()
    (folder / "utils" / "__init__.py").touch()
    (folder / "utils" / "sums.py").write_text("def more(x):\n    return x + 1\n")
    (folder / "tests" / "test_sums.py").write_text(body)
    (folder / "pytest.ini").write_text("[pytest]\npythonpath = .\n")
    return mutants.Mutant("a sign", "x + 1", "x - 1", "test_sums.py")


@pytest.mark.parametrize(("expected", "survived"), [("== 3", False), ("> 0", True)])
def test_a_mutant_survives_where_no_test_goes_red(tmp_path, expected, survived):
    body = f"from utils.sums import more\ndef test(): assert more(2) {expected}\n"
    mutant = copied(tmp_path, body)
    assert mutants.survives(mutant, tmp_path) == survived
    assert "x + 1" in (tmp_path / "utils" / "sums.py").read_text()


def test_a_mutant_that_no_test_was_run_on_is_an_error(tmp_path):
    mutant = replace(copied(tmp_path, "def test(): pass"), only="nothing_like_this")
    with pytest.raises(LookupError, match="no test was run"):
        mutants.survives(mutant, tmp_path)
