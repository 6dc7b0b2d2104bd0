"""Whether an app works although nobody sends it anything: it is asked."""

import json
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import treq
from attrs import define, frozen
from treq.client import HTTPClient
from twisted.internet.defer import CancelledError
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.web.client import URI, Agent
from twisted.web.iweb import IAgentEndpointFactory
from zope.interface import implementer

from aen.compute.command import url_prefix
from aen.compute.idle import Busy
from aen.compute.ready import endpoint_of
from aen.model.apps import JUPYTER_ACTIVITY
from aen.model.errors import Invalid
from aen.wire.messages import Launch

_SECONDS = 10.0
_LONGEST = 1_048_576
_WORKING = frozenset({"busy", "starting", "restarting", "autorestarting"})


@frozen
class Activity:
    """What an app says of itself; *last*: seconds since the epoch, 0: unknown."""

    busy: Busy
    last: float = 0.0


def read_kernels(content: object) -> Activity:
    """Return what the answer of Jupyter's ``/api/kernels`` says.

    :raises Invalid: it is none.
    """
    if not isinstance(content, list):
        raise Invalid("This is no list of kernels.")
    busy, last = Busy.NO, 0.0
    for kernel in content:
        if not isinstance(kernel, dict):
            raise Invalid("This is no kernel.")
        if kernel.get("execution_state") in _WORKING:
            busy = Busy.YES
        with suppress(ValueError, TypeError):
            at = datetime.fromisoformat(str(kernel.get("last_activity")))
            last = max(last, at.timestamp())
    return Activity(busy, last)


def read_busy(content: object) -> Activity:
    """Return what ``{"busy": …}`` says.

    :raises Invalid: it is none.
    """
    if isinstance(content, dict) and isinstance(content.get("busy"), bool):
        return Activity(Busy.YES if content["busy"] else Busy.NO)
    raise Invalid("This is no answer.")


def terminal_jobs(pids: Iterable[int], proc: Path = Path("/proc")) -> bool:
    """Whether something other than its shell has the keyboard of a terminal.

    A shell leads the session of a terminal; a job that it runs, and waits for, is the
    terminal's foreground process group (proc(5), tty_ioctl(4)).
    """
    for pid in pids:
        try:
            text = (proc / str(pid) / "stat").read_text("utf-8", "replace")
            group, session, terminal, front = map(
                int, text.rpartition(")")[2].split()[2:6]
            )
        except (OSError, ValueError):
            continue
        if session == pid and terminal != 0 and front not in (-1, group):
            return True
    return False


@define(eq=False)
class Asking:
    """Asks apps over their own sockets, and looks at their terminals."""

    reactor: Any
    pids: Callable[[str], set[int]]
    """Returns the processes of a launch by its id."""

    async def ask(self, launch: Launch, activity: str) -> Activity:
        """Return whether *launch* works; *activity* is its manifest's."""
        if terminal_jobs(self.pids(launch.id)):
            return Activity(Busy.YES)
        if not activity:
            return Activity(Busy.NO)
        prefix = url_prefix(launch.owner, launch.project, launch.app)
        path = activity.replace("%(urlPrefix)s", prefix)
        if activity == JUPYTER_ACTIVITY:
            path = f"{prefix}/api/kernels"
        read = read_kernels if activity == JUPYTER_ACTIVITY else read_busy
        try:
            return read(await self._get(launch, path))
        except CancelledError:
            raise
        except Exception:  # noqa: BLE001 -- whatever it is, there is no answer
            return Activity(Busy.SILENT)

    async def _get(self, launch: Launch, path: str) -> Any:
        agent = Agent.usingEndpointFactory(self.reactor, _Socket(self.reactor, launch))
        asking = HTTPClient(agent).get(
            f"http://localhost{path}", unbuffered=True, allow_redirects=False
        )
        response = await asking.addTimeout(_SECONDS, self.reactor)
        content = bytearray()

        def collect(data: bytes) -> None:
            content.extend(data)
            if len(content) > _LONGEST:
                raise Invalid("The answer is too long.")

        await treq.collect(response, collect).addTimeout(_SECONDS, self.reactor)
        if response.code != 200:  # noqa: PLR2004 -- RFC 9110 section 15.3.1
            raise Invalid("This is no answer.")
        return json.loads(content)


@implementer(IAgentEndpointFactory)
@frozen
class _Socket:
    """Leads every request to one app."""

    reactor: Any
    launch: Launch

    def endpointForURI(self, uri: URI) -> IStreamClientEndpoint:  # noqa: N802
        """Return where the app listens."""
        launch = self.launch
        return endpoint_of(self.reactor, launch.socket, launch.port, _SECONDS)
