"""From a student's folder to a notebook that can be graded."""
