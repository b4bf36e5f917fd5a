"""Every figure of the course: one style, one palette, one function per figure.

Each function draws into the axes that it is given, or makes its own, and returns them.
"""

from utils.plotting.perceptron import (
    decision_line,
    gates,
    mistakes,
    threshold,
    updates_and_bound,
)
from utils.plotting.style import MODEL_LOOKS, PALETTE, color, linestyle, use_style

__all__ = [
    "MODEL_LOOKS",
    "PALETTE",
    "color",
    "decision_line",
    "gates",
    "linestyle",
    "mistakes",
    "threshold",
    "updates_and_bound",
    "use_style",
]
