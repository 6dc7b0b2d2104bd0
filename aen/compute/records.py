"""What is on disk of each launch: a private directory with its record and socket.

The record is written before the process is started and again after, each time whole
or not at all: whenever the service is killed, its successor knows what to look for.
"""

import json
import os
import secrets
import shutil
import tempfile
from pathlib import Path

from attrs import frozen
from twisted.logger import Logger

from aen.compute.helper.processes import Root
from aen.model.errors import Invalid
from aen.runtime.credentials import check_private, make_private, write_private
from aen.runtime.structure import structure, unstructure
from aen.wire.messages import Launch

RECORD = "launch.json"
_ELSEWHERE = "elsewhere"
# A UNIX socket's path has at most 107 bytes (unix(7)); Jupyter's kernels listen at
# "<private directory>/run/kernel-<36 characters>-ipc-1".
LONGEST_PRIVATE = 107 - 54


@frozen
class Record:
    """A launch as the next aen-compute must know it; `pid` 0: not started yet."""

    launch: Launch
    boot: str
    log: str
    log_start: int = 0
    """Where in the log this launch's output begins."""
    ready: str = "/"
    """The path that answers once it is up."""
    ready_until: float = 0.0
    """When a launch that has not answered has failed; seconds since the epoch."""
    pid: int = 0
    started: int = 0
    """Of the supervisor, in clock ticks since boot."""

    @property
    def root(self) -> Root | None:
        """The supervisor, once there is one."""
        return Root(self.pid, self.started) if self.pid else None


def new_id() -> str:
    """Return an id for a launch that nobody can guess."""
    return secrets.token_hex(10)


def _demand_id(record: Record, expected: str) -> None:
    if record.launch.id != expected:
        raise Invalid("the record is another launch's")


class Records:
    """The directories of all launches of this installation.

    :param runtime: where they are.
    :param short: where sockets go when paths below *runtime* are too long for them.
        Others may write there (``/tmp``): a directory with a random name is made.
    :param helped: where the helper makes private directories; None: we do.
    """

    _log = Logger()

    def __init__(self, runtime: Path, short: Path, helped: Path | None = None) -> None:
        self._runtime = runtime
        self._short = short
        self._helped = helped

    def prepare(self) -> None:
        """Make what must be there first.

        :raises Invalid: a directory is not ours alone.
        """
        make_private(self._runtime)

    def room(self, launch: str) -> Path:
        """Return a launch's own directory, made if need be."""
        place = self._runtime / launch
        place.mkdir(mode=0o700, exist_ok=True)
        return place

    def private(self, launch: str) -> Path:
        """Return the directory for a launch's sockets, made if need be.

        Only the app's user and the service can enter it; its path is short. With real
        accounts the helper makes it when it starts the app.
        """
        if self._helped is not None:
            return self._helped / launch
        place = self.room(launch)
        if len(os.fsencode(place)) > LONGEST_PRIVATE:
            place = self._make_elsewhere() / launch
            place.mkdir(mode=0o700, exist_ok=True)
        return place

    def _make_elsewhere(self) -> Path:
        known = self._elsewhere()
        if known is not None:
            return known
        made = Path(tempfile.mkdtemp(prefix="aen-", dir=self._short))
        write_private(self._runtime / _ELSEWHERE, os.fsencode(made))
        return made

    def clear(self) -> None:
        """Remove the short directory with what launches that never were left there."""
        elsewhere = self._elsewhere()
        if elsewhere is not None:
            shutil.rmtree(elsewhere, ignore_errors=True)
            (self._runtime / _ELSEWHERE).unlink(missing_ok=True)

    def _elsewhere(self) -> Path | None:
        """Return the short directory chosen before, if it is still ours."""
        try:
            known = Path(os.fsdecode((self._runtime / _ELSEWHERE).read_bytes()))
            check_private(known)
        except (OSError, Invalid):
            return None
        return known

    def write(self, record: Record) -> None:
        """Put a record on disk, in place of an older one."""
        content = json.dumps(unstructure(record)).encode()
        write_private(self.room(record.launch.id) / RECORD, content)

    def read(self) -> list[Record]:
        """Return all records; what cannot be read is removed and logged."""
        found = []
        for place in sorted(self._runtime.iterdir()) if self._runtime.is_dir() else ():
            if not place.is_dir() or place.is_symlink():
                continue
            try:
                content = json.loads((place / RECORD).read_bytes())
                record = structure(content, Record)
                _demand_id(record, place.name)
            except (OSError, ValueError, RecursionError, Invalid) as error:
                self._log.warn(
                    "{place} is no launch: {error}", place=place, error=error
                )
                self.remove(place.name)
                continue
            found.append(record)
        return found

    def remove(self, launch: str) -> None:
        """Forget a launch and all in its directories."""
        shutil.rmtree(self._runtime / launch, ignore_errors=True)
        elsewhere = self._elsewhere()
        if elsewhere is not None:
            shutil.rmtree(elsewhere / launch, ignore_errors=True)
