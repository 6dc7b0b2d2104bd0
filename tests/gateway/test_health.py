"""The status page, in the contract's words."""

from attrs import define, field

from aen.gateway.health import Health


@define
class Nodes:
    """Nodes, some of which do not answer."""

    names: tuple[str, ...] = field(default=())

    def silent(self) -> tuple[str, ...]:
        return self.names


def test_health_names_what_is_silent() -> None:
    """Without the server it is 503; a silent node degrades; else all is well."""
    nodes = Nodes(("n1",))
    health = Health(nodes)
    assert health.report()[0] == 503
    health.server_answers = True
    code, content = health.report()
    assert (code, content["status"]) == (200, "degraded")
    assert content["messages"] == ["The node n1 does not answer."]
    nodes.names = ()
    assert health.report() == (200, {"status": "ok", "messages": []})
