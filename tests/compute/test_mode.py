"""Single-user mode or real accounts."""

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from aen.compute import mode as module
from aen.compute.limits import Bound, Bounds
from aen.compute.mode import (
    Mode,
    find_mode,
    limit_problems,
    problems,
    visitor_problems,
)
from aen.compute.programs.steps import HelperCall
from aen.compute.settings import ComputeSettings
from aen.model.errors import Invalid
from tests.compute.helper.helped import Helped

USER = 1000


def settings(**given: Any) -> ComputeSettings:
    """Return the settings of a node."""
    return ComputeSettings("n1", "k", **given)


def fake_helper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: dict[str, object]
) -> str:
    """Make a program that answers verbs, and let it be called without sudo."""
    path = tmp_path / "helper"
    path.write_text(
        f"#!{sys.executable}\nimport json, sys\n"
        f"answers = {answers!r}\n"
        "print(json.dumps(answers[json.loads(sys.stdin.readline())['verb']]))\n"
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(module, "by_sudo", lambda program, env: HelperCall((program,)))
    return str(path)


def found(root: str) -> dict[str, object]:
    """Return what a helper says of a machine."""
    return {
        "service_account": "wakari",
        "project_root": root,
        "runtime": "/run/aen",
        "limits_by": "cgroup v2",
        "protected_links": True,
        "acl": True,
    }


def test_real_accounts_when_the_helper_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether that is wanted in words or nothing is said; unless it is not wanted."""
    answers = {"probe": {"result": found(str(tmp_path))}, "prepare": {"result": None}}
    helper = fake_helper(tmp_path, monkeypatch, answers)
    for wanted in (None, True):
        given = settings(multiuser=wanted, helper=helper, projectRoot=str(tmp_path))
        mode = find_mode(given, {}, USER)
        assert not mode.single_user
        assert mode.refused == ("root", "wakari")
        assert mode.runtime == Path("/run/aen")
        assert mode.limits_by == "cgroup v2"
    assert find_mode(settings(multiuser=False, helper=helper), {}, USER) == Mode()


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"probe": {"error": "Not for you.", "kind": "refused"}}, "Not for you"),
        ({"probe": []}, "the helper says"),
        ({}, "the helper says: KeyError"),
        ({"probe": {"result": found("/elsewhere")}}, "another project root"),
    ],
)
def test_a_helper_that_does_not_do(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answers: dict[str, object],
    sentence: str,
) -> None:
    """Who wants real accounts is told why not; else the node says so and goes on."""
    helper = fake_helper(tmp_path, monkeypatch, answers)
    given = {"helper": helper, "projectRoot": str(tmp_path)}
    with pytest.raises(Invalid, match=f"“multiuser” is true, but .*{sentence}"):
        find_mode(settings(multiuser=True, **given), {}, USER)
    mode = find_mode(settings(**given), {}, USER)
    assert mode.single_user
    assert sentence in mode.messages[0]


def test_no_helper(tmp_path: Path) -> None:
    """Nothing is wrong with that, unless real accounts are wanted."""
    given = {"helper": str(tmp_path / "none"), "helper_settings": str(tmp_path / "no")}
    for euid in (0, USER):
        assert find_mode(settings(**given), {}, euid) == Mode()
        with pytest.raises(Invalid, match="run aen-helper-install"):
            find_mode(settings(multiuser=True, **given), {}, euid)


def test_what_does_not_hold_is_said() -> None:
    """Links of other people; limits without control groups."""
    assert problems(found("/projects")) == ()
    lists, links = problems({"runtime": "/run/aen"})
    assert "/run/aen has no ACLs" in lists
    assert "fs.protected_hardlinks" in links
    without, group = (
        Mode(found={"limits_by": "rlimits"}),
        Mode(found={"limits_by": "x"}),
    )
    bounds = Bounds(app=Bound(memory=1))
    assert "no control groups" in limit_problems(bounds, without)[0]
    assert limit_problems(bounds, group) == ()
    assert limit_problems(Bounds(), without) == ()


@pytest.mark.root
def test_root_with_the_real_helper(helped: Helped) -> None:
    """In a checkout, by a settings file that is named; the ground is made."""
    given = settings(
        helper_settings=str(helped.settings), projectRoot=str(helped.projects)
    )
    mode = find_mode(given, {}, os.geteuid())
    assert mode.helper is not None
    assert mode.refused == ("root", helped.people.service.name)
    assert (helped.projects / ".taken").is_dir()
    helped.settings.write_text(json.dumps({"service_account": 7}))
    assert "must be of type str" in find_mode(given, {}, 0).messages[0]


def test_visitors_in_single_user_mode_are_told_of() -> None:
    """There is no account for them to be kept apart by."""
    assert "ANON_USER" in visitor_problems("passer", Mode())[0]
    assert visitor_problems(None, Mode()) == ()
