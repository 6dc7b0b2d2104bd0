"""Names and lines below a folder."""

import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.limits import Limits
from aen.compute.apps.files.listing import open_folder
from aen.compute.apps.files.search import Search, Wanted
from aen.compute.disk.walk import opened

LIMITS = Limits(search_hits=20, search_visited=100, search_file=50)


def still() -> float:
    """Say that no time passes."""
    return 0.0


def nobody_left() -> bool:
    """Say that somebody waits."""
    return False


def search(
    inside: Inside,
    wanted: Wanted,
    *names: str,
    clock: Callable[[], float] = still,
    gone: Callable[[], bool] = nobody_left,
    **limits: Any,
) -> dict[str, Any]:
    """Return what is found."""
    one = Search(wanted, evolve(LIMITS, **limits), clock, gone)
    with inside.find(names) as found, opened(open_folder(found)) as folder:
        one.run(folder, found.names)
    return one.to_json()


def hrefs(found: dict[str, Any]) -> list[str]:
    """Return the addresses of what was found."""
    return [one["href"] for one in found["items"]]


@pytest.fixture
def project(project: Path) -> Path:
    """Add what is hidden, what leads out, and odd names."""
    for folder in ("envs/default", ".git", ".aen-trash"):
        (project / folder).mkdir(parents=True)
        (project / folder / "one.py").write_text("needle")
    (project / "data/deep/One two").write_text("a\nthe Needle\nneedle\n")
    (project / "data/deep" / os.fsdecode(b"one\xff")).write_text("x")
    (project / "out").symlink_to("../outside")
    (project / "data/one-link").symlink_to("one.csv")
    os.mkfifo(project / "one-pipe")
    (project / "data/one-folder").mkdir()
    return project


def test_names(project: Path, inside: Inside) -> None:
    """With exact addresses, folders as such; links are found and not followed."""
    found = search(inside, Wanted("ONE"))
    assert hrefs(found) == [
        "one-pipe",
        "data/one-folder/",
        "data/one-link",
        "data/one.csv",
        "data/deep/One%20two",
        "data/deep/one%FF",
    ]
    kinds = [one["kind"] for one in found["items"]]
    assert kinds == ["other", "folder", "link", "file", "file", "file"]
    assert found["items"][5]["path"] == "data/deep/one\N{REPLACEMENT CHARACTER}"
    assert found["complete"]
    assert hrefs(search(inside, Wanted("secret"))) == []
    assert hrefs(search(inside, Wanted("*.csv"), "data")) == ["data/one.csv"]


def test_hidden_things(project: Path, inside: Inside) -> None:
    """Where they are asked for; what is the app's own never."""
    assert hrefs(search(inside, Wanted("one.py"))) == []
    assert hrefs(search(inside, Wanted("one.py", hidden=True))) == [".git/one.py"]
    with_them = Wanted("one.py", environments=True)
    assert hrefs(search(inside, with_them)) == ["envs/default/one.py"]
    assert hrefs(search(inside, Wanted("one.py"), "envs")) == ["envs/default/one.py"]


def test_lines(project: Path, inside: Inside) -> None:
    """Of text files that are not too long; a pipe is not waited for."""
    (project / "long").write_text("needle" * 10)
    (project / "binary").write_bytes(b"needle\0")
    found = search(inside, Wanted("needle", content=True))
    assert [(one["href"], one["line"], one["text"]) for one in found["items"]] == [
        ("data/deep/One%20two", 2, "the Needle"),
        ("data/deep/One%20two", 3, "needle"),
    ]
    assert found["complete"]
    assert hrefs(search(inside, Wanted("a secret", content=True))) == []


def ticking() -> Iterator[float]:
    """Give one second after another."""
    yield from map(float, count())


@pytest.mark.parametrize(
    "bound",
    [{"search_hits": 2}, {"search_visited": 3}, {"search_seconds": 3.0},
     {"gone": lambda: True}],
)  # fmt: skip
def test_bounds(project: Path, inside: Inside, bound: dict[str, Any]) -> None:
    """Where it ends early it says so."""
    times = ticking()
    found = search(inside, Wanted("o"), clock=lambda: next(times), **bound)
    assert not found["complete"]
    assert len(found["items"]) <= 2
    assert found["visited"] <= 5
    lines = search(inside, Wanted("e", content=True), search_hits=1)
    assert (len(lines["items"]), lines["complete"]) == (1, False)


def test_a_great_folder(project: Path, inside: Inside) -> None:
    """No more of it is held than is looked at."""
    for number in range(300):
        (project / "data/deep" / str(number)).touch()
    found = search(inside, Wanted("2?9"), "data", "deep")
    assert (found["visited"], found["complete"]) == (100, False)
