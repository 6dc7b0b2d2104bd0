"""A helper with settings of its own, called by root as a node in a checkout does."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from attrs import define
from twisted.internet import reactor  # noqa: TID251 -- real children need it

from aen.compute.helper.cgroups import Cgroups, read_mounts
from aen.compute.helper.ending import sweep
from aen.compute.helper.private import Runtime
from aen.compute.programs.attendant import Attendant
from aen.compute.programs.steps import by_root
from tests.compute.accounts import People, Person
from tests.installed import WORKER

REACTOR: Any = reactor
P1, L1, L2, L3 = (f"{name}g{WORKER}" for name in ("p1", "l1", "l2", "l3"))
"""A project's and launches' ids: tests beside these mark processes of their own."""
PYTHON = "/usr/bin/python3"
"""An interpreter that everybody can run."""


@define
class Helped:
    """One installation of the helper, below a directory that everybody can enter."""

    directory: Path
    people: People

    @property
    def settings(self) -> Path:
        """The file of its settings."""
        return self.directory / "helper.json"

    @property
    def projects(self) -> Path:
        """The project root."""
        return self.directory / "projects"

    @property
    def runtime(self) -> Path:
        """Where launches have their sockets."""
        return self.directory / "run"

    def attendant(self) -> Attendant:
        """Return how a node asks this helper."""
        return Attendant(REACTOR, by_root(str(self.settings)))

    @property
    def audit(self) -> list[dict[str, Any]]:
        """What the audit log says."""
        text = (self.directory / "log/helper.log").read_text()
        return [json.loads(line) for line in text.splitlines()]

    def set(self, **changes: object) -> None:
        """Write the settings, with *changes*."""
        content = {
            "service_account": self.people.service.name,
            "project_root": str(self.projects),
            "runtime": str(self.runtime),
            "manage_accounts": True,
            "accounts_group": self.people.group,
            "audit_log": str(self.directory / "log/helper.log"),
            **changes,
        }
        self.settings.write_text(json.dumps(content))

    def lines(self, request: dict[str, Any], **how: Any) -> list[dict[str, Any]]:
        """Call the helper; return the lines that it says."""
        command = by_root(str(self.settings)).command("", {}, 1)
        done = subprocess.run(
            command.argv,
            input=json.dumps(request).encode() + b"\n",
            stdout=subprocess.PIPE,
            check=False,
            **{"env": {}, "timeout": 60, **how},
        )
        return [json.loads(line) for line in done.stdout.splitlines()]

    def call(self, verb: str, **arguments: Any) -> dict[str, Any]:
        """Call the helper; return what it says last."""
        return self.lines({"verb": verb, **arguments})[-1]

    def project(self, owner: Person) -> Path:
        """Make a project's directory as simply as can be."""
        place = self.projects / owner.name / "lab"
        place.mkdir(parents=True)
        os.chown(place, owner.uid, owner.gid)
        place.chmod(0o770)
        return place

    def order(
        self, launch: str, user: Person, *argv: str, **more: Any
    ) -> dict[str, Any]:
        """Return a request to start an app."""
        return {
            "verb": "spawn",
            "launch": launch,
            "project": P1,
            "user": user.name,
            "owner": user.name,
            "name": "lab",
            "argv": list(argv),
            "environment": {"AEN_LAUNCH": launch, "PATH": "/usr/bin:/bin"},
            "files": {},
            "directory": "/",
            "limits": {},
            **more,
        }

    def spawn(
        self, launch: str, user: Person, *argv: str, **more: Any
    ) -> dict[str, Any]:
        """Start an app whose output is in the file ``<launch>.out``."""
        with (self.directory / f"{launch}.out").open("wb") as log:
            return self.lines(self.order(launch, user, *argv, **more), stderr=log)[-1]

    def output(self, launch: str) -> str:
        """Return what an app has printed."""
        return (self.directory / f"{launch}.out").read_text()


@contextmanager
def installation(people: People) -> Iterator[Helped]:
    """Make one, and end all that it has started."""
    made = Helped(Path(tempfile.mkdtemp(prefix="aen-h-", dir="/tmp")), people)
    made.directory.chmod(0o755)
    made.set()
    try:
        yield made
    finally:
        if made.runtime.is_dir():
            runtime = Runtime(str(made.runtime))
            sweep(runtime, Cgroups(read_mounts()), ())
            runtime.close()
        shutil.rmtree(made.directory, ignore_errors=True)  # a node may still end
