"""What the gateway itself shows: waiting, refused, not there. HTML or JSON."""

import json
from pathlib import Path

from attrs import define
from jinja2 import Environment

from aen.gateway.notices import Notices
from aen.model.errors import AenError, Failed, Unauthenticated, Unavailable
from aen.proxy.head import Headers, RequestHead
from aen.proxy.routing import Answer
from aen.runtime.assets import Assets
from aen.runtime.templates import templates_in
from aen.wire.problems import status_of, to_json

_HERE = Path(__file__).parent
STATIC = "/_aen/static/"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
_SECURITY: Headers = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cache-control", b"no-store"),
)
_TITLES = {
    401: "Please sign in",
    403: "This is not open to you",
    404: "There is nothing here",
    409: "Not at the moment",
    502: "It did not start",
    503: "Not available at the moment",
}


def built_assets() -> Assets:
    """Return the gateway's style sheets and scripts, as built."""
    return Assets.load(_HERE / "static" / "built")


def redirect(
    location: str, cookies: tuple[bytes, ...] = (), status: int = 303
) -> Answer:
    """Return an answer that sends a browser elsewhere."""
    set_cookies = tuple((b"set-cookie", cookie) for cookie in cookies)
    return Answer(status, ((b"location", location.encode()), *_SECURITY, *set_cookies))


def json_answer(error: AenError) -> Answer:
    """Return *error* for a program."""
    headers: Headers = ((b"content-type", b"application/json; charset=utf-8"),)
    if isinstance(error, Unauthenticated):
        headers += ((b"www-authenticate", b'Bearer realm="aen"'),)
    if isinstance(error, Unavailable):
        headers += ((b"retry-after", b"2"),)
    body = json.dumps(to_json(error), ensure_ascii=False).encode()
    return Answer(status_of(error), headers + _SECURITY, body)


@define
class Pages:
    """Renders the gateway's pages."""

    _assets: Assets
    _server_url: str
    _notices: Notices
    _environment: Environment

    @classmethod
    def of(cls, assets: Assets, server_url: str, notices: Notices) -> "Pages":
        """Return the pages of a gateway whose server browsers find at *server_url*."""
        return cls(assets, server_url, notices, templates_in(_HERE / "templates"))

    def _page(self, status: int, template: str, **values: object) -> Answer:
        text = self._environment.get_template(template).render(
            css=STATIC + self._assets.url("gateway.css"),
            js=STATIC + self._assets.url("gateway.js"),
            server=self._server_url,
            notices=self._notices.shown(),
            **values,
        )
        content = (b"content-type", b"text/html; charset=utf-8")
        return Answer(status, (content, *_SECURITY), text.encode())

    def waiting(self, title: str, project: str, events: str, step: str) -> Answer:
        """Return the page that shows progress and moves on by itself.

        :param events: where the progress comes from, as server-sent events.
        """
        return self._page(
            200, "waiting.html", title=title, project=project, events=events, step=step
        )

    def problem(self, head: RequestHead, error: AenError, project: str = "") -> Answer:
        """Return *error* as a page to a person, as JSON to a program."""
        if not head.wants_page:
            return json_answer(error)
        status = status_of(error)
        log = error.log if isinstance(error, Failed) else ()
        return self._page(
            status,
            "problem.html",
            title=_TITLES.get(status, "Something went wrong"),
            message=error.message,
            log=log,
            project=project,
            again=status in (409, 502, 503),
        )
