"""One lock serves every supported Python, and everything else agrees with it."""

import re
import sysconfig
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import lock

ROOT = Path(__file__).resolve().parents[2]
TEXT = lock.LOCK.read_text(encoding="utf-8")
PINS = [Requirement(pin) for pin in lock.pins(TEXT)]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


EXTRAS = PROJECT["optional-dependencies"].values()
DIRECT = [line for group in (PROJECT["dependencies"], *EXTRAS) for line in group]


def test_every_package_is_pinned_to_one_version_with_hashes():
    entries = re.split(r"^(?=[a-z0-9])", TEXT, flags=re.MULTILINE)[1:]
    assert len(entries) == len(PINS) > 100
    for entry in entries:
        assert re.match(r"[a-z0-9-]+==[\w.]+( ; .+)? \\\n", entry), entry
        assert re.search(r"^    --hash=sha256:[0-9a-f]{64}", entry, re.MULTILINE)


def test_each_package_has_one_version_for_all_pythons():
    names = [pin.name for pin in PINS]
    assert len(names) == len(set(names))


def test_the_lock_names_no_address_and_no_folder():
    assert not re.search(r"://|--(extra-)?index|--find-links|(^|\s)/", TEXT)


@pytest.mark.parametrize("line", DIRECT)
def test_the_lock_covers_what_the_course_asks_for(line):
    requirement = Requirement(line)
    pins = {pin.name: str(pin.specifier).removeprefix("==") for pin in PINS}
    assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)])


def test_every_direct_dependency_has_its_reason():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for line in DIRECT:
        assert re.search(rf'^    "{re.escape(line)}", +# \w.+', text, re.MULTILINE), (
            line
        )


def test_this_environment_is_the_one_of_the_lock():
    packages = distributions(path=[sysconfig.get_path("purelib")])
    here = {canonicalize_name(package.name): package.version for package in packages}
    asked = [pin for pin in PINS if pin.marker is None or pin.marker.evaluate()]
    differing = [str(p) for p in asked if str(p.specifier) != f"=={here.get(p.name)}"]
    assert differing == [], "run `make setup`"


def test_the_conda_environment_names_the_versions_of_the_lock():
    written = lock.ENVIRONMENT.read_text(encoding="utf-8")
    assert written == lock.environment(TEXT)
    *_, pip = yaml.safe_load(written)["dependencies"]
    assert {Requirement(line) for line in pip["pip"] if line != "-e ."} == set(PINS)


def test_pins_leave_out_hashes_and_comments():
    text = "# head\na==1 \\\n    --hash=sha256:0\n    # via b\n"
    text += "b-c==2.0 ; os_name == 'nt' \\\n    --hash=sha256:1\n"
    assert lock.pins(text) == ["a==1", "b-c==2.0 ; os_name == 'nt'"]
