"""The instructor's tool: release exercises and grade submissions with nbgrader.

``python -m grading release`` writes ``exercises/`` from ``solutions/``;
``python -m grading run`` grades what lies in ``submitted/``;
``python -m grading doctor`` attacks the sandbox for hostile code on this machine.
"""
