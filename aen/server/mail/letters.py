"""What the platform writes to people: the words of each letter, and how they look.

A letter is kept as what it is about. Words and links are made when it is sent, so that
no link that opens an account ever lies in the store.
"""

import enum
import html
from collections.abc import Mapping
from datetime import UTC, datetime

from attrs import evolve, field, frozen

from aen.model.counting import counted


class LetterKind(enum.Enum):
    """Why somebody is written to."""

    RESET = "reset"
    CONFIRM = "confirm"
    NEW_SIGN_IN = "new sign-in"
    PASSWORD_CHANGED = "password changed"  # noqa: S105 -- no password
    ADDRESS_CHANGED = "address changed"
    ACCESS_ADDED = "access added"
    CLOSED = "closed"
    TEST = "test"


@frozen
class Letter:
    """A letter that waits to be sent."""

    id: str
    kind: LetterKind
    created: float
    user: str = ""
    """The id of the account it is about; of a sign-up for one that asks to confirm."""
    address: str = ""
    """Where it goes; empty: to the address the account has when it is sent."""
    facts: Mapping[str, str] = field(factory=dict)
    """What happened, by name; never a secret."""


@frozen
class Words:
    """What a letter says, before it looks like anything."""

    subject: str
    paragraphs: tuple[str, ...]
    facts: Mapping[str, str] = field(factory=dict)
    link: str = ""
    label: str = ""
    """What the link is called."""
    last: tuple[str, ...] = ()


@frozen
class Sending:
    """What is known when a letter is sent: whose platform, to whom, with which link."""

    site: str
    """What the installation is called."""
    base: str
    """Its address."""
    name: str
    """What the person is called."""
    link: str = ""
    hours: float = 0.0
    """How long the link is good."""


def moment(seconds: float) -> str:
    """Return a time as a letter says it: its reader may be anywhere."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%-d %B %Y, %H:%M UTC")


_SEE_LOG = ("{base}/account/log", "See what was done")
_LINK_LASTS = "The link works once, for {hours}."
_TEXTS = {
    LetterKind.RESET: Words(
        "A new password for {site}",
        (
            "Somebody asked for a new password for the account “{name}”.",
            "If it was you, follow the link and choose one.",
            "Afterwards you are signed out everywhere.",
        ),
        link="{link}",
        label="Choose a new password",
        last=(
            _LINK_LASTS,
            "If it was not you, do nothing: your password stays as it is.",
        ),
    ),
    LetterKind.CONFIRM: Words(
        "Confirm your account at {site}",
        ("Somebody, we hope you, asked for the account “{name}”.",),
        link="{link}",
        label="Confirm the account",
        last=(_LINK_LASTS, "If it was not you, do nothing: no account is made then."),
    ),
    LetterKind.NEW_SIGN_IN: Words(
        "A sign-in from a new place at {site}",
        ("The account “{name}” was signed in to from a new place.",),
        link="{base}/account/security",
        label="See where you are signed in",
        last=(
            "If it was not you, change your password at once and sign out elsewhere.",
        ),
    ),
    LetterKind.PASSWORD_CHANGED: Words(
        "Your password at {site} was changed",
        ("The account “{name}” has a new password.",),
        {},
        *_SEE_LOG,
        ("If it was not you, ask for a new password or tell an administrator.",),
    ),
    LetterKind.ADDRESS_CHANGED: Words(
        "Your mail address at {site} was changed",
        (
            "The account “{name}” has another mail address from now on.",
            "This is the last letter to the old one.",
        ),
        {},
        *_SEE_LOG,
        ("If it was not you, tell an administrator.",),
    ),
    LetterKind.ACCESS_ADDED: Words(
        "Something new opens your account at {site}",
        ("It was added to the account “{name}”.",),
        {},
        *_SEE_LOG,
        ("If it was not you, remove it and change your password.",),
    ),
    LetterKind.CLOSED: Words(
        "Your account at {site} was closed",
        (
            "Nobody can sign in with it any more; its tokens and keys have ended.",
            "This is the last letter about it.",
        ),
        last=("If it was not you, tell an administrator at once.",),
    ),
    LetterKind.TEST: Words(
        "Mail from {site} works",
        (
            "An administrator sent this to see whether mail arrives. It does.",
            "Nobody has to do anything.",
        ),
    ),
}
"""What letters say; names in braces are filled in when one is sent."""


def words_of(letter: Letter, sending: Sending) -> Words:
    """Return what *letter* says."""
    known = {
        "site": sending.site,
        "base": sending.base,
        "name": sending.name,
        "link": sending.link,
        "hours": _hours(sending.hours),
    }
    text = _TEXTS[letter.kind]
    return evolve(
        text,
        subject=text.subject.format(**known),
        paragraphs=tuple(one.format(**known) for one in text.paragraphs),
        facts=letter.facts,
        link=text.link.format(**known),
        last=tuple(one.format(**known) for one in text.last),
    )


def _hours(hours: float) -> str:
    if hours < 1:
        return counted(max(1, round(hours * 60)), "minute")
    return "an hour" if round(hours) == 1 else counted(round(hours), "hour")


# ---- how it looks


def as_text(words: Words, sending: Sending) -> str:
    """Return a letter as plain text."""
    parts = [*words.paragraphs]
    if words.facts:
        parts.append("\n".join(f"{name}: {text}" for name, text in words.facts.items()))
    if words.link:
        parts.append(f"{words.label}:\n{words.link}")
    parts += words.last
    parts.append(f"-- \n{sending.site}\n{sending.base}")
    return "\n\n".join(parts) + "\n"


def as_html(words: Words, sending: Sending) -> str:
    """Return a letter as simple HTML: nothing is loaded, nothing runs."""
    say = html.escape
    parts = [f"<p>{say(one)}</p>" for one in words.paragraphs]
    if words.facts:
        rows = "".join(
            f'<tr><td style="padding:2px 16px 2px 0;color:#56625f">{say(name)}</td>'
            f"<td>{say(text)}</td></tr>"
            for name, text in words.facts.items()
        )
        parts.append(f"<table>{rows}</table>")
    if words.link:
        parts.append(
            f'<p><a href="{say(words.link)}" style="display:inline-block;padding:10px'
            " 18px;border-radius:8px;background:#0a6873;color:#ffffff;"
            f'text-decoration:none">{say(words.label)}</a></p>'
        )
    parts += [f"<p>{say(one)}</p>" for one in words.last]
    foot = f'<a href="{say(sending.base)}">{say(sending.site)}</a>'
    parts.append(f'<p style="color:#56625f;font-size:13px">{foot}</p>')
    return _PAGE.format(title=say(words.subject), body="\n".join(parts))


_PAGE = """\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body style="margin:0;background:#f5f6f4">
<div style="max-width:560px;margin:24px auto;padding:24px;background:#ffffff;\
border-radius:12px;font:16px/1.5 sans-serif;color:#1b2422">
<h1 style="font-size:20px;margin:0 0 12px">{title}</h1>
{body}
</div>
</body>
</html>
"""
