"""Promises of utils.recipes: what changes a result changes the hash, no more."""

import importlib.util
import itertools

import pytest

from utils.recipes import recipe

SOURCE = """
RATE = 0.1


def scaled(x):
    return RATE * x


def model(epochs):
    def fit(x):
        # a comment
        return epochs * scaled(x)

    return fit
"""
COUNT = itertools.count()


@pytest.fixture
def hash_of(tmp_path):
    def hash_of(source, epochs=12):
        path = tmp_path / f"recipe{next(COUNT)}.py"
        path.write_text(source)
        spec = importlib.util.spec_from_file_location("made_for_a_test", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return recipe(module.model(epochs))

    return hash_of


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# a comment", "# another comment"),
        ("return RATE * x", '"""Scale x."""\n    return RATE * x'),
        (
            "return epochs * scaled(x)",
            "return (\n            epochs * scaled(x)\n        )",
        ),
        ("RATE = 0.1", "RATE = 0.1\nUNUSED = 3"),
    ],
)
def test_words_and_layout_do_not_count(hash_of, old, new):
    assert old in SOURCE
    assert hash_of(SOURCE.replace(old, new)) == hash_of(SOURCE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("RATE = 0.1", "RATE = 0.2"),
        ("return RATE * x", "return RATE + x"),
        ("epochs * scaled(x)", "scaled(x)"),
    ],
)
def test_code_constants_and_helpers_count(hash_of, old, new):
    assert hash_of(SOURCE.replace(old, new)) != hash_of(SOURCE)


def test_enclosed_and_further_values_count(hash_of):
    assert hash_of(SOURCE, 12) != hash_of(SOURCE, 13)
    assert recipe(recipe, "day") != recipe(recipe, "hour")
