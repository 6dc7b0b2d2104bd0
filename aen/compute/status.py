"""What this node says of itself, and when that has changed."""

from collections.abc import Awaitable, Callable

from attrs import define, field
from twisted.logger import Logger

from aen.compute.manifests import Manifests
from aen.compute.mode import Mode
from aen.compute.running import RunningProjects
from aen.runtime.version import own_version
from aen.wire.messages import NodeStatus

REAL_ACCOUNTS = "Projects and apps belong to people's own accounts on this machine."
SINGLE_USER = (
    "Single-user mode: every account works as the account that runs this node. Use it"
    " only among people who trust each other."
)
_MOST_MESSAGES = 50

OnStatus = Callable[[NodeStatus], None]


@define(eq=False)
class StatusBoard:
    """The node's status as last told, and those who want to hear of changes."""

    name: str
    machine: str
    manifests: Manifests
    running: RunningProjects
    check: Callable[[], Awaitable[tuple[str, ...]]]
    """Returns what is wrong with this node, a sentence each."""
    mode: Mode = field(factory=Mode)
    _problems: tuple[str, ...] = ()
    _told: NodeStatus | None = None
    _listeners: list[OnStatus] = field(factory=list)
    _log: Logger = field(factory=Logger)

    def status(self) -> NodeStatus:
        """Return the status as it is now."""
        broken = self.manifests.shelf().broken
        way = (SINGLE_USER,) if self.mode.single_user else ()
        messages = (*way, *self.mode.messages, *self._problems, *broken)
        return NodeStatus(
            name=self.name,
            version=own_version(),
            single_user=self.mode.single_user,
            refused=self.mode.refused,
            projects=len(self.running),
            messages=messages[:_MOST_MESSAGES],
            apps=self.manifests.summaries(),
            machine=self.machine,
        )

    def listen(self, on_status: OnStatus) -> Callable[[], None]:
        """Call *on_status* now and at every change; return how to end that."""
        self._listeners.append(on_status)
        on_status(self.status())
        return lambda: self._listeners.remove(on_status)

    def look(self) -> None:
        """Tell the listeners if anything is different from what was told."""
        status = self.status()
        if status != self._told:
            self._told = status
            for listener in tuple(self._listeners):
                listener(status)

    async def refresh(self) -> None:
        """Check the node; log what is newly wrong and tell the listeners."""
        found = await self.check()
        for sentence in found:
            if sentence not in self._problems:
                self._log.warn("{sentence}", sentence=sentence)
        self._problems = found
        self.look()
