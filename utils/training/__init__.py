"""Training: the loop, the catalogue of Keras models, what is stored and its guard."""

from utils.training.loop import (
    Feed,
    evaluate,
    fit,
    fit_or_load,
    predict,
    set_seed,
)

__all__ = ["Feed", "evaluate", "fit", "fit_or_load", "predict", "set_seed"]
