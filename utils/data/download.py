"""Fetch a published file once, and never leave half of one to be trusted.

The file is written beside its final place under a name that ends in ``.part`` and is
moved there, in one step, only after its content has been checked.  An interrupted
download is continued by the next one.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from utils.data.columns import DataError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None

FOLDER = "deep-learning-time-series"
CHUNK = 1 << 16


class DownloadError(DataError):
    """The file could not be downloaded; the message says why.

    Examples
    --------
    >>> issubclass(DownloadError, DataError)
    True
    """


@dataclass(frozen=True)
class Patience:
    """How long to wait, and how often to try.

    Parameters
    ----------
    tries : int
        Rounds through the mirrors.
    pause : float
        Seconds to wait before the second round; each later wait is twice as long.
    silence : float
        Seconds to wait for a connection, or for the next bytes.
    slowest : float
        Bytes per second below which a transfer counts as stalled, measured over
        `silence` seconds.

    Examples
    --------
    >>> Patience(tries=1).pause
    1.0
    """

    tries: int = 3
    pause: float = 1.0
    silence: float = 10.0
    slowest: float = 1000.0


SHORT = Patience(tries=1, silence=3.0)


# --- where the file lies ---------------------------------------------------------


def cache_folder() -> Path:
    """Return the folder for downloaded data; it need not exist.

    Returns
    -------
    pathlib.Path
        ``COURSE_CACHE`` where that environment variable is set, else a folder of the
        course in ``XDG_CACHE_HOME`` or in the platform's place for caches.

    Examples
    --------
    >>> cache_folder().name  # doctest: +SKIP
    'deep-learning-time-series'
    """
    named = os.environ.get("COURSE_CACHE")
    if named:
        return Path(named).expanduser()
    home = os.environ.get("XDG_CACHE_HOME")
    if not home and sys.platform == "win32":
        home = os.environ.get("LOCALAPPDATA")
    if not home:
        caches = "Library/Caches" if sys.platform == "darwin" else ".cache"
        home = Path.home() / caches
    return Path(home) / FOLDER


def offline() -> bool:
    """Return whether the environment variable ``COURSE_OFFLINE`` forbids the network.

    Examples
    --------
    >>> offline()  # doctest: +SKIP
    False
    """
    return os.environ.get("COURSE_OFFLINE", "0").lower() not in ("", "0", "false", "no")


# --- the download ----------------------------------------------------------------


def fetch(
    urls: Sequence[str],
    target: Path,
    *,
    verify: Callable[[Path], object],
    patience: Patience | None = None,
    progress: bool = True,
) -> Path:
    """Download a file from the first mirror that gives it, check it, put it in place.

    Parameters
    ----------
    urls : sequence of str
        Mirrors, in the order in which they are tried.
    target : pathlib.Path
        Where to put the file.  A file that is already there is left as it is.
    verify : callable
        Called with the path of the whole download before it is moved into place; it
        raises ``DataError`` to refuse it.
    patience : Patience, optional
        Waits and tries; ``Patience()`` without it.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    pathlib.Path
        `target`.

    Raises
    ------
    DownloadError
        If no mirror gave a file that `verify` accepts, the file cannot be written, or
        ``COURSE_OFFLINE`` forbids the network.

    Notes
    -----
    Only one process at a time downloads into a folder; another one waits for it and
    finds the file.  A transfer continues where an earlier one stopped (HTTP ``Range``)
    if the server agrees; if the file changed meanwhile, `verify` refuses the mixture
    and the next transfer starts anew.

    Examples
    --------
    >>> address = "https://example.org/table.csv"
    >>> fetch([address], Path("table.csv"), verify=print)  # doctest: +SKIP
    PosixPath('table.csv')
    """
    if target.is_file():
        return target
    if offline():
        raise DownloadError(f"{target.name} is not here and COURSE_OFFLINE is set")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _alone(target.parent):
            if not target.is_file():
                _try_all(urls, target, verify, patience or Patience(), progress)
    except OSError as error:
        raise DownloadError(f"{target} cannot be written ({error})") from error
    return target


def _try_all(urls, target: Path, verify, patience: Patience, progress: bool) -> None:
    """Try every mirror in every round until one download is accepted."""
    part = target.with_name(target.name + ".part")
    reasons: dict[str, str] = {}
    for attempt in range(patience.tries):
        if attempt:
            time.sleep(patience.pause * 2 ** (attempt - 1))
        for url in urls:
            try:
                _transfer(url, part, patience, progress)
                _accept(part, target, verify)
                return
            except (_TransferError, DataError) as error:
                reasons[urllib.parse.urlsplit(url).netloc] = str(error)
    causes = "; ".join(f"{host}: {reason}" for host, reason in reasons.items())
    raise DownloadError(f"no mirror gave {target.name} ({causes})")


def _accept(part: Path, target: Path, verify: Callable[[Path], object]) -> None:
    """Move a whole download into place, or remove it where it is refused."""
    try:
        verify(part)
    except DataError:
        part.unlink()
        raise
    part.replace(target)


# --- one transfer ----------------------------------------------------------------


class _TransferError(Exception):
    """One transfer failed; what has arrived is kept and the next may succeed."""


def _transfer(url: str, part: Path, patience: Patience, progress: bool) -> None:
    """Append to `part` what it lacks of the file at `url`, until it is whole."""
    have = part.stat().st_size if part.exists() else 0
    with _answer(url, have, part, patience) as response:
        start, total = _extent(response, have)
        with part.open("r+b" if start else "wb") as file:
            file.seek(start)
            file.truncate()
            with _bar(url, start, total, progress) as bar:
                for piece in _pieces(response, patience):
                    file.write(piece)
                    bar.update(len(piece))
            arrived = file.tell()
    if total is not None and arrived != total:
        raise _TransferError(f"the transfer ended after {arrived:,} of {total:,} bytes")


def _answer(url: str, have: int, part: Path, patience: Patience):
    """Open `url` from byte `have` on; the caller closes what is returned."""
    headers = {"User-Agent": FOLDER, "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
    try:
        request = urllib.request.Request(url, headers=headers)
        return urllib.request.urlopen(request, timeout=patience.silence)
    except urllib.error.HTTPError as error:
        if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink()
        raise _TransferError(
            f"the server answered {error.code} {error.reason}"
        ) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise _TransferError(f"no connection ({reason})") from error


def _extent(response, have: int) -> tuple[int, int | None]:
    """Return the first byte that the server sends and the size of the whole file."""
    if response.status == http.client.PARTIAL_CONTENT:
        sent = response.headers.get("Content-Range", "")
        match = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", sent)
        if not match or int(match[1]) > have:
            raise _TransferError(f"the server sent the wrong part ({sent!r})")
        return int(match[1]), int(match[2])
    length = response.headers.get("Content-Length")
    return 0, int(length) if length else None


def _pieces(response, patience: Patience) -> Iterator[bytes]:
    """Yield what the server sends, as long as it keeps sending."""
    since, received = time.monotonic(), 0
    while True:
        try:
            piece = response.read1(CHUNK)
        except TimeoutError as error:
            wait = f"{patience.silence:g} seconds"
            raise _TransferError(f"the transfer stalled for {wait}") from error
        except (OSError, http.client.HTTPException) as error:
            raise _TransferError(f"the connection broke ({error})") from error
        if not piece:
            return
        yield piece
        received += len(piece)
        elapsed = time.monotonic() - since
        if elapsed > patience.silence:
            if received < patience.slowest * elapsed:
                raise _TransferError(
                    f"the transfer slowed to {received / elapsed:.0f} B/s"
                )
            since, received = time.monotonic(), 0


def _bar(url: str, start: int, total: int | None, progress: bool) -> tqdm:
    """Return the progress bar, in bytes."""
    return tqdm(
        desc=url.rpartition("/")[2],
        initial=start,
        total=total,
        unit="B",
        unit_scale=True,
        disable=not progress,
    )


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other process downloads into `folder`, where the system can."""
    if fcntl is None:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
