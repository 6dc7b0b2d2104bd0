"""A lock between processes of one machine that dies with its holder."""

import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from twisted.internet.interfaces import IReactorTime

from aen.model.errors import Failed
from aen.runtime.tasks import pause

_INTERVAL = 0.25  # seconds between two tries


@asynccontextmanager
async def locked(
    clock: IReactorTime, path: Path, patience: float
) -> AsyncIterator[None]:
    """Hold the lock file at *path* for the block.

    :param patience: seconds to wait for another holder.
    :raises Failed: it was held all that time, or the file cannot be opened.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        descriptor = os.open(path, flags, 0o600)
    except OSError as error:
        raise Failed(f"The node cannot open {path}: {error.strerror}.") from None
    try:
        await _take(clock, descriptor, patience)
        yield
    finally:
        os.close(descriptor)


async def _take(clock: IReactorTime, descriptor: int, patience: float) -> None:
    until = clock.seconds() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if clock.seconds() >= until:
                raise Failed(
                    "Another process has been at the same work for too long; try again."
                ) from None
        else:
            return
        await pause(clock, _INTERVAL)
