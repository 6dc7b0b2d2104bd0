"""One step by verb and arguments."""

import json
import subprocess
import sys
from inspect import signature
from pathlib import Path

import pytest

import aen
from aen.compute.disk.__main__ import TELLING, VERBS, main, step
from tests.compute.fakes import small_template


def said(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    """Return the lines that were said."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_result_is_the_last_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Progress, then what came of it."""
    small_template(tmp_path / "template")
    arguments = {
        "template": str(tmp_path / "template"),
        "target": str(tmp_path / "clone"),
        "prefix": "/p",
        "link": True,
    }
    assert main("clone", json.dumps(arguments)) == 0
    *progress, last = said(capsys)
    assert progress[-1]["done"] == progress[-1]["total"]
    assert last == {"result": {"shared": 1, "copied": 5}}


@pytest.mark.parametrize(("number", "kind"), [(28, "full"), (122, "full"), (5, "disk")])
def test_a_failure_says_its_kind_and_leaves_nothing(
    number: int,
    kind: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A disk that fills up in the middle of a clone."""
    small_template(tmp_path / "template")

    def fail(*_: object) -> None:
        raise OSError(number, "the disk says no")

    monkeypatch.setattr("aen.compute.disk.clone.shutil.copyfile", fail)
    target = str(tmp_path / "clone")
    arguments = {"template": str(tmp_path / "template"), "target": target}
    assert main("clone", json.dumps(arguments | {"prefix": "/p", "link": True})) == 1
    assert said(capsys)[-1]["kind"] == kind
    assert not (tmp_path / "clone").exists()


def test_a_refusal_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What people read when a link is in the way."""
    (tmp_path / "ada").symlink_to("/")
    where = {"root": str(tmp_path), "owner": "ada", "name": "lab"}
    assert main("settle", json.dumps(where)) == 1
    answer = said(capsys)[-1]
    assert answer["kind"] == "refused"
    assert "“ada” is a link" in str(answer["error"])


def test_those_that_tell_are_given_to_whom() -> None:
    """A verb that tells how far it is gets what it tells; no other does."""
    telling = {one for one in VERBS if "tell" in signature(step(one)).parameters}
    assert telling == TELLING


def test_the_look_of_every_start_imports_little() -> None:
    """What other verbs need takes longer to import than the look itself."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from aen.compute.disk.__main__ import step\n"
        "step('check'), step('environments')\n"
        "print(*({'ctypes', 'dataclasses', 'secrets', 'inspect'} & {*sys.modules}))"
    )
    argv = (sys.executable, "-I", "-S", "-c", code, str(Path(aen.__path__[0]).parent))
    told = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == ""
