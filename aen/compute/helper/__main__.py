"""One call of the helper: who asks, what, may they, do it, write it down.

The request is one line of JSON on the standard input, ``{"verb": …, …}``. Lines of
JSON come back: ``{"done": n, "total": n}`` or ``{"output": line}`` while it works, at
last ``{"result": …}`` or ``{"error": sentence, "kind": kind}``.
"""

import errno
import json
import os
import pwd
import signal
import sys
import time
from typing import Any

from aen.compute.disk.walk import Refused, opened
from aen.compute.helper import arguments, audit, caller, settings
from aen.compute.helper.verbs import VERBS, Call

_LONGEST = 4 * 1024 * 1024  # bytes of a request
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class TooLong(Exception):
    """The verb's time is over. No OSError: nothing on the way may pass it over."""


def main(path: str = settings.DEFAULT, *more: str) -> int:
    """Do what the standard input asks for; return the exit status.

    :param path: of the settings: what the installer said, or root itself.
    """
    os.umask(0o022)
    # the same for everybody who calls: where we are and what we inherit is theirs
    os.chdir("/")
    try:
        if more:
            raise Refused("This program takes no arguments.")  # noqa: TRY301
        _say({"result": _answer(path)})
    except Refused as error:
        _say({"error": str(error), "kind": "refused"})
    except TooLong:
        _say({"error": "It took too long.", "kind": "refused"})
    except OSError as error:
        kind = "full" if error.errno in _FULL else "disk"
        _say({"error": f"{error.strerror}: {error.filename}", "kind": kind})
    else:
        return 0
    return 1


def _answer(path: str) -> Any:
    """Return the result of one call, written down whatever comes of it.

    :raises Refused: whoever calls may not, or what they ask is not done.
    """
    if os.geteuid() != 0:
        raise Refused(caller.ROOT_ONLY)
    kept, request = settings.load(path), dict[str, Any]()
    who, outcome = os.environ.get("SUDO_UID", "0"), "done"
    with opened(audit.open_audit(kept.audit_log)) as log:
        try:
            found = caller.identify(
                os.environ, os.geteuid(), kept.service_account, pwd.getpwnam
            )
            who = found.name
            request.update(_read())
            return _do(Call(kept, found, _tell, _hear), dict(request))
        except BaseException as error:
            refused = isinstance(error, Refused)
            outcome = str(error)[:500] if refused else type(error).__name__
            raise
        finally:
            now = time.time()
            audit.write(log, audit.line(now, who, request, outcome))


def _read() -> dict[str, Any]:
    """Return the request: one line, and what follows it is not read."""
    content = b""
    while not content.endswith(b"\n") and len(content) <= _LONGEST:
        part = os.read(0, 65536)
        if not part:
            break
        content += part
    if len(content) > _LONGEST:
        raise Refused(f"The request has more than {_LONGEST} bytes.")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise Refused("The request is not JSON.") from None
    if not isinstance(found, dict):
        raise Refused("The request is not an object.")
    return found


def _do(call: Call, request: dict[str, Any]) -> Any:
    verb = VERBS.get(str(request.pop("verb", "")))
    if verb is None:
        raise Refused("There is no such verb.")
    given = arguments.checked(request, verb.arguments)
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(given.get("timeout", verb.seconds))
    try:
        return verb.work(call, **given)
    finally:
        signal.alarm(0)


def _too_long(number: int, frame: object) -> None:
    raise TooLong


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _tell(done: int, total: int) -> None:
    _say({"done": done, "total": total})


def _hear(output: str) -> None:
    _say({"output": output})


def direct(path: str = settings.DEFAULT, *more: str) -> int:
    """Be what root itself calls out of a checkout, with settings of its choice."""
    if not caller.by_root_itself(os.environ, os.geteuid()):
        _say({"error": caller.ROOT_ONLY, "kind": "refused"})
        return 1
    return main(path, *more)


if __name__ == "__main__":
    sys.exit(direct(*sys.argv[1:]))
