"""Tickets open one thing, for one reader, for a short time."""

import pytest
from attrs import evolve

from aen.model.errors import Invalid, Unauthenticated
from aen.wire.tickets import (
    Seal,
    SigningKey,
    Ticket,
    call_digest,
    decode,
    encode,
    read_issuer,
    seal,
    unseal,
)

KEY = SigningKey(b"k" * 32)
TICKET = Ticket("gateway:east", "node:n1", "call", 1000.0, "abc")


def test_a_ticket_says_what_was_sealed() -> None:
    """Who holds the public key reads what the owner of the private one wrote."""
    text = seal(KEY, TICKET)
    assert read_issuer(text) == "gateway:east"
    assert unseal(text, KEY.public, "node:n1", now=990.0) == TICKET


@pytest.mark.parametrize(
    ("audience", "now", "public"),
    [
        ("node:n2", 990.0, KEY.public),
        ("node:n1", 1031.0, KEY.public),
        ("node:n1", 990.0, SigningKey(b"x" * 32).public),
        ("node:n1", 990.0, "not a key"),
        ("node:n1", 990.0, ""),
    ],
)
def test_a_ticket_for_others_is_refused(audience: str, now: float, public: str) -> None:
    """Another reader, another signer and a late hour are refused."""
    with pytest.raises(Unauthenticated):
        unseal(seal(KEY, TICKET), public, audience, now)


@pytest.mark.parametrize("text", ["", ".", "a.b", "x" * 5000, "é.é", "e30.e30"])
def test_nonsense_is_refused(text: str) -> None:
    """Bytes that are no ticket raise nothing but `Unauthenticated`."""
    with pytest.raises(Unauthenticated):
        unseal(text, KEY.public, "node:n1", 0.0)


def test_a_ticket_is_short() -> None:
    """Nobody makes us read much before we know who it is, not even a friend."""
    text = seal(KEY, evolve(TICKET, digest="x" * 2000))
    with pytest.raises(Unauthenticated, match="malformed"):
        unseal(text, KEY.public, "node:n1", now=990.0)


def test_a_changed_ticket_is_refused() -> None:
    """One flipped byte of the payload breaks the signature."""
    payload, _, signature = seal(KEY, TICKET).partition(".")
    forged = encode(decode(payload).replace(b"node:n1", b"node:n9"))
    with pytest.raises(Unauthenticated):
        unseal(f"{forged}.{signature}", KEY.public, "node:n9", 0.0)


def test_a_digest_binds_method_path_and_body() -> None:
    """Calls that differ in any part have different digests."""
    calls = [("POST", "/a", b"x"), ("GET", "/a", b"x"), ("POST", "/b", b"x")]
    digests = {call_digest(*call) for call in [*calls, ("POST", "/a", b"y")]}
    assert len(digests) == 4


def test_a_key_survives_being_written_down() -> None:
    """The text of a private key makes the same key again; other text makes none."""
    assert SigningKey.from_text(KEY.text + "\n").public == KEY.public
    for wrong in ("", "short", "!" * 43):
        with pytest.raises(Invalid):
            SigningKey.from_text(wrong)


def test_secrets_derived_for_two_purposes_differ() -> None:
    """What leaks from one use tells nothing of another."""
    assert KEY.derive("passes") != KEY.derive("states")
    assert KEY.derive("passes") == SigningKey(b"k" * 32).derive("passes")


def test_a_seal_opens_only_what_it_closed() -> None:
    """A text with a broken or foreign seal is refused."""
    ours = Seal(b"a" * 32)
    text = ours.seal(b"payload")
    assert ours.open(text) == b"payload"
    for wrong in (Seal(b"b" * 32).seal(b"payload"), text[:-2], "", "é", "a.b"):
        with pytest.raises(Unauthenticated):
            ours.open(wrong)
