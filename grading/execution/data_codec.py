"""Data that travel by their parts: dates, exact numbers, named tuples, pandas objects.

Each kind has a function that takes it to pieces and one that puts the pieces together.
Pieces are plain data, arrays, or of such kinds themselves. Objects of subclasses are
not taken for their base, apart from named tuples: they may do more than it does.
"""

import datetime
import functools
import keyword
import re
import sys
from collections import Counter, namedtuple
from decimal import Decimal
from fractions import Fraction

import numpy as np

__all__ = ["assemble", "dissect", "imitate"]

_EXTENSIONS = re.compile(r"U?Int(8|16|32|64)|Float(32|64)|boolean|string|str")
_ZONE = re.compile(r"[A-Za-z][\w+/-]*|[+-]\d\d:\d\d")


def dissect(value):
    """Return a value's kind and its parts.

    Parameters
    ----------
    value : object
        Anything.

    Returns
    -------
    tuple of str and list, or None
        None for what does not travel by its parts.
    """
    if isinstance(value, tuple) and _is_named(value):
        return "namedtuple", [type(value).__name__, value._fields, *value]
    if isinstance(value, np.ndarray) and value.dtype.kind == "O":
        return "objects", [value.shape, *value.flat]
    taken = _APART.get(type(value))
    if taken is None and "pandas" in sys.modules:
        taken = _pandas_apart().get(type(value))
    if taken is None:
        return None
    kind, parts = taken[0], taken[1](value)
    return None if parts is None else (kind, parts)


def assemble(kind, parts):
    """Return the value of a kind that `dissect` has taken apart.

    Raises
    ------
    KeyError, TypeError, ValueError
        If there is no such kind, or it has no such parts.
    """
    return _TOGETHER[kind](*parts)


def imitate(old, new):
    """Make a table what its changed copy is, if it is one; say whether."""
    pandas = sys.modules.get("pandas")
    if pandas is None or not isinstance(old, pandas.DataFrame | pandas.Series):
        return False
    if type(old) is type(new):
        old.__init__(new)
    return True


def _is_named(value):
    """Return whether a tuple has names for its items."""
    names = getattr(type(value), "_fields", None)
    known = isinstance(names, tuple) and len(names) == len(value)
    return known and _are_names(names) and _are_names([type(value).__name__])


def _are_names(names):
    """Return whether these can be the names of attributes."""
    return len(set(names)) == len(names) and all(
        isinstance(name, str) and name.isidentifier() and not keyword.iskeyword(name)
        for name in names
    )


def _named(name, fields, *items):
    """Return a named tuple."""
    if not (_are_names([name]) and _are_names(fields)):
        raise ValueError("names of a tuple that are no names")
    return namedtuple(name, fields)(*items)


def _objects(shape, *items):
    """Return an array of objects."""
    made = np.zeros(len(items), dtype=object)
    for place, item in enumerate(items):
        made[place] = item
    return made.reshape([int(n) for n in shape])


def _moment(value):
    """Return the parts of a moment, with what its clock is ahead of UTC."""
    zone = value.tzinfo
    if zone is not None and type(zone) is not datetime.timezone:
        return None
    return [value.replace(tzinfo=None).isoformat(), zone and zone.utcoffset(None)]


def _zone(ahead):
    """Return the time zone of a clock that is ahead of UTC by so much, or None."""
    return None if ahead is None else datetime.timezone(ahead)


_APART = {
    Fraction: ("fraction", lambda v: [v.numerator, v.denominator]),
    Decimal: ("decimal", lambda v: [str(v)]),
    Counter: ("counter", lambda v: [dict(v)]),
    frozenset: ("frozenset", list),
    datetime.date: ("date", lambda v: [v.isoformat()]),
    datetime.datetime: ("datetime", _moment),
    datetime.time: ("time", _moment),
    datetime.timedelta: ("timedelta", lambda v: [v.days, v.seconds, v.microseconds]),
}


@functools.cache
def _pandas_apart():
    """Return how pandas objects are taken apart, by their types."""
    pandas = sys.modules["pandas"]
    kinds = {
        "DataFrame": _frame_apart,
        "Series": lambda v: _with_column([v.name, v.index], v.array),
        "Index": lambda v: _with_column([list(v.names)], v.array),
        "RangeIndex": lambda v: [list(v.names), v.start, v.stop, v.step],
        "DatetimeIndex": lambda v: _with_column([list(v.names), v.freqstr], v.array),
        "TimedeltaIndex": lambda v: _with_column([list(v.names), v.freqstr], v.array),
        "PeriodIndex": lambda v: _with_column([list(v.names)], v.array),
        "MultiIndex": lambda v: [list(v.names), *v.levels, *map(np.asarray, v.codes)],
        "CategoricalIndex": lambda v: _with_column([list(v.names)], v.array),
        "Categorical": _column_apart,
        "Timestamp": lambda v: _in_zone([v.to_datetime64()], v.tz),
        "Timedelta": lambda v: [v.to_timedelta64()],
        "Period": lambda v: [v.ordinal, v.freqstr],
    }
    found = {getattr(pandas, name): (name, parts) for name, parts in kinds.items()}
    found[type(pandas.NaT)] = "NaT", lambda _: []
    found[type(pandas.NA)] = "NA", lambda _: []
    return found


def _in_zone(parts, zone):
    """Return parts and the name of a time zone; None if it has no name."""
    name = "" if zone is None else re.sub(r"^UTC(?=[+-])", "", str(zone))
    return [*parts, name] if not name or _ZONE.fullmatch(name) else None


def _column_apart(array):
    """Return kind and parts of a pandas array, or None for one that has to stay."""
    import pandas

    dtype = array.dtype
    if isinstance(dtype, pandas.DatetimeTZDtype):
        naive = array.tz_convert("UTC").tz_localize(None)
        return _in_zone(["moments", np.asarray(naive)], dtype.tz)
    if isinstance(dtype, pandas.PeriodDtype):
        return ["periods", np.asarray(array.asi8), str(dtype)[len("period[") : -1]]
    if isinstance(dtype, pandas.CategoricalDtype):
        return ["categories", array.codes, array.categories, bool(array.ordered)]
    plain = (
        type(array) is pandas.arrays.NumpyExtensionArray
    )  # some kinds derive from it
    if plain or isinstance(dtype, np.dtype):
        return ["numpy", np.asarray(array)]
    if _EXTENSIONS.fullmatch(str(dtype)):
        return [str(dtype), np.asarray(array, dtype=object)]
    return None


def _with_column(parts, array):
    """Return parts and those of a pandas array; None if it has to stay."""
    column = _column_apart(array)
    return column and [*parts, *column]


def _column(kind, values, *more):
    """Return the pandas array of these parts, or a NumPy array."""
    import pandas

    if kind == "numpy":
        return values
    if kind == "moments":
        return pandas.DatetimeIndex(values).tz_localize("UTC").tz_convert(more[0]).array
    if kind == "periods":
        return pandas.PeriodIndex.from_ordinals(values, freq=more[0]).array
    if kind == "categories":
        return pandas.Categorical.from_codes(values, more[0], ordered=more[1])
    if not _EXTENSIONS.fullmatch(kind):
        raise ValueError(f"a column of kind {kind}")
    return pandas.array(values, dtype=kind)


def _frame_apart(frame):
    """Return the parts of a data frame: one array for all columns if one will do."""
    kinds = set(frame.dtypes)
    if len(kinds) == 1 and isinstance(next(iter(kinds)), np.dtype):
        return [frame.columns, frame.index, frame.to_numpy()]
    columns = [_column_apart(column.array) for _, column in frame.items()]
    return None if None in columns else [frame.columns, frame.index, *columns]


def _frame(columns, index, *parts):
    """Return a data frame."""
    import pandas

    if len(parts) == 1 and isinstance(parts[0], np.ndarray):
        (values,) = parts
        return pandas.DataFrame(values, index, columns, dtype=values.dtype)
    named = {n: _series(None, index, *part) for n, part in enumerate(parts)}
    made = pandas.DataFrame(named, index=index)
    made.columns = columns
    return made


def _series(name, index, *column):
    """Return a series."""
    import pandas

    values = _column(*column)
    return pandas.Series(values, index, dtype=values.dtype, name=name)


def _index(names, *column):
    """Return an index."""
    import pandas

    values = _column(*column)
    return pandas.Index(values, dtype=values.dtype, name=names[0])


def _range_index(names, start, stop, step):
    """Return an index of equal steps."""
    import pandas

    return pandas.RangeIndex(start, stop, step, name=names[0])


def _times(names, step, *column):
    """Return an index of times."""
    made = _index(names, *column)
    made.freq = step
    return made


def _multi_index(names, *parts):
    """Return an index of several levels."""
    import pandas

    half = len(parts) // 2
    return pandas.MultiIndex(levels=parts[:half], codes=parts[half:], names=names)


def _timestamp(moment, zone):
    """Return a moment of pandas."""
    import pandas

    made = pandas.Timestamp(moment)
    return made.tz_localize("UTC").tz_convert(zone) if zone else made


def _period(ordinal, step):
    """Return a span of pandas."""
    import pandas

    return pandas.Period(ordinal=ordinal, freq=step)


def _of_pandas(name, *arguments):
    """Return what a name of pandas is, or what it gives when called."""
    import pandas

    found = getattr(pandas, name)
    return found(*arguments) if arguments else found


_TOGETHER = {
    "namedtuple": _named,
    "objects": _objects,
    "fraction": Fraction,
    "decimal": Decimal,
    "counter": Counter,
    "frozenset": lambda *items: frozenset(items),
    "date": datetime.date.fromisoformat,
    "datetime": lambda text, ahead: datetime.datetime.fromisoformat(text).replace(
        tzinfo=_zone(ahead)
    ),
    "time": lambda text, ahead: datetime.time.fromisoformat(text).replace(
        tzinfo=_zone(ahead)
    ),
    "timedelta": datetime.timedelta,
    "DataFrame": _frame,
    "Series": _series,
    "Index": _index,
    "RangeIndex": _range_index,
    "DatetimeIndex": _times,
    "TimedeltaIndex": _times,
    "PeriodIndex": _index,
    "MultiIndex": _multi_index,
    "CategoricalIndex": _index,
    "Categorical": _column,
    "Timestamp": _timestamp,
    "Timedelta": lambda span: _of_pandas("Timedelta", span),
    "Period": _period,
    "NaT": lambda: _of_pandas("NaT"),
    "NA": lambda: _of_pandas("NA"),
}
