"""What programs print, with the colours they ask for (ECMA-48). Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from attrs import evolve, frozen
from markupsafe import Markup, escape

_CODES: Final = re.compile(
    r"\x1b\[([0-9;:]{0,200})m"  # what matters: colours
    r"|\x1b\[[0-?]{0,200}[ -/]{0,20}[@-~]?"  # places, sizes and so on
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # titles, links
    r"|\x1b[ -/]{0,20}[0-~]?"
)
_UNSEEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BASE: Final = (
    (0, 0, 0), (187, 0, 0), (0, 187, 0), (187, 187, 0),
    (0, 0, 187), (187, 0, 187), (0, 187, 187), (187, 187, 187),
    (85, 85, 85), (255, 85, 85), (85, 255, 85), (255, 255, 85),
    (85, 85, 255), (255, 85, 255), (85, 255, 255), (255, 255, 255),
)  # fmt: skip
_FRONTS: Final = "fg0 fg1 fg2 fg3 fg4 fg5 fg6 fg7".split()
_BACKS: Final = "bg0 bg1 bg2 bg3 bg4 bg5 bg6 bg7".split()
_STEPS: Final = (0, 95, 135, 175, 215, 255)
_FLAGS: Final = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse"}
_ENDS: Final = {
    22: ("bold", "dim"),
    23: ("italic",),
    24: ("underline",),
    27: ("inverse",),
}


@frozen
class _Look:
    """How text looks from here on; colours are 0 to 7, bright ones as others."""

    front: int | None = None
    back: int | None = None
    flags: frozenset[str] = frozenset()

    @property
    def classes(self) -> str:
        """The classes that say so."""
        front, back = self.front, self.back
        names = sorted(self.flags - {"inverse"})
        if "inverse" in self.flags:
            front, back = back, front
            names += ["inverse"] if front is None and back is None else []
        names += [] if front is None else [_FRONTS[front]]
        names += [] if back is None else [_BACKS[back]]
        return " ".join(names)


def shown(text: str) -> Markup:
    """Return *text* as HTML."""
    return Markup("").join(_spans(_overwritten(text)))


def plain(text: str) -> str:
    """Return *text* without what is not to be read."""
    return _UNSEEN.sub("", _CODES.sub("", _overwritten(text)))


def _overwritten(text: str) -> str:
    """Return what is left where a line was begun anew, as bars of progress do."""
    text = text.replace("\r\n", "\n")
    if "\r" not in text:
        return text
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return "\n".join(lines)


def _spans(text: str) -> Iterator[Markup]:
    look, place = _Look(), 0
    for match in _CODES.finditer(text):
        yield _span(text[place : match.start()], look)
        place = match.end()
        if match[1] is not None:
            look = _changed(look, match[1])
    yield _span(text[place:], look)


def _span(text: str, look: _Look) -> Markup:
    text = _UNSEEN.sub("", text)
    if not text or not look.classes:
        return escape(text)
    return Markup('<span class="{}">{}</span>').format(look.classes, text)


def _changed(look: _Look, said: str) -> _Look:
    numbers = [int(one[:4] or 0) for one in re.split("[;:]", said)]
    while numbers:
        number = numbers.pop(0)
        if number in (38, 48):
            look = _wide(look, number, numbers)
        else:
            look = _one(look, number)
    return look


def _one(look: _Look, number: int) -> _Look:
    tens, unit = divmod(number, 10)
    if number == 0:
        return _Look()
    if number in _FLAGS:
        return evolve(look, flags=look.flags | {_FLAGS[number]})
    if number in _ENDS:
        return evolve(look, flags=look.flags.difference(_ENDS[number]))
    if tens in (3, 4, 9, 10) and (unit < 8 or unit == 9):  # noqa: PLR2004
        colour = None if unit == 9 else unit  # noqa: PLR2004
        front = tens in (3, 9)
        return evolve(look, front=colour) if front else evolve(look, back=colour)
    return look


def _wide(look: _Look, number: int, rest: list[int]) -> _Look:
    """Take one of 256 colours, or of 16 million: the nearest one that we have."""
    kind = rest.pop(0) if rest else 0
    needed = {5: 1, 2: 3}.get(kind, 0)
    values, rest[:needed] = rest[:needed], []
    if not needed or len(values) < needed:
        return look
    colour = _of_256(values[0]) if needed == 1 else _nearest(values)
    front = number == 38  # noqa: PLR2004
    return evolve(look, front=colour) if front else evolve(look, back=colour)


def _of_256(number: int) -> int:
    if number < len(_BASE):
        return number % len(_FRONTS)
    if number >= 232:  # noqa: PLR2004 -- greys
        return _nearest([8 + 10 * (min(number, 255) - 232)] * 3)
    number -= 16
    return _nearest([_STEPS[number // 36], _STEPS[number // 6 % 6], _STEPS[number % 6]])


def _nearest(colour: Sequence[int]) -> int:
    def distance(number: int) -> int:
        pairs = zip(_BASE[number], colour, strict=True)
        return sum((ours - theirs) ** 2 for ours, theirs in pairs)

    return min(range(len(_BASE)), key=distance) % len(_FRONTS)
