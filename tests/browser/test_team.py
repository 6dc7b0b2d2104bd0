"""Two people on one file, in two browsers; then one is taken off the team."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import keep, opened_page, there
from tests.browser.steps import OPENING, at_prompt, opened, sign_in
from tests.installed import Installed, brought_up
from tests.projects import FIRST_START, Person, Project, new_project
from tests.real_accounts import (
    NEEDS_ROOT,
    as_account,
    home,
    new_accounts,
    put_in,
    reads,
)
from tests.waiting import until

pytestmark = [pytest.mark.browser, *NEEDS_ROOT]

OUT_WITHIN_MS = 10_000.0
"""Milliseconds; it takes less than two seconds, but on a busy machine."""


@pytest.fixture(scope="module")
def real() -> Iterator[Installed]:
    """Give the platform with real accounts."""
    yield from brought_up("team", multiuser=True, notebooks=True)


@pytest.fixture(scope="module")
def two(real: Installed) -> Iterator[tuple[Person, Person]]:
    """Give an owner and a member; with accounts of this machine."""
    with new_accounts(real, "ada", "bob") as (owner, member):
        yield owner, member


@pytest.fixture(scope="module")
def shared(real: Installed, two: tuple[Person, Person]) -> Project:
    """Give a running project of the first, with the second in its team."""
    owner, member = two
    made = new_project(real, "shared", owner)
    put_in(made, member, "member")
    made.start(FIRST_START)
    return made


@pytest.fixture
def other(browser: Browser) -> Iterator[Page]:
    """Give a second browser's window."""
    window = opened_page(browser, "team-other")
    yield there(window.__enter__)
    with suppress(StopIteration):
        there(lambda: window.__exit__(None, None, None))


def enter(page: Page, real: Installed, person: Person, project: Project) -> None:
    """Sign in and go to the project."""
    sign_in(page, real, person.name, person.password)
    expect(page.get_by_role("link", name=project.name).first).to_be_visible()
    page.goto(f"{real.one.url}/{project.owner}/{project.name}")


def typed(terminal: Page, command: str) -> None:
    """Type a command into a terminal that has its prompt."""
    terminal.locator(".xterm-helper-textarea").first.focus()
    terminal.keyboard.type(f"{command}\n")


def works_in_terminal(other: Page, member: Person) -> Page:
    """Open a terminal and leave a file there, as the member."""
    terminal = opened(other, "Terminal")
    rows = at_prompt(terminal)
    typed(terminal, "id -un; echo from-bob > together.txt; ls")
    expect(rows).to_contain_text(member.name, timeout=OPENING)
    return terminal


def adds_a_line(lab: Page) -> None:
    """Open the member's file in JupyterLab, add to it, save it."""
    entry = lab.locator(".jp-DirListing-item", has_text="together.txt")
    expect(entry).to_be_visible(timeout=OPENING)
    entry.dblclick()
    editor = lab.locator(".jp-FileEditor .cm-content").first
    expect(editor).to_contain_text("from-bob", timeout=OPENING)
    editor.click()
    lab.keyboard.press("Control+End")
    lab.keyboard.type("from-ada")
    lab.keyboard.press("Control+s")
    # The notebook of the test before may be open again beside it.
    unsaved = lab.locator(".jp-mod-dirty", has_text="together.txt")
    expect(unsaved).to_have_count(0)


def is_out(terminal: Page, real: Installed, member: Person, shared: Project) -> None:
    """See that the tab says so, and that neither address nor files open again."""
    notice = terminal.get_by_text(
        re.compile("not there any more|no longer|team of", re.IGNORECASE)
    )
    expect(notice.first).to_be_visible(timeout=OUT_WITHIN_MS)
    keep(terminal, "team-out")
    terminal.reload()
    expect(terminal.locator(".xterm-rows")).to_have_count(0)
    place = real.one.projects / shared.owner / shared.name
    looked = subprocess.run(
        ("runuser", "-u", member.name, "--", "ls", str(place)),
        capture_output=True,
        check=False,
        cwd="/",
    )
    assert looked.returncode != 0


def notebook(page: Page, real: Installed, project: Project) -> None:
    """Open the notebook that every project begins with."""
    gateway = f"{real.one.gateway_url}/{project.owner}/{project.name}"
    page.goto(f"{gateway}/jupyterlab/lab/tree/Welcome.ipynb")
    expect(page.locator(".jp-Notebook .jp-Cell").first).to_be_visible(timeout=OPENING)


def close_unsaved(page: Page) -> None:
    """Close the notebook, which JupyterLab has brought up to its own format."""
    tab = page.locator("#jp-main-dock-panel .lm-TabBar-tab", has_text="Welcome.ipynb")
    expect(tab).to_have_class(re.compile("jp-mod-dirty"), timeout=OPENING)
    tab.locator(".lm-TabBar-tabCloseIcon").click()
    with page.expect_response(re.compile("opened.*closed=Welcome")):
        page.get_by_role("button", name="Discard").click()


def test_who_else_has_a_notebook_open(
    page: Page,
    other: Page,
    real: Installed,
    two: tuple[Person, Person],
    shared: Project,
) -> None:
    """Each of two people is told of the other, until that one closes it."""
    owner, member = two
    enter(page, real, owner, shared)
    notebook(page, real, shared)
    enter(other, real, member, shared)
    notebook(other, real, shared)
    told = f"{owner.name} has this notebook open, too."
    expect(other.get_by_text(told)).to_be_visible(timeout=OPENING)
    keep(other, "team-notebook")
    page.reload()
    told = f"{member.name} has this notebook open, too."
    expect(page.get_by_text(told)).to_be_visible(timeout=OPENING)
    close_unsaved(other)
    with page.expect_response(re.compile("opened.*open=Welcome")) as heard:
        page.reload()
    assert heard.value.json() == {"others": {}}


def permissions(page: Page, name: str) -> Locator:
    """Open the Workbench's dialog of who may do what with a file."""
    page.get_by_role("button", name=f"Actions for {name}").click(timeout=OPENING)
    page.get_by_role("menuitem", name="Permissions").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("It belongs to", timeout=OPENING)
    return dialog


def test_permissions_in_the_workbench(
    page: Page,
    other: Page,
    real: Installed,
    two: tuple[Person, Person],
    shared: Project,
) -> None:
    """A file's owner closes it to a member, and opens it again; nobody else can."""
    owner, member = two
    file = home(real, shared) / "paper.txt"
    assert as_account(owner, "sh", "-c", f"echo draft > {file}").returncode == 0
    until(lambda: reads(member, file), "the member reads it", 10)
    workbench = f"{real.one.gateway_url}/{shared.owner}/{shared.name}/workbench/"
    enter(page, real, owner, shared)
    page.goto(workbench)
    dialog = permissions(page, "paper.txt")
    for right in ("read", "write"):
        dialog.get_by_label(f"{member.name} may {right}").uncheck()
    keep(page, "team-permissions")
    dialog.get_by_role("button", name="Set them").click()
    expect(dialog).to_have_count(0)
    assert not reads(member, file)
    assert reads(owner, file)
    enter(other, real, member, shared)
    other.goto(workbench)
    theirs = permissions(other, "paper.txt")
    expect(theirs).to_contain_text(f"Only {owner.name} can change them.")
    expect(theirs.get_by_role("button", name="Set them")).to_have_count(0)
    dialog = permissions(page, "paper.txt")
    reading = dialog.get_by_label(f"{member.name} may read")
    expect(reading).not_to_be_checked()
    reading.check()
    dialog.get_by_role("button", name="Set them").click()
    expect(dialog).to_have_count(0)
    assert reads(member, file)


def test_one_file_two_people_then_one(
    page: Page,
    other: Page,
    real: Installed,
    two: tuple[Person, Person],
    shared: Project,
) -> None:
    """Both work on the same file as themselves; who is taken off is out at once."""
    owner, member = two
    enter(page, real, owner, shared)
    lab = opened(page, "JupyterLab")
    expect(lab.locator("#jp-main-dock-panel")).to_be_visible(timeout=OPENING)
    enter(other, real, member, shared)
    terminal = works_in_terminal(other, member)
    adds_a_line(lab)
    typed(terminal, "clear; stat -c %U together.txt; cat together.txt")
    rows = terminal.locator(".xterm-rows").first
    expect(rows).to_contain_text("from-ada", timeout=OPENING)
    keep(lab, "team-lab")
    keep(terminal, "team-terminal")

    answer = shared.api.ask("DELETE", f"{shared.path}/team/{member.name}")
    assert answer.status in (200, 204), answer.text
    said = other.get_by_role("heading", name="You can no longer open this project")
    expect(said).to_be_visible(timeout=OUT_WITHIN_MS)
    keep(other, "team-page-out")
    is_out(terminal, real, member, shared)
    expect(lab.locator(".jp-FileEditor .cm-content").first).to_contain_text("from-ada")
