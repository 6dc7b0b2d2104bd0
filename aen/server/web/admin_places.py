"""Administration: data centers, their nodes, and the server itself."""

import json

from aen.model.administration import Area, area
from aen.model.errors import AenError
from aen.server.web.admin_frame import AdminFrame
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Redirect, Visit

_ALL = "/admin/data-centers"
_ONE = f"{_ALL}/<center>"
_NODE = f"{_ONE}/nodes/<node>"


class AdminPlacePages:
    """``/admin/data-centers`` and ``/admin/system``."""

    def __init__(self, frame: Frame) -> None:
        self._rooms = frame.rooms
        self._places = frame.rooms.admin.places
        self._frame = AdminFrame(frame.rooms)

    @view(_ALL, "GET", right=area(Area.CENTERS))
    async def centers(self, visit: Visit) -> Answer:
        """Show every data center, its nodes and how they are."""
        return await self._all(visit)

    @view(_ALL, "POST", right=area(Area.CENTERS))
    async def add(self, visit: Visit) -> Answer:
        """Make a data center."""
        form = visit.form
        try:
            made = await self._places.add(
                visit.person, form.line("name"), form.line("url"), form.line("summary")
            )
        except AenError as error:
            return await self._all(visit, error)
        return Redirect(f"{_ALL}/{made.name}?done=made")

    async def _all(self, visit: Visit, problem: AenError | None = None) -> Answer:
        return await self._frame.page(
            visit,
            "data-centers",
            "admin_data_centers.html",
            problem,
            centers=await self._rooms.centers.data_centers(),
            health=await self._rooms.centers.health(visit.person),
            form=visit.form,
        )

    @view(_ONE, "GET", right=area(Area.CENTERS))
    async def center(self, visit: Visit, center: str) -> Answer:
        """Show one data center, live."""
        return await self._one(visit, center)

    @view(_ONE + "/remove", "POST", right=area(Area.CENTERS))
    async def remove(self, visit: Visit, center: str) -> Answer:
        """Take a data center out, in which there is no project."""
        try:
            await self._places.remove(visit.person, center)
        except AenError as error:
            return await self._one(visit, center, error)
        return Redirect(f"{_ALL}?done=removed")

    @view(_ONE + "/nodes", "POST", right=area(Area.CENTERS))
    async def add_node(self, visit: Visit, center: str) -> Answer:
        """Add a compute node."""
        form = visit.form
        try:
            await self._places.add_node(
                visit.person, center, form.line("name"), form.line("url")
            )
        except AenError as error:
            return await self._one(visit, center, error)
        return Redirect(f"{_ALL}/{center}?done=node")

    @view(_NODE + "/<act>", "POST", right=area(Area.CENTERS))
    async def change_node(
        self, visit: Visit, center: str, node: str, act: str
    ) -> Answer:
        """Empty a node, fill it again, take it out, or ask it how it is."""
        caller, told = visit.person, ""
        try:
            match act:
                case "drain" | "fill":
                    on = act == "drain"
                    await self._places.drain(caller, center, node, on=on)
                case "remove":
                    await self._places.remove_node(caller, center, node)
                case _:
                    status = await self._places.check(caller, center, node)
                    said = "; ".join(status.messages) or "nothing is wrong"
                    told = f"“{node}” answers (version {status.version}): {said}"
        except AenError as error:
            return await self._one(visit, center, error)
        if told:
            return await self._one(visit, center, told=told)
        return Redirect(f"{_ALL}/{center}?done={act}&node={node}")

    async def _one(
        self,
        visit: Visit,
        name: str,
        problem: AenError | None = None,
        told: str = "",
    ) -> Answer:
        center = await self._rooms.centers.center(name)
        health = (await self._rooms.centers.health(visit.person))[center.name]
        messages = [one for node in health.nodes for one in node.messages]
        good = health.connected and all(one.answering for one in health.nodes)
        status = {"status": "ok" if good else "trouble", "messages": messages}
        return await self._frame.page(
            visit,
            "data-centers",
            "admin_data_center.html",
            problem,
            center=center,
            health=health,
            nodes={one.name: one for one in health.nodes},
            projects=await self._rooms.archive.projects.count_in(name),
            counts=await self._places.counts(visit.person, name),
            status=json.dumps(status, indent=2, ensure_ascii=False),
            told=told,
            form=visit.form,
            node=visit.query["node"],
        )

    @view("/admin/system", right=area(Area.SYSTEM))
    async def system(self, visit: Visit) -> Answer:
        """Show how the server itself is."""
        return await self._frame.page(
            visit,
            "system",
            "admin_system.html",
            system=await self._rooms.admin.system.look(visit.person),
            settings=self._rooms.settings,
        )
