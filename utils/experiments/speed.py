"""Times that one machine took, stored, so that a page prints the same ones everywhere.

A time by the clock is another one at each run.  The chapter prints those of one machine
from a file that is kept with the course, and measures anew when its reader asks for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from utils.training import checkpoints

FILE = checkpoints.FOLDER / "speed.json"
KEEP = "keep"  # measure anew, and put the times in the file


def stored(name: str, measure: Callable[[], dict], anew=False, *, file: Path = FILE):
    """Return the stored times of a measurement, or take it on this machine.

    Parameters
    ----------
    name : str
        Of the measurement.
    measure : callable
        Takes it: a dict of plain numbers, or of lists of them, by plain names.
    anew : bool or "keep"
        Whether to call ``measure`` instead of reading; ``"keep"`` stores its result.
    file : Path
        Where the measurements lie.

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        If ``anew`` is something else, or no such measurement is stored.

    Notes
    -----
    Taught in chapter 13.

    Examples
    --------
    >>> stored("a sum", lambda: {"ms": 1.5}, anew=True)
    {'ms': 1.5}
    """
    if anew not in (True, False, KEEP):
        raise ValueError(f"anew must be True, False or {KEEP!r}, not {anew!r}.")
    known = json.loads(file.read_text("utf-8")) if file.exists() else {}
    if not anew:
        if name not in known:
            raise ValueError(
                f"{file.name} holds no times of {name!r} but of {sorted(known)}: "
                f"measure them with anew={KEEP!r}."
            )
        return known[name]
    times = measure()
    if anew == KEEP:
        text = json.dumps(known | {name: times}, indent=1, sort_keys=False)
        file.write_text(text + "\n", "utf-8")
    return times
