"""What people do in several stories: sign in, open an app, wait for a prompt."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.installed import Installed

OPENING = 90_000.0
"""Milliseconds an app may take to open."""
_PROMPT = re.compile(r"[$#]")


def sign_in(page: Page, platform: Installed, name: str, password: str) -> None:
    """Fill in the sign-in form as a person would, from the front page."""
    page.goto(platform.one.url)
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def opened(page: Page, title: str) -> Page:
    """Open an app by its link, in the tab it opens in."""
    with page.context.expect_page() as caught:
        page.get_by_role("link", name=title, exact=True).click()
    app: Page = caught.value
    app.set_default_timeout(OPENING)
    return app


def at_prompt(terminal: Page) -> Locator:
    """Return the rows of a terminal once the shell has its prompt there."""
    rows = terminal.locator(".xterm-rows").first
    expect(rows).to_contain_text(_PROMPT, timeout=OPENING)
    return rows
