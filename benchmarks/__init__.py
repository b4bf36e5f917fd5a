"""Side-by-side measurements of speed and memory, run by ``make bench``.

Each ``bench_<subject>.py`` has one public function, ``run()``, which returns a list of
`Row`.  Nothing here is asserted in a test: a number depends on the machine, so two ways
of doing one thing are measured in the same run and compared as a ratio.
"""

import time
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import Literal


@dataclass(frozen=True)
class Row:
    """One measurement beside what the course set out to reach."""

    name: str
    value: float
    unit: str
    _: KW_ONLY
    reach: float
    better: Literal["lower", "higher"] = "lower"
    note: str = ""

    @property
    def reached(self) -> bool:
        """Whether the value is on the right side of the reach."""
        if self.better == "lower":
            return self.value <= self.reach
        return self.value >= self.reach


def seconds(function: Callable[[], object], *, repeat: int = 3) -> float:
    """Return the shortest wall-clock time of `repeat` calls, in seconds."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)
