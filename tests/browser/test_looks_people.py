"""Pages about people, as they look: signing in, accounts, search."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.seeing import flaws
from tests.browser.sights import PEOPLE, Sight

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("sight", PEOPLE, ids=lambda one: one.name)
def test_a_page(browser: Browser, stage: dict[str, Any], sight: Sight) -> None:
    """No rule of axe is broken, nothing moves, nothing is heavy, nothing stands out."""
    found = flaws(browser, stage, sight)
    assert not found, "\n".join(found)
