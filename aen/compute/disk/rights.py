"""The rights of a project's files, set by children that have its people's own.

Root sets the rights of the project's own directory, by descriptor. Everything below is
left to passes that run as the owner, then as each other person whose files were met.
"""

import json
import os
import select
import signal
import stat
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, NoReturn

from aen.compute.disk import acl
from aen.compute.disk.acl import Person, Place, Rules, Team
from aen.compute.disk.giving import give
from aen.compute.disk.modes import PROJECT
from aen.compute.disk.passing import MOST_UIDS, Pass, has_lists, read_list
from aen.compute.disk.telling import Tell
from aen.compute.disk.walk import Refused, open_below, open_root, opened

_SECONDS = 900.0
"""After which a pass is given up: a person may stop their own."""
_LONGEST = 64 * 1024  # bytes of a report
_UNFINISHED = (
    "The rights of the files could not be set: the pass over them was not finished. Try"
    " again."
)

Walk = Callable[[Pass, int], None]


def open_owned(root: str, owner: str, name: str, uid: int) -> int:
    """Return a descriptor of a project that belongs to *uid*, below root's directories.

    :raises Refused: a link stands in the way, or somebody else's directory.
    :raises FileNotFoundError: there is no such project.
    """
    with opened(open_home(root, owner)) as home:
        project = open_below(home, name)
    if os.fstat(project).st_uid != uid:
        os.close(project)
        raise Refused(
            f"The directory {owner}/{name} does not belong to “{owner}”; ask the"
            " administrator to give it to them."
        )
    return project


def open_home(root: str, owner: str) -> int:
    """Return a descriptor of the directory of an owner's projects: root's own.

    :raises Refused: others could replace what is in it.
    """
    with opened(open_root(root)) as top:
        home = open_below(top, owner)
    about = os.fstat(home)
    if about.st_uid != 0 or about.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        os.close(home)
        raise Refused(
            f"The directory {owner} below the project root must belong to root and be"
            " writable by nobody else; ask the administrator to set that right."
        )
    return home


def open_door(project: int, team: Team, shut: frozenset[int] = frozenset()) -> bool:
    """Let the team into *project*, and nobody else; root calls it.

    Others may pass through to what is public, and could so reach files that still name
    them: those of *shut* may not even do that. Return whether the file system has
    access control lists.
    """
    about = os.fstat(project)
    owner = team.owner
    if (about.st_uid, about.st_gid) != (owner.uid, owner.gid):
        os.fchown(project, owner.uid, owner.gid)
    lists = has_lists(project)
    mode = stat.S_ISGID | PROJECT
    if not team.group and not lists:
        mode &= ~0o070
    if stat.S_IMODE(os.fstat(project).st_mode) != mode:
        os.fchmod(project, mode)
    if lists:
        access = acl.encode(acl.shutting(acl.of_directory(team, Place.DOOR), shut))
        default = acl.encode(acl.of_content(team, Place.DOOR))
        for kind, content in ((acl.ACCESS, access), (acl.DEFAULT, default)):
            if read_list(project, kind) != content:
                os.setxattr(project, kind, content)
    return lists


def shut_out(project: int, team: Team) -> frozenset[int]:
    """Return who may do less than the files of *project* may still let them.

    They are those whom its door names with more than the team gives them, and those
    whom it has shut out already: until a pass has gone through all files.
    """
    content = read_list(project, acl.ACCESS)
    if content is None:
        return frozenset()
    named = team.named()
    return frozenset(
        uid
        for uid, bits in acl.decode(content).users
        if not bits or bits & ~named.get(uid, 0)
    ) - {team.owner.uid}


def narrow_door(root: str, owner: str, name: str, team: Team) -> dict[str, bool]:
    """Let nobody into the project who may do less now; say whether there is one.

    Who left or became a viewer is shut out until `apply` has gone through the files.
    """
    try:
        project = open_owned(root, owner, name, team.owner.uid)
    except FileNotFoundError:
        return {"project": False}
    with opened(project):
        keep_door(project, team)
    return {"project": True}


def keep_door(project: int, team: Team) -> bool:
    """Let the team in but those who are shut out; return as `open_door` does."""
    return open_door(project, team, shut_out(project, team))


def apply(  # noqa: PLR0913, PLR0917 -- what the helper is asked
    root: str,
    owner: str,
    name: str,
    team: Team,
    before: Team | None,
    reset: bool,  # noqa: FBT001 -- as the helper passes it
    tell: Tell,
) -> dict[str, Any]:
    """Set the rights of a project's files as *team* has them.

    What those who left have made becomes the owner's.

    :param before: the team whose rights they have; None: nobody knows.
    :param reset: whether what people set themselves goes too.
    :raises Refused: there is no such project, or the pass was not finished.
    """
    try:
        project = open_owned(root, owner, name, team.owner.uid)
    except FileNotFoundError:
        raise Refused(f"There is no project {owner}/{name} on this node.") from None
    with opened(project):
        lists = keep_door(project, team)
        known = before.named() if before else {}
        if left := frozenset(known.keys() - team.named().keys()):
            give(project, left, team.owner)  # else they could still enter their own
        rules = Rules(team, None if reset else before)
        done = passes(project, rules, team.members, Pass.project, tell, lists=lists)
        open_door(project, team)
    return {"project": True, "acl": lists, **done}


def passes(
    directory: int,
    rules: Rules,
    people: Iterable[Person],
    walk: Walk,
    tell: Tell,
    *,
    lists: bool,
) -> dict[str, int]:
    """Walk as the owner, then as those of *people* whose entries were met.

    :raises Refused: the owner's was not finished.
    """
    owner = rules.team.owner
    total = {"seen": 0, "changed": 0, "skipped": 0}
    met: set[int] = set()
    waiting = [
        owner,
        *{one.uid: one for one in people if one.uid != owner.uid}.values(),
    ]
    while (person := _next(waiting, met, owner)) is not None:
        waiting.remove(person)
        done = _as(person, directory, rules, walk, lists=lists)
        if done is None and person is owner:
            raise Refused(_UNFINISHED)
        found = done or {"skipped": 1}
        met |= set(_numbers(found.get("uids")))
        for key in total:
            total[key] += _number(found.get(key))
        tell(total["seen"], total["seen"])
    return total


def _next(waiting: list[Person], met: set[int], owner: Person) -> Person | None:
    return next((one for one in waiting if one is owner or one.uid in met), None)


def _number(value: object) -> int:
    """Return a counter of a child, which may say anything."""
    return min(abs(value), 10**9) if isinstance(value, int) else 0


def _numbers(value: object) -> Iterable[int]:
    found = value if isinstance(value, list) else []
    return (one for one in found[:MOST_UIDS] if isinstance(one, int))


def _as(
    person: Person,
    directory: int,
    rules: Rules,
    walk: Walk,
    *,
    lists: bool,
) -> dict[str, Any] | None:
    """Walk in a child with a person's rights; None when it was not finished."""
    reading, writing = os.pipe2(os.O_CLOEXEC)
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        _work(person, directory, rules, walk, writing, lists=lists)
    os.close(writing)
    try:
        with opened(reading):
            content = _read(reading)
    finally:  # also when the time of the whole is over
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    try:
        report = json.loads(content)
    except ValueError:
        return None
    return report if isinstance(report, dict) else None


def _read(reading: int) -> bytes:
    content, end = b"", time.monotonic() + _SECONDS
    while len(content) < _LONGEST:
        left = max(0.0, end - time.monotonic())
        if not select.select([reading], [], [], left)[0]:
            break
        if not (part := os.read(reading, _LONGEST)):
            break
        content += part
    return content


def _work(
    person: Person,
    directory: int,
    rules: Rules,
    walk: Walk,
    writing: int,
    *,
    lists: bool,
) -> NoReturn:
    """Become the person, walk, report; never return."""
    try:
        become(person, rules.team.owner.gid)
        device = os.fstat(directory).st_dev
        one = Pass(person.uid, rules, lists=lists, device=device)
        walk(one, directory)
        os.write(writing, json.dumps(one.counts.as_json()).encode())
    except BaseException as error:  # noqa: BLE001 -- told by the missing report
        with suppress(OSError):
            os.write(2, f"pass of {person.uid}: {error!r}\n".encode())
        os._exit(1)
    os._exit(0)


def become(person: Person, group: int) -> None:
    """Give up root for good; without the owner's *group* the kernel drops setgid bits.

    :raises OSError: the system does not let go of it.
    """
    os.setgroups([person.gid, group])
    os.setresgid(person.gid, person.gid, person.gid)
    os.setresuid(person.uid, person.uid, person.uid)
    if os.getresuid() != (person.uid,) * 3 or person.uid == 0:
        raise PermissionError("the account could not be changed")
    os.umask(0o007)
