"""What the gateway shows, to people and to programs."""

import json

import pytest
from twisted.internet.task import Clock

from aen.gateway.notices import Notices
from aen.gateway.pages import Pages, json_answer, redirect
from aen.model.errors import (
    AenError,
    Conflict,
    Failed,
    Forbidden,
    Unauthenticated,
    Unavailable,
)
from aen.model.site import Level, Notice
from aen.proxy.head import RequestHead
from aen.runtime.assets import Assets

PERSON = RequestHead(b"GET", b"/", "1.1", ((b"Accept", b"text/html"),))
PROGRAM = RequestHead(b"GET", b"/", "1.1", ())


@pytest.fixture
def notices(clock: Clock) -> Notices:
    """Return what everybody is to read: nothing yet."""
    return Notices(clock)


@pytest.fixture
def pages(assets: Assets, notices: Notices) -> Pages:
    """Return the pages of a gateway."""
    return Pages.of(assets, "http://aen", notices)


def test_notices_are_on_every_page(pages: Pages, notices: Notices) -> None:
    """Waiting, refused; as text."""
    notices.set((Notice("Down <b>at six</b>", Level.URGENT),))
    for page in (
        pages.waiting("JupyterLab", "ada/lab", "/x", "Cloning"),
        pages.problem(PERSON, Forbidden("No.")),
    ):
        assert b'class="notice urgent" role="alert"' in page.body
        assert b"Down &lt;b&gt;at six&lt;/b&gt;" in page.body
    notices.set(())
    assert b"notice" not in pages.problem(PERSON, Forbidden("No.")).body


def test_nothing_is_taken_for_markup(pages: Pages) -> None:
    """What an app or an error says is text."""
    hostile = Failed('<script>alert("x")</script>', log=("<b>", '"><img onerror=x>'))
    text = pages.problem(PERSON, hostile, "ada/lab").body
    assert b"<script>alert" not in text
    assert b"<img" not in text
    assert b"&lt;b&gt;" in text


def test_a_problem_says_what_to_do(pages: Pages) -> None:
    """Try again where that may help; the project where there is one."""
    failed = pages.problem(PERSON, Failed("It ended."), "ada/lab")
    assert failed.status == 502
    assert b"Try again" in failed.body
    assert b'href="http://aen/ada/lab"' in failed.body
    stopped = pages.problem(PERSON, Conflict("It is stopped: ask ada."), "ada/lab")
    assert (stopped.status, b"Try again" in stopped.body) == (409, True)
    assert b"Not at the moment" in stopped.body
    refused = pages.problem(PERSON, Forbidden("No."))
    assert b"Try again" not in refused.body
    assert b"Go to your projects" in refused.body


def test_waiting_works_without_scripts(pages: Pages) -> None:
    """The page reloads itself where there are none; with them it follows events."""
    page = pages.waiting("JupyterLab", "ada/lab", "/_aen/wait/x", "Cloning")
    assert b'<noscript><meta http-equiv="refresh"' in page.body
    assert b'data-events="/_aen/wait/x"' in page.body
    assert b'src="/_aen/static/gateway-1.js"' in page.body


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (Unauthenticated("Who?"), b"www-authenticate"),
        (Unavailable("Down."), b"retry-after"),
    ],
)
def test_programs_get_json(pages: Pages, error: AenError, name: bytes) -> None:
    """With what HTTP asks for beside it."""
    answer = pages.problem(PROGRAM, error)
    assert answer == json_answer(error)
    assert json.loads(answer.body)["error"]["code"] == error.code
    assert name in dict(answer.headers)


def test_a_redirect_is_not_kept() -> None:
    """No cache remembers where a browser was sent."""
    answer = redirect("/x", (b"a=b",))
    assert (b"cache-control", b"no-store") in answer.headers
    assert (b"set-cookie", b"a=b") in answer.headers
