"""Writing the files of an installation, and reading back what is there."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aen.local import files
from aen.local.files import Programs
from aen.local.installation import (
    Installation,
    check_same_accounts,
    check_same_place,
)
from aen.model.errors import Conflict, Invalid
from aen.runtime.credentials import write_private


def make_folders(one: Installation) -> None:
    """Make the folders of *one*; all but the projects are for this account alone.

    :raises Invalid: one cannot be made; says why.
    """
    shared = (one.projects, one.programs)
    for folder in files.folders(one):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if folder not in shared:
                folder.chmod(0o700)
        except OSError as error:
            raise Invalid(
                f"{folder} cannot be made: {error.strerror}. Choose a PREFIX that"
                " this account may write to."
            ) from None


@contextmanager
def held(lock: Path) -> Iterator[None]:
    """Be the only one to run this installation; a killed one leaves no trace.

    :raises Conflict: another process runs it.
    """
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(
                f"The installation in {lock.parent.parent} is running already (process"
                f" {file.read().strip() or '?'}). Stop that one, or choose another"
                " PREFIX."
            ) from None
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield


def check_place(one: Installation) -> None:
    """Raise `Invalid` when this installation was made in another way.

    At other addresses, or with files that belong to other accounts.
    """
    gateway, node = read_object(one.gateway_settings), read_object(one.compute_settings)
    check_same_place(one, gateway, node)
    check_same_accounts(one, node)


def is_registered(one: Installation) -> bool:
    """Tell whether the first run of this installation has reached its end."""
    both = one.gateway_settings.exists() and one.compute_settings.exists()
    return both and not one.first_run.exists()


def write_settings(one: Installation) -> None:
    """Write the settings of each role that has been registered, and the server's."""
    _update(one.server_settings, files.server_settings(one))
    if one.gateway_settings.exists():
        _update(one.gateway_settings, files.gateway_settings(one))
    if one.compute_settings.exists():
        _update(one.compute_settings, files.compute_settings(one))
    if one.multiuser:
        _update(one.helper_settings, files.helper_settings(one))


def write_compute_settings(one: Installation, answer: dict[str, object]) -> None:
    """Write the node's settings with what `add-enterprise-resource` answered."""
    known = {"name": answer["name"], "gateway_key": answer["gateway_key"]}
    _update(one.compute_settings, {**files.compute_settings(one), **known})


def _update(path: Path, ours: dict[str, object]) -> None:
    write_text(path, files.merged(read_object(path), ours))


def write_programs(one: Installation, programs: Programs) -> None:
    """Write the commands bound to this installation."""
    for name, text in files.wrappers(one, programs).items():
        write_text(one.programs / name, text)
        (one.programs / name).chmod(0o755)


def write_text(path: Path, text: str) -> None:
    """Put *text* at *path*, whole or not at all, for this account alone."""
    write_private(path, text.encode())


def read_object(path: Path) -> dict[str, object]:
    """Return the JSON object at *path*; an empty one where there is no file.

    :raises Invalid: it is something else.
    """
    try:
        found = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise Invalid(f"{path}: not JSON: {error}") from None
    if not isinstance(found, dict):
        raise Invalid(f"{path}: must hold an object {{…}}")
    return found


def write_supervisor(one: Installation, programs: Programs, *, complete: bool) -> None:
    """Write supervisord.conf."""
    root = os.geteuid() == 0
    text = files.supervisor_settings(one, programs, complete=complete, root=root)
    write_text(one.supervisor_settings, text)
