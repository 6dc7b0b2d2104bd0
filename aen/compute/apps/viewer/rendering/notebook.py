"""Notebooks as values, of the formats 4 and 3 (and 2, which is much the same). Pure.

Anybody may have written what is in the file: each part is looked at before it is
believed, and what makes no sense is left out rather than that nothing is shown.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from attrs import field, frozen

from aen.compute.apps.viewer.rendering.bounds import Bounds
from aen.compute.apps.viewer.rendering.jobs import Unreadable
from aen.runtime.markup import LOWEST

_OLD_TYPES: Final = {
    "html": "text/html",
    "javascript": "application/javascript",
    "jpeg": "image/jpeg",
    "json": "application/json",
    "latex": "text/latex",
    "png": "image/png",
    "svg": "image/svg+xml",
    "text": "text/plain",
}
_TOO_DEEP: Final = "It is no notebook: what is in it is nested too deeply."


@frozen
class Stream:
    """What was printed."""

    name: str
    text: str


@frozen
class Error:
    """What went wrong in a cell."""

    text: str


@frozen
class Data:
    """A result or a display: the same thing in several types."""

    types: Mapping[str, str]
    prompt: str = ""


Output = Stream | Error | Data


@frozen
class Cell:
    """One cell."""

    kind: str
    """``code``, ``markdown`` or ``raw``."""
    source: str
    prompt: str = ""
    outputs: tuple[Output, ...] = ()
    more: int = 0
    """Outputs that were left out."""
    attachments: Mapping[str, str] = field(factory=dict)
    """Addresses that hold their data, by name."""


@frozen
class Notebook:
    """A whole one."""

    language: str
    cells: tuple[Cell, ...]
    more: int = 0
    """Cells that were left out."""


def parse_notebook(content: bytes, bounds: Bounds) -> Notebook:
    """Return the notebook that is in a file.

    :raises Unreadable: there is none.
    """
    try:
        found = json.loads(content)
    except RecursionError:
        raise Unreadable(_TOO_DEEP) from None
    except json.JSONDecodeError as error:
        said = f"It is no notebook: line {error.lineno} is no JSON ({error.msg})."
        raise Unreadable(said) from None
    except ValueError:
        raise Unreadable("It is no notebook: it is no JSON in UTF-8.") from None
    if not isinstance(found, dict) or not isinstance(found.get("nbformat"), int):
        raise Unreadable("It is no notebook: it says of no format that it has.")
    old = found["nbformat"] < 4  # noqa: PLR2004 -- then cells are in worksheets
    cells = _old_cells(found) if old else _list(found.get("cells"))
    language = _language(found)
    read = _old_cell if old else _cell
    made = tuple(read(one, bounds) for one in islice(cells, bounds.cells))
    return Notebook(language, made, max(0, len(cells) - bounds.cells))


def _language(found: dict[str, Any]) -> str:
    about = _dict(found.get("metadata"))
    names = (
        _dict(about.get("language_info")).get("name"),
        _dict(about.get("kernelspec")).get("language"),
        about.get("language"),
        "python",
    )
    return next(one for one in names if isinstance(one, str) and one)


def _cell(found: dict[str, Any], bounds: Bounds) -> Cell:
    kind = found.get("cell_type")
    source = _text(found.get("source"))
    if kind == "code":
        outputs = _list(found.get("outputs"))
        return Cell(
            "code",
            source,
            _prompt(found.get("execution_count")),
            tuple(_outputs(outputs[: bounds.outputs])),
            max(0, len(outputs) - bounds.outputs),
        )
    attachments = dict(_attachments(_dict(found.get("attachments"))))
    shown = "markdown" if kind == "markdown" else "raw"
    return Cell(shown, source, attachments=attachments)


def _outputs(found: list[dict[str, Any]]) -> Iterator[Output]:
    for one in found:
        match one.get("output_type"):
            case "stream":
                yield Stream(str(one.get("name")), _text(one.get("text")))
            case "error":
                yield _error(one)
            case "execute_result" | "display_data":
                prompt = _prompt(one.get("execution_count"))
                yield Data(_types(_dict(one.get("data"))), prompt)


def _old_cells(found: dict[str, Any]) -> list[dict[str, Any]]:
    sheets = _list(found.get("worksheets"))
    return [cell for sheet in sheets for cell in _list(sheet.get("cells"))]


def _old_cell(found: dict[str, Any], bounds: Bounds) -> Cell:
    kind = found.get("cell_type")
    if kind == "code":
        outputs = _list(found.get("outputs"))
        return Cell(
            "code",
            _text(found.get("input")),
            _prompt(found.get("prompt_number")),
            tuple(_old_outputs(outputs[: bounds.outputs])),
            max(0, len(outputs) - bounds.outputs),
        )
    source = _text(found.get("source"))
    if kind == "heading":
        marks = "#" * _level(found.get("level"))
        return Cell("markdown", f"{marks} {' '.join(source.split())}")
    return Cell("markdown" if kind == "markdown" else "raw", source)


def _level(value: object) -> int:
    return value if isinstance(value, int) and 1 <= value <= LOWEST else 1


def _old_outputs(found: list[dict[str, Any]]) -> Iterator[Output]:
    for one in found:
        match one.get("output_type"):
            case "stream":
                yield Stream(str(one.get("stream")), _text(one.get("text")))
            case "pyerr":
                yield _error(one)
            case "pyout" | "display_data":
                named = {_OLD_TYPES.get(key, ""): value for key, value in one.items()}
                yield Data(_types(named), _prompt(one.get("prompt_number")))


def _error(found: dict[str, Any]) -> Error:
    lines = found.get("traceback")
    text = "\n".join(_strings(lines)) if isinstance(lines, list) else ""
    told = f"{_text(found.get('ename'))}: {_text(found.get('evalue'))}"
    return Error(text.strip("\n") or told)


def _types(found: dict[str, Any]) -> dict[str, str]:
    """Return text by type; what is no text (JSON) is written as such."""
    types = {}
    for kind, value in found.items():
        known = isinstance(value, str) or (
            isinstance(value, list) and not kind.endswith("json")
        )
        if kind:
            types[kind] = _text(value) if known else _json(value)
    return types


def _json(value: object) -> str:
    try:
        return json.dumps(value, indent=2, ensure_ascii=False)
    except (RecursionError, ValueError):
        return "…"


def _attachments(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, types in found.items():
        for kind, value in _dict(types).items():
            data = "".join(_text(value).split())
            yield name, f"data:{kind};base64,{data}"
            break


def _prompt(count: object) -> str:
    return str(count)[:12] if isinstance(count, int | str) else ""


def _text(value: object) -> str:
    """Return text that may be in lines."""
    if isinstance(value, list):
        return "".join(_strings(value))
    return value if isinstance(value, str) else ""


def _strings(values: list[object]) -> Iterator[str]:
    return (one for one in values if isinstance(one, str))


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[dict[str, Any]]:
    """Return the objects in a list."""
    found = value if isinstance(value, list) else []
    return [one for one in found if isinstance(one, dict)]
