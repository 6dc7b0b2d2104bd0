"""What every command has at hand, and waiting for work to end."""

from collections.abc import Callable
from typing import Any, TextIO

from attrs import define, field, frozen

from aen.cli.client import Client
from aen.cli.objects import Progress, Project, Task, made
from aen.cli.problems import Refused
from aen.cli.showing import as_json

ENDED = frozenset({"done", "failed", "cancelled"})
MOVING = frozenset({"starting", "stopping"})
PAUSE = 0.5
"""Seconds between looks at work that goes on."""


@frozen
class Desk:
    """A server to ask, and where to say what it answers."""

    client: Client
    out: TextIO
    err: TextIO
    json: bool
    pause: Callable[[float], None]

    def tell(self, content: Any, text: str) -> None:
        """Print *text*, or *content* where JSON is wanted."""
        shown = as_json(content) if self.json else text
        if shown:
            self.out.write(f"{shown}\n")

    def note(self, text: str) -> None:
        """Say something beside the answer."""
        self.err.write(f"{text}\n")
        self.err.flush()

    def project(self, path: str) -> Project:
        """Return the project at the API's *path*."""
        return made(Project, self.client.ask("GET", path))

    def follow(self, task: Task, path: str) -> Task:
        """Wait until *task* has ended, saying how far it is.

        Ctrl-C leaves the work alone. A task somebody else asked for may not be open
        to us; then the project tells how it goes.

        :raises Refused: it has failed, and why.
        """
        said = Said(self)
        while task.state not in ENDED:
            said.progress(task.progress)
            self.pause(PAUSE)
            try:
                task = made(Task, self.client.ask("GET", f"/tasks/{task.id}"))
            except Refused as error:
                if error.code not in ("forbidden", "not_found"):
                    raise
                return self._follow_project(task, path, said)
        if task.state != "done":
            what = task.problem or f"The task was {task.state}."
            raise Refused("\n  ".join([what, *task.output[-20:]]))
        return task

    def _follow_project(self, task: Task, path: str, said: "Said") -> Task:
        project = self.project(path)
        while project.state in MOVING:
            said.progress(project.progress)
            self.pause(PAUSE)
            project = self.project(path)
        if project.state == "failed":
            what = project.problem or "It has failed."
            raise Refused("\n  ".join([what, *project.problem_log[-20:]]))
        return task


@define
class Said:
    """Says each step once, and how far it is when that has changed."""

    desk: Desk
    _last: str = field(default="", init=False)

    def progress(self, progress: Progress | None) -> None:
        """Say *progress* if it is news."""
        if progress is None:
            return
        far = f" {progress.done}/{progress.total}" if progress.total else ""
        text = f"{progress.step}{far}"
        if text != self._last:
            self._last = text
            self.desk.note(text)
