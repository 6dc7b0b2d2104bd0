"""Stars, kept searches and tags."""

from attrs import frozen

from aen.model.names import parse_project_path
from aen.model.permissions import Action
from aen.model.rights import ANYONE, PERSON, in_project
from aen.server.records import Page
from aen.server.rooms import Rooms
from aen.server.store.searches import SavedSearch
from aen.server.web.api.operation import Call, Operation, operation
from aen.server.web.api.projects import ONE
from aen.server.web.api.values import ProjectObject, project_object, stamp


@frozen
class SearchObject:
    """A search somebody keeps."""

    id: str
    name: str
    q: str
    created: str


@frozen
class NewSearchBody:
    """A search to keep; without a name it is called as what it looks for."""

    q: str
    name: str = ""


@frozen
class TagObject:
    """A tag of public projects."""

    tag: str


@frozen
class FindingCalls:
    """``…/star``, ``…/related``, ``/me/searches`` and ``/tags``."""

    rooms: Rooms

    @operation(
        Operation("PUT", f"{ONE}/star", "Star a project", ProjectObject,
                  right=in_project(Action.VIEW))
    )  # fmt: skip
    async def star(self, call: Call, owner: str, project: str) -> ProjectObject:
        """Give a project one's star; a second one changes nothing."""
        path = parse_project_path(owner, project)
        return project_object(await self.rooms.finding.star(call.person, path))

    @operation(
        Operation("GET", f"{ONE}/related", "Related projects", ProjectObject,
                  pages=True, right=in_project(Action.VIEW, visitors=True))
    )  # fmt: skip
    async def related(
        self, call: Call, owner: str, project: str
    ) -> Page[ProjectObject]:
        """List a few that you may see with tags or people in common, nearest first."""
        path = parse_project_path(owner, project)
        one = await self.rooms.projects.at(call.caller, path)
        found = await self.rooms.related.of(call.caller, one)
        return Page(tuple(map(project_object, found)))

    @operation(
        Operation("DELETE", f"{ONE}/star", "Take a star away", ProjectObject,
                  right=in_project(Action.VIEW))
    )  # fmt: skip
    async def unstar(self, call: Call, owner: str, project: str) -> ProjectObject:
        """Take one's star away, if there is one."""
        path = parse_project_path(owner, project)
        return project_object(await self.rooms.finding.unstar(call.person, path))

    @operation(
        Operation("GET", "/me/searches", "Searches you keep", SearchObject, pages=True,
                  right=PERSON)
    )  # fmt: skip
    async def searches(self, call: Call) -> Page[SearchObject]:
        """List one's kept searches, all on one page."""
        found = await self.rooms.finding.searches(call.person)
        return Page(tuple(search_object(one) for one in found))

    @operation(
        Operation("POST", "/me/searches", "Keep a search", SearchObject, NewSearchBody,
                  201, right=PERSON)
    )  # fmt: skip
    async def save(self, call: Call) -> SearchObject:
        """Keep a search under a name."""
        body: NewSearchBody = call.body
        saved = await self.rooms.finding.save(call.person, body.name, body.q)
        return search_object(saved)

    @operation(
        Operation("DELETE", "/me/searches/{key}", "Forget a search", right=PERSON)
    )
    async def forget(self, call: Call, key: str) -> None:
        """Remove a kept search."""
        await self.rooms.finding.forget(call.person, key)

    @operation(
        Operation("GET", "/tags", "Popular tags", TagObject, pages=True, right=ANYONE)
    )
    async def tags(self, call: Call) -> Page[TagObject]:
        """List the tags that public projects have most."""
        return Page(tuple(TagObject(one) for one in await self.rooms.finding.tags()))


def search_object(one: SavedSearch) -> SearchObject:
    """Return a kept search as the API shows it."""
    return SearchObject(one.id, one.name, one.q, stamp(one.created))
