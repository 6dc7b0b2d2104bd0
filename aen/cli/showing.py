"""What commands print: tables for people, JSON for programs."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import attrs

_STEP = 1024


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return *rows* below their *head*, in columns."""
    lines = [tuple(head), *(tuple(plain(one) for one in row) for row in rows)]
    widths = [max(len(line[each]) for line in lines) for each in range(len(head))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True))
        .rstrip()
        for line in lines
    )  # fmt: skip


def pairs(rows: Iterable[tuple[str, object]]) -> str:
    """Return names with their values; what is empty is left out."""
    shown = [(name, plain(one)) for name, one in rows if one not in (None, "", ())]
    width = max((len(name) for name, _ in shown), default=0)
    return "\n".join(f"{name.ljust(width)}  {text}" for name, text in shown)


def as_json(content: Any) -> str:
    """Return *content* for programs."""
    return json.dumps(content, indent=2, ensure_ascii=False, default=_attrs)


def _attrs(value: Any) -> Any:
    return attrs.asdict(value)


def size_text(size: int) -> str:
    """Return a number of bytes for people."""
    value, units = float(size), ["B", "KiB", "MiB", "GiB", "TiB"]
    while value >= _STEP and len(units) > 1:
        value /= _STEP
        units.pop(0)
    return f"{value:.0f} B" if units[0] == "B" else f"{value:.1f} {units[0]}"


def plain(value: object) -> str:
    """Return a value on one line, without what could steer a terminal."""
    if isinstance(value, (tuple, list)):
        return ", ".join(plain(one) for one in value)
    text = "" if value is None else str(value)
    return "".join(one if one.isprintable() else " " for one in text)
