"""Read JSON that may have been written to fill the memory of whoever reads it."""

import json

__all__ = ["TooManyValuesError", "exceeds", "loads"]


class TooManyValuesError(ValueError):
    """JSON that holds more values than its reader takes."""


def loads(content, most=1_000_000):
    """Return what JSON says, unless it holds too many values.

    A value of two bytes takes a hundred once it is read: the 64 MiB of a notebook could
    become several gigabytes, and take minutes.

    Parameters
    ----------
    content : bytes
        Anything, in UTF-8, UTF-16 or UTF-32.
    most : int, default 1,000,000
        Numbers, texts, lists and dictionaries that it may hold in all.

    Returns
    -------
    object
        The value.

    Raises
    ------
    TooManyValuesError
        If it holds more.
    ValueError
        If it is no JSON.

    Examples
    --------
    >>> loads(b'{"a": [1, 2]}')
    {'a': [1, 2]}
    >>> loads(b"[1, 2, 3]", most=2)
    Traceback (most recent call last):
    ...
    grading.sandbox.bounded_json.TooManyValuesError: it has more than 2 values
    """
    if exceeds(content, most):
        raise TooManyValuesError(f"it has more than {most:,} values")
    return json.loads(content)


def exceeds(content, most):
    """Return whether JSON has more commas and brackets outside its texts than allowed.

    Each value stands behind one of them, or behind a key that does.
    """
    if len(content) <= most:
        return False
    coding = json.detect_encoding(content)
    if not coding.startswith("utf-8"):
        text = content.decode(coding, "surrogatepass")
        content = text.encode("utf-8", "surrogatepass")
    plain = content.replace(rb"\\", b"").replace(rb"\"", b"")
    if plain.count(b'"') > 4 * most:  # each text has two and stands behind a mark
        return True
    outside = b"".join(plain.split(b'"')[::2])
    return sum(map(outside.count, (b",", b"[", b"{"))) > most
