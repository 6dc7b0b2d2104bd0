"""A notebook as HTML: its cells, with their prompts and outputs."""

from collections.abc import Iterator
from typing import Final

from attrs import evolve, frozen
from markupsafe import Markup

from aen.compute.apps.viewer.rendering.bounds import Bounds
from aen.compute.apps.viewer.rendering.colours import coloured, lexer_of_cell
from aen.compute.apps.viewer.rendering.jobs import Job, Rendered
from aen.compute.apps.viewer.rendering.links import Links
from aen.compute.apps.viewer.rendering.markdown import Writer
from aen.compute.apps.viewer.rendering.notebook import (
    Cell,
    Data,
    Notebook,
    parse_notebook,
)
from aen.compute.apps.viewer.rendering.outputs import Piece, Showing
from aen.compute.apps.viewer.rendering.templates import template

_MORE: Final = "Only the first {count} cells are shown."


@frozen
class SeenOutput:
    """An output as it is shown."""

    prompt: str
    pieces: tuple[Piece, ...]


@frozen
class SeenCell:
    """A cell as it is shown."""

    kind: str
    prompt: str
    source: Markup | str
    outputs: tuple[SeenOutput, ...] = ()
    more: int = 0


def render_notebook(job: Job, bounds: Bounds) -> Rendered:
    """Return a notebook as HTML.

    :raises Unreadable: it is none.
    """
    notebook = parse_notebook(job.content, bounds)
    links = Links(job.place)
    seen = list(_cells(notebook, bounds, links))
    html = template("notebook.html").render(cells=seen)
    notes = sorted(links.notes)
    if notebook.more:
        notes.append(_MORE.format(count=len(seen)))
    return Rendered(html, tuple(notes))


def _cells(notebook: Notebook, bounds: Bounds, links: Links) -> Iterator[SeenCell]:
    writer = Writer(bounds)
    showing = Showing(bounds, writer, links)
    for cell in notebook.cells:
        match cell.kind:
            case "code":
                yield _code(cell, notebook.language, bounds, showing)
            case "markdown":
                own = evolve(links, attachments=cell.attachments)
                yield SeenCell("markdown", "", writer.write(cell.source, own))
            case _:
                yield SeenCell("raw", "", cell.source[: bounds.markdown])


def _code(cell: Cell, language: str, bounds: Bounds, showing: Showing) -> SeenCell:
    source = cell.source[: bounds.highlighted]
    lexer = lexer_of_cell(source, language)
    outputs = tuple(
        SeenOutput(one.prompt if isinstance(one, Data) else "", showing.pieces(one))
        for one in cell.outputs
    )
    return SeenCell("code", cell.prompt, coloured(source, lexer), outputs, cell.more)
