"""Read a table of students, as a learning platform or a spreadsheet writes it."""

import csv
from pathlib import Path

from grading.course import CourseError

__all__ = ["table"]


def table(path):
    """Return the header and the rows of a CSV file.

    Canvas's row of points that can be had is left out.

    Parameters
    ----------
    path : path-like
        The file, in UTF-8.

    Returns
    -------
    tuple of list of str and list of dict
        The names of the columns, and each row by them.

    Raises
    ------
    CourseError
        If it cannot be read.
    """
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, restval="")
            header = [name.strip() for name in rows.fieldnames or []]
            rows.fieldnames = header
            return header, [row for row in rows if not _is_note(row, header)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CourseError(f"{path} cannot be read as CSV in UTF-8: {error}.") from None


def _is_note(row, header):
    """Return whether a row describes the columns, as Canvas's second one does."""
    return "Points Possible" in row[header[0]]
