"""Projects that move to another data center, in the store: each change all at once."""

from collections.abc import Callable

from aen.model.names import PlaceName
from aen.model.projects import Project, Shipment
from aen.server.store.collection import Change, Collection, Document
from aen.server.store.project_documents import shipment_document


class ProjectShipments:
    """Notes where projects are brought, where they are, and what they left."""

    def __init__(
        self, projects: Collection, read: Callable[[Document], Project]
    ) -> None:
        """Take the collection of projects, and what makes one of a document."""
        self._all = projects
        self._read = read

    async def bind(
        self, key: str, mark: str, shipment: Shipment | None
    ) -> Project | None:
        """Note where the files are to be brought; None: *mark* holds it no more."""
        change: Change = {"$unset": {"bound": ""}}
        if shipment is not None:
            change = {"$set": {"bound": shipment_document(shipment)}}
        return self._maybe(await self._all.claim({"_id": key, "mark": mark}, change))

    async def arrive(
        self,
        project: Project,
        mark: str,
        data_center: PlaceName,
        node: PlaceName | None,
        left: Shipment | None,
    ) -> Project | None:
        """Let a project be in another place from now on.

        :param left: what is to be removed where it was; None: nothing is.
        :return: None: *mark* holds it no more, or it has got another path meanwhile.
        """
        path = project.path
        query = {"_id": project.id, "mark": mark, "key": path.key, "name": path.name}
        fields: dict[str, object] = {"data_center": data_center, "node": node}
        if left is not None:
            fields["left"] = shipment_document(left)
        change: Change = {"$set": fields, "$unset": {"bound": ""}}
        return self._maybe(await self._all.claim(query, change))

    async def cleared(self, key: str, shipment: str) -> None:
        """Note that nothing of a project is left where it was before *shipment*."""
        change: Change = {"$unset": {"left": ""}}
        await self._all.update({"_id": key, "left.id": shipment}, change)

    async def with_left(self, limit: int) -> list[Project]:
        """Return projects that have left files in another place."""
        found = await self._all.find({"left.id": {"$gt": ""}}, limit=limit)
        return [self._read(one) for one in found]

    def _maybe(self, document: Document | None) -> Project | None:
        return None if document is None else self._read(document)
