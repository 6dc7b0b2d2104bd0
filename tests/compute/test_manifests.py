"""Which manifests count, and what is said of the others."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from aen.compute.manifests import (
    OWN,
    Manifests,
    describe,
    parse_manifest,
    read_shelf,
)
from aen.model.errors import Invalid, NotFound

GOOD: dict[str, Any] = {
    "name": "app",
    "title": "App",
    "command_list": ["run", "%(socket)s"],
}


def text(**changes: Any) -> bytes:
    """Return a manifest's JSON."""
    return json.dumps({**GOOD, **changes}).encode()


def put(directory: Path, name: str, content: bytes) -> Path:
    """Write a manifest file."""
    directory.mkdir(exist_ok=True)
    path = directory / f"{name}.json"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "not JSON"),
        (b"[]", "must be an object"),
        (text(titel="x"), "did you mean “title”"),
        (text(name="other"), "the file is app.json"),
        (text(command_list=[]), "command_list"),
        (text(command_list="run"), "a list"),
        (text(command_list=["run"]), "%(socket)s"),
        (text(command_list=["run", "%(socket)s", "%(sokcet)s"]), "sokcet"),
        (text(command_list=["run\0", "%(socket)s"]), "NUL"),
        (text(listen="port"), "listen"),
        (text(listen="pipe"), "listen"),
        (text(scopes=["everything"]), "everything"),
        (text(ready="http://elsewhere/"), "ready"),
        (text(ready="/%(nothing)s"), "ready"),
        (text(ready="/a b"), "ready"),
        (text(ready_timeout=0), "ready_timeout"),
        (text(idle_timeout=-1), "idle_timeout"),
        (text(environment={"A=B": "x"}), "A=B"),
        (text(environment={"A": "x\0"}), "NUL"),
        (text(environment={"A": 1}), "environment"),
        (b" " * 70_000, "longer"),
        (b"[" * 60_000, "not JSON"),
    ],
)
def test_a_broken_manifest_is_refused_with_its_key(
    content: bytes, sentence: str
) -> None:
    """What is wrong is named: key and reason."""
    with pytest.raises(Invalid) as caught:
        parse_manifest(content, "app")
    assert sentence in caught.value.message


def test_the_others_go_on(tmp_path: Path) -> None:
    """A broken file is named; the rest can be used."""
    put(tmp_path, "app", text())
    bad = put(tmp_path, "bad", b"{}")
    shelf = read_shelf(tmp_path)
    assert list(shelf.manifests) == ["app"]
    assert str(bad) in shelf.broken[0]
    assert "“name” is not set" in shelf.broken[0]


def test_the_operators_win_and_may_hide(tmp_path: Path) -> None:
    """An operator's manifest replaces AEN's of the same name, or hides it."""
    own, operators = tmp_path / "own", tmp_path / "operators"
    for name in ("app", "other", "third"):
        put(own, name, text(name=name))
    put(operators, "app", text(title="Mine"))
    put(operators, "other", text(name="other", enabled=False))
    put(operators, "third", b"broken")
    shelf = read_shelf(own, operators)
    assert {name: one.title for name, one in shelf.manifests.items()} == {"app": "Mine"}
    assert len(shelf.broken) == 1


def test_a_file_anybody_may_change_is_refused(tmp_path: Path) -> None:
    """Whoever can write a manifest runs programs as every user."""
    put(tmp_path, "app", text()).chmod(0o666)
    assert "chmod o-w" in read_shelf(tmp_path).broken[0]


def test_changes_are_seen_at_once(tmp_path: Path) -> None:
    """An operator restarts nothing."""
    manifests = Manifests(tmp_path, own=tmp_path / "none")
    with pytest.raises(NotFound):
        manifests.find("app")
    path = put(tmp_path, "app", text())
    assert manifests.find("app").title == "App"
    path.write_bytes(text(title="New"))
    os.utime(path, (1, 1))
    assert [one.title for one in manifests.summaries()] == ["New"]
    assert manifests.shelf() is manifests.shelf()


def test_aens_own_are_sound() -> None:
    """What is inside the package is accepted by our own rules."""
    shelf = read_shelf(OWN)
    assert shelf.broken == ()
    assert {"jupyterlab", "notebook"} <= set(shelf.manifests)


def test_what_a_launch_keeps() -> None:
    """As plain values: a record of it must be readable without the manifest."""
    polling = ["%(urlPrefix)s/api/", "/else"]
    given = text(instance="project", strip_prefix=True, polling=polling)
    told = describe(parse_manifest(given, "app"), "/ada/lab/app")
    assert told == {
        "app": "app",
        "title": "App",
        "instance": "project",
        "permission": "write",
        "strip_prefix": True,
        "polling": ("/ada/lab/app/api/", "/ada/lab/app/else"),
    }
