"""The parts of a page that follow what happens, when news are faster than they."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.looking import Look, cookie, looked_at

pytestmark = pytest.mark.browser
NEWS = "retry: 300\nevent: team\ndata: {}\n\n"
"""A stream that tells of one change, and breaks."""


class Slow:
    """A server that tells of changes at once, and answers when it is let."""

    def __init__(self, look: Look) -> None:
        self.told = 0
        self.asked: list[Route] = []
        look.page.route("**/events", self.tell)
        look.page.route("**/ada/climate-atlas/team", self.ask)

    def tell(self, route: Route) -> None:
        """Tell of a change, twice in all."""
        self.told += 1
        if self.told > 2:
            route.fulfill(status=204)  # nothing more
        else:
            route.fulfill(content_type="text/event-stream", body=NEWS)

    def ask(self, route: Route) -> None:
        """Keep a question for the team."""
        self.asked.append(route)

    def answer(self, number: int, text: str) -> None:
        """Answer a question for the team."""
        part = f'<ul id="people-here" data-live hx-get="/ada/climate-atlas/team" hx-trigger="refresh" hx-target="this" hx-swap="outerHTML"><li>{text}</li></ul>'  # noqa: E501 -- one tag
        self.asked[number].fulfill(content_type="text/html", body=part)

    def wait(self, look: Look, asked: int, told: int) -> None:
        """Wait until it was asked and has told so often."""
        for _ in range(100):
            if len(self.asked) >= asked and self.told >= told:
                look.page.wait_for_timeout(200)  # what is told is gathered for 80 ms
                return
            look.page.wait_for_timeout(50)
        pytest.fail(f"asked {len(self.asked)}, told {self.told}")


def test_told_while_it_asks(browser: Browser, stage: dict[str, Any]) -> None:
    """What is told while a part is being fetched has it fetched once more."""
    scene = stage["full"]
    known = cookie(scene["url"], scene["cookie"], scene["sessions"]["ada"])
    with looked_at(browser, [known]) as look:
        slow = Slow(look)
        look.page.goto(f"{scene['url']}/ada/climate-atlas")
        slow.wait(look, asked=1, told=3)
        assert len(slow.asked) == 1
        team = look.page.locator("#people-here")
        slow.answer(0, "who was there at first")
        expect(team).to_have_text("who was there at first")
        slow.wait(look, asked=2, told=3)
        slow.answer(1, "who is there now")
        expect(team).to_have_text("who is there now")
        assert len(slow.asked) == 2
