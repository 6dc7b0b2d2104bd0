"""What is in an archive that somebody sends, each thing checked before it is made.

`tarfile`'s own filter stands behind our checks; archives are of anybody's making.
"""

import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from attrs import frozen

from aen.compute.apps.files.addresses import DEEPEST, OURS, is_name, shown
from aen.compute.apps.files.refusals import Refusal

_LONGEST_TARGET = 4096
_LONGEST_HEAD = 1024 * 1024
_HEADS = (
    *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
    *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK),
)
_ENDS = (tarfile.EmptyHeaderError, tarfile.EOFHeaderError)  # type: ignore[attr-defined]
_IGNORED = "__MACOSX"
BROKEN = (tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, OSError,
          NotImplementedError, RuntimeError, UnicodeDecodeError)  # fmt: skip
"""What reading a broken archive raises."""


@frozen
class Member:
    """One thing in an archive."""

    names: tuple[str, ...]
    kind: str
    """``file``, ``folder``, ``link``, ``same`` (another name of a file)."""
    executable: bool = False
    modified: float = 0.0
    target: str = ""
    content: IO[bytes] | None = None


def broken(why: object) -> Refusal:
    """Return that an archive cannot be read."""
    return Refusal(422, f"The archive is broken, or none: {why}.")


def members(file: IO[bytes]) -> Iterator[Member]:
    """Give what is in an archive: tar, packed or not, or zip.

    :raises Refusal: something in it is not taken; names it.
    """
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    if start[:2] == b"PK":
        yield from _zip(file)
    else:
        yield from _tar(file)


def refused(way: str, why: str) -> Refusal:
    """Return that an entry is not taken."""
    return Refusal(
        422, f"“{shown(way)[:200]}” in the archive {why}. Nothing was unpacked."
    )


def names_of(way: str) -> tuple[str, ...]:
    """Return the names in an entry's way.

    :raises Refusal: it leads elsewhere.
    """
    if way.startswith("/"):
        raise refused(way, "has an absolute name")
    names = tuple(one for one in way.split("/") if one not in ("", "."))
    if ".." in names:
        raise refused(way, "leads out of the folder by “..”")
    if len(names) > DEEPEST:
        raise refused(way, f"is deeper than {DEEPEST} folders")
    for name in names:
        if not is_name(name) or name.startswith(OURS):
            raise refused(way, "has a name that no file can have here")
    return names


def check_target(way: str, names: tuple[str, ...], target: str) -> str:
    """Return where a link leads, or raise `Refusal`: it has to stay inside."""
    if not target or "\0" in target or len(target) > _LONGEST_TARGET:
        raise refused(way, "is a link to nothing")
    if target.startswith("/"):
        raise refused(way, "is a link that leads out of the folder")
    depth = len(names) - 1
    for one in target.split("/"):
        depth += -1 if one == ".." else one not in ("", ".")
        if depth < 0:
            raise refused(way, "is a link that leads out of the folder")
    return target


class _Info(tarfile.TarInfo):
    """A head that is not larger than heads are, and not broken in silence."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "_Info":
        """Return the head in *buf*."""
        try:
            info = super().frombuf(buf, encoding, errors)
        except _ENDS:
            raise
        except tarfile.HeaderError as error:
            raise broken(error) from None
        if info.type in _HEADS and info.size > _LONGEST_HEAD:
            raise broken("a name in it is of unreasonable length")
        return info


def _tar(file: IO[bytes]) -> Iterator[Member]:
    with tarfile.open(
        fileobj=file, mode="r:*", tarinfo=_Info, encoding="utf-8",
        errors="surrogateescape",
    ) as packed:  # fmt: skip
        for info in packed:
            yield _of_tar(packed, info)


def _of_tar(packed: tarfile.TarFile, info: tarfile.TarInfo) -> Member:
    way = info.name
    names = names_of(way)
    if info.isfile() and info.mode & (stat.S_ISUID | stat.S_ISGID):
        raise refused(way, "has a setuid or setgid bit")
    if not (info.isfile() or info.isdir() or info.issym() or info.islnk()):
        raise refused(way, "is a device or a pipe")
    if info.issym():
        target = check_target(way, names, info.linkname)
        return Member(names, "link", target=target, modified=info.mtime)
    if info.islnk():
        return Member(names, "same", target="/".join(names_of(info.linkname)))
    if info.isdir():
        return Member(names, "folder", modified=info.mtime)
    executable = bool(info.mode & stat.S_IXUSR)
    return Member(
        names, "file", executable, info.mtime, content=packed.extractfile(info)
    )


def _zip(file: IO[bytes]) -> Iterator[Member]:
    with zipfile.ZipFile(file) as packed:
        for info in packed.infolist():
            names = names_of(info.filename)
            if names and names[0] != _IGNORED:
                yield from _of_zip(packed, info, names)


def _of_zip(
    packed: zipfile.ZipFile, info: zipfile.ZipInfo, names: tuple[str, ...]
) -> Iterator[Member]:
    way, mode = info.filename, info.external_attr >> 16
    kind = stat.S_IFMT(mode)
    if mode & (stat.S_ISUID | stat.S_ISGID) and kind != stat.S_IFDIR:
        raise refused(way, "has a setuid or setgid bit")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK):
        raise refused(way, "is a device or a pipe")
    if info.flag_bits & 1:
        raise refused(way, "is encrypted")
    if info.is_dir():
        yield Member(names, "folder")
        return
    with packed.open(info) as content:
        if kind == stat.S_IFLNK:
            target = os.fsdecode(content.read(_LONGEST_TARGET + 1))
            yield Member(names, "link", target=check_target(way, names, target))
        else:
            executable = bool(mode & stat.S_IXUSR)
            yield Member(names, "file", executable, content=content)
