"""The program ``aen-proxy``; the only file of it that knows the reactor."""

import os
import sys
from collections.abc import Sequence
from typing import IO, Any

from twisted.internet.defer import Deferred
from twisted.logger import (
    FilteringLogObserver,
    ILogObserver,
    LogEvent,
    LogLevel,
    LogLevelFilterPredicate,
    globalLogBeginner,
)
from zope.interface import implementer

from aen.proxy.standalone.options import read_options
from aen.proxy.standalone.refusal import Refusal
from aen.proxy.standalone.service import Standalone
from aen.runtime.logs import event_as_text


@implementer(ILogObserver)
class Lines:
    """Writes events as lines; of what Twisted says only warnings and worse."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def __call__(self, event: LogEvent) -> None:
        """Write one."""
        ours = str(event.get("log_namespace")).startswith("aen.")
        if not ours and event.get("log_level", LogLevel.info) < LogLevel.warn:
            return
        self._stream.write(event_as_text(event) + "\n")
        self._stream.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until told to stop; return the exit status."""
    try:
        options = read_options(
            sys.argv[1:] if arguments is None else arguments, os.environ
        )
        begin_log(options.log_level, sys.stdout)
        from twisted.internet import reactor

        running = Standalone(options, reactor)
        running.open()
    except Refusal as refusal:
        sys.stderr.write(f"aen-proxy: {refusal}\n")
        return 1
    run(reactor, running)
    return 0


def begin_log(level: str, stream: IO[str]) -> None:
    """Write what is at least *level* to *stream*."""
    predicate = LogLevelFilterPredicate(LogLevel.levelWithName(level))
    observer = FilteringLogObserver(Lines(stream), [predicate])
    globalLogBeginner.beginLoggingTo([observer], redirectStandardIO=False)


def run(reactor: Any, running: Standalone) -> None:
    """Run the reactor; before it ends the doors are closed."""
    reactor.addSystemEventTrigger(
        "before", "shutdown", lambda: Deferred.fromCoroutine(running.close())
    )
    reactor.run()


if __name__ == "__main__":
    sys.exit(main())
