"""What the tests of grading share."""

import functools

import pytest


@pytest.fixture(scope="session", autouse=True)
def _version_of_the_tables():
    """Ask once which version nbgrader's tables have.

    Each new gradebook starts a process for it, which imports as much as a run does.
    """
    from nbgrader import api

    with pytest.MonkeyPatch.context() as patch:
        once = functools.cache(api.get_alembic_version)
        patch.setattr(api, "get_alembic_version", once)
        yield
