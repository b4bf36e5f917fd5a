"""The book's own parts: ledger, quizzes, explorable figures, and how chapters are run.

They serve the pages and know nothing of the course's subject: nothing of ``utils`` is
imported here.
"""
