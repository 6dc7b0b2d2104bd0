"""The tokens of the style sheet and the contrast of its colours: pure."""

import re
from collections.abc import Mapping

from attrs import frozen

_LIGHT = re.compile(r":root\s*\{([^}]*--[^}]*)\}")
_DARK = re.compile(r""":root\[data-theme=["']?dark["']?\]\s*\{([^}]*)\}""")
_TOKEN = re.compile(r"--([a-z0-9-]+):\s*([^;}]+)")
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_DARKEST = 0.04045
"""Up to here sRGB is linear."""

TEXT, GRAPHICS = 4.5, 3.0
"""The least contrast of text, and of edges that tell where a field is (WCAG 2.2,
1.4.3 and 1.4.11)."""
PAIRS: tuple[tuple[str, str, float], ...] = (
    *((ink, ground, TEXT) for ink in ("ink", "soft") for ground in ("paper", "sheet")),
    *((ink, "sunk", TEXT) for ink in ("ink", "soft")),
    *(("faint", ground, TEXT) for ground in ("paper", "sheet")),
    *(("accent", ground, TEXT) for ground in ("paper", "sheet", "accent-wash")),
    ("accent-strong", "sheet", TEXT),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-strong", TEXT),
    *((one, f"{one}-wash", TEXT) for one in ("good", "busy", "bad", "idle")),
    *(("ink", f"{one}-wash", TEXT) for one in ("accent", "good", "busy", "bad")),
    *(("bad", ground, TEXT) for ground in ("paper", "sheet")),
    ("sheet", "bad", TEXT),
    ("sheet", "bad-strong", TEXT),
    ("paper", "ink", TEXT),
    *(("rim", ground, GRAPHICS) for ground in ("paper", "sheet")),
)
"""What stands on what, and how well it has to be told from it."""


@frozen
class Tokens:
    """The tokens by name, as in light and as in dark."""

    light: Mapping[str, str]
    dark: Mapping[str, str]

    @classmethod
    def of(cls, style: str) -> "Tokens":
        """Read them from a style sheet, minified or not."""
        found = {scheme: _tokens(rule, style) for scheme, rule in _RULES.items()}
        light = found["light"]
        return cls(light, {**light, **found["dark"]})

    @property
    def colours(self) -> tuple[str, ...]:
        """The names of those that are colours."""
        return tuple(one for one, value in self.light.items() if _HEX.fullmatch(value))

    def sizes(self, prefix: str) -> tuple[tuple[str, str], ...]:
        """Return names and values of those whose names begin with *prefix*."""
        every = self.light.items()
        return tuple((name, value) for name, value in every if name.startswith(prefix))


_RULES = {"light": _LIGHT, "dark": _DARK}


@frozen
class Pair:
    """One colour on another."""

    ink: str
    ground: str
    least: float
    light: float
    """The contrast in light, from 1 to 21."""
    dark: float

    @property
    def good(self) -> bool:
        """Whether it is enough in both."""
        return min(self.light, self.dark) >= self.least


def pairs(tokens: Tokens) -> tuple[Pair, ...]:
    """Return each of `PAIRS` with its contrast."""
    return tuple(
        Pair(
            ink,
            ground,
            least,
            contrast(tokens.light[ink], tokens.light[ground]),
            contrast(tokens.dark[ink], tokens.dark[ground]),
        )
        for ink, ground, least in PAIRS
    )


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21 (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rgb`` or ``#rrggbb``, 0 to 1 (WCAG 2.2)."""
    digits = colour.lstrip("#")
    if len(digits) == len("rgb"):
        digits = "".join(2 * one for one in digits)
    red, green, blue = (_linear(int(digits[at : at + 2], 16)) for at in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: int) -> float:
    share = value / 255
    if share <= _DARKEST:
        return share / 12.92
    return float(((share + 0.055) / 1.055) ** 2.4)


def _tokens(rule: re.Pattern[str], style: str) -> dict[str, str]:
    found = rule.search(style)
    return {} if found is None else dict(_TOKEN.findall(found[1].strip()))
