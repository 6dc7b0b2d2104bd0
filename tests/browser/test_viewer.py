"""The Viewer as people see it, on the platform."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import judged
from tests.browser.steps import OPENING
from tests.browser.test_gateway_looks import address, window, without_policy
from tests.installed import Installed
from tests.projects import FIRST_START, Project, new_project

pytestmark = [pytest.mark.browser, pytest.mark.system]
PICTURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9aw"
    "AAAABJRU5ErkJggg=="
)
MARKDOWN = """\
# Tides

So $h = \\frac{a}{b}$, see [levels](levels.csv).

|a|b|
|-|-|
|1|2|
"""
RUN = "document.title = 'ran'"
HOSTILE = f'<script>{RUN}</script><img src="x" onerror="{RUN}">'
TABLE = f"<table border='1'><tr>{'<th>a column</th>' * 20}</tr></table>"
PRINTED = "\x1b[31mred\x1b[0m and \x1b[32mgreen\x1b[0m " + "on and on " * 30
WIDGET = "application/vnd.jupyter.widget-view+json"
SOURCE = '''import os  # what there is


@property
def level(hours: float) -> str:
    """Return where the water is."""
    return f"{hours:.1f}\\n" if hours > 0.5 else "none"
'''


def output(kind: str, **more: Any) -> dict[str, Any]:
    """Return an output of a cell."""
    return {"output_type": kind, "metadata": {}, **more}


def notebook() -> dict[str, Any]:
    """Return a notebook with something of everything, some of it hostile."""
    outputs = [
        output("stream", name="stdout", text=PRINTED),
        output("stream", name="stderr", text="a warning"),
        output("display_data", data={"image/png": PICTURE}),
        output("display_data", data={"text/html": TABLE + HOSTILE}),
        output("display_data", data={WIDGET: {}}),
        output("error", ename="E", evalue="v", traceback=["\x1b[31mE\x1b[0m: v"]),
    ]
    code = {"cell_type": "code", "execution_count": 1, "metadata": {}}
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": MARKDOWN},
        {**code, "source": SOURCE, "outputs": outputs},
    ]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}


@pytest.fixture(scope="module")
def filled(platform: Installed) -> Project:
    """Give a project that runs, with files of several kinds."""
    made = new_project(platform, "viewed")
    made.start(FIRST_START)
    folder = platform.one.projects / made.owner / made.name
    (folder / "Tides.ipynb").write_text(json.dumps(notebook()))
    (folder / "levels.csv").write_text("hour,level,remark\n" + "1,2.5,so it is\n" * 60)
    (folder / "tool.py").write_text(SOURCE * 3)
    (folder / "a name of many words that somebody gave to a file.txt").write_text("x")
    return made


PAGES = {
    "folder": ("view/", "tool.py"),
    "notebook": ("view/Tides.ipynb", "Tides"),
    "source": ("view/tool.py", "import"),
    "table": ("view/levels.csv", "remark"),
    "nothing": ("view/none", "There is nothing here"),
}


@pytest.mark.parametrize("name", PAGES)
def test_looks(
    browser: Browser, platform: Installed, filled: Project, name: str
) -> None:
    """Each kind of page."""
    rest, part = PAGES[name]
    place = address(platform, filled, f"viewer/{rest}")
    with window(browser, platform) as look:
        look.page.goto(address(platform, filled, "viewer/"))
        expect(look.page.get_by_role("heading", level=1)).to_have_text(
            filled.name, timeout=OPENING
        )
        if name == "notebook":
            without_policy(look, place)
        look.weight = 0
        look.page.goto(place)
        expect(look.page.get_by_role("main")).to_contain_text(part)
        found = judged(look, f"viewer-{name}")
    assert not found, "\n".join(found)


def test_from_the_project(
    browser: Browser, platform: Installed, filled: Project
) -> None:
    """From the project's page to a notebook; what is hostile in it does nothing."""
    with window(browser, platform) as look:
        look.page.goto(f"{platform.one.url}/{filled.owner}/{filled.name}")
        with look.page.context.expect_page() as caught:
            look.page.get_by_role("link", name="Viewer", exact=True).click()
        page: Page = caught.value
        page.get_by_role("link", name="Tides.ipynb").click(timeout=OPENING)
        expect(page.get_by_role("heading", name="Tides", exact=True)).to_be_visible()
        expect(page.locator("math")).to_be_visible()
        expect(page.get_by_role("img", name="Picture")).to_be_visible()
        expect(page.get_by_text("A widget is not shown")).to_be_visible()
        assert page.title().startswith("Tides.ipynb")
        page.get_by_role("link", name="levels").click()
        expect(page.get_by_role("columnheader", name="remark")).to_be_visible()


def test_lines(browser: Browser, platform: Installed, filled: Project) -> None:
    """An address of some lines marks them; Shift and a click make one."""
    with window(browser, platform) as look:
        look.page.goto(address(platform, filled, "viewer/view/tool.py#L3-L5"))
        chosen = look.page.locator(".line.chosen")
        expect(chosen).to_have_count(3, timeout=OPENING)
        look.page.get_by_role("link", name="7", exact=True).click(modifiers=["Shift"])
        expect(chosen).to_have_count(5)
        assert look.page.url.endswith("#L3-L7")
