"""What a node needs below the project root, each directory for whom it is."""

import os

from aen.compute.disk.walk import make_below, opened
from aen.compute.helper.caller import Caller
from aen.compute.helper.trust import open_trusted


def prepare(root: str, caller: Caller) -> None:
    """Make the directories of the project root, or give them to their owners.

    :raises Refused: others could replace the project root.
    """
    own, service = (0, 0), (caller.uid, caller.gid)
    places = {
        ".taken": (0o700, own),
        ".envs": (0o755, service),
        ".staging": (0o700, service),
        ".state": (0o700, service),
    }
    with opened(open_trusted(root, make=0o755)) as top:
        os.fchmod(top, 0o755)
        for name, (mode, (uid, gid)) in places.items():
            with opened(make_below(top, name, mode)) as place:
                if os.fstat(place).st_uid != uid:
                    os.fchown(place, uid, gid)
