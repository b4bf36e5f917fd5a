"""Neural networks in plain NumPy, small enough to read in one sitting."""

from utils.scratch.perceptron import Perceptron, neuron, step

__all__ = ["Perceptron", "neuron", "step"]
