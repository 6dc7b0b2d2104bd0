"""What an address below the app's prefix means. Pure."""

import os
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, quote_from_bytes, unquote_to_bytes

from attrs import field, frozen

from aen.compute.apps.files.refusals import Refusal

OURS: Final = ".aen-"
"""How names begin that are the app's own while it works: nobody is shown them."""
OWN: Final = f"{OURS}app/"
PAGE: Final = f"{OWN}import"
"""What is below this in the app's addresses is its own: its style sheet, say."""
_LONGEST: Final = 255
DEEPEST: Final = 100
WORDS: Final = frozenset(
    "after archive content copy depth environments executable hidden import limit move"
    " parents recursive replace rights search to trash unwrap upload".split()
)


@frozen
class Address:
    """A file or folder of the project, and what is to be done with it."""

    names: tuple[str, ...]
    """From the project's folder on; bytes that are no UTF-8 as `os.fsdecode` has it."""
    folder: bool
    """Whether the address ends in a slash."""
    query: Mapping[str, str] = field(factory=dict)

    @property
    def text(self) -> str:
        """The way there, for people."""
        return shown("/".join(self.names)) or "the folder of the project"

    def says(self, word: str) -> bool:
        """Whether the query has *word* switched on."""
        return is_on(self.query, word)


def is_on(query: Mapping[str, str], word: str) -> bool:
    """Whether *query* has *word* switched on."""
    return query.get(word, "0") not in ("0", "false", "no")


def parse(target: bytes, prefix: str, words: frozenset[str] = WORDS) -> Address:
    """Return what *target* is about.

    :param prefix: the app's, without a slash at its end.
    :param words: what may be asked for in the query.
    :raises Refusal: it is below no prefix of ours, or names what cannot be.
    """
    path, _, query = target.partition(b"?")
    beginning = prefix.encode() + b"/"
    if not path.startswith(beginning):
        raise Refusal(404, "There is nothing at this address.")
    *texts, last = path.removeprefix(beginning).split(b"/")
    if last:
        texts.append(last)
    names = tuple(os.fsdecode(unquote_to_bytes(one)) for one in texts)
    return Address(check(names), not last, parse_query(query, words))


def parse_path(text: str) -> tuple[str, ...]:
    """Return the names in a path as people write it.

    :raises Refusal: a name is none that a file can have.
    """
    return check(tuple(one for one in text.split("/") if one not in ("", ".")))


def check(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return *names* of a way inside of the project, or raise `Refusal`."""
    if len(names) > DEEPEST:
        raise Refusal(400, f"Folders are at most {DEEPEST} deep here.")
    for name in names:
        if not is_name(name):
            raise Refusal(400, f"“{shown(name)}” is no name of a file.")
        if name.startswith(OURS):
            raise Refusal(404, f"There is no {shown(name)}.")
    return names


def is_name(name: str) -> bool:
    """Whether a file can be called *name*."""
    odd = "/" in name or "\0" in name or len(os.fsencode(name)) > _LONGEST
    return name not in ("", ".", "..") and not odd


def parse_query(query: bytes, words: frozenset[str] = WORDS) -> dict[str, str]:
    """Return what stands behind the “?” of an address.

    :raises Refusal: it cannot be read, or has words that are not known.
    """
    try:
        pairs = parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="surrogateescape"
        )
    except (UnicodeDecodeError, ValueError):
        raise Refusal(400, "What follows the “?” cannot be read.") from None
    found: dict[str, str] = {}
    for word, value in pairs:
        if word not in words or word in found:
            said = f"“{shown(word)[:40]}” is not known here, or said twice."
            raise Refusal(400, said)
        found[word] = value
    return found


def project_of(prefix: str) -> tuple[str, str]:
    """Return owner and name of the project that *prefix* is an app's of."""
    owner, name, *_ = prefix.strip("/").split("/")
    return owner, name


def href(name: str) -> str:
    """Return *name* as one segment of an address."""
    return quote_from_bytes(os.fsencode(name), safe="")


def shown(text: str) -> str:
    """Return *text* as it can be shown: what is no character is marked as such."""
    readable = os.fsencode(text).decode("utf-8", "replace")
    return "".join(
        one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in readable
    )
