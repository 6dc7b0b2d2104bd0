"""What bounds the making of a page."""

from attrs import frozen


@frozen
class Bounds:
    """Counts, and lengths in characters."""

    cells: int = 5_000
    """Of a notebook; what follows is left out."""
    outputs: int = 500
    """Of one cell."""
    output: int = 200_000
    """Of one output that is text."""
    html: int = 4_000_000
    """Of one output that is HTML."""
    image: int = 12_000_000
    """Of one picture, as base64."""
    markdown: int = 500_000
    """Of one cell, or of a file."""
    highlighted: int = 500_000
    """Of source that gets colours; longer than that, it has none."""
    formulas: int = 2_000
    """Of one page; the others stay as they were written."""
    formula: int = 4_000
    rows: int = 1_000
    """Of a table."""
    columns: int = 100
    cell: int = 500
    """Of what is in one field of a table."""
