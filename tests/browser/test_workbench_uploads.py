"""Uploads in the Workbench: large ones, broken ones, and those over another."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.bench import Bench, benched
from tests.installed import Installed

pytestmark = [pytest.mark.browser, pytest.mark.system]
PART = 8 * 1024 * 1024


@pytest.fixture(scope="module")
def bench(browser: Browser, platform: Installed) -> Iterator[Bench]:
    """Give the Workbench of a project, open in a window that has signed in."""
    with benched(browser, platform, "soundings") as made:
        yield made


def test_upload(browser: Browser, bench: Bench, tmp_path: Path) -> None:
    """A large file comes whole although its connection broke in the middle."""
    content = bytes(range(251)) * ((2 * PART + 1000) // 251)
    (tmp_path / "tide gauge.raw").write_bytes(content)
    sent: list[str] = []

    def break_once(route: Route) -> None:
        if route.request.method == "PUT":
            sent.append(route.request.headers["content-range"])
            if len(sent) == 2:
                route.abort("connectionreset")
                return
        route.continue_()

    page = bench.page
    page.get_by_role("tab", name="Files").click()
    page.route("**/files/*upload=*", break_once)
    bench.upload(tmp_path / "tide gauge.raw")
    expect(page.get_by_role("heading", name="1 file uploaded")).to_be_visible()
    page.unroute("**/files/*upload=*")
    assert len(sent) == 4
    assert sent[1] == sent[2]
    assert (bench.folder / "tide gauge.raw").read_bytes() == content
    expect(bench.row("tide gauge.raw")).to_be_visible()
    page.get_by_role("button", name="Close the list").click()


def test_upload_again_after_a_reload(
    browser: Browser, bench: Bench, tmp_path: Path
) -> None:
    """Who chooses the same file again sends only what had not arrived."""
    content = bytes(range(241)) * ((2 * PART + 1000) // 241)
    (tmp_path / "sonar.raw").write_bytes(content)
    sent: list[str] = []
    page = bench.page

    def never_more_than_one(route: Route) -> None:
        if route.request.method == "PUT":
            sent.append(route.request.headers["content-range"])
            if len(sent) == 2:
                return  # it stays under way
        route.continue_()

    page.get_by_role("tab", name="Files").click()
    page.route("**/files/*upload=*", never_more_than_one)
    bench.upload(tmp_path / "sonar.raw")
    expect(page.get_by_role("heading", name="Uploading 1 file")).to_be_visible()
    while len(sent) < 2:
        page.wait_for_timeout(50)
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    assert not (bench.folder / "sonar.raw").exists()
    bench.upload(tmp_path / "sonar.raw")
    expect(page.get_by_role("heading", name="1 file uploaded")).to_be_visible()
    page.unroute("**/files/*upload=*")
    assert [one.split("/")[0].split("-")[0] for one in sent] == [
        "bytes 0", f"bytes {PART}", f"bytes {PART}", f"bytes {2 * PART}",
    ]  # fmt: skip
    assert (bench.folder / "sonar.raw").read_bytes() == content
    page.get_by_role("button", name="Close the list").click()


def test_upload_over_another(browser: Browser, bench: Bench, tmp_path: Path) -> None:
    """What has the same name is asked about; both can be kept."""
    (bench.folder / "arrived.txt").write_text("new")
    bench.page.get_by_role("button", name="Look again").click()
    expect(bench.row("arrived.txt")).to_be_visible()
    (tmp_path / "arrived.txt").write_text("another")
    bench.upload(tmp_path / "arrived.txt")
    bench.dialog("Keep both")
    expect(bench.row("arrived 2.txt")).to_be_visible()
    assert (bench.folder / "arrived 2.txt").read_text() == "another"
    assert (bench.folder / "arrived.txt").read_text() == "new"
