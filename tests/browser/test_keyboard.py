"""With the keyboard alone: past the bar, into the menu and out of it again."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import cookie, looked_at

pytestmark = pytest.mark.browser


def focused(page: Page) -> str:
    """Return what has the focus, in words: its name or its text."""
    return str(
        page.evaluate(
            "() => { const one = document.activeElement;"
            " return one.getAttribute('aria-label') || one.id || one.innerText; }"
        )
    )


def test_past_the_bar(browser: Browser, stage: dict[str, Any]) -> None:
    """The first key shows the way to the content, and that leads there."""
    scene = stage["full"]
    session = scene["sessions"]["ada"]
    with looked_at(browser, [cookie(scene["url"], scene["cookie"], session)]) as look:
        page = look.page
        page.goto(scene["url"])
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Skip to content")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport(ratio=1)
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_be_focused()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")


def test_along_the_bar(browser: Browser, stage: dict[str, Any]) -> None:
    """What is on the bar comes in the order in which it is seen; the menu closes."""
    scene = stage["full"]
    session = scene["sessions"]["ada"]
    with looked_at(browser, [cookie(scene["url"], scene["cookie"], session)]) as look:
        page = look.page
        page.goto(scene["url"])
        order = []
        for _ in range(6):
            page.keyboard.press("Tab")
            order.append(focused(page).strip())
        assert order == [
            "Skip to content", "", "Search projects", "New project", "Dark colours",
            "AL\nYour account",
        ]  # fmt: skip
        page.keyboard.press("Enter")
        menu = page.get_by_role("navigation", name="Account", exact=True)
        expect(menu).to_be_visible()
        page.keyboard.press("Tab")
        assert focused(page) == "Your profile"
        page.keyboard.press("Escape")
        expect(menu).to_be_hidden()
        assert focused(page).endswith("Your account")
