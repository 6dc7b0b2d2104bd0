"""What a project's owner decides: who may see it, its name, whose it is, its end."""

from aen.model.errors import AenError, Invalid
from aen.model.names import ProjectPath
from aen.model.permissions import Action
from aen.model.rights import in_project
from aen.server.records import ProjectChanges
from aen.server.web.projects import at
from aen.server.web.settings import BASE, SettingsFrame
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Redirect, Visit

_OWNS = in_project(Action.ADMINISTER)


class OwnershipPages:
    """``/<owner>/<project>/settings/admin`` and its forms."""

    def __init__(self, frame: Frame) -> None:
        self._frame = SettingsFrame(frame.rooms)
        self._projects = frame.rooms.projects

    @view(BASE + "admin", "GET", right=_OWNS)
    async def admin(self, visit: Visit, owner: str, name: str) -> Answer:
        """Show visibility, name, owner and deletion."""
        return await self._show(visit, at(owner, name))

    @view(BASE + "visibility", "POST", right=_OWNS)
    async def visibility(self, visit: Visit, owner: str, name: str) -> Answer:
        """Make the project private or public."""
        path = at(owner, name)
        changes = ProjectChanges(visibility=visit.form["visibility"])
        try:
            await self._projects.edit(visit.person, path, changes)
        except AenError as error:
            return await self._show(visit, path, error)
        return Redirect(f"/{path}/settings/admin?done=saved")

    @view(BASE + "rename", "POST", right=_OWNS)
    async def rename(self, visit: Visit, owner: str, name: str) -> Answer:
        """Give the project another name."""
        path, wanted = at(owner, name), visit.form.line("new_name")
        try:
            await self._projects.rename(visit.person, path, wanted)
        except AenError as error:
            return await self._show(visit, path, _of_field(error, "name", "new_name"))
        return Redirect(f"/{path.owner}/{wanted}?done=renamed")

    @view(BASE + "transfer", "POST", right=_OWNS)
    async def transfer(self, visit: Visit, owner: str, name: str) -> Answer:
        """Give the project to somebody else, once its name was typed."""
        path, form = at(owner, name), visit.form
        receiver, stay = form.line("receiver"), form.has("stay")
        try:
            await self._demand_typed(visit, path, "confirm_transfer", "transfer")
            await self._projects.transfer(visit.person, path, receiver, stay=stay)
        except AenError as error:
            error = _of_field(error, "name", "receiver")
            return await self._show(visit, path, _of_field(error, "owner", "receiver"))
        mine = stay or visit.person.is_superuser
        return Redirect(
            f"/{receiver}/{path.name}?done=given" if mine else "/?done=given"
        )

    @view(BASE + "move", "POST", right=_OWNS)
    async def move(self, visit: Visit, owner: str, name: str) -> Answer:
        """Move the project to another data center, once its name was typed."""
        path, form = at(owner, name), visit.form
        try:
            await self._demand_typed(visit, path, "confirm_move", "move")
            await self._projects.ship(visit.person, path, form.line("data_center"))
        except AenError as error:
            return await self._show(visit, path, error)
        return Redirect(f"/{path}?done=moving")

    @view(BASE + "delete", "POST", right=_OWNS)
    async def delete(self, visit: Visit, owner: str, name: str) -> Answer:
        """Delete the project and its files, once its name was typed."""
        path = at(owner, name)
        try:
            await self._demand_typed(visit, path, "confirm", "delete")
            await self._projects.delete(visit.person, path)
        except AenError as error:
            return await self._show(visit, path, error)
        return Redirect("/?done=deleting")

    async def _demand_typed(
        self, visit: Visit, path: ProjectPath, field: str, what: str
    ) -> None:
        """Refuse what cannot be taken back unless the project's name was typed."""
        caller = visit.person
        project = await self._projects.allowed(caller, path, Action.ADMINISTER)
        if visit.form.line(field) != project.path.name:
            message = f"Type “{project.path.name}” to {what} it."
            raise Invalid(message, fields={field: message})

    async def _show(
        self, visit: Visit, path: ProjectPath, problem: AenError | None = None
    ) -> Answer:
        return await self._frame.page(visit, path, "admin", problem)


def _of_field(error: AenError, known: str, shown: str) -> AenError:
    """Return *error* with what it says of *known* at the field *shown* of the page."""
    if known in error.fields:
        error.fields = {**error.fields, shown: error.fields[known]}
    return error
