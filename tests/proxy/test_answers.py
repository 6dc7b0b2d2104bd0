"""Pages of the proxy's own."""

import json

import pytest

from aen.proxy import answers
from aen.proxy.head import RequestHead
from aen.proxy.routing import Answer

PERSON = RequestHead(b"GET", b"/<script>", "1.1", ((b"Accept", b"text/html"),))
SCRIPT = RequestHead(b"GET", b"/<script>", "1.1", ((b"Host", b"<script>"),))
STATUSES = (400, 403, 408, 413, 417, 421, 431, 500, 501, 502, 503, 504, 505)


@pytest.mark.parametrize("status", STATUSES)
def test_errors_repeat_nothing(status: int) -> None:
    """They are static, in the form the client can use."""
    page = answers.error(status, PERSON)
    assert page.status == status
    assert b"<script>" not in page.body
    assert page.body.startswith(b"<!DOCTYPE html>")
    about = json.loads(answers.error(status, SCRIPT).body)["error"]
    assert about["message"].endswith(".")
    assert about["code"]
    assert page.headers[1:] == (
        (b"Cache-Control", b"no-store"),
        (b"Content-Security-Policy", b"default-src 'none'; frame-ancestors 'none'"),
        (b"X-Content-Type-Options", b"nosniff"),
    )


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        ("connect", 503),
        ("connect-timeout", 504),
        ("timeout", 504),
        ("closed", 502),
        ("protocol", 502),
    ],
)
def test_unreachable(reason: str, status: int) -> None:
    """Each way to fail has its status."""
    assert answers.unreachable(PERSON, reason).status == status


def test_rendering() -> None:
    """Length and Connection are the proxy's to say."""
    answer = Answer(299, ((b"Content-Length", b"9"), (b"A", b"b")), b"hi")
    assert answers.render(answer, None, keep=False) == (
        b"HTTP/1.1 299 \r\nA: b\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"
    )
    old = RequestHead(b"GET", b"/", "1.0", ())
    assert answers.render(Answer(304), old, keep=True) == (
        b"HTTP/1.1 304 Not Modified\r\nConnection: keep-alive\r\n\r\n"
    )
