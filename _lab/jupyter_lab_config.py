"""JupyterLab's settings for this course: ``make lab`` starts it with them."""

import os
from pathlib import Path

c = get_config()  # noqa: F821 (Jupyter defines it)
lab = Path(__file__).resolve().parent

c.ServerApp.root_dir = str(lab.parent)

# The course's own extension shows chapters as the book does, and has no build step.
c.LabApp.extra_labextensions_path = [str(lab / "labextensions")]

# No question about news, and no offer of a version that the lock does not name.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"

if os.environ.get("INSTRUCTOR"):
    c.LabApp.default_url = "/lab/tree/solutions"
else:
    # The list of exercises, rendered, and none of nbgrader's panels for instructors.
    c.LabApp.default_url = "/lab/tree/exercises/README.md"
    c.LabApp.app_settings_dir = str(lab / "settings")
    panels = ("formgrader", "assignment_list", "course_list")
    c.ServerApp.jpserver_extensions.update(
        {f"nbgrader.server_extensions.{name}": False for name in panels}
    )
