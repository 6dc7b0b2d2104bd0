"""The page, rendered for whoever asks, and the built files that it loads."""

import secrets
from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from aen.compute.apps.files.replies import SAFE, Reply
from aen.runtime.assets import Assets
from aen.runtime.templates import templates_in

HERE = Path(__file__).parent
BUILT = HERE / "static" / "built"


def policy(nonce: str) -> bytes:
    """Return what the page may load and do.

    Styles need a nonce: the editor writes its own into a style element. Scripts come
    from files alone.
    """
    return (
        "default-src 'none'; script-src 'self';"
        f" style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; connect-src 'self';"
        " frame-src 'self'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'self'"
    ).encode()


@frozen
class Page:
    """Renders the page of one project."""

    prefix: str
    assets: Assets
    nonce: Callable[[], str] = lambda: secrets.token_urlsafe(16)

    def show(self, *, may: bool) -> Reply:
        """Return the page.

        :param may: whether whoever looks at it may change the project.
        """
        owner, project = self.prefix.strip("/").split("/")[:2]
        nonce = self.nonce()
        text = (
            templates_in(HERE / "templates")
            .get_template("workbench.html")
            .render(
                owner=owner, project=project, may=may, nonce=nonce, url=self.assets.url
            )
        )
        kind = (b"content-type", b"text/html; charset=utf-8")
        shut = (b"content-security-policy", policy(nonce))
        fresh = (b"cache-control", b"no-store")
        return Reply(200, text.encode(), (kind, shut, fresh, *SAFE))

    def static(
        self, name: str, coding: bytes | None, known: bytes | None
    ) -> Reply | None:
        """Return one of the page's files; None: there is none of that name."""
        found = self.assets.find(name, coding, known)
        return None if found is None else Reply(found.status, found.body, found.headers)
