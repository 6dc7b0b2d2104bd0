"""Environments cloned from a template."""

import errno
import hashlib
import os
from pathlib import Path

import pytest

from aen.compute.disk.clone import Cloner, is_private, renamed
from tests.compute.fakes import small_template

Digest = dict[str, tuple[str, int, int, int]]


def digest(tree: Path) -> Digest:
    """Return content, mode, owner and time of every file of *tree*."""
    return {
        str(path.relative_to(tree)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.lstat().st_mode,
            path.lstat().st_uid,
            path.lstat().st_mtime_ns,
        )
        for path in tree.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def cloned(template: Path, target: Path, *, link: bool = True) -> dict[str, int]:
    """Clone and return the counts."""
    cloner = Cloner(str(template), str(target), "/projects/a/b", link=link)
    return cloner.run(lambda done, total: None)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """Return a template of a few files."""
    return small_template(tmp_path / "template")


@pytest.mark.parametrize(
    ("path", "mode", "size", "private"),
    [
        ("lib/python3.11/site-packages/six.py", 0o444, 10, False),
        ("bin/pip", 0o555, 10, True),
        ("etc/jupyter/config.json", 0o444, 10, True),
        ("pyvenv.cfg", 0o444, 10, True),
        ("lib/x/a.pth", 0o444, 10, True),
        ("share/jupyter/kernels/python3/kernel.json", 0o444, 10, True),
        ("lib/x/y-1.dist-info/RECORD", 0o444, 10, True),
        ("lib/x/__init__.py", 0o444, 0, True),
        ("lib/x/open.txt", 0o664, 10, True),
        ("lib/etc/x.py", 0o444, 10, False),
    ],
)
def test_what_is_private(path: str, mode: int, size: int, private: bool) -> None:  # noqa: FBT001
    """What programs change in place is never shared."""
    about = os.stat_result((0o100000 | mode, 1, 1, 1, 0, 0, size, 0, 0, 0))
    assert is_private(path, about) is private


def test_a_clone_shares_what_never_changes(template: Path, tmp_path: Path) -> None:
    """Library files are one file on the disk; the others are the project's own."""
    counts = cloned(template, tmp_path / "clone")
    library = "lib/python3.11/site-packages/six.py"
    assert (tmp_path / "clone" / library).samefile(template / library)
    assert counts == {"shared": 1, "copied": 5}
    tool = tmp_path / "clone" / "bin" / "tool"
    assert tool.read_text() == "#!/projects/a/b/bin/python\n"
    assert tool.stat().st_mode & 0o777 == 0o770
    assert (tmp_path / "clone" / "bin" / "python").readlink() == Path("/bin/sh")
    assert not (tmp_path / "clone" / ".lock").exists()
    assert (tmp_path / "clone").stat().st_mode & 0o777 == 0o770


def test_compiled_files_stay_valid(template: Path, tmp_path: Path) -> None:
    """Copies keep their time: a compiled module is compared with its source's."""
    cloned(template, tmp_path / "clone", link=False)
    for name in ("empty.py", "six.py"):
        path = Path("lib/python3.11/site-packages") / name
        times = [
            (tree / path).stat().st_mtime_ns for tree in (template, tmp_path / "clone")
        ]
        assert times[0] == times[1]


def test_work_in_a_clone_leaves_template_and_siblings(
    template: Path, tmp_path: Path
) -> None:
    """Installing, replacing, removing and editing own files changes no other tree."""
    one, other = tmp_path / "one", tmp_path / "other"
    cloned(template, one)
    cloned(template, other)
    before = digest(template), digest(other)
    packages = one / "lib" / "python3.11" / "site-packages"
    (packages / "six.py").unlink()
    (packages / "six.py").write_text("a newer six\n")
    (packages / "new.py").write_text("new\n")
    (packages / "empty.py").write_text("no longer empty\n")
    with (one / "pyvenv.cfg").open("a") as file:
        file.write("prompt = mine\n")
    with (one / "bin" / "tool").open("a") as file:
        file.write("# edited\n")
    assert (digest(template), digest(other)) == before


@pytest.mark.parametrize("number", [errno.EXDEV, errno.EMLINK, errno.EPERM])
def test_without_links_it_copies(
    number: int, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another mount, a file with too many links, links refused: files are copied."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, "refused")

    monkeypatch.setattr("os.link", refuse)
    assert cloned(template, tmp_path / "clone") == {"shared": 0, "copied": 6}
    copied = tmp_path / "clone" / "lib" / "python3.11" / "site-packages" / "six.py"
    assert copied.read_text() == "big = 'shared'\n"
    assert copied.stat().st_mode & 0o777 == 0o660


def test_a_full_disk_is_not_taken_for_a_missing_link(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what says that links cannot be is answered by copying."""

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("os.link", full)
    with pytest.raises(OSError, match="full"):
        cloned(template, tmp_path / "clone")


def test_binaries_keep_what_looks_like_a_prefix() -> None:
    """A changed length would break them."""
    assert renamed(b"\0/old/x", b"/old", b"/new/longer") == b"\0/old/x"
    assert renamed(b"/old/x", b"/old", b"/new") == b"/new/x"
