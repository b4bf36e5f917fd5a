"""Recurrent layers, which read a sequence step by step and keep a state."""

from utils.scratch.recurrent.gradient_map import gradient_map
from utils.scratch.recurrent.gru import GRU
from utils.scratch.recurrent.loop import Recurrent
from utils.scratch.recurrent.lstm import LSTM
from utils.scratch.recurrent.simple_rnn import SimpleRNN

__all__ = ["GRU", "LSTM", "Recurrent", "SimpleRNN", "gradient_map"]
