"""Pages for errors."""

import pytest
import pytest_twisted
from twisted.internet.task import Clock

from aen.proxy.standalone import pages
from aen.proxy.standalone.refusal import Refusal
from tests.proxy.standalone.desk import Desk


@pytest_twisted.ensureDeferred
async def test_our_own(desk: Desk) -> None:
    """A person gets a page, a program JSON."""
    running = desk.start()
    page = await desk.get(running, "/x", Accept="text/html")
    assert page.status == 404
    assert page.body.startswith(b"<!DOCTYPE html>")
    assert (await desk.get(running, "/x")).said["error"]["code"] == "not_found"


@pytest_twisted.ensureDeferred
async def test_error_path(desk: Desk) -> None:
    """``404.html``, else ``error.html``, else our own; read anew each time."""
    running = desk.start("--error-path", str(desk.room))
    await desk.add(running, "/dead", "http://127.0.0.1:1")
    assert (await desk.get(running, "/x")).said["error"]["code"] == "not_found"
    (desk.room / "404.html").write_text("lost")
    (desk.room / "error.html").write_text("sorry")
    lost, dead = await desk.get(running, "/x"), await desk.get(running, "/dead/x")
    assert (lost.status, lost.body) == (404, b"lost")
    assert (dead.status, dead.body) == (503, b"sorry")
    assert lost.headers["content-type"] == ["text/html"]


@pytest_twisted.ensureDeferred
async def test_error_target(desk: Desk) -> None:
    """It is asked for the status with the address; its own status does not count."""
    running = desk.start("--error-target", desk.url + "/hub/error")
    await desk.add(running, "/dead", "http://127.0.0.1:1")
    lost = await desk.get(running, "/x?a=b+c&status=201", Cookie="secret=1")
    assert lost.status == 404
    assert lost.said["uri"] == "/hub/error/404?url=%2Fx%3Fa%3Db%2Bc%26status%3D201"
    assert "cookie" not in lost.seen
    assert "set-cookie" not in lost.headers
    dead = await desk.ask(running.addresses[0], "/dead/", method="POST", body=b"x")
    assert dead.status == 503
    assert dead.said["method"] == "GET"
    assert dead.said["uri"] == "/hub/error/503?url=%2Fdead%2F"


@pytest_twisted.ensureDeferred
async def test_error_target_on_a_unix_socket(desk: Desk) -> None:
    """As any other target."""
    running = desk.start("--error-target", desk.on_socket())
    assert (await desk.get(running, "/x")).said["uri"] == "/404?url=%2Fx"


@pytest_twisted.ensureDeferred
async def test_an_error_target_that_fails(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the error path answers: it is gone, silent, or says too much."""
    (desk.room / "error.html").write_text("sorry")
    files = ("--error-path", str(desk.room))
    gone = desk.start("--error-target", "http://127.0.0.1:1", *files)
    assert (await desk.get(gone, "/x")).body == b"sorry"
    monkeypatch.setattr(pages, "_SECONDS", 0.2)
    running = desk.start("--error-target", desk.url, *files)
    monkeypatch.setattr(pages, "MOST_PAGE", 10)
    assert (await desk.get(running, "/x")).body == b"sorry"


@pytest_twisted.ensureDeferred
async def test_an_error_target_is_not_overrun(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond `pages.MOST_ASKED` at once the page is our own."""
    monkeypatch.setattr(pages, "MOST_ASKED", 1)
    running = desk.start("--error-target", desk.url)
    for _ in range(2):  # one after the other is not at once
        assert (await desk.get(running, "/x")).said["uri"] == "/404?url=%2Fx"
    monkeypatch.setattr(pages, "MOST_ASKED", 0)
    assert (await desk.get(running, "/x")).said["error"]["code"] == "not_found"
    assert len(desk.target.asked) == 2


def test_the_directory_must_be_there() -> None:
    """A mistake is found at the start, not with the first error."""
    with pytest.raises(Refusal, match="no directory"):
        pages.pages(None, "/does/not/exist", Clock(), str)
