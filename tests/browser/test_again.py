"""A page that had to be put off comes by itself once it can."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.looking import looked_at

pytestmark = pytest.mark.browser


def test_comes_by_itself(browser: Browser, stage: dict[str, Any]) -> None:
    """The page of the front asks again, and loads what is there then."""
    away, full = stage["away"]["url"], stage["full"]["url"]
    with looked_at(browser, []) as look:
        look.page.goto(away)
        expect(look.page.get_by_role("heading")).to_have_text("Back in a moment")

        def back(route: Route) -> None:
            route.fulfill(response=route.fetch(url=f"{full}/login"))

        look.page.route(f"{away}/", back)
        expect(look.page.get_by_label("Password")).to_be_visible()
        assert look.told == []
