"""What the proxy forwards is the same request to a real nginx."""

import random
from collections.abc import Iterator

import pytest

from tests.fuzz.mutation import mutated
from tests.fuzz.rules import REQUESTS
from tests.proxy.beside_nginx import NGINX, Nginx, nginx
from tests.proxy.observing import Message, Seen, play

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(NGINX is None, reason="nginx is not installed"),
]

# Between nginx and the recorder these are nginx's own.
HOP = {b"connection", b"content-length", b"expect", b"te", b"trailer", b"upgrade"}
HOP |= {b"transfer-encoding", b"keep-alive"}
FUZZED = 2000


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    """One nginx for all tests."""
    with nginx(tmp_path_factory.mktemp("nginx")) as running:
        yield running


def plain(message: Message) -> Message:
    """Return a request without what every hop writes anew."""
    headers = tuple(each for each in message.headers if each[0] not in HOP)
    # nginx writes Host first.
    return Message(
        message.method,
        message.target,
        tuple(sorted(headers, key=lambda each: each[0] != b"host")),
        message.body,
    )


def disagreements(beside: Nginx, seen: Seen) -> tuple[list[object], int]:
    """Return where nginx reads other requests, and how many it refuses."""
    wrong: list[object] = []
    refused = 0
    for origin in seen.origins:
        asked = [plain(one) for one in origin.messages]
        if not asked:
            continue
        statuses, told = beside.tell(bytes(origin.received), len(asked))
        read = [plain(one) for one in told]
        if statuses and statuses[-1] in (400, 405):
            # It may refuse what it understands ("/../", "%00"), not misunderstand.
            refused += 1
            asked = asked[: len(read)]
        if read != asked:
            wrong.append((bytes(origin.received), statuses, read))
    return wrong, refused


def test_the_corpus(beside: Nginx) -> None:
    """Every case that passes; only some targets are too odd for nginx."""
    wrong, refused = [], 0
    for sent in REQUESTS:
        more, less = disagreements(beside, play([sent]))
        wrong += more
        refused += less
    assert not wrong
    assert refused < 15


def test_mutations(beside: Nginx) -> None:
    """A few thousand changed cases, of which a good part passes."""
    chance = random.Random(3)
    wrong: list[object] = []
    for _ in range(FUZZED):
        wrong += disagreements(beside, play([mutated(chance, REQUESTS)]))[0]
    assert not wrong
