"""The embedded store's own process: ``python -m ...embedded_child DIRECTORY LINGER``.

It serves MongoDB's wire protocol, as nx-27017 speaks it, on a port of 127.0.0.1, to
holders of the client key only. It ends when no client holds the lease any more, and
at once when another store serves the directory already.
"""

import asyncio
import contextlib
import gc
import os
import secrets
import signal
import ssl
import sys
import time
from functools import partial
from pathlib import Path

from nx_27017.server import handle_client

from aen.server.store.answers import Answers
from aen.server.store.journal import SqliteFile
from aen.server.store.keys import KeyFiles, keep_keys
from aen.server.store.places import Address, FileLock, StorePlaces

LOOK = 0.25
"""Seconds between looks for clients."""
LOCK_PATIENCE = 1.0
"""Seconds to wait for the lock: clients hold it for moments, to see who has it."""
HANDSHAKE = 5.0
"""Seconds a peer may take to show its certificate."""
BROKEN = 74
"""Exit code when records cannot be written (EX_IOERR of sysexits.h)."""


def main(arguments: list[str]) -> int:
    """Serve a directory until it had no client for so many seconds; both are given."""
    os.umask(0o077)
    with contextlib.suppress(PermissionError):  # we lead a session already
        os.setsid()  # Ctrl-C in a terminal is for the others: we see them go
    places, linger = StorePlaces(Path(arguments[0])), float(arguments[1])
    lock = FileLock(places.lock)
    if not _take(lock):
        return 0
    # Clients who see the lock held must not meet us by our predecessor's address:
    # they would take us for another store as soon as we write our own.
    last = places.take_address()
    keep_keys(places.keys, time.time())  # noqa: TID251 -- certificates have dates
    file = SqliteFile(places.records)
    # Documents stay: looking through all of them for garbage finds none.
    gc.disable()
    answers = Answers(file, partial(os._exit, BROKEN))
    gc.freeze()
    gc.enable()
    try:
        asyncio.run(serve(places, answers, linger, last.port if last else 0))
    finally:
        file.close()
    return 0


def _take(lock: FileLock) -> bool:
    deadline = time.monotonic() + LOCK_PATIENCE
    while not lock.take():
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK / 10)
    return True


async def serve(
    places: StorePlaces, answers: Answers, linger: float, port: int
) -> None:
    """Answer clients, on *port* if it is free, until told by SIGTERM.

    Or until none holds the lease for *linger* seconds.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    server = await listen(places.keys, answers, port)
    port = server.sockets[0].getsockname()[1]
    places.write_address(Address(port, secrets.token_hex(8), os.getpid()))
    deserted = asyncio.create_task(wait_for_desertion(FileLock(places.lease), linger))
    asked = asyncio.create_task(stopped.wait())
    await asyncio.wait([deserted, asked], return_when=asyncio.FIRST_COMPLETED)
    server.close()


async def listen(keys: KeyFiles, answers: Answers, port: int) -> asyncio.Server:
    """Listen on *port*, or on any free one when it is taken or 0."""
    tls = tls_context(keys)

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await handle_client(reader, writer, answers)

    begin = partial(
        asyncio.start_server,
        met,
        "127.0.0.1",
        ssl=tls,
        ssl_handshake_timeout=HANDSHAKE,
        ssl_shutdown_timeout=LOOK,
    )
    with contextlib.suppress(OSError):
        return await begin(port)
    return await begin(0)


def tls_context(keys: KeyFiles) -> ssl.SSLContext:
    """Return TLS for the store: nothing older than 1.3, nobody without the key."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(keys.store)
    context.load_verify_locations(keys.authority)
    return context


async def wait_for_desertion(lease: FileLock, linger: float) -> None:
    """Return, holding the lease ourselves, when nobody held it for *linger* seconds.

    Whoever comes after that waits for the lease, and then starts another store.
    """
    last_seen = time.monotonic()
    while True:
        await asyncio.sleep(LOOK)
        if not lease.take():
            last_seen = time.monotonic()
        elif time.monotonic() - last_seen > linger:
            return
        else:
            lease.let_go()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
