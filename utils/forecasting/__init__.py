"""Forecasters and what is built from forecasts: baselines, intervals, ensembles.

Import the module that you need: ``from utils.forecasting import baselines``, say;
importing this package loads none of them.
"""
