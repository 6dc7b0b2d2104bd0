"""Tables in text: the first rows of a CSV or TSV file."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from attrs import frozen

from aen.compute.apps.viewer.rendering.bounds import Bounds
from aen.compute.apps.viewer.rendering.jobs import Job, Rendered, Unreadable
from aen.compute.apps.viewer.rendering.source import decoded
from aen.compute.apps.viewer.rendering.templates import template

_NUMBER: Final = re.compile(r"\s*[-+]?(?:\d[\d,]{0,30}(?:\.\d{0,30})?|\.\d{1,30})"
                            r"(?:[eE][-+]?\d{1,4})?\s*%?\s*", re.ASCII)  # fmt: skip
_MARKS: Final = ",;\t|"


@frozen
class Field:
    """What is in one place of a table."""

    text: str
    number: bool


def render_table(job: Job, bounds: Bounds) -> Rendered:
    """Return a table as HTML.

    :raises Unreadable: it is none.
    """
    text, notes = decoded(job.content, cut=job.cut)
    rows, more = _read(text, job, bounds)
    if more:
        notes.append(f"These are the first {len(rows) - 1} rows.")
    columns = max(map(len, rows), default=0)
    if columns > bounds.columns:
        notes.append(f"These are the first {bounds.columns} of {columns} columns.")
    fields = [[_field(one, bounds) for one in row[: bounds.columns]] for row in rows]
    width = min(columns, bounds.columns)
    html = template("table.html").render(rows=fields, width=width)
    return Rendered(html, tuple(notes))


def _read(text: str, job: Job, bounds: Bounds) -> tuple[list[list[str]], bool]:
    """Return the first rows, and whether there are more."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_mark(text, job.name))
    try:
        rows = list(islice(_filled(reader), bounds.rows + 2))
    except csv.Error as error:
        said = f"Line {reader.line_num} cannot be read: {error}."
        raise Unreadable(said) from None
    more = job.cut or len(rows) > bounds.rows + 1
    if job.cut and len(rows) <= bounds.rows + 1:
        rows = rows[:-1]  # it may end anywhere
    return rows[: bounds.rows + 1], more


def _filled(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    return (row for row in rows if row)


def _mark(text: str, name: str) -> str:
    """Return what is between the fields: what the first line has most of."""
    if name.lower().endswith((".tsv", ".tab")):
        return "\t"
    first = text[:10_000].partition("\n")[0]
    return max(_MARKS, key=first.count)


def _field(text: str, bounds: Bounds) -> Field:
    short = text if len(text) <= bounds.cell else text[: bounds.cell] + "…"
    return Field(short, _NUMBER.fullmatch(short) is not None)
