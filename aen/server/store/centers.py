"""Data centers in the store, and what was last heard of them."""

from typing import Any

from aen.model.apps import AppSummary, Instance, Permission
from aen.model.errors import Taken
from aen.model.names import AppName, PlaceName
from aen.model.places import DataCenter, Node, NodeHealth
from aen.server.store.collection import Change, Database, Document, Duplicate
from aen.wire.messages import NodeStatus


class CenterRecords:
    """Finds and changes data centers; `_id` is the name."""

    def __init__(self, database: Database) -> None:
        self._all = database.collection("centers")
        self._health = database.collection("health")

    async def all(self) -> list[DataCenter]:
        """Return every data center in order of the names."""
        return [_center(one) for one in await self._all.find({}, order=[("_id", 1)])]

    async def named(self, name: str) -> DataCenter | None:
        """Return the data center called *name*."""
        found = await self._all.find_one({"_id": name})
        return None if found is None else _center(found)

    async def add(self, center: DataCenter) -> None:
        """Add a data center, or raise `Taken`."""
        try:
            await self._all.insert(
                {
                    "_id": center.name,
                    "url": center.url,
                    "key": center.key,
                    "summary": center.summary,
                    "nodes": {},
                    "seen": None,
                }
            )
        except Duplicate:
            message = f"There is a data center “{center.name}” already."
            raise Taken(message, fields={"name": message}) from None

    async def put(self, center: DataCenter) -> DataCenter:
        """Make a data center, or give one its new address, key and summary."""
        fields = {"url": center.url, "key": center.key, "summary": center.summary}
        return _center(await self._all.put({"_id": center.name}, {"$set": fields}))

    async def put_node(self, center: str, node: Node) -> DataCenter | None:
        """Add a node, or change its address."""
        change = {"$set": {f"nodes.{_field(node.name)}": node.url}}
        found = await self._all.claim({"_id": center}, change)
        return None if found is None else _center(found)

    async def drop_node(self, center: str, node: str) -> DataCenter | None:
        """Take a node out."""
        change: Change = {
            "$unset": {f"nodes.{_field(node)}": ""},
            "$pull": {"draining": node},
        }
        found = await self._all.claim({"_id": center}, change)
        await self._health.delete({"_id": f"{center}/{node}"})
        return None if found is None else _center(found)

    async def drain(self, center: str, node: str, *, on: bool) -> DataCenter | None:
        """Note that a node shall get no new projects, or shall again."""
        query = {"_id": center, f"nodes.{_field(node)}": {"$exists": True}}
        how = "$addToSet" if on else "$pull"
        found = await self._all.claim(query, {how: {"draining": node}})
        return None if found is None else _center(found)

    async def remove(self, center: str) -> None:
        """Forget a data center and what was heard of it."""
        await self._all.delete({"_id": center})
        await self._health.delete({"center": center})

    async def heard_of(self, center: str, at: float, process: str) -> None:
        """Note that the gateway's channel to one of our processes is open."""
        fields = {"seen": at, "seen_by": process}
        await self._all.update({"_id": center}, {"$set": fields})

    async def gone_from(self, center: str, process: str) -> None:
        """Note that it has closed; unless it was open to another process since."""
        query = {"_id": center, "seen_by": process}
        await self._all.update(query, {"$set": {"seen": None}})

    async def seen(self) -> dict[PlaceName, float | None]:
        """Return when each gateway was last heard of."""
        return {
            PlaceName(one["_id"]): one.get("seen") for one in await self._all.find({})
        }

    async def put_status(self, center: str, status: NodeStatus, at: float) -> None:
        """Note what a node said of itself."""
        fields: dict[str, Any] = {
            "center": center,
            "name": status.name,
            "answering": True,
            "projects": status.projects,
            "messages": list(status.messages),
            "single_user": status.single_user,
            "refused": list(status.refused),
            "version": status.version,
            "apps": [_app_document(one) for one in status.apps],
            "seen": at,
        }
        await self._health.put({"_id": f"{center}/{status.name}"}, {"$set": fields})

    async def put_silent(self, center: str, node: str, at: float) -> None:
        """Note that a node does not answer."""
        fields = {"center": center, "name": node, "answering": False, "silent": at}
        await self._health.put({"_id": f"{center}/{node}"}, {"$set": fields})

    async def health(self, center: str) -> dict[PlaceName, NodeHealth]:
        """Return what is known of the nodes of a data center."""
        found = await self._health.find({"center": center})
        return {PlaceName(one["name"]): _health(one) for one in found}

    async def apps(self, center: str) -> tuple[AppSummary, ...]:
        """Return the apps the nodes of a data center offer, by name."""
        found = await self._health.find({"center": center}, order=[("name", 1)])
        known: dict[str, AppSummary] = {}
        for one in found:
            for app in one.get("apps", []):
                known.setdefault(app["name"], _app(app))
        return tuple(known.values())


def _field(name: str) -> str:
    # Node names may hold dots, which in a path mean "inside".
    return name.replace(".", "%2E")


def _unfield(field: str) -> str:
    return field.replace("%2E", ".")


def _center(document: Document) -> DataCenter:
    nodes = sorted(document.get("nodes", {}).items())
    return DataCenter(
        name=PlaceName(document["_id"]),
        url=document["url"],
        key=document["key"],
        summary=document["summary"],
        nodes=tuple(Node(PlaceName(_unfield(name)), url) for name, url in nodes),
        draining=frozenset(map(PlaceName, document.get("draining", ()))),
    )


def _health(document: Document) -> NodeHealth:
    return NodeHealth(
        name=PlaceName(document["name"]),
        answering=document["answering"],
        projects=document.get("projects", 0),
        messages=tuple(document.get("messages", ())),
        single_user=document.get("single_user", False),
        version=document.get("version", ""),
        refused=_refused(document),
    )


def _refused(document: Document) -> tuple[str, ...] | None:
    """Return who a node refuses, as far as it has said anything of itself."""
    if "refused" not in document:
        return None
    return () if document["single_user"] else tuple(document["refused"])


def _app_document(app: AppSummary) -> Document:
    return {
        "name": app.name,
        "title": app.title,
        "icon": app.icon,
        "permission": app.permission.value,
        "instance": app.instance.value,
        "scopes": list(app.scopes),
        "hidden": app.hidden,
    }


def _app(document: Document) -> AppSummary:
    return AppSummary(
        name=AppName(document["name"]),
        title=document["title"],
        icon=document["icon"],
        permission=Permission(document["permission"]),
        instance=Instance(document["instance"]),
        scopes=tuple(document["scopes"]),
        hidden=document.get("hidden", False),
    )
