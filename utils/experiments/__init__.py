"""Experiments: their data, what competes on them, and the test set held out."""
