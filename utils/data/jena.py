"""The Jena weather table: find it, load it, check it, clean it.

The table holds fourteen quantities measured at the weather station of the Max Planck
Institute for Biogeochemistry in Jena, Germany, from 2009 to 2016.  :func:`load` returns
it hour by hour and unchanged, errors included; each cleaning step is a function of its
own, so that a chapter can show what the step does.

Taught in chapter 12.
"""

from __future__ import annotations

import codecs
import hashlib
import io
import os
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from utils.data.cleaning import (
    clean,
    drop_backward_rows,
    drop_repeated_times,
    fill_missing,
    find_gaps,
    irregular_steps,
    mask_pressure_spikes,
    mask_wind_outages,
    quality,
    quality_table,
    replace_sentinels,
    segments,
    times_of,
)
from utils.data.columns import (
    COLUMNS,
    HOURLY_ROWS,
    QUANTITIES,
    TIME,
    DataError,
    Quantity,
)
from utils.data.formats import foreign

__all__ = [
    "COLUMNS",
    "JENA",
    "QUANTITIES",
    "DataError",
    "Edition",
    "Quantity",
    "clean",
    "drop_backward_rows",
    "drop_repeated_times",
    "fill_missing",
    "find",
    "find_gaps",
    "fingerprint",
    "irregular_steps",
    "load",
    "load_or_simulate",
    "mask_pressure_spikes",
    "mask_wind_outages",
    "parse",
    "quality",
    "quality_table",
    "read_bytes",
    "replace_sentinels",
    "segments",
]

TIME_FORMAT = "%d.%m.%Y %H:%M:%S"
ROWS_PER_HOUR = 6


@dataclass(frozen=True)
class Edition:
    """What is known of a published table, so that another one is not mistaken for it.

    Parameters
    ----------
    hourly_rows : int
        Rows of the hourly table.
    official_rows : int
        Rows of the published file, one every ten minutes.
    fingerprint : str
        :func:`fingerprint` of the hourly table.
    urls : tuple of str
        Where the file is published.

    Examples
    --------
    >>> JENA.hourly_rows, JENA.official_rows
    (70092, 420551)
    """

    hourly_rows: int
    official_rows: int
    fingerprint: str
    urls: tuple[str, ...] = ()


FILE = "jena_climate_2009_2016.csv.zip"
JENA = Edition(
    hourly_rows=HOURLY_ROWS,
    official_rows=420_551,
    fingerprint="4cc8be10dd79a339",
    urls=(
        f"https://storage.googleapis.com/tensorflow/tf-keras-datasets/{FILE}",
        f"https://s3.amazonaws.com/keras-datasets/{FILE}",
    ),
)
REMEDY = (
    f"delete it and download it again, or set JENA_CLIMATE_FILE to the official {FILE}"
)


# --- finding and loading ---------------------------------------------------------


def find() -> Path | None:
    """Return where the Jena file is on this machine, without using the network.

    Returns
    -------
    pathlib.Path or None
        The file that the environment variable ``JENA_CLIMATE_FILE`` names (whether or
        not it exists: :func:`load` says so), else the downloaded copy, else ``None``.

    Examples
    --------
    >>> import os
    >>> os.environ["JENA_CLIMATE_FILE"] = "weather.csv"  # doctest: +SKIP
    >>> find()  # doctest: +SKIP
    PosixPath('weather.csv')
    """
    named = os.environ.get("JENA_CLIMATE_FILE")
    if named:
        return Path(named).expanduser()
    cached = _cache_file()
    return cached if cached.is_file() else None


def _cache_file() -> Path:
    """Return where the downloaded file lies, or would lie."""
    from utils.data.download import cache_folder

    return cache_folder() / FILE


def load(path=None, *, download: bool = True, edition: Edition = JENA) -> pd.DataFrame:
    """Return the hourly Jena table as it was published, errors included.

    Parameters
    ----------
    path : str or path-like, optional
        A CSV file, zipped or not: the official one with a row every ten minutes, of
        which every sixth is kept, or its hourly extract.  Without it the file is
        looked for by :func:`find`.
    download : bool
        Whether to download the official file when none is found.
    edition : Edition
        What the table must agree with.

    Returns
    -------
    pandas.DataFrame
        Shape (70092, 14), float64, columns ``COLUMNS`` in the units of
        ``QUANTITIES``, indexed by time in the order of the file.
        ``attrs["source"]`` is ``"Jena"``.

    Raises
    ------
    DataError
        If no file is found or it is not the Jena table; the message names the cause
        and the remedy.

    Notes
    -----
    The station's data are described at https://www.bgc-jena.mpg.de/wetter/.

    Examples
    --------
    >>> load().shape  # doctest: +SKIP
    (70092, 14)
    """
    path = find() if path is None else Path(path)
    if path is None:
        if not download:
            raise DataError(f"no Jena file is on this machine; {_advice(edition)}")
        path = _download(edition)
    return parse(read_bytes(path), name=str(path), edition=edition)


def _download(edition: Edition, **options) -> Path:
    """Return the downloaded file, or say how else to get one."""
    from utils.data.download import DownloadError, fetch

    def verify(path: Path) -> None:
        load(path, edition=edition)

    try:
        return fetch(edition.urls, _cache_file(), verify=verify, **options)
    except DownloadError as error:
        raise DownloadError(f"{error}; {_advice(edition)}") from error


def _advice(edition: Edition) -> str:
    """Return what to do where there is no file."""
    return (
        f"download it by hand from {' or '.join(edition.urls)} and set "
        f"JENA_CLIMATE_FILE to it, or put it at {_cache_file()}, or use the simulated "
        "weather that load_or_simulate() gives"
    )


def load_or_simulate(*, download: bool = True) -> tuple[pd.DataFrame, bool]:
    """Return the Jena table where it can be had, else simulated weather.

    Parameters
    ----------
    download : bool
        Whether the official file may be downloaded.

    Returns
    -------
    frame : pandas.DataFrame
        As :func:`load` returns it.  The simulated one has the same times, columns and
        kinds of error; its ``attrs["source"]`` is ``"simulated weather"`` and its
        ``attrs["reason"]`` says why.
    simulated : bool
        Whether the table is simulated.

    Raises
    ------
    DataError
        If there is a file, but it is not the Jena table.

    Notes
    -----
    Taught in chapter 12.

    Examples
    --------
    >>> frame, simulated = load_or_simulate(download=False)
    >>> frame.shape
    (70092, 14)
    """
    from utils.data import weather
    from utils.data.download import SHORT, DownloadError

    path, reason = find(), "no Jena file is on this machine"
    if path is None and download:
        try:
            path = _download(JENA, patience=SHORT)
        except DownloadError as error:
            reason = str(error)
    if path is not None:
        return load(path), False
    frame = weather.like_jena()
    frame.attrs["reason"] = reason
    return frame, True


# --- from bytes to a trusted table -----------------------------------------------


def read_bytes(path: Path) -> bytes:
    """Return the bytes of the CSV at `path`, unpacked where it is zipped.

    Raises
    ------
    DataError
        If there is no such file, it cannot be read, it is of another format or a
        damaged zip file, or the zip file does not hold exactly one CSV.

    Examples
    --------
    >>> read_bytes(Path("nowhere.csv"))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    utils.data.columns.DataError: nowhere.csv: there is no such file; ...
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DataError(
            f"{path}: there is no such file; correct the path or JENA_CLIMATE_FILE"
        ) from None
    except OSError as error:
        raise DataError(
            f"{path}: it cannot be read ({error.strerror}); correct the path or its "
            "permissions"
        ) from error
    if kind := foreign(content):
        raise _refusal(str(path), f"it is {kind}, not a CSV or a zip file with one")
    if not content.startswith(b"PK"):
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return archive.read(_only_csv(archive, str(path)))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise _refusal(str(path), "the zip file is truncated or damaged") from error


def _only_csv(archive: zipfile.ZipFile, name: str) -> str:
    """Return the name of the one CSV in `archive`."""
    members = [
        member
        for member in archive.namelist()
        if member.lower().endswith(".csv") and not member.startswith("__MACOSX/")
    ]
    if len(members) != 1:
        raise _refusal(name, f"the zip file holds {len(members)} CSV files, not one")
    return members[0]


def parse(content: bytes, *, name: str, edition: Edition = JENA) -> pd.DataFrame:
    """Turn the bytes of a CSV into the hourly table, and refuse any other table.

    Parameters
    ----------
    content : bytes
        The CSV: a row every ten minutes or every hour.
    name : str
        How messages call the file.
    edition : Edition
        What the table must agree with.

    Returns
    -------
    pandas.DataFrame
        As :func:`load` returns it.

    Raises
    ------
    DataError
        If the table is not that edition; the message names the cause and the remedy.

    Examples
    --------
    >>> parse(b"", name="jena.csv")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    utils.data.columns.DataError: jena.csv: the file is empty; ...
    """
    table = _every_hour(_table(content, name), name, edition)
    numbers = _numbers(table, name)
    frame = numbers.set_index(_times(table[TIME], name))
    _check_steps(frame.index, name)
    if fingerprint(frame) != edition.fingerprint:
        raise _refusal(name, "some values differ from the published table")
    frame.attrs["source"] = "Jena"
    return frame


def fingerprint(frame: pd.DataFrame) -> str:
    """Return a short text that changes when a name, a time or a value changes.

    Parameters
    ----------
    frame : pandas.DataFrame
        Numbers in columns, indexed by time.

    Returns
    -------
    str
        The first 16 hexadecimal digits of the SHA-256 of the column names, the times
        to the second and the values to the sixth decimal, in the order of the table.

    Raises
    ------
    ValueError
        If the rows are not indexed by time.

    Notes
    -----
    It is taken of the table and not of a file, so that a file zipped anew, or holding
    the same rows every ten minutes, has the same fingerprint.

    Examples
    --------
    >>> times = pd.to_datetime(["2009-01-01 00:10", "2009-01-01 01:10"])
    >>> one = pd.DataFrame({"T (degC)": [-8.02, -7.62]}, index=times)
    >>> fingerprint(one) == fingerprint(one.copy())
    True
    >>> fingerprint(one) == fingerprint(one + 0.01)
    False
    """
    seconds = times_of(frame).astype("<i8")
    micros = np.rint(frame.to_numpy(dtype=float) * 1e6)
    micros = np.where(np.isnan(micros), np.iinfo(np.int64).min, micros)
    digest = hashlib.sha256("\n".join(map(str, frame.columns)).encode())
    digest.update(seconds.tobytes())
    digest.update(np.ascontiguousarray(micros).astype("<i8").tobytes())
    return digest.hexdigest()[:16]


def _refusal(name: str, cause: str) -> DataError:
    """Return the error that names the file, the cause and the remedy."""
    return DataError(f"{name}: {cause}; {REMEDY}")


def _table(content: bytes, name: str) -> pd.DataFrame:
    """Return the wanted columns of a CSV, unchecked but for their presence."""
    content = content.removeprefix(codecs.BOM_UTF8).lstrip()
    if not content:
        raise _refusal(name, "the file is empty")
    header = re.match(rb"[^\r\n]*", content)[0]
    try:
        places = _places(header.decode("utf-8"), name)
        table = pd.read_csv(
            io.BytesIO(content[len(header) :]),
            names=range(header.count(b",") + 1),
            usecols=places,
            index_col=False,
            low_memory=False,
        )
    except UnicodeDecodeError as error:
        raise _refusal(name, "the text is not encoded in UTF-8") from error
    except pd.errors.EmptyDataError:
        return pd.DataFrame(columns=[TIME, *COLUMNS])
    except pd.errors.ParserError as error:
        detail = str(error).strip().rpartition("C error: ")[2]
        raise _refusal(name, f"it is not a well-formed CSV ({detail})") from error
    return table[places].set_axis([TIME, *COLUMNS], axis=1)


def _places(header: str, name: str) -> list[int]:
    """Return where the wanted columns stand, whatever blanks and quotes they have."""
    if "\0" in header:
        raise _refusal(name, "the text is not encoded in UTF-8")
    for separator, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if separator in header and "," not in header:
            raise _refusal(name, f"the columns are separated by {word}, not commas")
    bare = re.sub("[\"'`“”„‘’]", "", header)
    found = [" ".join(title.split()) for title in bare.split(",")]
    wanted = (TIME, *COLUMNS)
    for column in wanted:
        if column not in found:
            _refuse_missing(
                column, [title for title in found if title not in wanted], name
            )
        if found.count(column) > 1:
            raise _refusal(name, f"the column {column!r} stands there more than once")
    return [found.index(column) for column in wanted]


def _refuse_missing(column: str, others: list[str], name: str) -> None:
    """Say which column is missing, and what is there instead."""
    instead = f" (found {', '.join(map(repr, others[:3]))} instead)" if others else ""
    raise _refusal(name, f"the column {column!r} is missing{instead}")


def _every_hour(table: pd.DataFrame, name: str, edition: Edition) -> pd.DataFrame:
    """Return the hourly rows of a table of either length."""
    if len(table) == edition.official_rows:
        return table.iloc[::ROWS_PER_HOUR].reset_index(drop=True)
    if len(table) == edition.hourly_rows:
        return table
    raise _refusal(
        name,
        f"it has {len(table):,} rows instead of {edition.official_rows:,} (one every "
        f"ten minutes) or {edition.hourly_rows:,} (hourly), so it is truncated or "
        "covers other years",
    )


def _numbers(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the fourteen columns as finite numbers."""
    for column in COLUMNS:
        numbers = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float)
        bad = np.flatnonzero(~np.isfinite(numbers))
        if bad.size:
            raise _refusal(
                name,
                f"{column!r} at {table[TIME].iloc[bad[0]]} is "
                f"{str(table[column].iloc[bad[0]])!r}, not a number",
            )
    return table[list(COLUMNS)].astype(float)


def _times(texts: pd.Series, name: str) -> pd.DatetimeIndex:
    """Return the times, written as day.month.year hour:minute:second."""
    times = pd.to_datetime(texts, format=TIME_FORMAT, errors="coerce")
    bad = np.flatnonzero(times.isna())
    if bad.size:
        raise _refusal(
            name,
            f"the date {str(texts.iloc[bad[0]])!r} is not written like "
            "'31.12.2016 23:50:00'",
        )
    return pd.DatetimeIndex(times, name=TIME)


def _check_steps(times: pd.DatetimeIndex, name: str) -> None:
    """Refuse rows that are not mostly one hour apart."""
    step = pd.Series(times).diff().median()
    if step != pd.Timedelta("1h"):
        raise _refusal(
            name,
            f"its hourly rows come out {step / pd.Timedelta('1min'):g} minutes apart, "
            "so it is another station's or another sampling",
        )
