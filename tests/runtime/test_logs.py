"""Log lines are data for programs and sentences for people."""

import io
import json

from twisted.logger import LogEvent, LogLevel
from twisted.python.failure import Failure

from aen.runtime.logs import _Lines, event_as_json, event_as_text

EVENT: LogEvent = {
    "log_time": 1.5,
    "log_level": LogLevel.info,
    "log_namespace": "aen.test",
    "log_format": "{what} {count}",
    "what": "two",
    "count": 2,
    "odd": object,
}


def test_an_event_is_one_json_object() -> None:
    """Time, level, logger and message, and each field under its own name."""
    line = json.loads(event_as_json(EVENT))
    assert line["time"] == "1970-01-01T00:00:01.500Z"
    assert (line["level"], line["logger"]) == ("info", "aen.test")
    assert (line["message"], line["count"]) == ("two 2", 2)
    assert "log_format" not in line


def test_an_event_is_a_line() -> None:
    """A message with line ends cannot pretend to be another line."""
    assert event_as_text(EVENT) == "1970-01-01T00:00:01.500Z info  two 2"
    forged = EVENT | {"what": "x\n1970 error"}
    assert "\n  1970 error" in event_as_text(forged)
    hostile = EVENT | {"what": "x\r1970\x1b[2J\u2028\x85\tyes"}
    assert event_as_text(hostile).endswith(r"x\r1970\x1b[2J\u2028\x85" + "\tyes 2")


def test_a_failure_brings_its_traceback() -> None:
    """In both forms."""
    event = EVENT | {"log_failure": Failure(ValueError("broken"))}
    assert "broken" in json.loads(event_as_json(event))["traceback"]
    assert "ValueError" in event_as_text(event)


def test_a_long_message_is_cut() -> None:
    """A log cannot be flooded by one event."""
    assert len(event_as_text(EVENT | {"what": "x" * 100_000})) < 10_000


def test_chatter_is_not_kept() -> None:
    """Only what somebody may need is written."""
    stream = io.StringIO()
    write = _Lines(stream, event_as_text)
    write(EVENT | {"log_level": LogLevel.debug})
    write(EVENT | {"log_format": "Starting factory {factory!r}"})
    write(EVENT)
    assert stream.getvalue().count("\n") == 1
