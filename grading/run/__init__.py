"""A class graded: what is to do, by whom, and where the results go."""
