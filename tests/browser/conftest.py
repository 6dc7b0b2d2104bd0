"""A real Chromium for the tests in this folder, and pictures of what it shows.

Playwright's synchronous side and pytest-twisted both switch greenlets of the thread
they are in, and would wait for each other for ever. So everything that has to do with
the browser, the tests of this folder included, happens in a thread of its own.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import psutil
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.installed import KEPT, ROOT, free_ports
from tools.browser import chromium, driver_runs

PICTURES = KEPT / "screenshots"
PATIENCE = 30_000.0
"""Milliseconds Playwright waits for what it is told to find."""
LONGEST = 300.0
"""Seconds that a test may spend in the browser."""


T = TypeVar("T")

_threads: list[ThreadPoolExecutor] = []
"""The one thread of the browser, once a test has asked for it."""


def there(work: Callable[[], T]) -> T:
    """Do *work* in the browser's thread and return or raise what it did.

    Some calls of Playwright know no limit: after `LONGEST` its driver is ended, which
    ends them, and every browser test after this one.
    """
    doing = _threads[0].submit(work)
    if not wait([doing], LONGEST).done:
        for child in psutil.Process().children():
            if "playwright" in " ".join(child.cmdline()):
                child.kill()
    return doing.result()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that has a page, or makes its own, in the thread of the browser."""
    names = pyfuncitem._fixtureinfo.argnames
    if "page" not in names and "browser" not in names:
        return None
    given = {name: pyfuncitem.funcargs[name] for name in names}
    there(lambda: pyfuncitem.obj(**given))
    return True


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give a browser; skip where there is none."""
    program = chromium()
    if program is None:
        pytest.skip(
            "no Chromium: apt-get install chromium (as root), or set AEN_CHROMIUM"
        )
    if not driver_runs():
        pytest.skip("Playwright does not run: apt-get install libatomic1 (as root)")
    with ThreadPoolExecutor(1, "browser") as thread, ExitStack() as opened:
        _threads.append(thread)
        opened.callback(_threads.clear)
        yield there(lambda: opened_browser(program, opened))
        there(opened.pop_all().close)


def opened_browser(program: str, opened: ExitStack) -> Browser:
    """Start Chromium; *opened* ends it."""
    quiet = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
    playwright = opened.enter_context(sync_playwright())
    made = playwright.chromium.launch(executable_path=program, args=list(quiet))
    opened.callback(made.close)
    return made


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Give a fresh window; how it looked at the end of the test is kept."""
    window = opened_page(browser, re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()))
    yield there(window.__enter__)
    there(lambda: window.__exit__(None, None, None))


@contextmanager
def opened_page(browser: Browser, name: str) -> Iterator[Page]:
    """Open a window of its own profile; keep a picture and its console at the end."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE)
    made = context.new_page()
    told: list[str] = []
    made.on("console", lambda message: told.append(f"{message.type}: {message.text}"))
    made.on("pageerror", lambda error: told.append(f"error: {error}"))
    yield made
    keep(made, f"end-of-{name}")
    (PICTURES / f"console-of-{name}.txt").write_text("\n".join(told), "utf-8")
    context.close()


def keep(page: Page, name: str) -> None:
    """Keep a picture of *page* among the artefacts of this run.

    With AEN_PICTURES=1 (`make pictures`) it becomes one of the documentation's too.
    """
    PICTURES.mkdir(parents=True, exist_ok=True)
    picture = PICTURES / f"{name}.png"
    page.screenshot(path=picture)
    if os.environ.get("AEN_PICTURES") and not name.startswith("end-of-"):
        folder = Path(ROOT, "docs", "pictures")
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(picture, folder / picture.name)


@pytest.fixture(scope="session")
def stage() -> Iterator[dict[str, Any]]:
    """Give the scenes: by name where each is and who is signed in there."""
    with tempfile.TemporaryDirectory(prefix="aen") as folder:
        ports = [str(port) for port in free_ports(4)]
        command = (sys.executable, "-m", "tests.browser.stage", folder, *ports)
        with subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, "the stage did not come up; it has said why"
            yield json.loads(line)
            process.stdin.close()
            assert process.wait(20) == 0
