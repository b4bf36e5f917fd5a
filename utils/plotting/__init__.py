"""Every figure of the course: one style, one palette, one function per figure.

Each function draws into the axes that it is given as ``ax``, or makes a new figure, and
returns the axes.  The figures of chapters 1-4 and 12-14 are called by name,
``plotting.chain()``; those of later chapters by topic, ``plotting.recurrent.maps()``.
"""

from utils.plotting import baselines, ladder, memory, months, multistep, recurrent
from utils.plotting.backprop import (
    chain,
    digits,
    outer_products,
    regions,
    step_differences,
    step_size_errors,
)
from utils.plotting.descent import (
    OPTIMIZER_LOOKS,
    adam_steps,
    cost_curves,
    one_weight,
    penalties,
    recovery,
    saturation,
    schedules,
    steps_by_rate,
    two_valleys,
    weight_paths,
)
from utils.plotting.forecasts import (
    anomaly_return,
    anomaly_share,
    attention_map,
    error_against,
    error_by_trees,
    pinball,
    receptive_field,
)
from utils.plotting.leaderboard import board, importance, interval_fan, leaks, skill_by
from utils.plotting.networks import (
    activation,
    activations,
    contours,
    curve_fit,
    error_by_width,
    forward_pass,
    layers,
    xor_regions,
)
from utils.plotting.perceptron import (
    decision_line,
    gates,
    mistakes,
    threshold,
    updates_and_bound,
)
from utils.plotting.style import MODEL_LOOKS, PALETTE, color, linestyle, use_style
from utils.plotting.training import seed_curves
from utils.plotting.weather import (
    error_by_horizon,
    parts,
    reading,
    series,
    spectrum,
    window,
)

__all__ = [
    "MODEL_LOOKS",
    "OPTIMIZER_LOOKS",
    "PALETTE",
    "activation",
    "activations",
    "adam_steps",
    "anomaly_return",
    "anomaly_share",
    "attention_map",
    "baselines",
    "board",
    "chain",
    "color",
    "contours",
    "cost_curves",
    "curve_fit",
    "decision_line",
    "digits",
    "error_against",
    "error_by_horizon",
    "error_by_trees",
    "error_by_width",
    "forward_pass",
    "gates",
    "importance",
    "interval_fan",
    "ladder",
    "layers",
    "leaks",
    "linestyle",
    "memory",
    "mistakes",
    "months",
    "multistep",
    "one_weight",
    "outer_products",
    "parts",
    "penalties",
    "pinball",
    "reading",
    "receptive_field",
    "recovery",
    "recurrent",
    "regions",
    "saturation",
    "schedules",
    "seed_curves",
    "series",
    "skill_by",
    "spectrum",
    "step_differences",
    "step_size_errors",
    "steps_by_rate",
    "threshold",
    "two_valleys",
    "updates_and_bound",
    "use_style",
    "weight_paths",
    "window",
    "xor_regions",
]
