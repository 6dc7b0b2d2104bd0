"""The node is killed while projects start for the first time: none is left half made.

With ``AEN_CRASH_ROUNDS=100`` a hundred times, at moments spread over a whole start; it
takes minutes, so only then.
"""

import os
import time
from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest

from tests.installed import Installed, brought_up
from tests.projects import FIRST_START, Person, Project, new_project
from tests.real_accounts import NEEDS_ROOT, new_accounts
from tests.waiting import until

pytestmark = [
    *NEEDS_ROOT,
    pytest.mark.skipif(
        "AEN_CRASH_ROUNDS" not in os.environ, reason="AEN_CRASH_ROUNDS names no number"
    ),
]

ROUNDS = int(os.environ.get("AEN_CRASH_ROUNDS", "1"))
WHOLE = 1.2
"""Seconds that a first start takes, about."""


@pytest.fixture(scope="module")
def real() -> Iterator[Installed]:
    """Give the platform with real accounts."""
    yield from brought_up("crashes", multiuser=True)


@pytest.fixture(scope="module")
def owner(real: Installed) -> Iterator[Person]:
    """Give somebody whose first project has had the templates built."""
    with new_accounts(real, "cra") as (made,):
        new_project(real, "warm", made).start(FIRST_START)
        yield made


def killed_after(
    real: Installed, project: Project, seconds: float, *, whole: bool
) -> None:
    """Start a project; kill what the node has the helper do, and the node if *whole*.

    The attendant is among its children.
    """
    node = psutil.Process(real.pid("compute"))
    assert project.api.post(f"{project.path}/start").status == 202
    time.sleep(seconds)  # a moment of the start, not a condition
    for one in (*node.children(recursive=True), *((node,) if whole else ())):
        with suppress(psutil.Error):  # it may have ended just now
            if "aen" in " ".join(one.cmdline()):
                one.kill()


def is_whole(real: Installed, project: Project) -> bool:
    """Tell whether a project on the disk has all that a first start makes."""
    home = real.one.projects / project.owner / project.name
    about = home.stat()
    python = home / "envs/default/bin/python"
    return about.st_mode & 0o7777 == 0o2771 and about.st_uid != 0 and python.exists()


def test_killed_at_any_moment(real: Installed, owner: Person) -> None:
    """Either nothing is there or all of it; the start goes on by itself or again."""
    for number in range(ROUNDS):
        project = new_project(real, "crash", owner)
        whole = number % 2 == 0  # else the attendant dies alone
        killed_after(real, project, WHOLE * number / ROUNDS, whole=whole)
        home = real.one.projects / project.owner / project.name
        assert not home.exists() or is_whole(real, project), number
        until(real.is_ready, "the node is back", 30)

        def runs(one: Project = project) -> bool:
            if one.now()["state"] in ("stopped", "failed"):
                one.api.post(f"{one.path}/start")
            return bool(one.now()["state"] == "running")

        until(runs, f"round {number} runs after all", 60)
        assert is_whole(real, project), number
    staging = real.one.projects / ".staging"
    until(lambda: not any(staging.iterdir()), "nothing is left of broken starts", 10)
