"""JupyterLab as students start it, and a browser to work in it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from grading.release.student_edition import write
from tests.book.browser import find_chromium, open_page
from tests.waiting import patience

ROOT = Path(__file__).resolve().parents[2]
CONFIG = "_lab/jupyter_lab_config.py"
# For the tests: every cell is rendered, seen or not, and commands can be called.
TRACKER = "@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
EVERY_CELL = {"windowingMode": "none"}
OPTIONS = (
    *("--no-browser", "--allow-root", "--ServerApp.port_retries=0"),
    *("--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True"),
)


@pytest.fixture(scope="session")
def edition(tmp_path_factory):
    """Return the folder of a new students' edition, the worked solution in it."""
    folder = tmp_path_factory.mktemp("edition")
    write(ROOT, folder, worked=True)
    return folder


@pytest.fixture(scope="session")
def start(tmp_path_factory):
    """Return a function that starts JupyterLab in a folder, for a with statement."""

    @contextlib.contextmanager
    def start_(folder, **environment):
        home = tmp_path_factory.mktemp("home")
        settings = home / "settings" / TRACKER
        settings.parent.mkdir(parents=True)
        settings.write_text(json.dumps(EVERY_CELL), encoding="utf-8")
        port = _free_port()
        with subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", f"--config={CONFIG}"),
                *(f"--port={port}", *OPTIONS),
            ],
            cwd=folder,
            env={**os.environ, **_own(home), "PYTHONPATH": str(folder), **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as process:
            try:
                address = f"http://127.0.0.1:{port}"
                _answers(f"{address}/api", process)
                yield address
            finally:
                os.killpg(process.pid, signal.SIGTERM)

    return start_


@pytest.fixture(scope="session")
def lab(edition, start):
    """Return the address of JupyterLab in the students' edition."""
    with start(edition) as address:
        yield address


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """Return a browser's page, or skip where there is no Chromium."""
    if find_chromium() is None:
        pytest.skip(
            "no Chromium on this machine, so nothing was tried in JupyterLab; "
            "install one (Debian or Ubuntu: apt install chromium)"
        )
    with open_page(tmp_path_factory.mktemp("chromium")) as page:
        page.resize(1280, 1000)
        page.call("Emulation.setFocusEmulationEnabled", enabled=True)
        yield page


@pytest.fixture
def see(browser):
    """Return a function that opens an address and waits until a condition holds."""

    def open_(address, condition):
        browser.call("Page.navigate", url="about:blank")
        browser.open(address)
        browser.wait(condition, patience(120))
        return browser

    return open_


def _own(home):
    """Return settings by which nothing of the user's own is read or changed."""
    return {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
    }


def _free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _answers(address, process):
    """Wait until the server answers."""
    end = time.monotonic() + patience(120)
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(address).close()
            return
        time.sleep(0.2)
    raise RuntimeError("JupyterLab did not start.")
