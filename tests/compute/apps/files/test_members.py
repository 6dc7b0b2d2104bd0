"""What may be in an archive that somebody sends."""

import io
import tarfile
import zipfile

import pytest

from aen.compute.apps.files.members import check_target, members, names_of
from aen.compute.apps.files.refusals import Refusal


def tar_of(*infos: tarfile.TarInfo, mode: str = "w") -> io.BytesIO:
    """Return an archive of empty things."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as packed:  # type: ignore[call-overload]
        for info in infos:
            packed.addfile(info)
    file.seek(0)
    return file


def info(name: str, kind: bytes = tarfile.REGTYPE, **more: object) -> tarfile.TarInfo:
    """Return one entry."""
    made = tarfile.TarInfo(name)
    made.type = kind
    for key, value in more.items():
        setattr(made, key, value)
    return made


@pytest.mark.parametrize(
    ("way", "names"),
    [("a/b", ("a", "b")), ("./a//b/", ("a", "b")), (".", ()), ("é", ("é",))],
)
def test_names(way: str, names: tuple[str, ...]) -> None:
    """Ways are read as archives have them."""
    assert names_of(way) == names


@pytest.mark.parametrize(
    "way",
    ["/etc/passwd", "../a", "a/../../b", "a/..", "a\0b", "x" * 256, "a/" * 101 + "b",
     ".aen-upload-x", "a/.aen-import-y"],
)  # fmt: skip
def test_ways_that_lead_elsewhere(way: str) -> None:
    """Nothing of the kind is taken."""
    with pytest.raises(Refusal, match="Nothing was unpacked"):
        names_of(way)


@pytest.mark.parametrize(
    ("names", "target", "good"),
    [
        (("l",), "a", True),
        (("d", "l"), "../a", True),
        (("l",), "../a", False),
        (("l",), "/etc/passwd", False),
        (("d", "l"), "../../a", False),
        (("l",), "d/../../a", False),
        (("l",), "", False),
    ],
)
def test_links(names: tuple[str, ...], target: str, *, good: bool) -> None:
    """A link has to stay in the archive."""
    if good:
        assert check_target("l", names, target) == target
    else:
        with pytest.raises(Refusal, match="link"):
            check_target("l", names, target)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (info("dev", tarfile.CHRTYPE), "device"),
        (info("dev", tarfile.BLKTYPE), "device"),
        (info("pipe", tarfile.FIFOTYPE), "pipe"),
        (info("su", mode=0o4755), "setuid"),
        (info("sg", mode=0o2755), "setuid or setgid"),
        (info("/abs"), "absolute"),
        (info("a/../../b"), "leads out"),
        (info("l", tarfile.SYMTYPE, linkname="/etc/passwd"), "leads out"),
        (info("h", tarfile.LNKTYPE, linkname="../x"), "leads out"),
    ],
)
def test_what_is_refused(bad: tarfile.TarInfo, why: str) -> None:
    """It is named, with the reason."""
    with pytest.raises(Refusal, match=why) as caught:
        list(members(tar_of(info("good"), bad)))
    assert caught.value.status == 422
    assert bad.name.rpartition("/")[2] in caught.value.message


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_tar(mode: str) -> None:
    """Packed or not."""
    folder = info("d", tarfile.DIRTYPE, mode=0o2770)
    found = list(members(tar_of(folder, info("d/x", mode=0o755), mode=mode)))
    assert [(one.names, one.kind, one.executable) for one in found] == [
        (("d",), "folder", False),
        (("d", "x"), "file", True),
    ]


def test_zip() -> None:
    """What a zip holds; folders that a Mac puts in are left aside."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("d/a", b"abc")
        packed.writestr("__MACOSX/d/._a", b"x")
        link = zipfile.ZipInfo("d/l")
        link.external_attr = 0o120777 << 16
        packed.writestr(link, b"a")
    found = [(one.names, one.kind, one.target) for one in members(file)]
    assert found == [(("d", "a"), "file", ""), (("d", "l"), "link", "a")]


@pytest.mark.parametrize("mode", [0o104755, 0o020666, 0o010666])
def test_zips_that_are_refused(mode: int) -> None:
    """The same rules hold."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        bad = zipfile.ZipInfo("bad")
        bad.external_attr = mode << 16
        packed.writestr(bad, b"")
    with pytest.raises(Refusal, match="bad"):
        list(members(file))


def test_a_head_of_unreasonable_length() -> None:
    """A name of gigabytes is not read into memory."""
    file = io.BytesIO(info("x", tarfile.XHDTYPE, size=1 << 32).tobuf() + bytes(4096))
    with pytest.raises(Refusal, match="unreasonable"):
        list(members(file))


def test_a_head_that_is_broken() -> None:
    """An archive that is broken in the middle does not end there in silence."""
    content = tar_of(info("a"), info("b")).getvalue()
    with pytest.raises(Refusal, match="broken"):
        list(members(io.BytesIO(content[:512] + b"x" * 512 + content[1024:])))
