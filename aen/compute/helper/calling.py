"""One call: who asks, what, may they, do it, write it down.

Called alone or by an attendant, it is the same; only `ways` of some verbs differ.
"""

import json
import os
import pwd
import signal
import time
from collections.abc import Callable
from typing import Any

from aen.compute.disk.telling import failure, say, say_progress
from aen.compute.disk.walk import Refused, opened
from aen.compute.helper import arguments, audit, caller, settings
from aen.compute.helper.verbs import VERBS, Call

LONGEST = 4 * 1024 * 1024  # bytes of a request


class TooLong(Exception):
    """The verb's time is over. No OSError: nothing on the way may pass it over."""


def one_call(path: str, read: Callable[[], bytes], way: str) -> tuple[int, str]:
    """Do what *read* returns and say what came of it; return exit status and verb.

    :param path: of the settings.
    :param way: in which it is asked, one of a verb's `ways`.
    """
    request = dict[str, Any]()
    try:
        say({"result": _answer(path, read, way, request)})
    except (Refused, OSError) as error:
        say(failure(error))
    except TooLong:
        say({"error": "It took too long.", "kind": "refused"})
    else:
        return 0, str(request["verb"])
    return 1, ""


def _answer(
    path: str, read: Callable[[], bytes], way: str, request: dict[str, Any]
) -> Any:
    """Return the result of one call, written down whatever comes of it.

    :param request: is filled with what is asked.
    :raises Refused: whoever calls may not, or what they ask is not done.
    """
    if os.geteuid() != 0:
        raise Refused(caller.ROOT_ONLY)
    kept = settings.load(path)
    who, outcome = os.environ.get("SUDO_UID", "0"), "done"
    with opened(audit.open_audit(kept.audit_log)) as log:
        try:
            found = caller.identify(
                os.environ, os.geteuid(), kept.service_account, pwd.getpwnam
            )
            who = found.name
            request.update(_parsed(read()))
            return _do(Call(kept, found, say_progress, _hear), dict(request), way)
        except BaseException as error:
            refused = isinstance(error, Refused)
            outcome = str(error)[:500] if refused else type(error).__name__
            raise
        finally:
            now = time.time()  # noqa: TID251 -- no reactor here
            audit.write(log, audit.line(now, who, request, outcome))


def _parsed(content: bytes) -> dict[str, Any]:
    if len(content) > LONGEST:
        raise Refused(f"The request has more than {LONGEST} bytes.")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise Refused("The request is not JSON.") from None
    if not isinstance(found, dict):
        raise Refused("The request is not an object.")
    return found


def _do(call: Call, request: dict[str, Any], way: str) -> Any:
    verb = VERBS.get(str(request.pop("verb", "")))
    if verb is None:
        raise Refused("There is no such verb.")
    if way not in verb.ways:
        raise Refused("This verb cannot be asked for in this way.")
    given = arguments.checked(request, verb.arguments)
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(given.get("timeout", verb.seconds))
    try:
        return verb.work(call, **given)
    finally:
        signal.alarm(0)


def _too_long(number: int, frame: object) -> None:
    raise TooLong


def _hear(output: str) -> None:
    say({"output": output})
