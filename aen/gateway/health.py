"""Whether the gateway is well, in the contract's words."""

from collections.abc import Iterable
from typing import Any, Protocol

from attrs import define, field


class Silence(Protocol):
    """Who knows which nodes do not answer."""

    def silent(self) -> Iterable[str]:
        """Return their names."""


@define
class Health:
    """Puts together what ``/_aen/status`` says."""

    _nodes: Silence
    server_answers: bool = field(default=False)

    def report(self) -> tuple[int, dict[str, Any]]:
        """Return the HTTP status and the body: 200 unless the server is silent."""
        messages = []
        if not self.server_answers:
            messages.append("The server does not answer; open apps go on.")
        messages += [
            f"The node {name} does not answer." for name in self._nodes.silent()
        ]
        status = "ok" if not messages else "degraded"
        code = 200 if self.server_answers else 503
        return code, {"status": status, "messages": messages}
