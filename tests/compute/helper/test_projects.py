"""Projects of real accounts, from what is staged to what is gone."""

import os
import time
from pathlib import Path
from typing import Any

import pytest

from aen.compute.disk.walk import Refused
from aen.compute.helper.accounts import Account
from aen.compute.helper.persons import as_person
from tests.compute.accounts import Person
from tests.compute.helper.helped import Helped

pytestmark = pytest.mark.root
STAGED = "p1.0af"


def stage(helped: Helped, owner: Person) -> dict[str, Any]:
    """Stage a project as a node does; return what names it."""
    assert helped.call("prepare") == {"result": None}
    place = helped.projects / ".staging" / STAGED / "project"
    (place / "envs/default/bin").mkdir(parents=True)
    (place / "public").mkdir()
    (place / "notes").write_text("hello")
    (place / "envs/default/pyvenv.cfg").write_text("version = 3.11.2\n")
    (place / "envs/default/bin/python").symlink_to("/bin/sh")
    return {"owner": owner.name, "name": "lab"}


def team(*people: tuple[Person, str]) -> list[dict[str, str]]:
    """Return a team as JSON."""
    return [{"user": one.name, "access": access} for one, access in people]


def reads(one: Person, path: Path) -> bool:
    """Say whether somebody can read a file."""
    account = Account(one.name, one.uid, one.gid, "")
    try:
        return bool(as_person(account, path.read_text))
    except Refused:
        return False


def test_a_project_from_its_start_to_its_end(helped: Helped) -> None:
    """The owner's files, the team's rights, and nothing left at last."""
    owner, member, viewer, other = helped.people.everybody[:4]
    named = stage(helped, owner)
    both = team((member, "rwx"), (viewer, "r-x"))
    home = helped.projects / owner.name / "lab"
    done = helped.call("adopt", **named, staging=STAGED, team=both)
    assert "result" in done, done
    assert (home / "notes").stat().st_uid == owner.uid
    who = (owner, member, viewer, other)
    assert [reads(one, home / "notes") for one in who] == [True, True, True, False]
    found = helped.call("check", **named, environment="default", team=both)
    assert found == {"result": {"project": True, "environment": True}}
    listed = helped.call("environments", **named)["result"]
    assert [one["name"] for one in listed] == ["default"]
    assert helped.call("measure", **named)["result"]["files"] >= 4
    left = team((viewer, "r-x"))
    assert "result" in helped.call("door", **named, team=left)
    again = helped.call("rights", **named, team=left, before=both, reset=False)
    assert "result" in again, again
    assert [reads(one, home / "notes") for one in who] == [True, False, True, False]
    assert "result" in helped.call("remove", **named)
    assert not home.exists()
    assert list((helped.projects / ".taken").iterdir()) == []


def test_who_may_not_own_or_join(helped: Helped) -> None:
    """Refused with the reason, and what was staged stays where it was."""
    owner, member = helped.people.everybody[:2]
    named = stage(helped, owner)
    service = helped.people.service.name
    for name, sentence in (("root", "administrator"), (service, "runs the platform")):
        said = helped.call("adopt", **{**named, "owner": name}, staging=STAGED, team=[])
        assert sentence in said["error"]
        joined = [{"user": name, "access": "rwx"}]
        said = helped.call("adopt", **named, staging=STAGED, team=joined)
        assert sentence in said["error"]
    assert (helped.projects / ".staging" / STAGED / "project/notes").exists()
    helped.set(manage_accounts=False)
    nobody = [*team((member, "rwx")), {"user": "aentnobodyhere", "access": "rwx"}]
    said = helped.call("adopt", **named, staging=STAGED, team=nobody)
    assert "result" in said  # who has no account here cannot come in; the others can
    gone = {**named, "owner": "aentnobodyhere"}
    said = helped.call("check", **gone, environment="default", team=[])
    assert "There is no account" in said["error"]


def test_a_root_that_others_could_replace(helped: Helped) -> None:
    """Nothing is done below it."""
    owner = helped.people[0]
    named = stage(helped, owner)
    os.chown(helped.projects, owner.uid, owner.gid)
    said = helped.call("adopt", **named, staging=STAGED, team=[])
    assert "must belong to root" in said["error"]
    os.chown(helped.projects, 0, 0)


def test_what_broken_calls_left_goes(helped: Helped) -> None:
    """With the next start of the node, once it is old."""
    assert helped.call("prepare") == {"result": None}
    for name, age in (("p1.1", 7200), ("p1.2", 10)):
        place = helped.projects / ".taken" / name
        place.mkdir()
        then = time.time() - age  # noqa: TID251 -- files' own clock
        os.utime(place, (then, then))
    assert helped.call("prepare") == {"result": None}
    assert [one.name for one in (helped.projects / ".taken").iterdir()] == ["p1.2"]


def test_a_project_is_handed_over(helped: Helped) -> None:
    """It is at its new place, the new owner's, and its environments know that."""
    owner, receiver = helped.people.everybody[:2]
    named = stage(helped, owner)
    assert "result" in helped.call("adopt", **named, staging=STAGED, team=[])
    home = helped.projects / owner.name / "lab"
    tool = home / "envs/default/bin/tool"
    tool.write_text(f"#!{home}/envs/default/bin/python\n")
    os.chown(tool, owner.uid, owner.gid)
    places = {"owner": receiver.name, "name": "ice"}
    places |= {"old_owner": owner.name, "old_name": "lab"}
    for _ in range(2):
        moved = helped.call("move", **places, team=[])
        assert moved == {"result": {"project": True}}
    new = helped.projects / receiver.name / "ice"
    rights: dict[str, Any] = {
        "owner": receiver.name,
        "name": "ice",
        "team": [],
        "before": None,
    }
    assert "result" in helped.call("rights", **rights, reset=True)
    assert reads(receiver, new / "notes")
    assert not reads(owner, new / "notes")
    found = helped.call("relocate", **places, old_root="")
    assert found == {"result": {"changed": 1, "left": 0}}
    told = (new / "envs/default/bin/tool").read_text()
    assert told == f"#!{new}/envs/default/bin/python\n"
