"""Name what a file is by its first bytes, so that a wrong one is refused by name."""

from __future__ import annotations

import io
import zipfile

_SIGNATURES = (
    (b"\x1f\x8b", "a gzip file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ\x00", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (b"\x04\x22\x4d\x18", "an LZ4 file"),
    (b"\x1f\x9d", "a file packed by compress"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow or Feather file"),
    (b"FEA1", "a Feather file"),
    (b"ORC", "an ORC file"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"CDF\x01", "a netCDF file"),
    (b"CDF\x02", "a netCDF file"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel workbook of the old kind"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"%PDF", "a PDF document"),
    *((bytes([0x80, protocol]), "a pickle") for protocol in range(2, 6)),
)
_INSIDE = (
    ("xl/workbook.xml", "an Excel workbook"),
    ("content.xml", "an OpenDocument sheet"),
)
_TAR = slice(257, 262)


def foreign(content: bytes) -> str | None:
    """Return what a file is that is neither text nor a plain zip file.

    Parameters
    ----------
    content : bytes
        The whole file.

    Returns
    -------
    str or None
        The name of its format with the article, or ``None`` for a zip file and for what
        may be text.

    Examples
    --------
    >>> foreign(b"PAR1 and more")
    'a Parquet file'
    >>> foreign(b"Date Time,p (mbar)") is None
    True
    """
    if content.startswith(b"PK"):
        return _in_zip(content)
    if content[_TAR] == b"ustar":
        return "a tar archive"
    return next((name for mark, name in _SIGNATURES if content.startswith(mark)), None)


def _in_zip(content: bytes) -> str | None:
    """Return which format of zipped parts a file has, or None."""
    try:
        members = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except zipfile.BadZipFile:
        return None
    if members and all(member.endswith(".npy") for member in members):
        return "a NumPy archive"
    return next((name for part, name in _INSIDE if part in members), None)
