"""Pages of the server as they look: in light and dark, wide and on a phone."""

from typing import Any

from playwright.sync_api import Browser

from tests.browser.looking import Look, cookie, judged, looked_at
from tests.browser.sights import Sight


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


def flaws(browser: Browser, stage: dict[str, Any], sight: Sight) -> list[str]:
    """Return all that is wrong with a page as it is seen on one of the scenes."""
    scene = stage[sight.scene]
    session = scene["sessions"].get(sight.who)
    cookies = [cookie(scene["url"], scene["cookie"], session)] if session else []
    with looked_at(browser, cookies) as look:
        visit(look, sight, scene)
        again = None if sight.sends else lambda: visit(look, sight, scene)
        return judged(look, sight.name, again)
