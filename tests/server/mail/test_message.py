"""Letters as bytes."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from aen.model.errors import Invalid
from aen.server.mail.letters import Sending, Words
from aen.server.mail.message import bare, envelope, message

SENDING = Sending("Notes", "http://aen.example", "ada")
SENDER = "AEN <aen@example.org>"


def read(words: Words, sender: str = SENDER, site: str = "Notes") -> EmailMessage:
    """Return the message as who gets it reads it."""
    sending = Sending(site, "http://aen.example", "ada")
    made = message(words, sending, sender, "ada@example.org", 1_700_000_000, "m1")
    assert b"\r" not in made
    assert max(map(len, made.split(b"\n"))) < 200
    return message_from_bytes(made, EmailMessage, policy=policy.default)


def test_a_message() -> None:
    """Both forms, and what mail programs want to know."""
    found = read(Words("Hello — ünï", ("A line.", ".", ".dot", "x" * 300)))
    assert found["Subject"] == "Hello — ünï"
    assert (found["From"], found["To"]) == (SENDER, "ada@example.org")
    assert found["Message-ID"] == "<m1@example.org>"
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Date"].datetime.timestamp() == 1_700_000_000
    plain, html = found.get_body(("plain",)), found.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "A line.\n\n.\n\n.dot" in plain.get_content()
    assert f"<p>{'x' * 300}</p>" in html.get_content()
    assert found.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize("evil", ["a\r\nBcc: eve@x.org", "a\nBcc: e@x.org", "a\0b\r"])
def test_no_header_begins_in_a_text(evil: str) -> None:
    """Neither in the subject nor in the name of the installation."""
    found = read(Words(evil, ("x",)), "aen@example.org", evil)
    assert found["Bcc"] is None
    assert len(found.get_all("Subject", [])) == 1


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("ada@example.org", "ada@example.org"),
        ("ada+x@bücher.example", "ada+x@xn--bcher-kva.example"),
    ],
)
def test_bare_addresses(address: str, expected: str) -> None:
    """Domains as DNS has them."""
    assert bare(address) == expected


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "ada@x\r\nRCPT TO:<eve@x>",
        "ada>@example.org",
        "ada@example.org>",
        "-f@example.org",
        "ädä@example.org",
        "ada@a..b",
        "ada@x y",
    ],
)
def test_what_cannot_be_written_to(address: str) -> None:
    """It never reaches a mail server."""
    with pytest.raises(Invalid):
        bare(address)
    with pytest.raises(Invalid):
        envelope(SENDER, address)
