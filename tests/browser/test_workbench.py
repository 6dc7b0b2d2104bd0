"""The Workbench as people use it: files, an editor and a terminal in one window."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.bench import Bench, benched, signed_in
from tests.browser.conftest import keep, opened_page
from tests.browser.steps import OPENING
from tests.installed import Installed
from tests.projects import new_person
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.system]


@pytest.fixture(scope="module")
def bench(browser: Browser, platform: Installed) -> Iterator[Bench]:
    """Give the Workbench of a project, open in a window that has signed in."""
    with benched(browser, platform, "tides") as made:
        yield made


def test_tile(browser: Browser, platform: Installed, bench: Bench) -> None:
    """The project's page offers it, with its icon."""
    page = bench.page.context.new_page()
    page.goto(f"{platform.one.url}/{bench.project.owner}/{bench.project.name}")
    tile = page.get_by_role("link", name="Workbench", exact=True)
    expect(tile).to_be_visible()
    expect(tile.locator("svg").first).to_be_visible()
    page.close()


def test_new_file(browser: Browser, bench: Bench) -> None:
    """A file is made, written and saved; a name that is taken is said so."""
    page = bench.page
    page.get_by_role("toolbar").get_by_role("button", name="New file").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("model.py")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_role("alert")).to_have_text("“model.py” is there already.")
    bench.answer("Name", "notes.md", "Create")
    text = bench.text("notes.md")
    expect(text).to_be_focused()
    page.keyboard.type("# Tides\n\nHigh water")
    expect(page.get_by_role("tab", name="notes.md, not saved")).to_be_visible()
    bench.saved()
    assert (bench.folder / "notes.md").read_text() == "# Tides\n\nHigh water"
    page.reload()
    expect(text).to_contain_text("High water", timeout=OPENING)


def test_what_was_typed_survives_a_reload(browser: Browser, bench: Bench) -> None:
    """What was not saved is there again after a reload, and is not saved by it."""
    text = bench.open("model.py")
    text.click()
    bench.page.keyboard.press("Control+End")
    bench.page.keyboard.type("# high\n")
    tab = bench.page.get_by_role("tab", name="model.py, not saved")
    expect(tab).to_be_visible()
    bench.page.wait_for_function(
        "() => Object.keys(sessionStorage).some((key) => key.endsWith(':model.py'))"
    )
    bench.page.once("dialog", lambda dialog: dialog.accept())
    bench.page.reload()
    expect(bench.page.get_by_text("What you had typed")).to_be_visible(timeout=OPENING)
    expect(text).to_contain_text("# high")
    assert "# high" not in (bench.folder / "model.py").read_text()
    bench.saved()
    assert "# high" in (bench.folder / "model.py").read_text()


def test_conflict(browser: Browser, bench: Bench) -> None:
    """Who saves over what others have saved is asked, and nothing is lost."""
    text = bench.open("model.py")
    text.click()
    bench.page.keyboard.press("Control+End")
    bench.page.keyboard.type("mine = 1\n")
    (bench.folder / "model.py").write_text("theirs = 2\n")
    bench.page.keyboard.press("Control+s")
    dialog = bench.page.get_by_role("dialog", name="“model.py” was changed meanwhile")
    expect(dialog).to_be_visible()
    keep(bench.page, "workbench-conflict")
    bench.dialog("Compare")
    compared = bench.page.get_by_role("dialog", name="Compare “model.py”")
    expect(compared).to_contain_text("theirs = 2")
    expect(compared).to_contain_text("mine = 1")
    bench.dialog("Go on editing")
    expect(text).to_contain_text("mine = 1")
    bench.page.keyboard.press("Control+s")
    bench.dialog("Take theirs")
    expect(text).to_have_text("theirs = 2")
    text.click()
    bench.page.keyboard.press("Control+z")
    expect(text).to_contain_text("mine = 1")
    bench.saved()
    assert "mine = 1" in (bench.folder / "model.py").read_text()


def test_a_save_that_fails(browser: Browser, bench: Bench) -> None:
    """It is said why, the text stays, and it can be tried again."""
    page = bench.page
    seen: list[str] = []

    def refuse(route: Route) -> None:
        seen.append(route.request.method)
        if route.request.method == "PUT":
            route.abort("connectionfailed")
        else:
            route.continue_()

    text = bench.open("model.py")
    page.route("**/files/model.py", refuse)
    while not seen:  # a page goes on for a moment as if there were no route
        page.get_by_role("button", name="Look again").click()
        page.wait_for_timeout(100)
    text.click()
    page.keyboard.press("Control+End")
    page.keyboard.type("kept = 1\n")
    page.keyboard.press("Control+s")
    banner = page.get_by_role("alert")
    expect(banner).to_contain_text("It was not saved: The connection is lost.")
    expect(text).to_contain_text("kept = 1")
    page.unroute("**/files/model.py")
    banner.get_by_role("button", name="Try again").click()
    expect(banner).to_have_count(0)
    bench.shows_saved()
    assert "kept = 1" in (bench.folder / "model.py").read_text()


def test_what_others_change_is_shown(browser: Browser, bench: Bench) -> None:
    """A file that nobody edits here is shown as it is on the disk."""
    text = bench.open("model.py")
    expect(text).to_contain_text("mine = 1")
    (bench.folder / "model.py").write_text("after = 3\n")
    (bench.folder / "arrived.txt").write_text("new")
    bench.page.get_by_role("button", name="Look again").click()
    expect(text).to_have_text("after = 3")
    expect(bench.node("arrived.txt")).to_be_visible()


def test_no_text(browser: Browser, bench: Bench) -> None:
    """A file that is no text says so, and can be downloaded."""
    bench.node("blob.bin").click()
    panel = bench.page.locator(".panel:not([hidden])")
    expect(panel).to_contain_text("It is no text")
    with bench.page.expect_download() as caught:
        panel.get_by_role("button", name="Download").click()
    assert caught.value.suggested_filename == "blob.bin"


def test_rename_and_move(browser: Browser, bench: Bench) -> None:
    """A file gets another name, then another folder; its tab goes with it."""
    bench.open("notes.md")
    bench.page.get_by_role("tab", name="Files").click()
    bench.menu("notes.md", "Rename")
    bench.answer("New name", "log.md", "Rename")
    expect(bench.page.get_by_role("tab", name="log.md")).to_be_visible()
    bench.menu("log.md", "Move to…")
    dialog = bench.page.get_by_role("dialog")
    dialog.get_by_role("button", name="data", exact=True).click()
    bench.dialog("Move here")
    expect(bench.row("log.md")).to_have_count(0)
    assert (bench.folder / "data/log.md").read_text().startswith("# Tides")


def test_trash(browser: Browser, bench: Bench) -> None:
    """What is deleted comes back, by Undo and from the trash; emptied it is gone."""
    page = bench.page
    (bench.folder / "arrived 2.txt").write_text("another")
    page.get_by_role("tab", name="Files").click()
    page.get_by_role("button", name="Look again").click()
    bench.menu("arrived.txt", "Delete")
    expect(bench.row("arrived.txt")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(bench.row("arrived.txt")).to_be_visible()
    page.get_by_label("Select arrived.txt").check()
    page.get_by_label("Select arrived 2.txt").check()
    page.get_by_role("toolbar").get_by_role("button", name="Delete").click()
    expect(bench.row("arrived")).to_have_count(0)
    page.get_by_role("button", name="Trash", exact=True).click()
    page.get_by_role("button", name="Restore arrived.txt").click()
    expect(page.get_by_role("button", name="Restore arrived.txt")).to_have_count(0)
    assert (bench.folder / "arrived.txt").read_text() == "new"
    page.get_by_role("button", name="Empty the trash").click()
    bench.dialog("Empty it")
    expect(page.get_by_text("The trash is empty.")).to_be_visible()
    assert not (bench.folder / "arrived 2.txt").exists()


def test_search(browser: Browser, bench: Bench) -> None:
    """By name, and by what is in files: there at the line."""
    page = bench.page
    page.keyboard.press("Control+Shift+f")
    page.get_by_label("Search for").fill("LEV")
    page.keyboard.press("Enter")
    expect(page.locator(".found a")).to_have_text(["data/levels.csv"])
    page.get_by_label("Search in").select_option("content")
    page.get_by_label("Search for").fill("high water")
    page.keyboard.press("Enter")
    hit = page.locator(".found a")
    expect(hit).to_have_text(["data/log.md:3"])
    hit.click()
    expect(bench.text("log.md")).to_be_focused()
    expect(page.get_by_text("Line 3, column 1")).to_be_visible()


def test_tree_by_keyboard(browser: Browser, bench: Bench) -> None:
    """The tree is gone through with the arrow keys, and opens what is chosen."""
    bench.node("arrived.txt").focus()
    bench.page.keyboard.type("da")
    expect(bench.node("data")).to_be_focused()
    bench.page.keyboard.press("ArrowLeft")
    expect(bench.node("levels.csv")).to_have_count(0)
    bench.page.keyboard.press("ArrowRight")
    bench.page.keyboard.press("ArrowRight")
    expect(bench.node("levels.csv")).to_be_focused()
    bench.page.keyboard.press("Enter")
    expect(bench.page.get_by_role("tab", name="levels.csv")).to_be_visible()
    assert bench.page.url.endswith("#/data/levels.csv")
    preview = bench.page.frame_locator("iframe[title='Preview of levels.csv']")
    expect(preview.locator("body")).to_contain_text("3.1", timeout=OPENING)
    keep(bench.page, "workbench-preview")


def test_terminal(browser: Browser, bench: Bench) -> None:
    """The terminal is a panel of the same window; what it makes is in the tree."""
    page = bench.page
    page.get_by_role("button", name="Terminal", exact=True).click()
    inside = page.frame_locator("iframe[title=Terminal]")
    rows = inside.locator(".xterm-rows").first
    expect(rows).to_contain_text(re.compile(r"[$#]"), timeout=OPENING)
    inside.locator(".xterm-helper-textarea").first.focus()
    page.keyboard.type("touch from-the-shell\n")
    until((bench.folder / "from-the-shell").exists, "the shell has made a file")
    page.get_by_role("button", name="Look again").click()
    expect(bench.node("from-the-shell")).to_be_visible()
    keep(page, "workbench")
    page.get_by_role("button", name="Close the terminal panel").click()


def test_reader(browser: Browser, platform: Installed, bench: Bench) -> None:
    """Who may only read sees everything, and nothing that would change it."""
    reader = new_person(platform, "reader")
    team = f"{bench.project.path}/team/{reader.name}"
    assert bench.project.api.ask("PUT", team, {"role": "viewer"}).status < 300
    with opened_page(browser, "workbench-reader") as page:
        signed_in(page, platform, reader)
        page.goto(f"{bench.url}#/model.py")
        text = page.get_by_role("textbox", name="Text of model.py")
        expect(text).to_contain_text("after = 3", timeout=OPENING)
        text.click()
        page.keyboard.type("x")
        expect(text).not_to_contain_text("x")
        for words in ("Save", "New file", "Upload", "Terminal"):
            expect(page.get_by_role("button", name=words, exact=True)).to_have_count(0)
