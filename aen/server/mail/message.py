"""A letter as the bytes that a mail server is given (RFC 5322, 2046)."""

from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from attrs import frozen

from aen.model.errors import Invalid
from aen.server import profile
from aen.server.mail.letters import Sending, Words, as_html, as_text

_LINES = policy.SMTP.clone(linesep="\n", max_line_length=78)
"""Lines end with LF here; who sends them makes CRLF of it."""


@frozen
class Envelope:
    """What a mail server is told beside the message: bare addresses in ASCII."""

    sender: str
    to: str


def envelope(sender: str, to: str) -> Envelope:
    """Return the bare addresses.

    :raises Invalid: one of them is none that a mail server takes.
    """
    return Envelope(bare(parseaddr(sender)[1]), bare(to))


def bare(address: str) -> str:
    """Return *address* in ASCII, its domain as DNS has it, or raise `Invalid`."""
    wrong = Invalid(f"“{profile.cleaned(address, 100)}” cannot be written to.")
    try:
        checked = profile.email(address)
        local, _, domain = checked.rpartition("@")
        found = f"{local}@{domain.encode('idna').decode()}"
        found.encode("ascii")
    except (Invalid, UnicodeError):
        raise wrong from None
    if not local or found.startswith("-"):
        raise wrong
    return found


def message(
    words: Words, sending: Sending, sender: str, to: str, when: float, mark: str
) -> bytes:
    """Return the whole message.

    :param mark: tells it from every other; the same when it is sent once more.
    """
    addresses = envelope(sender, to)
    shown = parseaddr(sender)[0] or sending.site
    host = addresses.sender.rpartition("@")[2]
    made = EmailMessage(policy=_LINES)
    made["Subject"] = _line(words.subject)
    made["From"] = Address(_line(shown), addr_spec=addresses.sender)
    made["To"] = Address(addr_spec=addresses.to)
    made["Date"] = format_datetime(datetime.fromtimestamp(when, UTC))
    made["Message-ID"] = f"<{mark}@{host}>"
    # RFC 3834 section 5: nobody's answering machine answers this.
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(as_text(words, sending), cte="quoted-printable")
    made.add_alternative(
        as_html(words, sending), subtype="html", cte="quoted-printable"
    )
    return made.as_bytes()


def _line(text: str) -> str:
    """Return *text* as one line: no header can begin in it."""
    return " ".join(profile.cleaned(text, 200).split())
