"""A machine that has exactly the commands that a test gives it."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = ("sh", "awk", "cat", "cksum", "df", "dirname", "grep", "mkdir", "mv", "rm")

# Answers `-c` with the real Python after `prelude`, makes environments that hold a copy
# of itself, and stands in for pip: it tells its settings, notes how it was called, has
# a uv to give when one is `offered`, says `words`, and ends.
PYTHON = """\
#!/bin/sh
case "$*" in
"-c "*) exec {real} -c {prelude}"
$2" ;;
"-m venv "*) mkdir -p "$3/bin" && exec cp "$0" "$3/bin/python" ;;
"-m pip config list") exec cat {settings} ;;
"-m pip"*)
    echo "$* in $TMPDIR$PIP_USER$PIP_TARGET$PYTHONPATH" >>{calls}
    case "$*" in *"--target .venv/uv "*)
        mkdir -p .venv/uv/bin && exec cp {offered} .venv/uv/bin/uv ;;
    esac
    {deed}
    echo {words}
    exit {status}
    ;;
esac
"""
UV = """\
#!/bin/sh
[ "$*" != --version ] || exit 0
echo "$0 $* in $TMPDIR$UV_SYSTEM_PYTHON$PYTHONPATH" >>{calls}
{deed}
echo {words}
exit {status}
"""
INSTALLERS = ("uv by way of pip", "uv", "pip")


def _name(call):
    return "pip" if call.startswith("-m pip ") else "uv"


def _heed_signals():
    """Let a shell hear what a run in the background ignores."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


class Machine:
    """A copy of the course's set-up files, and a PATH that the test fills."""

    def __init__(self, folder, installer):
        self.course, self.bin = folder / "the course's", folder / "bin"
        self.calls, self.settings = folder / "calls", folder / "settings"
        self.offered, self.installer = folder / "offered", installer
        (self.course / "tools").mkdir(parents=True)
        self.bin.mkdir()
        self.settings.touch()
        shutil.copy(ROOT / "tools" / "setup.sh", self.course / "tools")
        for name in ("requirements.lock", "pyproject.toml", "tools/installer.lock"):
            (self.course / name).write_text(f"# {name}\n")
        for command in (*COMMANDS, "cp"):
            (self.bin / command).symlink_to(shutil.which(command))
        self.uv()

    @property
    def has_uv(self):
        """Whether uv is on the PATH or can be had."""
        return self.installer != "pip"

    def script(self, name, text):
        """Put a command on the PATH, in place of one that may be there."""
        path = self.bin / name
        path.unlink(missing_ok=True)
        path.write_text(text)
        path.chmod(0o755)
        return path

    def uv(self, *, words="", status=0, deed=":"):
        """Let uv be where the machine has it; it does a deed, says words and ends."""
        text = UV.format(**self._quoted(words=words, status=status), deed=deed)
        if self.installer == "uv":
            self.script("uv", text)
        elif self.has_uv:
            self.offered.write_text(text)
            self.offered.chmod(0o755)

    def python(self, name, version="3.12", *, bare=False, words="", status=0, deed=":"):
        """Put a Python on the PATH, whose pip does a deed, says words and ends."""
        major, minor = version.split(".")
        prelude = f"import sys; sys.version_info = ({major}, {minor}, 0, 'final', 0)"
        if bare:
            prelude += "; sys.modules['ensurepip'] = None"
        values = self._quoted(
            real=sys.executable, prelude=prelude, words=words, status=status
        )
        return self.script(name, PYTHON.format(**values, deed=deed))

    def _quoted(self, **values):
        """Return values, and the machine's own files, as words of the shell."""
        values |= {"calls": self.calls, "settings": self.settings}
        values |= {"offered": self.offered}
        return {key: shlex.quote(str(value)) for key, value in values.items()}

    def set_up(self, **environment):
        """Run the set-up script with nothing but this machine's commands."""
        return subprocess.run(
            ["sh", str(self.course / "tools" / "setup.sh")],
            env={"PATH": str(self.bin), "HOME": str(self.course.parent), **environment},
            capture_output=True,
            text=True,
            cwd=os.sep,
            check=False,
            preexec_fn=_heed_signals,
        )

    def refusal(self, **environment):
        """Run the set-up, which must fail, and return all that it says about that."""
        done = self.set_up(**environment)
        assert done.returncode == 1, done
        return done.stderr

    def installs(self):
        """Return the calls of the installers so far, but for those that get uv."""
        calls = self.calls.read_text().splitlines() if self.calls.exists() else []
        return [call for call in calls if "--target .venv/uv " not in call]

    def installers(self):
        """Return which installer each of the calls was."""
        return [_name(call) for call in self.installs()]

    @property
    def venv(self):
        """The environment that the set-up makes."""
        return self.course / ".venv"
