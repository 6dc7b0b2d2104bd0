"""Whether a grant opens an app, and what a request to it may do. Pure."""

from aen.model.apps import Permission
from aen.model.errors import Forbidden
from aen.model.permissions import Action
from aen.proxy.head import Headers, RequestHead
from aen.wire.messages import Grant

NEEDED: dict[Permission, Action] = {
    Permission.READ: Action.READ_FILES,
    Permission.WRITE: Action.RUN,
    Permission.METHOD: Action.READ_FILES,
}
_READING = frozenset({b"GET", b"HEAD", b"OPTIONS"})
MAY = b"aen-may"
"""The header that tells an app with the permission “method” what its user may do."""


def changes(head: RequestHead) -> bool:
    """Whether a request may change something (RFC 9110 section 9.2.1).

    One that asks for another protocol may: nobody looks into what follows.
    """
    return head.method not in _READING or b"upgrade" in head.fields.first


def demand_app(
    grant: Grant, permission: Permission, title: str, *, changing: bool = False
) -> None:
    """Raise `Forbidden` unless *grant* opens an app that asks for *permission*.

    :param changing: whether something is to be changed in it.
    """
    if changing and permission is Permission.METHOD and not _works(grant):
        raise Forbidden(
            f"You may read what is in {grant.owner}/{grant.project}, but change"
            " nothing. Ask its owner to make you a member."
        )
    if NEEDED[permission].value not in grant.actions:
        raise Forbidden(
            f"{title} of {grant.owner}/{grant.project} is for its team."
            " Ask its owner to add you."
        )


def is_for_all(grant: Grant, permission: Permission) -> bool:
    """Whether what is decided for one request holds for others of any method."""
    return permission is not Permission.METHOD or _works(grant)


def told(grant: Grant, permission: Permission) -> Headers:
    """Return the headers that tell an app what its user may do."""
    if permission is not Permission.METHOD:
        return ()
    return ((MAY, b"write" if _works(grant) else b"read"),)


def _works(grant: Grant) -> bool:
    return Action.RUN.value in grant.actions
