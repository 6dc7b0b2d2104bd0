"""Names in LDAP: DNs made of what people type (RFC 4514), persons made of entries."""

import re

from aen.server.directories.directory import Person
from aen.server.directories.ldap_messages import Entry
from aen.server.directories.ldap_settings import USERNAME, KeyMap

_SPECIAL = re.compile(r'["+,;<>\\=\x00]')
_PLAIN = re.compile(r"[A-Za-z0-9._-]+", re.ASCII)
_SHOWN = re.compile(rb"[\x20-\x7e]+")


def escape(text: str) -> str:
    """Return *text* as a value in a DN: nothing in it has a meaning any more."""
    made = _SPECIAL.sub(lambda found: f"\\{ord(found[0]):02x}", text)
    if made[:1] in ("#", " "):
        made = f"\\{ord(made[0]):02x}{made[1:]}"
    if made.endswith(" "):
        made = f"{made[:-1]}\\20"
    return made


def direct(template: str, name: str) -> str | None:
    """Return the name *template* makes of a user name; None: it makes none of it.

    What is no DN (``name@example.org``) has no way to escape
    anything: there only plain names will do.
    """
    if "=" in template:
        return template.replace(USERNAME, escape(name))
    return template.replace(USERNAME, name) if _PLAIN.fullmatch(name) else None


def person(name: str, entry: Entry | None, keys: KeyMap) -> Person:
    """Return the person of *entry* who typed *name*."""
    if entry is None:
        return Person(name)
    groups = entry.all(keys.groups) if keys.groups else ()
    return Person(
        name=_user_name(name, entry, keys.username),
        display_name=_text(entry, keys.name),
        email=_text(entry, keys.email),
        id=_lasting(entry.first(keys.id)) if keys.id else "",
        groups=frozenset(one.decode("utf-8", "replace") for one in groups),
    )


def _user_name(typed: str, entry: Entry, attribute: str) -> str:
    """Return the user name an entry gives; empty where it gives several others."""
    values = entry.all(attribute) if attribute else ()
    names = [one.decode("utf-8", "replace").strip() for one in values]
    if not names or typed in (one.lower() for one in names):
        return typed
    return names[0] if len(names) == 1 else ""


def _text(entry: Entry, attribute: str) -> str:
    found = entry.first(attribute) if attribute else b""
    return found.decode("utf-8", "replace").strip()


def _lasting(value: bytes) -> str:
    """Return an identifier as text; some directories keep it as bare bytes."""
    return value.decode() if _SHOWN.fullmatch(value) else value.hex()
