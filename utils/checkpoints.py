"""Trained weights on disk: one ``.npz`` of arrays and JSON, without pickle.

A file is written beside its place and then moved there, so that a reader finds the old
file or the new one and never a half.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

FORMAT = 1
FOLDER = Path(__file__).parents[1] / "chapters" / "checkpoints"


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

    Notes
    -----
    Taught in chapter 12.
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

    Notes
    -----
    Taught in chapter 12.
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
