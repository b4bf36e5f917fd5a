"""Pack the rendered book into one archive that is read without a server or network.

``make archive`` builds the book first.  Whoever unpacks the archive opens `index.html`.
"""

import zipfile
from pathlib import Path

from utils import __version__

ROOT = Path(__file__).resolve().parents[1]
NAME = f"deep-learning-time-series-{__version__}"
LEFT_OUT = {".buildinfo", "objects.inv"}  # Sphinx's own; no page asks for them
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same book gives the same archive


def pack(site, target):
    """Write the files of a rendered book into a zip file, below one folder.

    Parameters
    ----------
    site : path-like
        Folder with the rendered pages; `index.html` is the first of them.
    target : path-like
        The zip file to write.

    Returns
    -------
    int
        How many files the archive holds.

    Raises
    ------
    ValueError
        If the folder holds no `index.html`.
    """
    site = Path(site)
    if not (site / "index.html").is_file():
        raise ValueError(f"site is {site}, which has no index.html; build it first")
    files = [
        path
        for path in sorted(site.rglob("*"))
        if path.is_file() and path.name not in LEFT_OUT
    ]
    with zipfile.ZipFile(target, "w") as archive:
        for path in files:
            name = f"{NAME}/{path.relative_to(site).as_posix()}"
            entry = zipfile.ZipInfo(name, date_time=LONG_AGO)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return len(files)


def main():
    """Pack `_build/html`, and say where the archive is."""
    target = ROOT / "_build" / f"{NAME}.zip"
    count = pack(ROOT / "_build" / "html", target)
    print(f"{count} files, {target.stat().st_size / 1e6:.0f} MB: {target}")


if __name__ == "__main__":
    main()
