"""Where a backup is restored: as this machine's settings say, or as its own do."""

import json
from collections.abc import Sequence
from typing import Any

import attrs

from aen.model.errors import Invalid
from aen.runtime.structure import structure
from aen.server.backup.reading import Contents
from aen.server.settings import (
    ServerSettings,
    check_server,
    read_server,
    server_layers,
)

_SHARED = "files/elsewhere/etc/wakari/config.json"
_OWN = (
    "files/server/etc/wakari/config.json",
    "files/server/etc/wakari/wk-server-config.json",
)


def target_settings(given: Sequence[str], contents: Contents) -> ServerSettings:
    """Return the settings of this machine; where it has none, those of the backup.

    :param given: settings files named on the command line.
    :raises Invalid: what there is makes no whole settings.
    """
    if given or any(one.path.exists() for one in server_layers(given)):
        return read_server(given)
    known = {one.name for one in attrs.fields(ServerSettings)}
    merged: dict[str, Any] = {
        key: value for key, value in _told(contents, _SHARED).items() if key in known
    }
    for name in _OWN:
        merged.update(_told(contents, name))
    try:
        settings = structure(merged, ServerSettings)
        check_server(settings)
    except Invalid as error:
        raise Invalid(
            "This machine has no settings, and those in the backup cannot be used"
            f" here: {error.message} Write a wk-server-config.json, then restore."
        ) from None
    return settings


def _told(contents: Contents, name: str) -> dict[str, Any]:
    try:
        told = json.loads(contents.files.get(name, b"{}"))
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
