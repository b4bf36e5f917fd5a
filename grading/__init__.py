"""The instructor's tool: release exercises and grade submissions with nbgrader.

``python -m grading release`` writes ``exercises/`` from ``solutions/``;
``python -m grading collect`` unpacks a learning platform's zip into ``submitted/``;
``python -m grading run`` grades what lies in ``submitted/``;
``python -m grading watch`` grades what arrives there, at once;
``python -m grading status``, ``feedback``, ``statistics``, ``similarity`` and
``export`` work on what it found;
``python -m grading student-edition`` writes the course without its secrets;
``python -m grading doctor`` attacks the sandbox for hostile code on this machine, and
``python -m grading rehearse`` grades a made-up class.
"""

import sys

# No notebook has web addresses for JSON Schema to check; to read its grammar of them
# would take a second of every command.
sys.modules.setdefault("rfc3987_syntax", None)
