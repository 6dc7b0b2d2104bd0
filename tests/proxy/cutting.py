"""Bytes as TCP may deliver them: in pieces that end anywhere."""

from collections.abc import Iterable
from itertools import pairwise


def split(data: bytes, cuts: Iterable[int]) -> list[bytes]:
    """Return *data* cut at these places; no piece is empty, as no read is."""
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    return [data[begin:end] for begin, end in pairwise(edges) if begin < end]
