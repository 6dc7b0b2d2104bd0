"""The file in a form, however it comes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aen.compute.apps.files.multipart import FormFile, boundary_of
from aen.compute.apps.files.refusals import Refusal

FORM = (
    b'--edge\r\nContent-Disposition: form-data; name="a"\r\n\r\nvalue\r\n'
    b'--edge\r\nContent-Disposition: form-data; name="file"; filename="x.tar"\r\n'
    b"Content-Type: application/x-tar\r\n\r\n%b\r\n--edge--\r\n"
)  # fmt: skip


@given(
    st.binary(max_size=200).filter(lambda one: b"\r\n--edge" not in one),
    st.lists(st.integers(0, 500), max_size=6),
)
def test_any_split(content: bytes, cuts: list[int]) -> None:
    """Wherever it is cut, the file is the same."""
    form, file, got = FORM % content, FormFile(b"edge"), b""
    ends = [0, *sorted(min(cut, len(form)) for cut in cuts), len(form)]
    for start, end in pairwise(ends):
        got += file.feed(form[start:end])
    assert got == content
    assert file.over


@pytest.mark.parametrize(
    ("kind", "boundary"),
    [
        (b"multipart/form-data; boundary=edge", b"edge"),
        (b'Multipart/Form-Data; charset=x; boundary="an edge"', b"an edge"),
        (b"application/x-tar", None),
        (b"multipart/form-data", None),
        (None, None),
    ],
)
def test_boundary(kind: bytes | None, boundary: bytes | None) -> None:
    """What separates the parts is in the header."""
    assert boundary_of(kind) == boundary


def test_no_form() -> None:
    """Heads that never end are refused; without a file nothing comes."""
    with pytest.raises(Refusal):
        FormFile(b"edge").feed(b"--edge\r\n" + b"x" * 10_000)
    empty = FormFile(b"edge")
    assert empty.feed(b"--edge--\r\n") == b""
    assert not empty.over
