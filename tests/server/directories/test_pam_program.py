"""The program that asks PAM: the real libpam, with service files of the test."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from aen.server.directories import pam_program
from tests.server.directories.services import FOUND, needs_pam, services

pytestmark = needs_pam
PROGRAM = pam_program.__file__


def run(line: bytes, **environment: str) -> tuple[dict[str, Any], str]:
    """Return what the program answers, and all it said."""
    done = subprocess.run(
        (sys.executable, "-I", "-S", PROGRAM),
        input=line,
        capture_output=True,
        env={"PATH": os.defpath, **environment},
        check=True,
        timeout=30,
    )
    return json.loads(done.stdout), (done.stdout + done.stderr).decode()


def ask(folder: Path, service: str, name: str, password: str) -> dict[str, Any]:
    """Return what PAM says by the program."""
    asked = {"service": service, "name": name, "password": password}
    found, _ = run(json.dumps({**asked, "folder": str(folder)}).encode() + b"\n")
    return found


@pytest.mark.parametrize(
    ("service", "name", "password", "result", "step"),
    [
        ("list", "ada", "correct horse", "right", "done"),
        ("list", "odd", 'pä"ss\\ wörd', "right", "done"),
        ("list", "ada", "wrong", "wrong", "authenticate"),
        ("list", "nobody", "correct horse", "wrong", "authenticate"),
        ("deny", "ada", "correct horse", "wrong", "authenticate"),
        ("closed", "daemon", "x", "closed", "acct_mgmt"),
        ("broken", "ada", "correct horse", "failed", "authenticate"),
        ("missing", "ada", "correct horse", "failed", "start"),
        ("permit", "root", "x", "forbidden", "asked"),
        ("permit", "ada", "", "forbidden", "asked"),
        ("permit", "", "x", "forbidden", "asked"),
        ("permit", "ada\0", "x", "forbidden", "asked"),
        ("a/permit", "ada", "x", "failed", "asked"),
    ],
)
def test_what_pam_says(
    tmp_path: Path, service: str, name: str, password: str, result: str, step: str
) -> None:
    """Both of its questions are asked: is it the password, may they come in."""
    found = ask(services(tmp_path), service, name, password)
    assert (found["result"], found["step"]) == (result, step)


def test_pam_may_say_another_name(tmp_path: Path) -> None:
    """Its own name for somebody counts."""
    assert ask(services(tmp_path), "permit", "ada", "x")["user"] == "ada"


@pytest.mark.parametrize(
    "line", [b"", b"hush\n", b'{"password": "hush"}\n', b"[]\n", b"\xff\xfe\n"]
)
def test_what_is_no_question(line: bytes) -> None:
    """It is refused without a traceback, and without what was asked."""
    found, said = run(line)
    assert found["result"] == "failed"
    assert "hush" not in said
    assert "Traceback" not in said


def test_questions_with_an_answer_shown(tmp_path: Path) -> None:
    """Who asks for more than a password gets none, and nobody comes in."""
    assert ask(services(tmp_path), "chatty", "ada", "x")["result"] in (
        "closed",
        "wrong",
    )


def test_the_settings_of_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By sudo its caller chooses nothing: neither service nor folder nor whom."""
    kept = tmp_path / "pam.json"
    kept.write_text(json.dumps({"service": "deny", "refused": ["eve"]}))
    asked: list[tuple[str, ...]] = []

    def noted(*arguments: str) -> dict[str, str]:
        asked.append(arguments)
        return {"result": "right"}

    monkeypatch.setattr(pam_program, "ask", noted)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(pam_program, "OWNER", kept.stat().st_uid)
    monkeypatch.setenv("SUDO_UID", "1000")
    monkeypatch.setenv("SUDO_USER", "wakari")

    def answer(name: str) -> str:
        line = {"name": name, "password": "x", "service": "permit", "folder": "/x"}
        return pam_program.answer(json.dumps(line).encode(), str(kept))["result"]

    assert answer("ada") == "right"
    assert asked == [("deny", "ada", "x", "")]
    for name in ("root", "eve", "wakari"):
        assert answer(name) == "forbidden"
    kept.chmod(0o666)
    with pytest.raises(PermissionError):
        answer("ada")


def test_found() -> None:
    """The tests ask a libpam that can read service files of ours."""
    assert FOUND
