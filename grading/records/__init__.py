"""What is kept of a class: the journal and nbgrader's gradebook."""
