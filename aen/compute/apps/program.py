"""What apps of ours have in common as programs: command line, start and end."""

import argparse
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from twisted.internet.defer import Deferred, maybeDeferred
from twisted.internet.interfaces import IProtocolFactory
from twisted.logger import globalLogBeginner

from aen.compute.apps.listening import listen_privately
from aen.model.errors import AenError
from aen.runtime.logs import as_text


def command_line(app: str) -> argparse.ArgumentParser:
    """Return a parser of what all their manifests say; *app* may add to it."""
    parser = argparse.ArgumentParser(prog=f"aen.compute.apps.{app}")
    parser.add_argument("--socket", type=Path, required=True, help="where to listen")
    parser.add_argument(
        "--prefix",
        type=lambda text: "/" + text.strip("/"),
        required=True,
        help=f"/owner/project/{app}",
    )
    parser.add_argument("--project", type=Path, required=True, help="project folder")
    return parser


async def nothing_more() -> None:
    """End an app that leaves nothing behind once nobody can connect."""


def serve(
    reactor: Any,
    socket: Path,
    site: IProtocolFactory,
    end: Callable[[], Awaitable[None]] = nothing_more,
) -> None:
    """Listen at *socket* until the program ends, which waits for *end*, too.

    :raises Invalid: it cannot listen there; says why.
    """
    port = listen_privately(reactor, socket, site)

    async def stop() -> None:
        await maybeDeferred(port.stopListening)
        await end()

    reactor.addSystemEventTrigger(
        "before", "shutdown", lambda: Deferred.fromCoroutine(stop())
    )


def run(reactor: Any, assemble: Callable[[], None]) -> None:
    """Put an app together and run it until SIGTERM; say why if it cannot start."""
    globalLogBeginner.beginLoggingTo([as_text()], redirectStandardIO=False)
    try:
        assemble()
    except AenError as error:
        raise SystemExit(error.message) from None
    reactor.run()
