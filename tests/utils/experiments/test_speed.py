"""Stored times are read, and measured again only when somebody asks for it."""

import pytest

from utils.experiments import speed


def refuse():
    raise AssertionError("measured although it was stored")


def test_times_are_kept_and_come_back(tmp_path):
    file = tmp_path / "speed.json"
    assert speed.stored("one", lambda: {"ms": 1.5}, speed.KEEP, file=file) == {
        "ms": 1.5
    }
    assert speed.stored("two", lambda: {"ms": [2]}, speed.KEEP, file=file) == {
        "ms": [2]
    }
    assert speed.stored("one", refuse, file=file) == {"ms": 1.5}
    assert speed.stored("two", refuse, file=file) == {"ms": [2]}


def test_a_readers_own_times_change_no_file(tmp_path):
    file = tmp_path / "speed.json"
    speed.stored("one", lambda: {"ms": 1.5}, speed.KEEP, file=file)
    assert speed.stored("one", lambda: {"ms": 9.0}, True, file=file) == {"ms": 9.0}
    assert speed.stored("one", refuse, file=file) == {"ms": 1.5}


def test_an_unknown_measurement_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"holds no times of 'one' .* anew='keep'"):
        speed.stored("one", refuse, file=tmp_path / "speed.json")


def test_another_wish_is_refused(tmp_path):
    with pytest.raises(ValueError, match="anew must be True, False or 'keep'"):
        speed.stored("one", refuse, "yes", file=tmp_path / "speed.json")
