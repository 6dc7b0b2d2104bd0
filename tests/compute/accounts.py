"""Throwaway accounts of this machine, for tests that root runs."""

import grp
import os
import pwd
import shutil
import signal
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from attrs import frozen

from aen.compute.helper.processes import process_table


@frozen
class Person:
    """An account that is removed when the tests are over."""

    name: str
    uid: int
    gid: int
    home: Path


@frozen
class People:
    """Some people in one group, and a service account that is not in it."""

    group: str
    everybody: tuple[Person, ...]
    service: Person

    def __getitem__(self, number: int) -> Person:
        return self.everybody[number]


def needs_accounts() -> None:
    """Skip the test where accounts cannot be made."""
    if os.geteuid() != 0:
        pytest.skip("only root can make accounts")
    if shutil.which("useradd") is None:
        pytest.skip("this machine has no useradd")


@contextmanager
def people(count: int) -> Iterator[People]:
    """Make *count* accounts in a group of their own, and a service account."""
    mark = uuid.uuid4().hex[:6]
    group = f"aent{mark}"
    names = [f"aent{mark}{letter}" for letter in "abcdefghij"[:count]]
    service = f"aens{mark}"
    made: list[str] = []
    _run("groupadd", "--system", group)
    try:
        for name in names:
            _run("useradd", "-m", "-U", "-G", group, "-s", "/bin/bash",
                 "-K", "HOME_MODE=0700", name)  # fmt: skip
            made.append(name)
        _run("useradd", "-m", "-U", "-s", "/bin/bash", service)
        made.append(service)
        yield People(group, tuple(map(person, names)), person(service))
    finally:
        for name in made:
            remove(name)
        _run("groupdel", group)


def person(name: str) -> Person:
    """Return an account of this machine."""
    found = pwd.getpwnam(name)
    return Person(name, found.pw_uid, found.pw_gid, Path(found.pw_dir))


def remove(name: str) -> None:
    """Remove an account with its processes and its home."""
    with suppress(KeyError):
        for pid in processes_of(pwd.getpwnam(name).pw_uid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        _run("userdel", "--force", "--remove", name)
    with suppress(KeyError):
        grp.getgrnam(name)
        _run("groupdel", name)


def processes_of(uid: int) -> list[int]:
    """Return the pids of an account's processes that have not ended."""
    found = []
    for pid, one in process_table().items():
        with suppress(OSError):
            status = Path(f"/proc/{pid}/status").read_text("utf-8", "replace")
            if not one.ended and f"\nUid:\t{uid}\t" in status:
                found.append(pid)
    return found


def _run(*argv: str) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode and argv[0] != "userdel":  # it has no mail spool to remove
        raise AssertionError(f"{argv}: {done.stderr}")
