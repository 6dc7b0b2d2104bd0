"""Whether the gateway is well, in the contract's words."""

from typing import Any

from attrs import define, field

from aen.gateway.nodes import Nodes


@define
class Health:
    """Puts together what ``/_aen/status`` says."""

    _nodes: Nodes
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
