"""Whether a change was asked for by our own page: two checks that both must hold."""

import hmac

from attrs import frozen

from aen.model.errors import Forbidden

FIELD = "_csrf"
HEADER = "x-aen-csrf"
SAFE_METHODS = frozenset({b"GET", b"HEAD", b"OPTIONS"})
_OURS = frozenset({"same-origin", "none"})


@frozen
class Claim:
    """What a request says about where it comes from.

    Programs that are not browsers send neither `origin` nor `fetch_site`; no
    browser omits both for a change another site asked it to make.
    """

    token: str | None
    origin: str | None
    fetch_site: str | None


def check(claim: Claim, expected: str, public_origin: str) -> None:
    """Raise `Forbidden` unless the change comes from a page of ours."""
    foreign = (claim.origin is not None and claim.origin != public_origin) or (
        claim.fetch_site is not None and claim.fetch_site not in _OURS
    )
    if foreign:
        raise Forbidden(
            "This change was asked for by another site, so it was not made."
            f" Open {public_origin} and try it there."
        )
    if not hmac.compare_digest((claim.token or "").encode(), expected.encode()):
        raise Forbidden(
            "The page was too old, or you have signed in or out since it was opened;"
            " nothing was changed. Reload the page and try again."
        )
