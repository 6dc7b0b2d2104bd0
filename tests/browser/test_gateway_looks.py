"""The pages of a gateway and of what runs behind it, as they look, on the platform."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Route, expect

from aen.local.installation import ADMINISTRATOR
from tests.browser.looking import Look, judged, looked_at
from tests.browser.steps import OPENING, at_prompt, sign_in
from tests.installed import Installed
from tests.projects import FIRST_START, Project, new_project
from tests.socket_apps import add_app

pytestmark = [pytest.mark.browser, pytest.mark.system]
FAILING = "import sys; print('reading dashboard.toml'); sys.exit('no such file')"


@pytest.fixture(scope="module")
def seen(platform: Installed) -> Iterator[Project]:
    """Give a project that runs, with a public folder and an app that cannot start."""
    made = new_project(platform, "seen")
    answer = made.api.ask("PATCH", made.path, {"visibility": "public"})
    assert answer.status == 200, answer.text
    made.start(FIRST_START)
    folder = platform.one.projects / made.owner / made.name / "public"
    (folder / "figures").mkdir(parents=True)
    (folder / "a report of many words that somebody made public.html").write_text("x")
    (folder / "tides.csv").write_text("hour,level\n" * 500)
    (folder / "notes.txt").write_text("High water at six.\n" * 50)
    command = [sys.executable, "-c", FAILING, "%(socket)s"]
    manifest = add_app(platform, "failing", command, title="Failing")
    yield made
    manifest.unlink()


@pytest.fixture
def halted(platform: Installed) -> Iterator[Project]:
    """Give a project that does not get on with its start: nobody works on tasks."""
    made = new_project(platform, "halted")
    platform.control("stop", "worker")
    try:
        yield made
    finally:
        platform.control("start", "worker")


def address(platform: Installed, project: Project, rest: str) -> str:
    """Return an address below a project's on the gateway."""
    return f"{platform.one.gateway_url}/{project.owner}/{project.name}/{rest}"


@contextmanager
def window(browser: Browser, platform: Installed) -> Iterator[Look]:
    """Give a window that has signed in at the server, and seen no gateway yet."""
    with looked_at(browser, []) as look:
        sign_in(look.page, platform, ADMINISTRATOR, platform.password)
        expect(look.page.get_by_role("link", name="New project").first).to_be_visible()
        look.weight = 0
        yield look


def test_nothing_there(browser: Browser, platform: Installed) -> None:
    """What is not there, or not open to whoever asks."""
    with window(browser, platform) as look:
        look.page.goto(f"{platform.one.gateway_url}/{ADMINISTRATOR}/nothing/terminal/")
        expect(look.page.get_by_role("heading")).to_have_text("There is nothing here")
        home = look.page.get_by_role("link", name="Go to your projects")
        expect(home).to_be_visible()
        found = judged(look, "gateway-nothing")
    assert not found, "\n".join(found)


def test_terminal(browser: Browser, platform: Installed, seen: Project) -> None:
    """The terminal's page, with a shell in it."""
    with window(browser, platform) as look:
        look.page.goto(address(platform, seen, "terminal/"))
        at_prompt(look.page)
        found = judged(look, "gateway-terminal")
    assert not found, "\n".join(found)


def test_unpacking(browser: Browser, platform: Installed, seen: Project) -> None:
    """The page where an archive becomes the content of a project."""
    with window(browser, platform) as look:
        look.page.goto(address(platform, seen, "files/.aen-app/import"))
        heading = look.page.get_by_role("heading", name="Unpack an archive")
        expect(heading).to_be_visible(timeout=OPENING)
        found = judged(look, "gateway-unpacking")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("where", ["folder", "editor", "search", "trash"])
def test_workbench(
    browser: Browser, platform: Installed, seen: Project, where: str
) -> None:
    """The Workbench: a folder, a text in the editor, the search, the trash."""
    hashes = {"search": "#:search", "trash": "#:trash"}
    with window(browser, platform) as look:
        start = f"workbench/{hashes.get(where, '#/public/')}"
        look.page.goto(address(platform, seen, start))
        node = look.page.get_by_role("treeitem", name="public", exact=True)
        expect(node).to_be_visible(timeout=OPENING)
        if where == "editor":
            look.page.wait_for_load_state("networkidle")
            look.weight = (
                0  # what comes with the first text is no part of a first visit
            )
            look.page.locator(".listing a.open", has_text="notes.txt").click()
            expect(look.page.locator(".cm-content")).to_contain_text("High water")
        found = judged(look, f"gateway-workbench-{where}")
    assert not found, "\n".join(found)


def test_an_app_that_fails(
    browser: Browser, platform: Installed, seen: Project
) -> None:
    """Why an app did not start, with the last lines it has printed."""
    with window(browser, platform) as look:
        look.page.goto(address(platform, seen, "failing/"))
        problem = look.page.get_by_text("no such file")
        expect(problem).to_be_attached(timeout=OPENING)
        found = judged(look, "gateway-failed")
    assert not found, "\n".join(found)


def without_policy(look: Look, place: str) -> None:
    """Take a page's policy away: it forbids every script, those that look at it too."""

    def answer_without(route: Route) -> None:
        answer = route.fetch()
        assert "sandbox" in answer.headers["content-security-policy"]
        headers = {**answer.headers, "content-security-policy": ""}
        route.fulfill(response=answer, headers=headers)

    look.page.route(place, answer_without)


def test_public_folder(browser: Browser, platform: Installed, seen: Project) -> None:
    """What is in a public folder, to anybody."""
    with looked_at(browser, []) as look:
        place = address(platform, seen, "public/")
        without_policy(look, place)
        look.page.goto(place)
        expect(look.page.get_by_role("link", name="tides.csv")).to_be_visible()
        found = judged(look, "gateway-public")
    assert not found, "\n".join(found)


def test_waiting(browser: Browser, platform: Installed, halted: Project) -> None:
    """While a project starts."""
    with window(browser, platform) as look:
        look.page.goto(address(platform, halted, "terminal/"))
        heading = look.page.get_by_role("heading", name="Opening Terminal")
        expect(heading).to_be_visible()
        found = judged(look, "gateway-waiting")
    assert not found, "\n".join(found)
