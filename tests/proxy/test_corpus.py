"""The corpus: what is refused, what passes, and that others read it as we do."""

import h11
import pytest

from tests.proxy.corpus import responses
from tests.proxy.corpus.case import Case
from tests.proxy.corpus.every import CASES, MODULES
from tests.proxy.corpus.responses import Reply
from tests.proxy.harness import TO_ONE, Harness
from tests.proxy.observing import Seen, check_agreement, check_reading, play

TABLES = {
    f"{module.__name__.rpartition('.')[2]} {name.lower()}": table
    for module in MODULES
    for name, table in vars(module).items()
    if name != "CASES" and isinstance(table, tuple) and isinstance(table[0], Case)
}
LONG = 2000
"""Longer ones are not sent byte by byte."""


def reads(sent: bytes) -> tuple[list[bytes], list[bytes]]:
    """Return *sent* in one read, and in many."""
    step = 1 if len(sent) < LONG else 1000
    return [sent], [sent[at : at + step] for at in range(0, len(sent), step)]


def test_the_corpus_is_large() -> None:
    """And no case is in it twice."""
    cases = [case for table in TABLES.values() for case in table]
    assert len(cases) > 800
    assert len({case.sent for case in cases}) == len(cases)
    assert len({case.name for case in cases}) == len(cases)
    assert sorted(map(id, cases)) == sorted(map(id, CASES))


@pytest.mark.parametrize("name", TABLES)
def test_requests(name: str) -> None:
    """Refused with the right status and the connection closed, or read by all alike."""
    wrong = []
    for case in TABLES[name]:
        for pieces in reads(case.sent):
            try:
                check(case, play(pieces))
            except (AssertionError, h11.RemoteProtocolError) as error:
                wrong.append((case, len(pieces), error))
    assert not wrong


def check(case: Case, seen: Seen) -> None:
    """Compare what came of a case with what the table says."""
    assert seen.statuses == case.answers
    assert tuple(one.spelled for one in seen.messages) == case.passed
    assert b"6.6.6.6" not in b"".join(seen.forwarded)
    failed = any(status >= 400 for status in seen.statuses)
    assert seen.connected or case.answers
    assert not (seen.connected and failed)
    if seen.connected and case.answers:
        check_agreement(seen)
        if b"pgrade:" not in case.sent:  # llhttp stops there
            check_reading(case.sent, seen)


@pytest.mark.parametrize("name", ["GOOD", "BAD", "BROKEN", "SPLITTING"])
def test_responses(name: str) -> None:
    """A client sees one response and nothing that the upstream has forged."""
    wrong = []
    for reply in vars(responses)[name]:
        for pieces in reads(reply.sent):
            try:
                check_reply(reply, pieces)
            except AssertionError as error:
                wrong.append((reply, len(pieces), error))
    assert not wrong


def check_reply(reply: Reply, pieces: list[bytes]) -> None:
    """Let an upstream answer so and compare what its client sees."""
    client, upstream = Harness(TO_ONE).answered(reply.method, pieces)
    said = client.take()
    assert b"forged" not in said
    status, body = understood(said, reply.method, open_=client.connected)
    if len(pieces) == 1 and reply.body is None:
        # Nothing of it had been shown yet: there is room for a page of ours.
        assert (status, client.connected) == (502, True)
    else:
        assert status == reply.status
        assert status == 502 or body == reply.body
        # Byte by byte, the end of a good response comes before what is too much.
        assert client.connected is not (
            reply.closed and not (body is not None and len(pieces) > 1)
        )
    assert not (reply.closed and upstream.connected)
    client.hang_up()


def understood(data: bytes, method: bytes, *, open_: bool) -> tuple[int, bytes | None]:
    """Return the status and, if it is whole, the body as h11 reads them."""
    parser = h11.Connection(h11.CLIENT)
    parser.send(h11.Request(method=method, target="/", headers=[("Host", "a")]))
    parser.send(h11.EndOfMessage())
    parser.receive_data(data)
    if not open_:
        parser.receive_data(b"")
    status, body = 0, b""
    while True:
        try:
            event = parser.next_event()
        except h11.RemoteProtocolError:
            return status, None
        if isinstance(event, h11.Response):
            status = event.status_code
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            assert parser.trailing_data[0] == b""
            return status, body
        elif event is h11.NEED_DATA:
            return status, None
