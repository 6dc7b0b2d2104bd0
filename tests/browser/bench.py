"""The Workbench, open in a window, for tests that work in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import opened_page, there
from tests.browser.steps import OPENING, sign_in
from tests.installed import Installed
from tests.projects import FIRST_START, Person, Project, new_person, new_project


@frozen
class Bench:
    """A project that runs, and the window in which somebody works on it."""

    page: Page
    project: Project
    folder: Path
    url: str

    def row(self, name: str) -> Locator:
        """Return the link of something in the folder that is shown."""
        return self.page.locator(".listing a.open", has_text=name)

    def node(self, name: str) -> Locator:
        """Return something in the tree."""
        return self.page.get_by_role("treeitem", name=name, exact=True)

    def open(self, name: str) -> Locator:
        """Open a file from the tree and return its editor's text."""
        self.node(name).click()
        return self.text(name)

    def text(self, name: str) -> Locator:
        """Return the text of an open file."""
        return self.page.get_by_role("textbox", name=f"Text of {name}")

    def menu(self, name: str, choice: str) -> None:
        """Choose something to be done to a row."""
        self.page.get_by_role("button", name=f"Actions for {name}").click()
        self.page.get_by_role("menuitem", name=choice).click()

    def upload(self, file: Path) -> None:
        """Choose a file to be uploaded."""
        with self.page.expect_file_chooser() as caught:
            tools = self.page.get_by_role("toolbar")
            tools.get_by_role("button", name="Upload").click()
        caught.value.set_files(file)

    def answer(self, label: str, value: str, button: str) -> None:
        """Fill in a dialog."""
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_label(label, exact=True).fill(value)
        dialog.get_by_role("button", name=button, exact=True).click()
        expect(dialog).to_have_count(0)

    def dialog(self, button: str) -> None:
        """Answer a dialog with one of its buttons."""
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("button", name=button, exact=True).click()

    def saved(self) -> None:
        """Save by keyboard and see that it is done."""
        self.page.keyboard.press("Control+s")
        self.shows_saved()

    def shows_saved(self) -> None:
        """Wait until the page says that what it shows is saved."""
        shown = self.page.locator(".panel:not([hidden]) .state")
        expect(shown).to_have_text("Saved")


def signed_in(page: Page, platform: Installed, person: Person) -> None:
    """Sign in at the server."""
    sign_in(page, platform, person.name, person.password)
    page.wait_for_url(f"{platform.one.url}/")


@contextmanager
def benched(browser: Browser, platform: Installed, name: str) -> Iterator[Bench]:
    """Give a project that runs, with a few files in it, in a window of its owner."""
    owner = new_person(platform, "bencher")
    made = new_project(platform, name, owner)
    made.start(FIRST_START)
    folder = platform.one.projects / made.owner / made.name
    (folder / "data").mkdir()
    (folder / "data/levels.csv").write_text("hour,level\n0,3.1\n6,1.2\n")
    (folder / "model.py").write_text("def level(hour):\n    return 3.1\n")
    (folder / "blob.bin").write_bytes(bytes(range(256)) * 8)
    window = opened_page(browser, f"workbench-{name}")
    page: Page = there(window.__enter__)
    url = f"{platform.one.gateway_url}/{made.owner}/{made.name}/workbench/"

    def enter() -> None:
        signed_in(page, platform, owner)
        page.goto(url)
        expect(page.get_by_role("tree")).to_be_visible(timeout=OPENING)

    there(enter)
    yield Bench(page, made, folder, url)
    there(lambda: window.__exit__(None, None, None))
