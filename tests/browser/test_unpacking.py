"""The page where an archive becomes the content of a project, in a browser."""

import base64
import io
import os
import tarfile
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Locator, Page, expect

from aen.local.installation import ADMINISTRATOR
from tests.browser.conftest import keep
from tests.browser.steps import OPENING, sign_in
from tests.installed import Installed
from tests.projects import FIRST_START, Project, new_project

pytestmark = [pytest.mark.browser, pytest.mark.system]
_DROP = """
([name, text, more]) => {
  const held = new DataTransfer();
  const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  for (const each of [name, ...more]) held.items.add(new File([bytes], each));
  return held;
}
"""
_HEAR = """
() => {
  const said = document.querySelector("#said");
  const bar = document.querySelector("#progress");
  window.heard = [];
  new MutationObserver(() => window.heard.push([said.textContent, bar.hidden]))
    .observe(said, { childList: true, characterData: true, subtree: true });
}
"""
_MISS = """
() => document.body.dispatchEvent(
  new DragEvent("drop", { bubbles: true, cancelable: true }))
"""


@pytest.fixture(scope="module")
def emptied(platform: Installed) -> Project:
    """Return a project that runs."""
    made = new_project(platform, "emptied")
    made.start(FIRST_START)
    return made


def folder_of(platform: Installed, project: Project) -> Path:
    """Return where its files are."""
    found: Path = platform.one.projects / project.owner / project.name
    return found


def archive(files: dict[str, bytes]) -> bytes:
    """Return an archive."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz", compresslevel=1) as packed:
        for name, content in files.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            packed.addfile(about, io.BytesIO(content))
    return made.getvalue()


def payload(name: str, content: bytes) -> FilePayload:
    """Return a file as a person chooses one."""
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def opened(page: Page, platform: Installed, project: Project) -> None:
    """Sign in and go to the page."""
    sign_in(page, platform, ADMINISTRATOR, platform.password)
    expect(page.get_by_role("link", name="New project").first).to_be_visible()
    go(page, platform, project)


def go(page: Page, platform: Installed, project: Project, more: str = "") -> None:
    """Go to the page."""
    gateway = f"{platform.one.gateway_url}/{project.owner}/{project.name}"
    page.goto(f"{gateway}/files/.aen-app/import{more}")
    heading = page.get_by_role("heading", name="Unpack an archive")
    expect(heading).to_be_visible(timeout=OPENING)


def chosen(page: Page) -> Locator:
    """Return the field with the file."""
    return page.get_by_label("A .tar.gz, .tar or .zip")


def unpack(page: Page) -> None:
    """Press the button."""
    page.get_by_role("button", name="Unpack it here").click()


def test_chosen_by_the_field(page: Page, platform: Installed, emptied: Project) -> None:
    """How much is sent is seen on the way; what came of it in the end."""
    opened(page, platform, emptied)
    content = os.urandom(1_500_000)
    chosen(page).set_input_files(
        payload("data.tar.gz", archive({"top/a.bin": content, "top/b.txt": b"b"}))
    )
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1}
    wire.send(
        "Network.emulateNetworkConditions", {**slow, "uploadThroughput": 2_000_000}
    )
    page.evaluate(_HEAR)
    unpack(page)
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    keep(page, "unpacking")
    made = page.get_by_role("heading", name="It is all there")
    expect(made).to_be_visible(timeout=OPENING)
    expect(made).to_be_focused()
    expect(page.get_by_text("2 entries were unpacked")).to_be_visible()
    heard = page.evaluate("window.heard")
    assert any(f"Sending: {ten} %" == text for ten in range(10, 100, 10)
               for text, _ in heard), heard  # fmt: skip
    assert "Unpacking…" in [text for text, _ in heard]
    assert not any(hidden for _, hidden in heard[1:-1]), heard
    folder = folder_of(platform, emptied)
    assert (folder / "a.bin").read_bytes() == content
    onward = page.get_by_role("link", name="Open JupyterLab").get_attribute("href")
    path = f"/{emptied.owner}/{emptied.name}/jupyterlab/"
    assert page.evaluate("(to) => new URL(to, location).pathname", onward) == path
    page.get_by_role("link", name="Another one").click()
    expect(chosen(page)).to_have_value("")


def drop(page: Page, name: str, content: bytes, *more: str) -> None:
    """Let a file fall on the page, as from a window of files."""
    text = base64.b64encode(content).decode()
    held = page.evaluate_handle(_DROP, [name, text, list(more)])
    target = page.locator("#drop")
    target.dispatch_event("dragenter", {"dataTransfer": held})
    expect(target).to_have_class("drop over")
    target.dispatch_event("drop", {"dataTransfer": held})
    expect(target).to_have_class("drop")


def test_dropped(page: Page, platform: Installed, emptied: Project) -> None:
    """It is in the field then, and sent like one that was chosen there.

    One that misses the field does not take the place of the page.
    """
    opened(page, platform, emptied)
    assert page.evaluate(_MISS) is False
    whole = archive({"dropped.txt": b"from above"})
    drop(page, "one.tar.gz", whole, "two.tar.gz")
    expect(page.get_by_text("One archive at a time")).to_be_visible()
    drop(page, "data.tar.gz", whole)
    expect(page.get_by_text("One archive at a time")).to_have_count(0)
    expect(chosen(page)).to_have_value("C:\\fakepath\\data.tar.gz")
    unpack(page)
    expect(page.get_by_text("1 entry was unpacked")).to_be_visible(timeout=OPENING)
    folder = folder_of(platform, emptied)
    assert (folder / "dropped.txt").read_text() == "from above"


def test_broken(page: Page, platform: Installed, emptied: Project) -> None:
    """What is wrong with it is said; another one can be chosen at once."""
    opened(page, platform, emptied)
    whole = archive({"late.bin": os.urandom(300_000)})
    for content, reason in (
        (b"no archive at all", "The archive is broken, or none"),
        (whole[: len(whole) // 2], "The archive is broken, or none"),
        (archive({"../out.txt": b""}), "../out.txt"),
    ):
        chosen(page).set_input_files(payload("broken.tar.gz", content))
        unpack(page)
        expect(page.locator(".problem")).to_contain_text(reason, timeout=OPENING)
        expect(page.locator("#progress")).to_be_hidden()
    folder = folder_of(platform, emptied)
    assert not (folder / "late.bin").exists()
    assert not list(folder.glob(".aen-*"))
    chosen(page).set_input_files(payload("good.tar.gz", archive({"good": b""})))
    unpack(page)
    expect(page.get_by_text("1 entry was unpacked")).to_be_visible(timeout=OPENING)


def test_cancelled(page: Page, platform: Installed, emptied: Project) -> None:
    """Whoever changes their mind leaves nothing behind."""
    opened(page, platform, emptied)
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1}
    wire.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": 50_000})
    content = archive({"never.bin": os.urandom(1_000_000)})
    chosen(page).set_input_files(payload("data.tar.gz", content))
    unpack(page)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Nothing was unpacked.")).to_be_visible()
    expect(page.get_by_role("button", name="Unpack it here")).to_be_enabled()
    assert not (folder_of(platform, emptied) / "never.bin").exists()


def test_over_what_is_there(page: Page, platform: Installed, emptied: Project) -> None:
    """A new project's first files make room; elsewhere nothing is replaced."""
    there = folder_of(platform, emptied) / "mine.txt"
    there.write_text("mine")
    other = payload("data.tar.gz", archive({"mine.txt": b"theirs"}))
    opened(page, platform, emptied)
    chosen(page).set_input_files(other)
    unpack(page)
    reason = page.get_by_text("“mine.txt” is there already")
    expect(reason).to_be_visible(timeout=OPENING)
    assert there.read_text() == "mine"
    go(page, platform, emptied, "?replace=1")
    chosen(page).set_input_files(other)
    unpack(page)
    expect(page.get_by_text("1 entry was unpacked")).to_be_visible(timeout=OPENING)
    assert there.read_text() == "theirs"
