"""What is typed into the search box: words, ``tag:``, ``owner:``, ``is:`` …  Pure."""

from attrs import frozen

_LONGEST = 200
_MOST_WORDS = 10
_KEYS = ("tag", "owner", "visibility")


@frozen
class SearchText:
    """What was asked for; empty parts do not narrow."""

    words: str = ""
    tag: str = ""
    owner: str = ""
    visibility: str = ""
    starred: bool = False
    shared: bool = False
    """Only what others share with the one who asks."""


def parse_search(text: str) -> SearchText:
    """Return what *text* asks for; what is no key of ours is a word."""
    words: list[str] = []
    found: dict[str, str] = {}
    flags: set[str] = set()
    for part in text[:_LONGEST].split():
        key, colon, value = part.partition(":")
        if colon and value and key.lower() in _KEYS:
            found[key.lower()] = value.lower()
        elif part.lower() in ("is:starred", "is:shared"):
            flags.add(part[3:].lower())
        elif part.lower() in ("is:public", "is:private"):
            found["visibility"] = part[3:].lower()
        else:
            words.append(part)
    if found.get("visibility") not in (None, "public", "private"):
        words.append(f"visibility:{found.pop('visibility')}")
    said = " ".join(words[:_MOST_WORDS])
    return SearchText(
        said, starred="starred" in flags, shared="shared" in flags, **found
    )
