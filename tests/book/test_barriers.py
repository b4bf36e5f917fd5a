"""No page has a barrier that axe-core calls serious or critical."""

import pytest

from tests.book.visits import DARK, LIGHT


@pytest.mark.parametrize("kind", ["structure", LIGHT, DARK])
def test_no_page_has_a_serious_barrier(visits, articles, kind):
    faults = {name: visits[name].barriers[kind] for name in articles}
    assert not {name: found for name, found in faults.items() if found}
