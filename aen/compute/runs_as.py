"""As whom an app runs. Pure."""

from aen.model.apps import Instance, Manifest
from aen.model.errors import Forbidden, Unavailable
from aen.model.names import UserName, parse_user_name
from aen.wire.messages import LaunchRequest


def runs_for(
    manifest: Manifest, asked: LaunchRequest, visitors: str | None
) -> UserName:
    """Return whose process an app is: its user's, or the owner's where shared.

    :raises Unavailable: it is for a visitor, and *visitors* is not their account.
    :raises Forbidden: it is for a visitor, and not an app for readers.
    """
    visiting = asked.visitor or asked.user == visitors
    if visiting and asked.user != visitors:
        raise Unavailable(
            "This node runs nothing for visitors: its setting ANON_USER is not"
            f" “{asked.user[:32]}”."
        )
    if visiting and not manifest.permission.readers:
        raise Forbidden(f"{manifest.title} is not for visitors.")
    if manifest.instance is Instance.PROJECT:
        return UserName(asked.project.owner)
    if visiting or asked.user == asked.project.owner:
        return UserName(asked.user)
    return parse_user_name(asked.user)
