"""Running a notebook stores its outputs and nothing that changes between runs."""

import nbformat
import pytest

from utils.book import notebooks


@pytest.fixture
def notebook(tmp_path):
    def write(*sources):
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        path = tmp_path / "chapter.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        return path

    return write


def test_two_runs_write_the_same_bytes(notebook):
    path = notebook("print('a')\nprint('b')", "1 + 1")
    notebooks.execute(path)
    first = path.read_bytes()
    notebooks.execute(path)
    assert path.read_bytes() == first
    cells = nbformat.read(path, as_version=4).cells
    assert [cell.execution_count for cell in cells] == [1, 2]
    assert cells[0].outputs[0].text == "a\nb\n"
    assert all(not cell.metadata for cell in cells)


def test_a_failing_cell_is_named_and_the_file_stays(notebook, capsys):
    path = notebook("fine = 1", "fine / 0")
    before = path.read_bytes()
    with pytest.raises(notebooks.NotebookError, match="ZeroDivisionError"):
        notebooks.execute(path)
    assert path.read_bytes() == before
    assert notebooks.main([str(path)]) == 1
    assert "fine / 0" in capsys.readouterr().err
    assert not list(path.parent.glob("*.part"))


def test_a_cell_that_takes_too_long_is_stopped(notebook):
    path = notebook("import time\ntime.sleep(60)")
    with pytest.raises(notebooks.NotebookError, match="timed out"):
        notebooks.execute(path, timeout=1)


@pytest.mark.parametrize("content", ["", "{", "{}"])
def test_a_file_that_is_no_notebook_is_refused(tmp_path, content):
    path = tmp_path / "broken.ipynb"
    path.write_text(content)
    with pytest.raises(notebooks.NotebookError, match="not a readable notebook"):
        notebooks.execute(path)


def test_the_working_directory_is_the_notebooks_own(notebook):
    path = notebook("open('here.txt', 'w').close()")
    notebooks.execute(path)
    assert (path.parent / "here.txt").exists()
