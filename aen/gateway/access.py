"""Whether a grant opens an app. Pure."""

from aen.model.apps import Permission
from aen.model.errors import Forbidden
from aen.model.permissions import Action
from aen.wire.messages import Grant

NEEDED: dict[Permission, Action] = {
    Permission.READ: Action.READ_FILES,
    Permission.WRITE: Action.RUN,
}


def demand_app(grant: Grant, permission: Permission, title: str) -> None:
    """Raise `Forbidden` unless *grant* opens an app that asks for *permission*."""
    needed = NEEDED[permission]
    if needed.value not in grant.actions:
        raise Forbidden(
            f"{title} of {grant.owner}/{grant.project} is for its team."
            " Ask its owner to add you."
        )
