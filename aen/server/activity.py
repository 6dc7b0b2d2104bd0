"""What happened in a project, for those who may look at it."""

from attrs import evolve, frozen

from aen.model.activity import Topic, shown_acts, shown_entry
from aen.model.audit import Entry
from aen.model.names import ProjectPath
from aen.model.permissions import Action, standing
from aen.model.projects import Project
from aen.model.users import Caller
from aen.server.audit import Audit
from aen.server.choices import chosen
from aen.server.projects import Projects
from aen.server.records import Page


@frozen
class Activity:
    """The log of a project, as much of it as its reader may see."""

    projects: Projects
    audit: Audit

    async def feed(
        self,
        caller: Caller | None,
        path: ProjectPath,
        cursor: str | None = None,
        limit: int = 50,
        topic: str = "",
    ) -> tuple[Project, Page[Entry]]:
        """Return a project and what happened there, the newest first.

        :param topic: the value of a `Topic`, to have that kind only.
        :raises NotFound: there is none, or *caller* is a stranger to it.
        """
        project = await self.projects.allowed(caller, path, Action.VIEW)
        return project, await self.of(caller, project, cursor, limit, topic)

    async def of(
        self,
        caller: Caller | None,
        project: Project,
        cursor: str | None = None,
        limit: int = 50,
        topic: str = "",
    ) -> Page[Entry]:
        """Return what happened in a project that the caller may look at."""
        who = standing(caller, project)
        acts = shown_acts(who, chosen(Topic, topic, "topic") if topic else None)
        if acts is None:
            return Page(())
        found = await self.audit.of_project(project, cursor, limit, acts)
        return evolve(found, items=tuple(shown_entry(who, one) for one in found.items))
