"""What people write about themselves and their projects: bounds and cleaning."""

import re
from urllib.parse import urlsplit

from aen.model.errors import Invalid

LONGEST_DAYS = 3650
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# Not all that RFC 5322 allows: nothing that could end an address in a header or in
# a command to a mail server.
_EMAIL = re.compile(r"[^@\s<>()\[\],;:\\\"]{1,64}@[^@\s<>()\[\],;:\\\"]{1,190}")
_TAG = re.compile(r"[^\s,]{1,40}")
_MOST_TAGS = 20


def cleaned(text: str, longest: int) -> str:
    """Return *text* as one line fit for a log: bounded, no control characters."""
    return _CONTROL.sub("?", text[:longest]).encode(errors="replace").decode()


def line(field: str, what: str, text: str, longest: int) -> str:
    """Return *text* as one line of at most *longest* characters, or raise `Invalid`."""
    text = " ".join(text.split())
    if len(text) > longest:
        message = f"{what} may have at most {longest} characters."
        raise Invalid(message, fields={field: message})
    if _CONTROL.search(text):
        message = f"{what} holds characters that cannot be shown."
        raise Invalid(message, fields={field: message})
    return text


def display_name(text: str) -> str:
    """Return a person's name as it is shown, or raise `Invalid`."""
    return line("name", "The name", text, 100)


def email(text: str) -> str:
    """Return a mail address (or nothing), or raise `Invalid`."""
    text = line("email", "The mail address", text, 254)
    if text and not _EMAIL.fullmatch(text):
        message = f"“{text}” is not a mail address."
        raise Invalid(message, fields={"email": message})
    return text


def web_address(text: str) -> str:
    """Return the address of a page (or nothing), or raise `Invalid`.

    Others will follow it, so it is ``http`` or ``https`` and holds no credentials.
    """
    text = line("url", "The address", text, 200)
    if not text:
        return ""
    whole = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(whole)
        good = bool(parts.hostname) and parts.port != 0
    except ValueError:
        good, parts = False, urlsplit("")
    if not good or parts.scheme not in ("http", "https") or "@" in parts.netloc:
        message = "Give an address that begins with https:// or http://."
        raise Invalid(message, fields={"url": message})
    if " " in whole or "\\" in whole:
        message = "The address holds characters no address has."
        raise Invalid(message, fields={"url": message})
    return whole


def company(text: str) -> str:
    """Return where a person works, or raise `Invalid`."""
    return line("company", "The company", text, 100)


def location(text: str) -> str:
    """Return where a person is, or raise `Invalid`."""
    return line("location", "The location", text, 100)


def note(text: str) -> str:
    """Return the note of a token, or raise `Invalid`."""
    text = line("note", "The note", text, 100)
    if not text:
        message = "Write a note that says what the token is for."
        raise Invalid(message, fields={"note": message})
    return text


def key_title(text: str) -> str:
    """Return what somebody calls an SSH key, or raise `Invalid`."""
    return line("title", "The title", text, 100)


def summary(text: str) -> str:
    """Return the summary of a project or data center, or raise `Invalid`."""
    return line("summary", "The summary", text, 200)


def description(text: str) -> str:
    """Return the description of a project (Markdown), or raise `Invalid`."""
    if len(text) > 20_000:  # noqa: PLR2004 -- said in the message
        message = "The description may have at most 20,000 characters."
        raise Invalid(message, fields={"description": message})
    return text.replace("\r\n", "\n")


def tags(given: tuple[str, ...]) -> tuple[str, ...]:
    """Return tags in lower case, each once, or raise `Invalid`."""
    found = sorted({one.strip().lower() for one in given if one.strip()})
    for one in found:
        if not _TAG.fullmatch(one) or _CONTROL.search(one):
            message = f"“{one[:40]}” is not a tag: up to 40 characters, no spaces."
            raise Invalid(message, fields={"tags": message})
    if len(found) > _MOST_TAGS:
        message = f"A project may have at most {_MOST_TAGS} tags."
        raise Invalid(message, fields={"tags": message})
    return tuple(found)
