"""The page of a directory."""

import pytest

from aen.compute.public_files import Entry, PublicDirectory
from aen.compute.public_listing import Listing, readable, row_of, size_text


@pytest.mark.parametrize(
    ("name", "shown", "href"),
    [
        (b"a.txt", "a.txt", "./a.txt"),
        (b"a b?c#d%", "a b?c#d%", "./a%20b%3Fc%23d%25"),
        (b"javascript:x", "javascript:x", "./javascript%3Ax"),
        (b"new\nline", "new\ufffdline", "./new%0Aline"),
        ("\u202egnp.exe".encode(), "\ufffdgnp.exe", "./%E2%80%AEgnp.exe"),
        (b"\xff\xfe", "\ufffd\ufffd", "./%FF%FE"),
        ("zuerst ä".encode(), "zuerst ä", "./zuerst%20%C3%A4"),
    ],
)
def test_names(name: bytes, shown: str, href: str) -> None:
    """Shown as harmless text, linked byte for byte."""
    row = row_of(Entry(name, directory=False))
    assert (row.name, row.href) == (shown, href)
    assert readable(name) == shown


def test_markup_is_text() -> None:
    """Whatever a file is called."""
    entries = (
        Entry(b'<img src=x onerror="alert(1)">', directory=False, size=5),
        Entry(b'it\'s "quoted"', directory=True),
    )
    page = Listing().render(PublicDirectory(entries), (b"ada", b"lab")).decode()
    assert "<img" not in page
    assert "&lt;img" in page
    assert 'href="./it%27s%20%22quoted%22/"' in page
    assert "ada/lab/public" in page
    assert "../" not in page


def test_below_there_is_a_way_up() -> None:
    """But not out of the public folder."""
    page = Listing().render(PublicDirectory((), more=True), (b"a", b"l", b"x")).decode()
    assert 'href="../"' in page
    assert "a/l/public/x" in page
    assert "This folder is empty." in page
    assert "There are more files" in page


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (5 * 1024**3, "5.0 GiB")],
)
def test_sizes(size: int, text: str) -> None:
    """For people."""
    assert size_text(size) == text
