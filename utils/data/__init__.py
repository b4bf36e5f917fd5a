"""Data for the course: weather, real and simulated, monthly and synthetic series.

Import the module that you need: ``from utils.data import jena`` (the real table and its
checks), ``cleaning`` (what is wrong in it and how to repair it), ``download`` (how the
file reaches this machine), ``weather`` (simulated weather with the same columns),
``columns`` (the headings, their units and meanings), ``series`` (real monthly series),
``sea`` (one of them as examples for chapters 1 to 4) or ``synthetic`` (waves of a known
form).
Importing this package loads none of them.
"""
