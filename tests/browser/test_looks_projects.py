"""Pages of projects, as they look, the page of examples, and what cannot be shown."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.seeing import flaws
from tests.browser.sights import PROJECTS, Sight

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("sight", PROJECTS, ids=lambda one: one.name)
def test_a_page(browser: Browser, stage: dict[str, Any], sight: Sight) -> None:
    """No rule of axe is broken, nothing moves, nothing is heavy, nothing stands out."""
    found = flaws(browser, stage, sight)
    assert not found, "\n".join(found)
