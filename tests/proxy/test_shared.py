"""Request ids."""

from aen.proxy.head import Peer, RequestHead
from aen.proxy.traits import RequestTraits
from tests.proxy.harness import TO_ONE, Harness

PEER = Peer("192.0.2.1", 1, secure=False)


def test_request_ids() -> None:
    """A client's own is kept if it is one word of sane length; others are unique."""
    shared = Harness(TO_ONE).factory._shared

    def identify(given: bytes) -> bytes:
        head = RequestHead(b"GET", b"/", "1.1", ((b"X-Request-Id", given),))
        named = RequestTraits(head, b"", 0).named_id
        return shared.new_entry(PEER, head, named).request_id

    assert identify(b"a.B_1-c") == b"a.B_1-c"
    bad = [b"", b"a b", b"a" * 65, b"a\xff", b"a:b"]
    made = {identify(given) for given in bad}
    assert len(made) == len(bad)
    assert not made & set(bad)
