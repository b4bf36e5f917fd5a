"""What one submission may use: time, memory, files, processes, output."""

import math
from dataclasses import dataclass, fields

__all__ = ["MIB", "Limits"]

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes
    ----------
    cell_seconds, total_seconds : float
        Time for one cell, and for the whole notebook.
    memory_mib : float
        Memory of all its processes, beyond what they were forked with, in MiB.
    disk_mib, file_mib : float
        Files in its home and ``/tmp``, which lie in memory, and one file, in MiB.
    files : int
        Files and folders that it makes, the empty ones as well.
    processes, open_files : int
        Processes and threads, and open files of one process.
    output_mib, total_output_mib : float
        Characters that one cell prints and shows, and all cells together, pictures
        included, in 2**20. What goes past Python leads nowhere.

    Raises
    ------
    ValueError
        If a value is no positive number.

    Examples
    --------
    >>> Limits(file_mib=0.5).file_size
    524288
    """

    cell_seconds: float = 60
    total_seconds: float = 300
    memory_mib: float = 2048
    disk_mib: float = 256
    file_mib: float = 128
    files: int = 20_000
    processes: int = 256
    open_files: int = 256
    output_mib: float = 4
    total_output_mib: float = 16

    def __post_init__(self):
        """Refuse what is no positive number."""
        for field in fields(self):
            value = getattr(self, field.name)
            if not (isinstance(value, int | float) and 0 < value < math.inf):
                raise ValueError(f"{field.name} = {value!r} is no positive number")

    @property
    def memory(self):
        """Bytes of memory."""
        return int(self.memory_mib * MIB)

    @property
    def disk(self):
        """Bytes of all files."""
        return int(self.disk_mib * MIB)

    @property
    def file_size(self):
        """Bytes of one file."""
        return int(self.file_mib * MIB)

    @property
    def output(self):
        """Characters that one cell prints and shows."""
        return int(self.output_mib * MIB)

    @property
    def total_output(self):
        """Characters that all cells print and show."""
        return int(self.total_output_mib * MIB)
