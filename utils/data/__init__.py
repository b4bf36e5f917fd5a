"""Data for the course: the Jena weather, its download and a weather simulator.

Import the module that you need: ``from utils.data import jena`` (the real table and its
checks), ``cleaning`` (what is wrong in it and how to repair it), ``download`` (how the
file reaches this machine), ``weather`` (simulated weather with the same columns) or
``columns`` (the headings, their units and meanings).
Importing this package loads none of them.
"""
