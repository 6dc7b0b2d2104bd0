"""Whether a name or a line has what somebody looks for. Pure.

No expression of anybody's is run: the time it takes is that of its length times the
name's, at most.
"""

from collections.abc import Callable

from aen.compute.apps.files.refusals import Refusal

_LONGEST = 255
_SHOWN = 200
_BEFORE = 60


def check_text(text: str) -> str:
    """Return what is looked for, or raise `Refusal`: it is nothing, or too much."""
    if not text.strip() or len(text) > _LONGEST:
        raise Refusal(400, f"Look for something of 1 to {_LONGEST} characters.")
    return text


def name_matcher(text: str) -> Callable[[str], bool]:
    """Return what tells whether a name contains *text*; ``*`` and ``?`` stand for any.

    With one of those in it the whole name has to match. Case says nothing.
    """
    wanted = text.casefold()
    if "*" in wanted or "?" in wanted:
        return lambda name: matches(wanted, name.casefold())
    return lambda name: wanted in name.casefold()


def matches(pattern: str, name: str) -> bool:
    """Whether *name* is what *pattern* says, whole.

    Only the last ``*`` is ever tried anew, which is enough.
    """
    at = here = 0
    star, tried = -1, 0
    while at < len(name):
        if here < len(pattern) and pattern[here] == "*":
            star, tried = here, at
            here += 1
        elif here < len(pattern) and pattern[here] in ("?", name[at]):
            here, at = here + 1, at + 1
        elif star >= 0:
            tried += 1
            here, at = star + 1, tried
        else:
            return False
    return all(one == "*" for one in pattern[here:])


def lines_with(text: str, content: bytes, most: int) -> list[tuple[int, str]]:
    """Return number and text of lines that contain *text*, the first *most*.

    What has a NUL in it is no text.
    """
    wanted = text.casefold()
    if b"\0" in content:
        return []
    whole = content.decode("utf-8", "replace")
    if wanted not in whole.casefold():
        return []
    found: list[tuple[int, str]] = []
    for number, line in enumerate(whole.split("\n"), 1):
        at = line.casefold().find(wanted)
        if at >= 0:
            found.append((number, _part(line.rstrip("\r"), at)))
            if len(found) == most:
                break
    return found


def _part(line: str, at: int) -> str:
    """Return a line, or what is around a place in a long one."""
    start = max(0, at - _BEFORE) if len(line) > _SHOWN else 0
    return line[start : start + _SHOWN].expandtabs(4).strip()
