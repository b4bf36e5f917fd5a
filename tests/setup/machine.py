"""A machine that has exactly the commands that a test gives it."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ("sh", "awk", "cat", "cksum", "df", "dirname", "grep", "mkdir", "mv", "rm")

# Answers `-c` with the real Python after `prelude`, makes environments that hold a copy
# of itself, and stands in for pip: it notes how it was called, says `words`, and ends.
PYTHON = """\
#!/bin/sh
case $1$2 in
-c*) exec {real} -c {prelude}"
$2" ;;
-mvenv) mkdir -p "$3/bin" && exec cp "$0" "$3/bin/python" ;;
-mpip)
    echo "$* in $TMPDIR$PIP_USER$PIP_TARGET$PYTHONPATH" >>{calls}
    echo {words}
    exit {status}
    ;;
esac
"""


class Machine:
    """A copy of the course's set-up files, and a PATH that the test fills."""

    def __init__(self, folder):
        self.course, self.bin = folder / "the course", folder / "bin"
        self.calls = folder / "calls"
        (self.course / "tools").mkdir(parents=True)
        self.bin.mkdir()
        shutil.copy(ROOT / "tools" / "setup.sh", self.course / "tools")
        for name in ("requirements.lock", "pyproject.toml"):
            (self.course / name).write_text(f"# {name}\n")
        for command in (*COMMANDS, "cp"):
            (self.bin / command).symlink_to(shutil.which(command))

    def script(self, name, text):
        """Put a command on the PATH, in place of one that may be there."""
        path = self.bin / name
        path.unlink(missing_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path

    def python(self, name, version="3.12", *, bare=False, words="", status=0):
        """Put a Python on the PATH, whose pip says `words` and ends in `status`."""
        major, minor = version.split(".")
        prelude = f"import sys; sys.version_info = ({major}, {minor}, 0, 'final', 0)"
        if bare:
            prelude += "; sys.modules['ensurepip'] = None"
        values = {"real": sys.executable, "prelude": prelude, "words": words}
        values |= {"calls": str(self.calls), "status": status}
        quoted = {key: shlex.quote(str(value)) for key, value in values.items()}
        return self.script(name, PYTHON.format(**quoted))

    def set_up(self, **environment):
        """Run the set-up script with nothing but this machine's commands."""
        return subprocess.run(
            ["sh", str(self.course / "tools" / "setup.sh")],
            env={"PATH": str(self.bin), "HOME": str(self.course.parent), **environment},
            capture_output=True,
            text=True,
            cwd=os.sep,
            check=False,
        )

    def refusal(self, **environment):
        """Run the set-up, which must fail, and return all that it says about that."""
        done = self.set_up(**environment)
        assert done.returncode == 1, done
        return done.stderr

    def installs(self):
        """Return the calls of pip so far."""
        return self.calls.read_text().splitlines() if self.calls.exists() else []

    @property
    def venv(self):
        """The environment that the set-up makes."""
        return self.course / ".venv"
