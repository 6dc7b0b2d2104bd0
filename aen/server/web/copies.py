"""Making a project that holds what another one does."""

from aen.model.errors import AenError
from aen.model.names import ProjectPath
from aen.model.permissions import Action
from aen.server.projects import COPIES
from aen.server.web.projects import at
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Page, Redirect, Visit


class CopyPages:
    """``/<owner>/<project>/duplicate``."""

    def __init__(self, frame: Frame) -> None:
        self._projects = frame.rooms.projects

    @view("/<owner>/<name>/duplicate", "GET", right=COPIES)
    async def form(self, visit: Visit, owner: str, name: str) -> Answer:
        """Ask how the copy is to be called."""
        return await self._form(visit, at(owner, name))

    @view("/<owner>/<name>/duplicate", "POST", right=COPIES)
    async def make(self, visit: Visit, owner: str, name: str) -> Answer:
        """Have the copy made and show it."""
        path, wanted = at(owner, name), visit.form.line("name")
        try:
            await self._projects.duplicate(visit.person, path, wanted)
        except AenError as error:
            return await self._form(visit, path, error)
        return Redirect(f"/{visit.person.user.name}/{wanted}")

    async def _form(
        self, visit: Visit, path: ProjectPath, problem: AenError | None = None
    ) -> Answer:
        project = await self._projects.allowed(visit.person, path, Action.READ_FILES)
        mine = project.path.owner == visit.person.user.name
        usual = f"{project.path.name}-copy" if mine else project.path.name
        values = {"project": project, "wanted": visit.form.line("name") or usual}
        return Page("duplicate.html", values, problem=problem)
