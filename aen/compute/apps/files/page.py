"""The page that takes an archive; it works without a script, too."""

from pathlib import Path

from attrs import frozen

from aen.compute.apps.files.addresses import OWN, project_of
from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.replies import SAFE, Reply
from aen.compute.apps.files.unpacking import Unpacked
from aen.model.errors import AenError
from aen.runtime.assets import Assets
from aen.runtime.templates import templates_in

HERE = Path(__file__).parent
BUILT = HERE / "static" / "built"
STATIC = f"{OWN}static/"
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    b" connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


def built_assets() -> Assets | None:
    """Return the page's style sheet and script; None: they were not built."""
    try:
        return Assets.load(BUILT)
    except AenError:
        return None


@frozen
class Pages:
    """Renders the page of one project."""

    prefix: str
    assets: Assets | None

    def show(
        self,
        *,
        may: bool,
        replace: bool = False,
        problem: Refusal | None = None,
        done: Unpacked | None = None,
    ) -> Reply:
        """Return the page.

        :param may: whether whoever looks at it may change the project.
        :param replace: whether files of the same name are replaced: of a new project.
        """
        assets = self.assets
        text = (
            templates_in(HERE / "templates")
            .get_template("import.html")
            .render(
                project="/".join(project_of(self.prefix)),
                prefix=self.prefix,
                css=f"{self.prefix}/{STATIC}{assets.url('files.css')}"
                if assets
                else "",
                js=f"{self.prefix}/{STATIC}{assets.url('files.js')}" if assets else "",
                may=may,
                replace=replace,
                problem=problem.message if problem is not None else "",
                done=done,
            )
        )
        status = problem.status if problem is not None else 200
        kind = (b"content-type", b"text/html; charset=utf-8")
        policy = (b"content-security-policy", _POLICY)
        fresh = (b"cache-control", b"no-store")
        return Reply(status, text.encode(), (kind, policy, fresh, *SAFE))

    def static(self, name: str, coding: bytes | None, known: bytes | None) -> Reply:
        """Return one of the page's files.

        :raises Refusal: there is none of that name.
        """
        found = self.assets.find(name, coding, known) if self.assets else None
        if found is None:
            raise Refusal(404, "There is no such file.")
        return Reply(found.status, found.body, found.headers)
