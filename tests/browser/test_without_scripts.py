"""With JavaScript switched off, reading and forms work all the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import cookie, looked_at
from tests.server.furnished import PASSWORD

pytestmark = pytest.mark.browser


@contextmanager
def plain(browser: Browser, scene: dict[str, Any], who: str = "") -> Iterator[Page]:
    """Give a window without scripts, signed in as *who*."""
    session = scene["sessions"].get(who)
    cookies = [cookie(scene["url"], scene["cookie"], session)] if session else []
    with looked_at(browser, cookies, java_script_enabled=False) as look:
        yield look.page


def test_signing_in_and_making_a_project(
    browser: Browser, stage: dict[str, Any]
) -> None:
    """From the form to a project of one's own, and a tag on it."""
    scene = stage["full"]
    with plain(browser, scene) as page:
        page.goto(f"{scene['url']}/projects/new")
        page.get_by_label("Username").fill("bob")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_label("Name", exact=True).fill("plain")
        page.get_by_role("button", name="Create project").click()
        expect(page.get_by_role("heading", name="plain", level=1)).to_be_visible()
        page.get_by_role("link", name="Settings").click()
        page.get_by_label("Summary").fill("Made without scripts")
        page.get_by_label("Description").fill("## With Markdown")
        page.get_by_role("button", name="Preview").click()
        shown = page.get_by_role("heading", name="With Markdown")
        expect(shown).to_be_visible()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved.")).to_be_visible()
        page.get_by_role("link", name="Back to the project").click()
        expect(page.get_by_text("Made without scripts")).to_be_visible()


def test_changing_a_team(browser: Browser, stage: dict[str, Any]) -> None:
    """Somebody is put in, gets another role, and is taken out again."""
    scene = stage["full"]
    with plain(browser, scene, "ada") as page:
        page.goto(f"{scene['url']}/ada/scratch/settings/team")
        page.get_by_label("Username").fill("stan")
        page.get_by_role("button", name="Add member").click()
        page.get_by_label("Role of stan", exact=True).select_option("viewer")
        page.get_by_role("button", name="Save the role of stan").click()
        expect(page.get_by_label("Role of stan", exact=True)).to_have_value("viewer")
        page.get_by_role("button", name="Remove stan").click()
        expect(page.get_by_label("Role of stan", exact=True)).to_have_count(0)


def test_administration(browser: Browser, stage: dict[str, Any]) -> None:
    """A list is searched and sorted; a question before something bad opens."""
    scene = stage["full"]
    with plain(browser, scene, "ada") as page:
        page.goto(f"{scene['url']}/admin/users")
        page.get_by_role("searchbox", name="Name, or mail address").fill("student-0")
        page.get_by_role("button", name="Search", exact=True).click()
        rows = page.locator("tbody tr")
        expect(rows).to_have_count(9)
        page.get_by_role("link", name="User", exact=True).click()
        expect(rows.first).to_contain_text("student-0")
        page.get_by_role("link", name="student-03").first.click()
        page.get_by_text("Disable…").click()
        page.get_by_role("button", name="Disable", exact=True).click()
        expect(page.get_by_text("cannot sign in any more")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("can sign in again")).to_be_visible()
