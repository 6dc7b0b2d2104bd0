"""Administration: who did what, and the report about it."""

from urllib.parse import urlencode

from aen.model.administration import Area, area
from aen.model.audit import Act
from aen.model.errors import AenError, Invalid
from aen.model.names import parse_project_path
from aen.model.periods import Period
from aen.server.choices import chosen
from aen.server.log_lines import Form
from aen.server.site_values import zone
from aen.server.store.audit import Seeking
from aen.server.store.paging import LONGEST_PAGE
from aen.server.web.admin_frame import AdminFrame
from aen.server.web.days import end_of_day, start_of_day
from aen.server.web.headers import attachment
from aen.server.web.listing import Asked
from aen.server.web.paced import Gone, Paced
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Streamed, Visit

_PAGE = 50
_NAMES = ("person", "act", "project", "since", "until")


class AdminLogPages:
    """``/admin/log`` and ``/admin/report``."""

    def __init__(self, frame: Frame) -> None:
        self._rooms = frame.rooms
        self._frame = AdminFrame(frame.rooms)

    @view("/admin/log", right=area(Area.LOG))
    async def log(self, visit: Visit) -> Answer:
        """Show who did what, the newest first."""
        asked = Asked.of("/admin/log", visit.query, _NAMES, "")
        problem: AenError | None = None
        seeking = Seeking()
        try:
            seeking = await self._seeking(asked)
        except AenError as error:
            problem = error
        found = await self._rooms.audit.everything(
            visit.person, seeking, visit.query["cursor"] or None, _PAGE
        )
        return await self._frame.page(
            visit,
            "log",
            "admin_log.html",
            problem,
            asked=asked,
            found=found,
            acts=tuple(Act),
            narrow=urlencode({one: asked[one] for one in _NAMES if asked[one]}),
            most=self._rooms.settings.audit_export,
        )

    @view("/admin/log/export", right=area(Area.LOG))
    async def export(self, visit: Visit) -> Answer:
        """Send what the list shows as a file, line by line."""
        form = chosen(Form, visit.query["form"] or "csv", "form")
        asked = Asked.of("/admin/log", visit.query, _NAMES, "")
        seeking = await self._seeking(asked)
        cursor, left = None, self._rooms.settings.audit_export
        # The first page is asked for before anything is said: errors have a page.
        page = await self._rooms.audit.everything(visit.person, seeking, None, 1)
        request = visit.request
        request.setHeader(b"content-type", f"{form.media}; charset=utf-8".encode())
        name = f"security-log.{form.value}"
        request.setHeader(b"content-disposition", attachment(name))
        paced = Paced(request)
        paced.begin()
        try:
            await paced.write(form.head.encode())
            while left > 0:
                page = await self._rooms.audit.everything(
                    visit.person, seeking, cursor, min(left, LONGEST_PAGE)
                )
                await paced.write("".join(map(form.line, page.items)).encode())
                cursor, left = page.next, left - len(page.items)
                if cursor is None:
                    break
        except Gone:
            pass
        finally:
            paced.end()
        return Streamed()

    async def _seeking(self, asked: Asked) -> Seeking:
        place = zone((await self._rooms.site.values()).time_zone)
        return Seeking(
            person=asked["person"].lower(),
            acts=_acts(asked["act"]),
            since=start_of_day(asked["since"], "since", place) or 0.0,
            until=end_of_day(asked["until"], "until", place) or 0.0,
            **await self._project(asked["project"]),
        )

    async def _project(self, text: str) -> dict[str, str]:
        """Return how a project is looked for: by its id, while there is one."""
        if not text:
            return {}
        owner, _, name = text.partition("/")
        try:
            path = parse_project_path(owner, name)
        except Invalid:
            message = "A project is written as “owner/name”."
            raise Invalid(message, fields={"project": message}) from None
        found = await self._rooms.archive.projects.at(path)
        return {"path": str(path)} if found is None else {"project": found.id}

    # ---- the report

    @view("/admin/report", right=area(Area.REPORT))
    async def report(self, visit: Visit) -> Answer:
        """Show what people did today, or in another period."""
        words = {one.value: one for one in Period}
        period = words.get(visit.query["period"], Period.TODAY)
        sheet = await self._rooms.admin.report.of(visit.person, period)
        return await self._frame.page(
            visit,
            "report",
            "admin_report.html",
            sheet=sheet,
            periods=tuple(Period),
            act=Act,
        )


def _acts(text: str) -> tuple[Act, ...]:
    return tuple(one for one in Act if one.value == text)
