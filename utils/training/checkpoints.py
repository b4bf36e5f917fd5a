"""Stored results on disk: one ``.npz`` of arrays and JSON, without pickle.

A file is written beside its place and then moved there, so that a reader finds the old
file or the new one and never a half.  :func:`load` is the guard on every stored result:
it refuses what was made from other code, another configuration or other data.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from utils.data import download
from utils.training.fingerprint import Fingerprint

FORMAT = 1
HOME = Path(__file__).parents[2]
FOLDER = HOME / "chapters" / "checkpoints"
IN_CLONE = (HOME / "pyproject.toml").is_file()
OWN = FOLDER if IN_CLONE else download.cache_folder() / "checkpoints"
"""Where results that are computed here go: nobody may write to an installed package."""
STATES = (HOME / ".cache" if IN_CLONE else download.cache_folder()) / "training"
"""Where trainings that are under way keep how far they have come."""


# What NumPy, zip and JSON raise on a file that is cut, altered or not theirs.
_DAMAGE = (
    OSError,
    ValueError,
    KeyError,
    AttributeError,
    TypeError,
    EOFError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
)


class CheckpointError(ValueError):
    """A checkpoint that does not belong to what it is loaded for."""


class CodeChangedError(CheckpointError):
    """A checkpoint that other code made, from the present configuration and data."""


def write(path: Path, arrays: Sequence[np.ndarray], meta: dict) -> None:
    """Write arrays and their description to ``path``, whole or not at all.

    Parameters
    ----------
    path : Path
        The ``.npz`` file; its folder is made when it is missing.
    arrays : sequence of array
        Weights, in order.
    meta : dict
        Plain data that JSON can hold.

    Examples
    --------
    >>> path = Path(tempfile.mkdtemp()) / "weights.npz"
    >>> write(path, [np.ones(2)], {"seed": 0})
    >>> read(path)
    ([array([1., 1.])], {'seed': 0})
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"format": FORMAT, **meta}, ensure_ascii=False)
    named = {f"array{k:03d}": np.asarray(array) for k, array in enumerate(arrays)}
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            described = np.frombuffer(text.encode(), dtype=np.uint8)
            np.savez_compressed(file, meta=described, **named)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise


def read(path: Path) -> tuple[list[np.ndarray], dict]:
    """Read what :func:`write` wrote: the arrays and their description.

    Raises
    ------
    CheckpointError
        If the file is damaged or of another format version.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as content:
            names = sorted(name for name in content.files if name != "meta")
            arrays = [content[name] for name in names]
            meta = json.loads(content["meta"].tobytes().decode())
        version = meta.pop("format")
    except FileNotFoundError:
        raise CheckpointError(f"{path.name} does not exist.") from None
    except _DAMAGE as error:
        raise CheckpointError(f"{path.name} is damaged ({error}).") from error
    if version != FORMAT:
        raise CheckpointError(
            f"{path.name} has format version {version}, and this version of the course "
            f"reads {FORMAT}."
        )
    return arrays, meta


# ------------------------------------------------------------------------- the guard


def load(
    path: Path, identity: dict, fingerprint: Fingerprint
) -> tuple[list[np.ndarray], dict]:
    """Read a stored result and refuse it where the present course would make another.

    Parameters
    ----------
    path : Path
        The ``.npz`` file.
    identity : dict
        What its description must say, such as ``{"id": "C2", "seed": 0}``.
    fingerprint : Fingerprint
        What the result would be made from now.

    Returns
    -------
    arrays, meta
        As :func:`read` returns them.

    Raises
    ------
    CheckpointError
        With the file and what differs; CodeChangedError where only the code does.
    """
    arrays, meta = read(path)
    check_identity(path.name, meta, identity)
    if not isinstance(meta.get("fingerprint"), dict):
        raise CheckpointError(f"{path.name} does not say what it was made from.")
    if found := fingerprint.differences(meta["fingerprint"]):
        differ = "differs" if len(found) == 1 else "differ"
        only_code = len(found) == 1 and found[0].startswith("the code")
        raise (CodeChangedError if only_code else CheckpointError)(
            f"{path.name} was not made from what the course has now: "
            f"{' and '.join(found)} {differ}."
        )
    return arrays, meta


def check_identity(name: str, meta: dict, identity: dict) -> None:
    """Refuse the description of another model or seed."""
    for key, value in identity.items():
        if meta.get(key) != value:
            raise CheckpointError(
                f"{name} was made with {key} {meta.get(key)!r}, and {value!r} is asked "
                "for."
            )


@contextlib.contextmanager
def rebuilt_by(model: str) -> Iterator[None]:
    """Add the command that makes a model's results anew to a refusal inside.

    Where only code has changed, it may be that nothing else comes out; then the command
    that proves this is added, too.

    Examples
    --------
    >>> with rebuilt_by("C2"):
    ...     read(Path("C2.npz"))
    Traceback (most recent call last):
    ...
    utils.training.checkpoints.CheckpointError: C2.npz does not exist. Rebuild ...
    """
    rebuild = f"ebuild it with: make reproduce ARGS={model}"
    try:
        yield
    except CodeChangedError as error:
        raise CodeChangedError(
            f"{error} If the change cannot alter the result, prove it with: "
            f'make reproduce ARGS="--verify {model}". Otherwise r{rebuild}'
        ) from error
    except CheckpointError as error:
        raise CheckpointError(f"{error} R{rebuild}") from error
