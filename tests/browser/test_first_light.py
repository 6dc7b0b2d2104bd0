"""The first story: from the sign-in form to a cell's output and a terminal's."""

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from aen.local.installation import ADMINISTRATOR
from tests.browser.conftest import keep
from tests.browser.steps import OPENING, at_prompt, opened, sign_in
from tests.installed import Installed
from tests.projects import FIRST_START, Project

pytestmark = [pytest.mark.browser, pytest.mark.system]

FIRST_START_MS = 1000 * FIRST_START


def new_project(page: Page, name: str) -> None:
    """Make a private project, from the dashboard."""
    page.get_by_role("link", name="New project").first.click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Summary").fill("High and low water at Brest")
    page.get_by_label("Private").check()
    keep(page, "new-project")
    page.get_by_role("button", name="Create project").click()
    expect(page.get_by_role("heading", name=name)).to_be_visible()


def state(page: Page, word: str) -> Locator:
    """Return the project's state where it is shown as *word*."""
    return page.get_by_label("State").get_by_text(word, exact=True).first


def run_cell(lab: Page) -> None:
    """Make a notebook in JupyterLab, run a cell and see its output."""
    card = lab.locator('.jp-LauncherCard[data-category="Notebook"]').first
    card.click()
    # What is typed before the kernel is there may go to an editor that is replaced.
    expect(lab.get_by_text("Python (default) | Idle")).to_be_visible(timeout=OPENING)
    editor = lab.locator(".jp-Notebook .jp-Cell .cm-content").first
    editor.click()
    lab.keyboard.type("print(6 * 7)")
    expect(editor).to_contain_text("print(6 * 7)")
    lab.keyboard.press("Shift+Enter")
    output = lab.locator(".jp-OutputArea-output").first
    expect(output).to_have_text(re.compile(r"^\s*42\s*$"), timeout=OPENING)


def type_command(terminal: Page) -> None:
    """Type a command into the terminal and see what it prints."""
    rows = at_prompt(terminal)
    terminal.locator(".xterm-helper-textarea").first.focus()
    # a prompt that is the same on every machine, for the picture
    terminal.keyboard.type("PS1='$PROJECT_NAME $ '; clear\n")
    expect(rows).not_to_contain_text("clear", timeout=OPENING)
    terminal.keyboard.type("echo $((40 + 2)) tides; ls; python --version\n")
    expect(rows).to_contain_text("42 tides", timeout=OPENING)
    expect(rows).to_contain_text("Python 3", timeout=OPENING)


def test_wrong_password(page: Page, platform: Installed) -> None:
    """A wrong password is refused without telling whether the name exists."""
    sign_in(page, platform, ADMINISTRATOR, "wrong")
    expect(page.get_by_label("Password")).to_be_visible()
    expect(page.get_by_role("alert").first).to_be_visible()


def test_first_light(page: Page, platform: Installed) -> None:
    """A stranger signs in, makes a project, watches it start, works in it."""
    sign_in(page, platform, ADMINISTRATOR, platform.password)
    expect(page.get_by_role("link", name="New project").first).to_be_visible()
    keep(page, "dashboard")
    new_project(page, "tides")
    expect(state(page, "Stopped")).to_be_visible()
    began = time.monotonic()
    page.get_by_role("button", name="Start").click()
    expect(state(page, "Running")).to_be_visible(timeout=FIRST_START_MS)
    running = time.monotonic()
    keep(page, "project")
    lab = opened(page, "JupyterLab")
    expect(lab.locator("#jp-main-dock-panel")).to_be_visible(timeout=OPENING)
    shown = time.monotonic()
    run_cell(lab)
    keep(lab, "jupyterlab")
    terminal = opened(page, "Terminal")
    type_command(terminal)
    keep(terminal, "terminal")
    print(f"\nstart {running - began:.1f} s, JupyterLab {shown - running:.1f} s")  # noqa: T201 -- for whoever watches


@pytest.fixture
def currents(platform: Installed) -> Project:
    """Give a project that runs; its name is on a picture of the documentation."""
    made = Project(platform.api(), ADMINISTRATOR, "currents")
    answer = made.api.post("/api/v1/projects", {"name": made.name})
    assert answer.status == 201, answer.text
    made.start(FIRST_START)
    return made


def test_resources(page: Page, platform: Installed, currents: Project) -> None:
    """A package is installed and taken out again, with the tool's words, live."""
    sign_in(page, platform, ADMINISTRATOR, platform.password)
    expect(page.get_by_role("link", name=currents.name).first).to_be_visible()
    page.goto(f"{platform.one.url}/{currents.owner}/{currents.name}")
    page.get_by_role("link", name="Resources").click()
    packages = page.get_by_role("list", name="Packages")
    expect(packages).to_contain_text("ipykernel")
    keep(page, "resources")
    page.get_by_label("Packages", exact=True).last.fill("toolz")
    page.get_by_role("button", name="Install", exact=True).click()
    expect(page.get_by_text("Done", exact=True)).to_be_visible(timeout=OPENING)
    expect(packages).to_contain_text("toolz")
    keep(page, "resources-installed")
    packages.get_by_label("toolz").check()
    page.get_by_role("button", name="Remove chosen").click()
    expect(packages).not_to_contain_text("toolz", timeout=OPENING)


def test_foreign_pages_learn_nothing(page: Page, platform: Installed) -> None:
    """Without a session a project's address leads to the sign-in form."""
    page.goto(f"{platform.one.gateway_url}/{ADMINISTRATOR}/any/jupyterlab/lab")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.url.startswith(platform.one.url)
