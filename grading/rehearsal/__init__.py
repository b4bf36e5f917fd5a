"""A made-up class, to see that grading gives what it should."""
