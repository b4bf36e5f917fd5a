"""Forecasters, and what is built from forecasts: backtests, intervals, comparisons.

Import the module that you need: ``from utils.forecasting import classical``, say;
importing this package loads none of them.
"""
