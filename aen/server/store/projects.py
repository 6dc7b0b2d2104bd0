"""Projects in the store.

The team is an embedded document (name to role) beside the list of names, so that
one atomic change puts somebody in or out and an index finds their projects. Guests have
the end of their time in another one. Whose time is over is left out of what is read,
from that moment on, and taken out for good by whoever looks for `over`.
"""

from collections.abc import Callable, Iterable
from typing import Any

from aen.model.errors import Taken
from aen.model.names import PlaceName, ProjectPath
from aen.model.projects import (
    Member,
    Problem,
    Progress,
    Project,
    State,
    edition,
)
from aen.runtime.tasks import together
from aen.server.store.collection import Change, Database, Document, Duplicate
from aen.server.store.project_documents import (
    document_of,
    moved,
    over,
    problem_document,
    progress_document,
    project_of,
)
from aen.server.store.project_finder import ProjectFinder
from aen.server.store.project_shipments import ProjectShipments
from aen.server.store.project_words import DERIVED_FROM, FOUND_BY, derived


class ProjectRecords:
    """Finds and changes projects, one atomic change at a time.

    :param now: tells the time, in seconds since the epoch.
    """

    def __init__(self, database: Database, now: Callable[[], float]) -> None:
        self._all = database.collection("projects")
        self._now = now
        self.finder = ProjectFinder(self._all, self._read)
        self.shipments = ProjectShipments(self._all, self._read)

    async def add(self, project: Project) -> None:
        """Add a project, or raise `Taken`."""
        try:
            await self._all.insert(document_of(project))
        except Duplicate:
            message = (
                f"There is a project “{project.path}” already; choose another name."
            )
            raise Taken(message, fields={"name": message}) from None

    async def at(self, path: ProjectPath) -> Project | None:
        """Return the project at *path*, whatever the case of its letters."""
        return self._maybe(await self._all.find_one({"key": path.key}))

    async def with_id(self, key: str) -> Project | None:
        """Return the project with that id."""
        return self._maybe(await self._all.find_one({"_id": key}))

    async def with_ids(self, keys: Iterable[str]) -> dict[str, Project]:
        """Return those of these ids that are there, by id."""
        query = {"_id": {"$in": sorted(keys)}}
        found = await self._all.find(query, without=FOUND_BY)
        return {one["_id"]: self._read(one) for one in found}

    async def star(self, key: str, more: int) -> None:
        """Count *more* stars of a project, or with a negative number fewer."""
        await self._all.update({"_id": key}, {"$inc": {"stars": more}})

    async def paths(self, keys: Iterable[str]) -> dict[str, ProjectPath]:
        """Return the path of each project of these ids that is there."""
        found = await self.with_ids(keys)
        return {key: one.path for key, one in found.items()}

    async def revision(self, key: str) -> int:
        """Return the number of changes of state so far; -1 without such a project."""
        found = await self._all.find_one({"_id": key})
        return -1 if found is None else int(found["rev"])

    async def of_person(self, name: str, limit: int) -> list[Project]:
        """Return what somebody owns or is in the team of, changed last first."""
        order = [("updated", -1), ("_id", -1)]
        found = await together(
            self._all.find(query, order=order, limit=limit, without=FOUND_BY)
            for query in ({"owner": name}, {"members": name})
        )
        read = [self._read(one) for both in found for one in both]
        read.sort(key=lambda one: (-one.updated, one.id))
        return [one for one in read if one.holds(name)][:limit]

    async def owned(self, name: str) -> int:
        """Return how many projects somebody owns."""
        return await self._all.count({"owner": name})

    async def memberships(self, name: str) -> list[Project]:
        """Return every project somebody is in the team of."""
        found = await self._all.find({"members": name})
        return [self._read(one) for one in found]

    async def edit(
        self, key: str, fields: dict[str, Any], now: float, seen: Project | None = None
    ) -> Project | None:
        """Set descriptive *fields* and return the project as it is then.

        None when there is none, or when it is not described as it was *seen* any more.
        """
        query: dict[str, Any] = {"_id": key}
        if seen is not None:
            found = await self._all.find_one(query)
            if found is None or edition(self._read(found)) != edition(seen):
                return None
            query["edits"] = found.get("edits")
        change: Change = {"$set": {**fields, "updated": now}, "$inc": {"edits": 1}}
        changed = await self._all.claim(query, change)
        if changed is not None and DERIVED_FROM & fields.keys():
            await self._all.update({"_id": key}, {"$set": derived(changed)})
        return self._maybe(changed)

    async def put_member(self, key: str, member: Member, now: float) -> Project | None:
        """Put somebody in the team, or change their role."""
        fields: dict[str, Any] = {
            f"team.{member.user}": member.role.value,
            "updated": now,
        }
        end, more = f"until.{member.user}", dict[str, dict[str, Any]]()
        if member.until is None:
            more["$unset"] = {end: ""}
        else:
            fields[end] = member.until
            # The greatest of these is of the one whose time is over first.
            more["$max"] = {"guest_due": -member.until}
        change: Change = {
            "$set": fields,
            "$addToSet": {"members": member.user},
            "$inc": {"team_rev": 1},
            **more,
        }
        return self._maybe(await self._all.claim({"_id": key}, change))

    async def drop_member(self, key: str, user: str, now: float) -> Project | None:
        """Take somebody out of the team; None when they were not in it."""
        change: Change = {
            "$unset": {f"team.{user}": "", f"until.{user}": ""},
            "$pull": {"members": user},
            "$set": {"updated": now},
            "$inc": {"team_rev": 1},
        }
        return self._maybe(await self._all.claim({"_id": key, "members": user}, change))

    async def over(
        self, now: float, limit: int
    ) -> list[tuple[Project, tuple[str, ...]]]:
        """Return projects with guests whose time is over by *now*, and who they are."""
        found = await self._all.find({"guest_due": {"$gte": -now}}, limit=limit)
        return [(project_of(one, now), over(one, now)) for one in found]

    async def ended_guests(self, key: str, now: float) -> None:
        """Note when the next guest's time is over, once those by *now* are out."""
        found = await self._all.find_one({"_id": key})
        if found is None:
            return
        ends = [end for end in found.get("until", {}).values() if end > now]
        change: Change = {"$unset": {"guest_due": ""}}
        if ends:
            change = {"$set": {"guest_due": -min(ends)}}
        # Who was put in meanwhile counts, too: the next look sees to it.
        query = {"_id": key, "team_rev": found.get("team_rev")}
        await self._all.update(query, change)

    async def formerly(self, path: ProjectPath) -> Project | None:
        """Return the project that was at *path* last and is somewhere else now."""
        found = await self._all.find(
            {"former": path.key}, order=[("updated", -1)], limit=1
        )
        return self._read(found[0]) if found else None

    async def has_files_at(self, path: ProjectPath, key: str) -> bool:
        """Whether files of another project than *key* are still at *path*."""
        query = {"home_key": path.key, "_id": {"$ne": key}}
        return await self._all.find_one(query) is not None

    async def unsettled(self, limit: int) -> list[Project]:
        """Return projects whose files are still where they were before."""
        found = await self._all.find({"home_key": {"$gt": ""}}, limit=limit)
        return [self._read(one) for one in found]

    async def move(
        self, project: Project, path: ProjectPath, stays: Member | None, now: float
    ) -> Project | None:
        """Give a project another path; None when it has changed meanwhile.

        Its new owner leaves the team; *stays* is put into it.

        :raises Taken: there is a project at *path* already.
        """
        now_at = project.path
        query: dict[str, Any] = {"_id": project.id, "key": now_at.key}
        query["name"] = now_at.name
        found = await self._all.find_one(query)
        if found is None:
            return None
        for field in ("team_rev", "home"):
            query[field] = found.get(field)
        change: Change = {
            "$set": {**moved(found, path, stays), "updated": now},
            "$inc": {"team_rev": 1},
        }
        try:
            return self._maybe(await self._all.claim(query, change))
        except Duplicate:
            message = f"There is a project “{path}” already."
            raise Taken(message, fields={"name": message}) from None

    async def settle(self, key: str, mark: str, path: ProjectPath) -> Project | None:
        """Note that the files are at *path*; None: *mark* or the path is another."""
        query = {"_id": key, "mark": mark, "key": path.key, "name": path.name}
        change: Change = {"$unset": {"home": "", "home_key": ""}}
        return self._maybe(await self._all.claim(query, change))

    async def filled(self, key: str, mark: str) -> Project | None:
        """Note that the files are copied; None: *mark* no longer holds the project."""
        change: Change = {"$set": {"source": ""}}
        return self._maybe(await self._all.claim({"_id": key, "mark": mark}, change))

    async def announce(self, key: str, revision: int, state: State, now: float) -> bool:
        """Show *state* while a worker has not taken up the project since *revision*."""
        change: Change = {
            "$set": {"state": state.value, "progress": None, "updated": now},
            "$inc": {"rev": 1},
        }
        return await self._all.update({"_id": key, "rev": revision}, change)

    async def begin(self, key: str, mark: str, state: State | None, now: float) -> bool:
        """Let only the holder of *mark* change the state from now on."""
        fields: dict[str, Any] = {"mark": mark, "updated": now}
        if state is not None:
            fields |= {"state": state.value, "progress": None, "problem": None}
        return await self._all.update(
            {"_id": key}, {"$set": fields, "$inc": {"rev": 1}}
        )

    async def step(self, key: str, mark: str, progress: Progress) -> bool:
        """Note how far it is; False when *mark* no longer holds the project."""
        change: Change = {"$set": {"progress": progress_document(progress)}}
        return await self._all.update({"_id": key, "mark": mark}, change)

    async def place(self, key: str, mark: str, node: PlaceName) -> bool:
        """Note the node; False when *mark* no longer holds the project."""
        query = {"_id": key, "mark": mark}
        return await self._all.update(query, {"$set": {"node": node}})

    async def finish(
        self, key: str, mark: str, state: State, problem: Problem | None, now: float
    ) -> Project | None:
        """End what *mark* began; None when it no longer holds the project."""
        fields = {
            "state": state.value,
            "progress": None,
            "problem": problem_document(problem),
            "mark": "",
            "updated": now,
        }
        change: Change = {"$set": fields, "$inc": {"rev": 1}}
        return self._maybe(await self._all.claim({"_id": key, "mark": mark}, change))

    async def complain(self, key: str, problem: Problem | None) -> bool:
        """Set the problem of a project that nobody is changing; False: it is not so.

        Its state stays: what runs goes on running.
        """
        calm = [State.RUNNING.value, State.STOPPED.value]
        query = {"_id": key, "mark": "", "state": {"$in": calm}}
        change: Change = {"$set": {"problem": problem_document(problem)}}
        return await self._all.update(query, change)

    async def team_due(self, key: str, at: float | None) -> None:
        """Note from when on to apply the team again; None: the files follow it."""
        await self._due("team_due", key, at)

    async def late_teams(self, now: float, limit: int) -> list[Project]:
        """Return projects whose team is to be applied again by *now*."""
        found = await self._all.find({"team_due": {"$lte": now}}, limit=limit)
        return [self._read(one) for one in found]

    async def ran_due(self, key: str, at: float | None) -> None:
        """Note from when on to ask whether it still runs; None: that is known."""
        await self._due("ran_due", key, at)

    async def perhaps_running(self, now: float, limit: int) -> list[Project]:
        """Return projects that ran before a restore, and are to be asked for by *now*.

        Those asked for longest ago come first.
        """
        query, order = {"ran_due": {"$lte": now}}, [("ran_due", 1)]
        found = await self._all.find(query, order=order, limit=limit)
        return [self._read(one) for one in found]

    async def remove(self, key: str) -> None:
        """Forget a project."""
        await self._all.delete({"_id": key})

    async def running(self) -> int:
        """Return how many projects run."""
        return await self._all.count({"state": State.RUNNING.value})

    async def count_on(self, data_center: str, node: str) -> int:
        """Return how many projects have their files on a node."""
        return await self._all.count({"data_center": data_center, "node": node})

    async def total(self) -> int:
        """Return how many projects there are."""
        return await self._all.count({})

    async def count_in(self, data_center: str, node: str | None = None) -> int:
        """Return how many projects a data center, or one of its nodes, has."""
        query: dict[str, Any] = {"data_center": data_center}
        if node is not None:
            query |= {"node": node, "state": {"$ne": State.STOPPED.value}}
        return await self._all.count(query)

    async def _due(self, field: str, key: str, at: float | None) -> None:
        change: Change = (
            {"$unset": {field: ""}} if at is None else {"$set": {field: at}}
        )
        await self._all.update({"_id": key}, change)

    def _read(self, document: Document) -> Project:
        return project_of(document, self._now())

    def _maybe(self, document: Document | None) -> Project | None:
        return None if document is None else self._read(document)
