"""Read the times that students, servers and learning platforms write."""

import re
from datetime import UTC, datetime

from dateutil import parser, tz

__all__ = ["moment"]

_SINCE_1970 = re.compile(r"\d{9,10}|\d{12,13}")  # in seconds or milliseconds
_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})([/.-])(\d{1,2})\2\d{2,4}\b")
_TURNED = re.compile(r"(?:UTC|GMT)\s?[+-]\d")  # east or west, by whom one asks
_PLACE = re.compile(r"(.*\S)\s+([A-Za-z]\w*(?:/[\w+-]+)+)")  # such as Europe/Berlin
_ANY_DAYS = (
    datetime(2000, 1, 1),
    datetime(2004, 2, 2),
)  # for what is left open


def moment(text):
    """Return the time that a text tells, in UTC and without a zone of its own.

    Parameters
    ----------
    text : str
        A date and a time, with an offset or a zone or, if it is UTC, without; or
        seconds or milliseconds since 1970.

    Returns
    -------
    datetime.datetime or None
        None if the text is empty.

    Raises
    ------
    ValueError
        If it tells no time, or one that can be read in two ways: a zone that nobody
        knows, a date without its year, or 02/03, which is February here and March
        there.

    Examples
    --------
    >>> moment("Monday, 2 March 2026, 10:00 AM")
    datetime.datetime(2026, 3, 2, 10, 0)
    >>> moment("2026-03-02 10:00:00 Europe/Berlin")
    datetime.datetime(2026, 3, 2, 9, 0)
    """
    if not text:
        return None
    if _SINCE_1970.fullmatch(text):
        seconds = int(text) / (1000 if len(text) > 11 else 1)
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    if _TURNED.search(text):
        raise ValueError("write the offset alone, such as +0100")
    text, zone = _apart(text)
    form = {"tzinfos": _zone, "dayfirst": _is_day_first(text)}
    found, other = (parser.parse(text, default=day, **form) for day in _ANY_DAYS)
    if found != other:
        raise ValueError("the date is not complete")
    if zone is not None:
        found = found.replace(tzinfo=zone)
    if found.tzinfo is None:
        return found
    return found.astimezone(UTC).replace(tzinfo=None)


def _apart(text):
    """Return a text without the place that names its zone, and that zone or None."""
    split = _PLACE.fullmatch(text)
    return (split[1], _zone(split[2], None)) if split else (text, None)


def _zone(name, offset):
    """Return a time zone; None where a text names none."""
    if offset is not None:
        return tz.tzoffset(name, offset)
    zone = tz.gettz(name) if name else None
    if name and zone is None:
        raise ValueError(f"the time zone {name}")
    return zone


def _is_day_first(text):
    """Return whether a date in numbers begins with the day, or raise if it may be."""
    found = _NUMBERS.search(text)
    if not found:
        return False
    first, mark, second = int(found[1]), found[2], int(found[3])
    if mark != "." and first != second and max(first, second) <= 12:
        raise ValueError("day and month may be either way round")
    return mark == "." or first > 12
