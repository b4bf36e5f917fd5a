"""nbgrader's settings for this course; `python -m grading` reads them too."""

c = get_config()  # noqa: F821 (nbgrader defines it)

c.CourseDirectory.course_id = "deep-learning-time-series"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"

# What stands in the released cell where the answer goes.
c.ClearSolutions.code_stub = {
    "python": "# Write your answer here and delete the next line.\n"
    'raise NotImplementedError("not attempted yet")'
}

# What one submission may use in the sandbox of `python -m grading run`: for all
# assignments under "*", and on top of that for one under its name.
c.Sandbox.limits = {
    "*": {"cell_seconds": 60, "total_seconds": 300, "memory_mib": 2048},
}

# Without the sandbox: seconds for one cell, for the kernel to start, and for outputs to
# arrive, which would be lost on a busy machine.
c.Execute.timeout = 60
c.Execute.startup_timeout = 120
c.Execute.iopub_timeout = 60
c.Execute.extra_arguments = ["--IPKernelApp.log_level=ERROR"]

# Feedback shows the checks that students have, not the hidden ones.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]

# Where students read the book: sections to reread become links to it.
# c.FeedbackPage.book = "https://example.org/course"

# What the Validate button says, in calmer words.
c.Validator.failed_warning = (
    "{num_failed} of the tasks are not right yet. What to look at follows, in order.\n"
)
c.Validator.changed_warning = (
    "{num_changed} check cells were changed. Grading uses the original ones: "
    "download the exercise again and copy your answers into it.\n"
)
