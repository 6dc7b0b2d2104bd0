"""Announcements reach people in front of apps and inside the terminal."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import keep
from tests.browser.steps import OPENING, at_prompt, sign_in
from tests.installed import Installed
from tests.projects import FIRST_START, new_person, new_project
from tests.visitor import Visitor
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.system]
TEXT = "Everything stops at six for an hour."


def announce(platform: Installed, text: str) -> None:
    """Make an announcement, or end it with an empty text."""
    body = {"announcement": {"text": text, "level": "warning"}}
    answer = platform.api().ask("PATCH", "/api/v1/settings", body)
    assert answer.status == 200, answer.text


def test_announcements(page: Page, platform: Installed) -> None:
    """At once on the gateway's pages; in the terminal with its next look."""
    person = new_person(platform, "announced")
    project = new_project(platform, "told", person)
    project.start(FIRST_START)
    sign_in(page, platform, person.name, person.password)
    page.wait_for_url(f"{platform.one.url}/")
    gate = f"{platform.one.gateway_url}/{project.owner}/{project.name}"
    announce(platform, TEXT)
    try:
        told = Visitor(platform)
        until(lambda: TEXT in told.open(f"{platform.one.gateway_url}/_aen/notices")[1],
              "the gateway knows", 10)  # fmt: skip
        page.goto(f"{gate}/none/")
        expect(page.get_by_text(TEXT)).to_be_visible()
        keep(page, "gateway-announcement")
        page.goto(f"{gate}/terminal/")
        line = page.get_by_text(TEXT)
        expect(line).to_be_visible(timeout=OPENING)
        at_prompt(page)
        keep(page, "terminal-announcement")
        page.get_by_role("button", name="Dismiss").click()
        expect(line).not_to_be_visible()
    finally:
        announce(platform, "")
