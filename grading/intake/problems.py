"""What is found in submissions that cannot be graded, in words for people."""

import re
from dataclasses import dataclass

__all__ = ["Broken", "Problem", "named"]


@dataclass(frozen=True)
class Problem:
    """What is wrong with a submission, and what a person can do about it."""

    cause: str
    remedy: str

    def __str__(self):
        """Return the cause and the remedy as one text."""
        return f"{self.cause} {self.remedy}"


class Broken(ValueError):  # noqa: N818 (a finding, not an error of ours)
    """A submission that cannot be graded.

    Parameters
    ----------
    problem : Problem
        What is wrong.
    status : str
        ``"unreadable"`` or ``"needs-a-person"``.
    """

    def __init__(self, problem, status="needs-a-person"):
        super().__init__(str(problem))
        self.problem = problem
        self.status = status


def named(names, *, most=5):
    """Return names as a list in words, fit for a line of Markdown.

    Parameters
    ----------
    names : iterable of str
        Any names, those chosen by students included.
    most : int, default 5
        How many are spelt out.

    Examples
    --------
    >>> named(["a", "b`<i>"])
    '`a` and `b<i>`'
    """
    names = [re.sub(r"[`\x00-\x1f\x7f]", "", name) for name in names]
    shown = [f"`{name if len(name) <= 60 else name[:57] + '...'}`" for name in names]
    if len(shown) > most:
        shown[most:] = [f"{len(shown) - most} more"]
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))
