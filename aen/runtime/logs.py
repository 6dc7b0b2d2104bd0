"""Log observers: one JSON object, or one readable line, an event.

``twistd --logger=aen.runtime.logs.as_json`` takes the function by its name.
"""

import json
import re
import sys
from datetime import UTC, datetime
from typing import IO, Any

from twisted.logger import ILogObserver, LogEvent, formatEvent
from zope.interface import implementer

_LONGEST = 8 * 1024
_CHATTER = frozenset({"Starting factory {factory!r}", "Stopping factory {factory!r}"})
"""What Twisted says for every single connection it makes."""
_OWN = ("log_", "message", "time", "isError", "format", "system", "why", "printed")


# All but tabs, and whatever else a terminal or an editor takes for the end of a line.
_CONTROL = re.compile("[\0-\x08\n-\x1f\x7f-\x9f\u2028\u2029]")


def _escaped(control: re.Match[str]) -> str:
    """Return how a control character of a message is written: it shall do nothing."""
    return "\n  " if control[0] == "\n" else ascii(control[0])[1:-1]


def _when(event: LogEvent) -> str:
    stamp = datetime.fromtimestamp(event.get("log_time", 0.0), UTC)
    return stamp.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _level(event: LogEvent) -> str:
    level = event.get("log_level")
    return level.name if level is not None else "info"


def _bounded(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)})"


def _traceback(event: LogEvent) -> str | None:
    failure = event.get("log_failure")
    return None if failure is None else failure.getTraceback()


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) else str(value)


def event_as_json(event: LogEvent) -> str:
    """Return *event* as one line of JSON: time, level, logger, message, fields."""
    line: dict[str, Any] = {
        "time": _when(event),
        "level": _level(event),
        "logger": str(event.get("log_namespace", "")),
        "message": _bounded(formatEvent(event)),
    }
    for name, value in event.items():
        if value is not None and not name.startswith(_OWN):
            line.setdefault(name, _plain(value))
    trace = _traceback(event)
    if trace is not None:
        line["traceback"] = _bounded(trace)
    return json.dumps(line, ensure_ascii=False, default=str)


def event_as_text(event: LogEvent) -> str:
    """Return *event* as a line for people, a traceback below it.

    Further lines of a message are indented, other control characters escaped.
    """
    text = _CONTROL.sub(_escaped, _bounded(formatEvent(event)))
    line = f"{_when(event)} {_level(event):5} {text}"
    trace = _traceback(event)
    return line if trace is None else f"{line}\n{_bounded(trace)}"


@implementer(ILogObserver)
class _Lines:
    """Writes each event worth keeping to a stream, with *form* deciding how."""

    def __init__(self, stream: IO[str], form: Any) -> None:
        self._stream = stream
        self._form = form

    def __call__(self, event: LogEvent) -> None:
        if _level(event) == "debug" or event.get("log_format") in _CHATTER:
            return
        self._stream.write(self._form(event) + "\n")
        self._stream.flush()


def as_json() -> ILogObserver:
    """Return an observer that writes JSON lines to standard output."""
    return _Lines(sys.stdout, event_as_json)


def as_text() -> ILogObserver:
    """Return an observer that writes readable lines to standard output."""
    return _Lines(sys.stdout, event_as_text)
