"""What anybody may read, and no way out."""

import os
from pathlib import Path

import pytest

from aen.compute import public_files
from aen.compute.public_files import (
    NotPublic,
    PublicDirectory,
    look,
    parse_path,
)
from aen.compute.serving.files import OpenFile

WAY = (b"ada", b"lab", b"public")


@pytest.fixture
def public(tmp_path: Path) -> Path:
    """Give a public folder with a file, a folder, and what is not public."""
    made = tmp_path / "ada/lab/public"
    (made / "sub").mkdir(parents=True)
    for folder in (made, made / "sub"):
        folder.chmod(0o775)
    for name in ("a.txt", "sub/b.txt", ".hidden", "secret"):
        (made / name).write_text(name)
        (made / name).chmod(0o664)
    (made / "secret").chmod(0o660)
    (tmp_path / "ada/lab/notes").write_text("above")
    (tmp_path / "ada/lab/notes").chmod(0o664)
    (made / "link").symlink_to("a.txt")
    (made / "out").symlink_to("..")
    os.mkfifo(made / "pipe", 0o666)
    (made / "pipe").chmod(0o666)
    (made / "closed").mkdir()
    (made / "closed").chmod(0o770)
    (made / "closed/c.txt").write_text("c")
    (made / "closed/c.txt").chmod(0o664)
    return made


def names(root: Path, *path: bytes) -> list[bytes]:
    """Return the names in a directory."""
    found = look(str(root), WAY, path)
    assert isinstance(found, PublicDirectory)
    return [one.name for one in found.entries]


def read(root: Path, *path: bytes) -> bytes:
    """Return the content of a file."""
    found = look(str(root), WAY, path)
    assert isinstance(found, OpenFile)
    with os.fdopen(found.descriptor, "rb") as file:
        return file.read()


def test_what_is_public(public: Path, tmp_path: Path) -> None:
    """Files and folders, folders first; nothing else is listed."""
    assert names(tmp_path) == [b"sub", b"a.txt"]
    assert names(tmp_path, b"sub") == [b"b.txt"]
    assert read(tmp_path, b"sub", b"b.txt") == b"sub/b.txt"


@pytest.mark.parametrize(
    "path",
    [
        (b"link",),
        (b"out",),
        (b"out", b"notes"),
        (b"pipe",),
        (b"secret",),
        (b"closed",),
        (b"closed", b"c.txt"),
        (b"a.txt", b"x"),
        (b"none",),
    ],
)
def test_what_is_not(public: Path, tmp_path: Path, path: tuple[bytes, ...]) -> None:
    """Links, pipes, what others may not read: as if they were not there."""
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208
    with pytest.raises(NotPublic):
        look(str(tmp_path), WAY, path)
    assert len(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_a_folder_that_is_a_link(public: Path, tmp_path: Path) -> None:
    """However the public folder itself is replaced."""
    public.rename(tmp_path / "elsewhere")
    public.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotPublic):
        look(str(tmp_path), WAY, ())


def test_an_index_stands_for_its_folder(public: Path, tmp_path: Path) -> None:
    """If it is public itself."""
    index = public / "sub/index.html"
    index.write_text("<p>")
    index.chmod(0o664)
    assert read(tmp_path, b"sub") == b"<p>"
    index.chmod(0o660)
    assert names(tmp_path, b"sub") == [b"b.txt"]
    index.unlink()
    index.symlink_to("../a.txt")
    assert names(tmp_path, b"sub") == [b"b.txt"]


def test_a_long_folder_is_cut(
    public: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And says so."""
    monkeypatch.setattr(public_files, "MOST_ENTRIES", 2)
    found = look(str(tmp_path), WAY, ())
    assert isinstance(found, PublicDirectory)
    assert found.more
    assert len(found.entries) <= 2


def test_a_version_changes_with_the_content(public: Path, tmp_path: Path) -> None:
    """Also when the file is replaced by one as long and as old."""

    def etag() -> bytes:
        found = look(str(tmp_path), WAY, (b"a.txt",))
        assert isinstance(found, OpenFile)
        os.close(found.descriptor)
        return found.version.etag

    first = etag()
    assert etag() == first
    other = public / "other"
    other.write_text("A.TXT")
    other.chmod(0o664)
    about = (public / "a.txt").stat()
    os.utime(other, ns=(about.st_atime_ns, about.st_mtime_ns))
    other.replace(public / "a.txt")
    assert etag() != first


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (b"/", ((), True)),
        (b"/a", ((b"a",), False)),
        (b"/a/", ((b"a",), True)),
        (b"/a/b%20c", ((b"a", b"b c"), False)),
        (b"/%C3%A4", ((b"\xc3\xa4",), False)),
        (b"/%ff", ((b"\xff",), False)),
    ],
)
def test_addresses(path: bytes, expected: tuple[tuple[bytes, ...], bool]) -> None:
    """Escapes are bytes of names."""
    assert parse_path(path) == expected


@pytest.mark.parametrize(
    "path",
    [
        b"", b"a", b"//", b"/a//b", b"/..", b"/%2e%2e/x", b"/.git/config", b"/a%2Fb",
        b"/a%00", b"/./a", b"/" + b"x" * 256, b"/a" * 65,
    ],
)  # fmt: skip
def test_addresses_of_nothing(path: bytes) -> None:
    """Nothing leads up, out or into what is hidden."""
    with pytest.raises(NotPublic):
        parse_path(path)
