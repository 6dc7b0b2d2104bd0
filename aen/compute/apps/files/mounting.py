"""The files app put together: at its own address, or below that of another app."""

import os
from pathlib import Path
from typing import Any

from aen.compute.apps.files.accounts import Whose, service_beside
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.limits import Limits
from aen.compute.apps.files.page import Pages, built_assets
from aen.compute.apps.files.site import Files
from aen.model.errors import Invalid


def mount(
    prefix: str, project: Path, socket: Path, limits: Limits, reactor: Any
) -> Files:
    """Return what answers below *prefix*.

    :param prefix: ``/owner/project/`` and more, without a slash at its end.
    :param socket: where the app that it is a part of listens.
    :raises Invalid: there is no such project.
    """
    try:
        inside = Inside(project)
    except OSError as error:
        raise Invalid(f"{project}: {error.strerror}") from None
    whose = Whose(os.environ.get("USER", ""), service_beside(socket.parent))
    pages = Pages(prefix, built_assets())
    return Files(prefix, inside, limits, reactor, pages, whose)
