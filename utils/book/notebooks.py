"""Run notebooks and leave them as the repository keeps them.

``python -m utils.book.notebooks chapters/01_perceptron.ipynb`` executes a chapter from
top to bottom in a fresh kernel, stores its outputs, and removes everything that would
change from one run to the next.  When a cell fails, the file stays as it was.
"""

import argparse
import sys
import time
from pathlib import Path

import nbformat

__all__ = ["NotebookError", "execute", "main", "tidy"]

KERNELSPEC = {
    "display_name": "Python 3 (ipykernel)",
    "language": "python",
    "name": "python3",
}


class NotebookError(RuntimeError):
    """A notebook that could not be read or run; names the cell and the error."""


def tidy(notebook):
    """Remove what changes from one run to the next.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Changed in place: execution times, widget state and viewer metadata go;
        outputs of one stream become one output; the kernel is named ``python3``.

    Returns
    -------
    nbformat.NotebookNode
        The same notebook.

    Examples
    --------
    >>> cell = nbformat.v4.new_code_cell("1", metadata={"execution": {"busy": "now"}})
    >>> tidy(nbformat.v4.new_notebook(cells=[cell])).cells[0].metadata
    {}
    """
    notebook.metadata["kernelspec"] = dict(KERNELSPEC)
    notebook.metadata["language_info"] = {"name": "python"}
    notebook.metadata.pop("widgets", None)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    for cell in notebook.cells:
        for noise in ("execution", "collapsed", "ExecuteTime"):
            cell.metadata.pop(noise, None)
        if cell.cell_type == "code":
            cell.outputs = _merge_streams(cell.outputs)
    return notebook


def _merge_streams(outputs):
    merged = []
    for output in outputs:
        last = merged[-1] if merged else None
        is_stream = output.output_type == "stream"
        if is_stream and last and last.get("name") == output.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged


def execute(path, *, timeout=600):
    """Execute a notebook in a fresh kernel and save it with its outputs.

    Parameters
    ----------
    path : path-like
        The notebook; its folder is the working directory.
    timeout : int, default 600
        Seconds allowed for one cell.

    Returns
    -------
    float
        Seconds that the run took.

    Raises
    ------
    NotebookError
        If the file is not a notebook or a cell fails; the file is left unchanged.
    """
    path = Path(path)
    notebook = _read(path)
    started = time.perf_counter()
    _run(notebook, path, timeout)
    seconds = time.perf_counter() - started
    draft = path.with_suffix(".ipynb.part")
    draft.write_text(nbformat.writes(tidy(notebook)) + "\n", encoding="utf-8")
    draft.replace(path)
    return seconds


def _read(path):
    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError, nbformat.ValidationError) as error:
        raise NotebookError(f"{path} is not a readable notebook: {error}.") from error


def _run(notebook, path, timeout):
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError

    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name=KERNELSPEC["name"],
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,
    )
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError) as error:
        raise NotebookError(f"{path}: {error}") from error


def main(arguments=None):
    """Execute the notebooks that the command line names, a line for each.

    Parameters
    ----------
    arguments : list of str, optional
        Paths of notebooks.

    Returns
    -------
    int
        0, or 1 when a notebook failed.
    """
    parser = argparse.ArgumentParser(
        prog="python -m utils.book.notebooks", description=__doc__
    )
    parser.add_argument("paths", nargs="+", type=Path, metavar="NOTEBOOK")
    parser.add_argument("--timeout", type=int, default=600, help="seconds per cell")
    options = parser.parse_args(arguments)
    failed = 0
    for number, path in enumerate(options.paths, start=1):
        print(f"[{number}/{len(options.paths)}] {path} ...", end=" ", flush=True)
        try:
            print(f"{execute(path, timeout=options.timeout):.0f} s")
        except NotebookError as error:
            failed += 1
            print(f"failed\n{error}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
