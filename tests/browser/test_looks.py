"""Every page of the server, as it looks: in light and dark, wide and on a phone."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.looking import Look, cookie, judged, looked_at
from tests.browser.sights import SIGHTS, Sight

pytestmark = pytest.mark.browser


def visit(look: Look, sight: Sight, scene: dict[str, Any]) -> None:
    """Go to a page and to what is seen of it."""
    answer = look.page.goto(scene["url"] + sight.path.format(**scene["words"]))
    assert answer is not None
    for one in look.page.locator(sight.opens).all() if sight.opens else ():
        one.click()
    if sight.sends:
        form = look.page.locator(sight.sends)
        with look.page.expect_navigation() as going:
            form.evaluate("form => { form.noValidate = true; form.requestSubmit(); }")
        answer = going.value
    assert answer.status == sight.status, look.page.title()


@pytest.mark.parametrize("sight", SIGHTS, ids=lambda one: one.name)
def test_a_page(browser: Browser, stage: dict[str, Any], sight: Sight) -> None:
    """No rule of axe is broken, nothing moves, nothing is heavy, nothing stands out."""
    scene = stage[sight.scene]
    session = scene["sessions"].get(sight.who)
    cookies = [cookie(scene["url"], scene["cookie"], session)] if session else []
    with looked_at(browser, cookies) as look:
        visit(look, sight, scene)
        again = None if sight.sends else lambda: visit(look, sight, scene)
        found = judged(look, sight.name, again)
    assert not found, "\n".join(found)
