"""Where an opened app is reached."""

import pytest
from attrs import evolve
from twisted.internet.task import Clock

from aen.gateway.opening import Opened
from aen.gateway.upstreams import Upstreams, node_upstream
from aen.model.names import PlaceName
from aen.model.places import Node
from aen.wire.client import Identity
from aen.wire.tickets import unseal
from tests.gateway.fakes import KEY, LAUNCH, NODE


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("http://n1:5002", "tcp:n1:5002"),
        ("http://n1", "tcp:n1:80"),
        ("https://n1:5443", "tls:n1:5443"),
        ("https://n1", "tls:n1:443"),
    ],
)
def test_a_node_has_one_port(url: str, where: str) -> None:
    """The scheme says whether there is TLS."""
    assert node_upstream(Node(PlaceName("n1"), url)) == where


def test_a_ticket_is_renewed_in_time() -> None:
    """One serves for a while; a new one is made before it expires."""
    clock = Clock()
    upstreams = Upstreams(Identity("gateway:east", KEY), clock, "here", frozenset())
    far = Opened(NODE, evolve(LAUNCH, machine="elsewhere"))
    first = upstreams.of(far)
    clock.advance(300)
    assert upstreams.of(far).headers == first.headers
    clock.advance(250)
    later = upstreams.of(far)
    assert later.headers != first.headers
    assert (first.until, later.until) == (480.0, 1030.0)
    text = later.headers[0][1].decode()
    assert unseal(text, KEY.public, "node:n1", 1100.0).expires == 1150.0


def test_tickets_do_not_pile_up() -> None:
    """However many apps were opened, only so many tickets are kept."""
    clock = Clock()
    upstreams = Upstreams(Identity("gateway:east", KEY), clock, "here", frozenset())
    far = [
        Opened(NODE, evolve(LAUNCH, id=f"l{number}", machine="elsewhere"))
        for number in range(4097)
    ]
    first, last = [upstreams.of(one).headers for one in far][::4096]
    clock.advance(1)
    assert upstreams.of(far[-1]).headers == last
    assert upstreams.of(far[0]).headers != first
