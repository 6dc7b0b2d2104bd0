"""How long the rights of many files take."""

import json
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from aen.compute.programs.steps import by_root
from bench.measured import Measured, Missing, Pace, Sample
from bench.stage import Stage

FILES = 20_000
_FOLDERS = 1_000
_PATIENCE = 120.0
_numbers = count()


def rights(stage: Stage, pace: Pace) -> Measured:
    """Measure passes over 20,000 files: all of them to change, then none."""
    project, one = stage.theirs, stage.accounts.one
    home = one.projects / project.owner / project.name
    for other in ("aenbencha", "aenbenchb"):
        _account(other)
        stage.callback(_remove, other)
    first: list[Sample] = []
    again: list[Sample] = []
    with _attendant(str(one.helper_settings)) as program:
        for _ in range(pace.runs):
            tree = home / f"tree{next(_numbers)}"
            _moved_in(one.prefix, tree, project.owner)
            arguments = _arguments(project.owner, project.name)
            first.append(_pass(program, arguments))
            again.append(_pass(program, arguments))
            shutil.rmtree(tree)
    return Measured({"first": first, "again": again})


def _arguments(owner: str, name: str) -> dict[str, object]:
    team = [
        {"user": "aenbencha", "access": "rwx"},
        {"user": "aenbenchb", "access": "r-x"},
    ]
    return {"owner": owner, "name": name, "team": team, "before": None, "reset": True}


def _account(name: str) -> None:
    command = ("useradd", "--user-group", "--groups", "aen", name)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 9):  # 9: it is there
        raise Missing(f"No account: {done.stderr.strip()}")


def _remove(name: str) -> None:
    command = ("userdel", "--force", name)
    subprocess.run(command, capture_output=True, check=False)


def _moved_in(prefix: Path, target: Path, owner: str) -> None:
    """Put files without any ACL into a project, as its owner's."""
    account, made = pwd.getpwnam(owner), prefix / "tree"
    for folder in range(_FOLDERS):
        place = made / str(folder)
        place.mkdir(parents=True)
        for number in range(FILES // _FOLDERS):
            (place / str(number)).touch()
    for path in (made, *made.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid)
    made.rename(target)


@contextmanager
def _attendant(settings: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Keep a helper that stays, as a node does; how long it takes to start is none."""
    command = by_root(settings).command("attend", {}, _PATIENCE)
    pipe = subprocess.PIPE
    with subprocess.Popen(command.argv, stdin=pipe, stdout=pipe, env={}) as program:
        _write(program, command.input)
        said = _line(program)
        if b"result" not in said:
            raise Missing(f"The helper does not stay: {said.decode()[:300]}")
        yield program


def _pass(program: "subprocess.Popen[bytes]", arguments: dict[str, object]) -> Sample:
    request = json.dumps({"verb": "rights", **arguments}).encode()
    begin = time.perf_counter()
    _write(program, b"1 " + request + b"\n")
    said = b""
    while not (line := _line(program)).startswith(b"1 ="):
        said += line
    took = time.perf_counter() - begin
    if line != b"1 =0\n":
        raise Missing(f"The pass did not succeed: {said.decode()[-300:]}")
    return {"seconds": took}


def _write(program: "subprocess.Popen[bytes]", content: bytes) -> None:
    if program.stdin is not None:
        program.stdin.write(content)
        program.stdin.flush()


def _line(program: "subprocess.Popen[bytes]") -> bytes:
    line = program.stdout.readline() if program.stdout is not None else b""
    if not line:
        raise Missing("The helper has ended.")
    return line
