"""A project root of real accounts, with what its people may do there."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from attrs import frozen

from aen.compute.disk import rights, taken
from aen.compute.disk.acl import Person, Team
from tests.compute import accounts
from tests.compute.accounts import People
from tests.compute.fakes import small_template


def fail() -> NoReturn:
    """End a trial without success."""
    raise PermissionError


def unheard(done: int, total: int) -> None:
    """Take a report that nobody watches."""


def allowed(
    one: accounts.Person, work: Callable[[], object], umask: int = 0o007
) -> bool:
    """Whether *work* succeeds with the rights of an account and no others."""
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([one.gid])
            os.setresgid(one.gid, one.gid, one.gid)
            os.setresuid(one.uid, one.uid, one.uid)
            os.umask(umask)
            work()
        except BaseException:  # noqa: BLE001 -- the answer is no
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def person(one: accounts.Person, access: str = "rwx") -> Person:
    """Return an account as the disk knows it."""
    return Person(one.uid, one.gid, access)


@frozen
class Estate:
    """A project root; the first of the people owns ``ada/lab``."""

    root: Path
    people: People

    @property
    def home(self) -> Path:
        """The project."""
        return self.root / "ada" / "lab"

    def team(self, *members: Person, group: bool = True) -> Team:
        """Return the owner's team."""
        return Team(person(self.people[0]), members, group)

    def stage(self, staging: str = "p1.a") -> None:
        """Stage a project as the service does, with an environment."""
        service = self.people.service
        assert allowed(service, lambda: self._stage(staging), 0o022)

    def _stage(self, staging: str) -> None:
        project = self.root / ".staging" / staging / "project"
        (project / "public").mkdir(parents=True)
        (project / "notes").mkdir()
        (project / "README.md").write_text("hello")
        (project / "run.sh").write_text("#!/bin/sh\n")
        (project / "run.sh").chmod(0o755)
        (project / "public" / "page.html").write_text("<p>")
        (project / "link").symlink_to("README.md")
        (project / "envs").mkdir()
        self._environment(project / "envs" / "default")
        for one in (project.parent, project):
            one.chmod(0o700)

    def stage_environment(self, staging: str = "p1.b") -> None:
        """Stage an environment as the service does."""

        def work() -> None:
            place = self.root / ".staging" / staging
            place.mkdir(mode=0o700)
            self._environment(place / "environment")

        assert allowed(self.people.service, work, 0o022)

    def _environment(self, prefix: Path) -> None:
        template = self.root / ".envs" / "default-1"
        if not template.exists():
            small_template(template)
        shutil.copytree(template, prefix, symlinks=True, copy_function=_copied)

    def adopt(self, team: Team, staging: str = "p1.a") -> None:
        """Take over what is staged."""
        self.stage(staging)
        service = self.people.service.uid
        taken.adopt(str(self.root), service, staging, "ada", "lab", team, unheard)

    def apply(self, team: Team, before: Team | None, *, reset: bool = False) -> None:
        """Give the files the rights of *team*."""
        root = str(self.root)
        rights.apply(root, "ada", "lab", team, before, reset, unheard)


def _copied(source: str, target: str) -> None:
    """Share modules by link, copy the rest, as the clone of a template does."""
    if source.endswith("six.py"):
        os.link(source, target)
    else:
        shutil.copyfile(source, target)
        executable = Path(source).stat().st_mode & 0o100
        Path(target).chmod(0o770 if executable else 0o660)


@contextmanager
def estate(people: People) -> Iterator[Estate]:
    """Make a project root that everybody can enter, and remove it."""
    directory = Path(tempfile.mkdtemp(prefix="aen-estate-"))
    directory.chmod(0o755)
    root = directory / "projects"
    try:
        root.mkdir(mode=0o755)
        (root / ".taken").mkdir(mode=0o700)
        for name, mode in ((".envs", 0o755), (".staging", 0o700)):
            (root / name).mkdir(mode=mode)
            os.chown(root / name, people.service.uid, people.service.gid)
        yield Estate(root, people)
    finally:
        shutil.rmtree(directory)
