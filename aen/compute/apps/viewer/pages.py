"""The Viewer's own pages, around what is in the files."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from attrs import field, frozen
from markupsafe import Markup

from aen.compute.apps.files.addresses import OWN, href, shown
from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.replies import SAFE, Reply
from aen.compute.apps.viewer.folders import Rows
from aen.compute.apps.viewer.kinds import Medium
from aen.compute.apps.viewer.rendering.jobs import Rendered, View
from aen.compute.apps.viewer.rendering.templates import template
from aen.runtime.assets import Assets

BUILT: Final = Path(__file__).parent / "static" / "built"
STATIC: Final = f"{OWN}static/"
HTML: Final = (b"content-type", b"text/html; charset=utf-8")
_POLICY: Final = (
    b"default-src 'none'; style-src 'self'; img-src 'self' data:;"
    b" media-src 'self' data:; base-uri 'none'; form-action 'self';"
    b" frame-ancestors 'self'"
)
_SHUT: Final = (
    b"; style-src-attr 'unsafe-inline'; sandbox allow-same-origin allow-forms"
    b" allow-downloads allow-popups allow-popups-to-escape-sandbox"
    b" allow-top-navigation-by-user-activation"
)
"""Of pages with HTML of others: no script runs in them, whatever else should fail."""
_MORE: Final = {View.SOURCE: b"; script-src 'self'", View.TABLE: b""}
_SAID: Final = {
    400: "This address says nothing that can be shown",
    403: "You may not look at this",
    404: "There is nothing here",
    409: "This cannot be shown",
    503: "Too much at a time",
}
_FAILED: Final = "Something went wrong here"


@frozen
class Crumb:
    """A folder above what is shown."""

    name: str
    href: str


@frozen
class File:
    """What pages say of the file that they show."""

    names: tuple[str, ...]
    size: int
    modified: float


@frozen
class Look:
    """How a page is wanted."""

    bare: bool = False
    """Without what is around its content: in a frame of the Workbench."""
    source: bool = False
    """As it is written, where it could be rendered."""

    @property
    def query(self) -> str:
        """What addresses of other pages get, so that they look the same."""
        return "?bare=1" if self.bare else ""


@frozen
class Pages:
    """Makes pages of one project."""

    prefix: str
    assets: Assets | None
    account: str
    """The account of the machine that files are read as."""
    project: str = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Take the name of the project from where it is."""
        owner, name = self.prefix.strip("/").split("/")[:2]
        object.__setattr__(self, "project", f"{owner}/{name}")

    def version(self) -> str:
        """Return what changes when pages do: part of their tags."""
        return self.assets.url("viewer.css") if self.assets else ""

    def folder(self, names: tuple[str, ...], found: Rows, look: Look) -> Reply:
        """Return the page of a folder."""
        values = {
            "rows": found.rows,
            "next": found.after,
            "up": bool(names),
            "moment": moment,
        }
        return self._page("folder.html", names, look, values, _POLICY)

    def rendered(self, file: File, view: View, done: Rendered, look: Look) -> Reply:
        """Return a page with what was made of a file."""
        values = {
            "kind": view.value,
            "content": Markup(done.html),  # noqa: S704 -- made to be put in
            "notes": done.notes,
            "problem": done.problem,
        }
        policy = _POLICY + _MORE.get(view, _SHUT)
        return self._file(file, look, values, policy)

    def medium(self, file: File, medium: Medium, look: Look) -> Reply:
        """Return a page with what browsers show by themselves."""
        more = b"; frame-src 'self'" if medium is Medium.PDF else b""
        return self._file(file, look, {"kind": medium.value}, _POLICY + more)

    def nothing(self, file: File, look: Look, problem: str = "") -> Reply:
        """Return the page of a file that is not shown, and why."""
        values = {"kind": "other", "problem": problem}
        return self._file(file, look, values, _POLICY)

    def found(self, values: dict[str, Any]) -> Reply:
        """Return what a search has found."""
        return self._page("search.html", (), Look(), values, _POLICY)

    def refused(
        self, refusal: Refusal, names: tuple[str, ...], look: Look, *, public: bool
    ) -> Reply:
        """Return why something is not shown, and what helps.

        :param public: whether there is a public folder that one may look into.
        """
        values = {
            "title": _SAID.get(refusal.status, _FAILED),
            "message": refusal.message,
            "status": refusal.status,
            "account": self.account,
            "public": public,
        }
        page = self._page("problem.html", names, look, values, _POLICY)
        return Reply(refusal.status, page.body, page.headers)

    def static(self, name: str, coding: bytes | None, known: bytes | None) -> Reply:
        """Return one of the files that pages load.

        :raises Refusal: there is none of that name.
        """
        found = self.assets.find(name, coding, known) if self.assets else None
        if found is None:
            raise Refusal(404, "There is no such file.")
        return Reply(found.status, found.body, found.headers)

    def _file(
        self, file: File, look: Look, values: dict[str, Any], policy: bytes
    ) -> Reply:
        name = href(file.names[-1])
        way = "/".join(href(one) for one in file.names)
        about = {
            "size": file.size,
            "changed": moment(file.modified),
            "view": f"./{name}",
            "raw": f"{self.prefix}/raw/{way}",
            "notes": (),
            "problem": "",
        }
        return self._page("file.html", file.names, look, about | values, policy)

    def _page(
        self,
        name: str,
        names: tuple[str, ...],
        look: Look,
        values: dict[str, Any],
        policy: bytes,
    ) -> Reply:
        top = f"{self.prefix}/view/"
        crumbs = [Crumb(self.project.partition("/")[2], top + look.query)]
        for one in names:
            top += href(one) + "/"
            crumbs.append(Crumb(shown(one), top + look.query))
        around = {
            "prefix": self.prefix,
            "project": self.project,
            "crumbs": crumbs,
            "bare": look.bare,
            "source": look.source,
            "query": look.query,
            "css": self._asset("viewer.css"),
            "js": self._asset("viewer.js"),
        }
        text = template(name).render(around | values)
        headers = (HTML, (b"content-security-policy", policy), *SAFE)
        return Reply(200, text.encode("utf-8", "replace"), headers)

    def _asset(self, name: str) -> str:
        if self.assets is None:
            return ""
        return f"{self.prefix}/{STATIC}{self.assets.url(name)}"


def moment(seconds: float) -> str:
    """Return a time for people; it is the same wherever they are."""
    try:
        when = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):  # files may be of any year
        when = datetime.fromtimestamp(0, UTC)
    return f"{when:%Y-%m-%d %H:%M}"
