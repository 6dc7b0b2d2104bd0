"""Work done with the rights of an account and no others, and what comes of it."""

import os
import pickle
from collections.abc import Callable
from typing import Any

from aen.compute.apps.files.accounts import Whose
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.trash import Trash
from tests.compute.accounts import Person
from tests.compute.disk.estate import Estate

DAY = 86_400.0
NOW = 1_800_000_000.0


def acting(who: Person, work: Callable[[], Any]) -> Any:
    """Return what *work* does, or the status or number of what it is refused with."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            os.setgroups([who.gid])
            os.setresgid(who.gid, who.gid, who.gid)
            os.setresuid(who.uid, who.uid, who.uid)
            os.umask(0o007)
            said = work()
        except Refusal as refusal:
            said = refusal.status
        except OSError as error:
            said = f"errno {error.errno}"
        except BaseException as error:  # noqa: BLE001 -- told to the test
            said = repr(error)
        os.write(writing, pickle.dumps(said))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        content = pipe.read()
    os.waitpid(child, 0)
    return pickle.loads(content)  # noqa: S301 -- our own child's


def trash_of(inside: Inside, user: str = "") -> Trash:
    """Return the trash of a project."""
    return Trash(inside, Whose(user), 30 * DAY, 1000)


def at_home(lab: Estate, who: Person, work: Callable[[Inside], Any]) -> Any:
    """Return what *work* does in the project as somebody."""

    def inside() -> Any:
        made = Inside(lab.home)
        try:
            return work(made)
        finally:
            made.close()

    return acting(who, inside)
