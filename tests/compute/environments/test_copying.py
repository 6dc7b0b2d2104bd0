"""Copies of environments."""

import os
from pathlib import Path

import pytest

from aen.compute.environments.copying import (
    DIRECTORY,
    Copier,
    Refused,
    below,
    exists,
    opened,
    remove,
)
from tests.compute.digests import names_in


def copy(source: Path, target: Path, copier: Copier) -> None:
    """Copy a tree."""
    target.mkdir(exist_ok=True)
    with (
        opened(os.open(source, DIRECTORY)) as read,
        opened(os.open(target, DIRECTORY)) as write,
    ):
        copier.tree(read, write)


def test_what_cannot_be_linked_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another's file, another disk: full copies, without asking again."""
    source = tmp_path / "source"
    source.mkdir()
    for name in ("a", "b"):
        (source / name).write_text(name)
        (source / name).chmod(0o444)
    asked: list[str] = []

    def refuse(name: str, *_: object, **__: object) -> None:
        asked.append(name)
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    copier = Copier()
    copy(source, tmp_path / "target", copier)
    assert (copier.shared, copier.copied, len(asked)) == (0, 2, 1)
    assert (tmp_path / "target" / "a").read_text() == "a"
    assert os.access(tmp_path / "target" / "a", os.W_OK)


def test_pipes_and_sockets_are_left_out(tmp_path: Path) -> None:
    """Nobody is waited for."""
    (tmp_path / "source").mkdir()
    os.mkfifo(tmp_path / "source" / "pipe")
    copy(tmp_path / "source", tmp_path / "target", Copier())
    assert names_in(tmp_path / "target") == []


def test_depth_has_an_end(tmp_path: Path) -> None:
    """A tree without end takes neither memory nor descriptors."""
    deep = tmp_path / "source"
    deep.mkdir()
    with opened(os.open(deep, DIRECTORY)) as top:
        current = os.dup(top)
        for _ in range(110):
            os.mkdir("d", dir_fd=current)
            with opened(current):
                current = below(current, "d")
        os.close(current)
    with pytest.raises(Refused, match="too deep"):
        copy(deep, tmp_path / "target", Copier())


def test_small_things(tmp_path: Path) -> None:
    """A link is there and is nothing to enter; what is gone can be removed again."""
    (tmp_path / "link").symlink_to("/nowhere")
    with opened(os.open(tmp_path, DIRECTORY)) as top:
        assert exists(top, "link")
        with pytest.raises(Refused, match="is a link"):
            below(top, "link")
        remove(top, "link")
        remove(top, "link")
        assert not exists(top, "link")
        with pytest.raises(Refused, match="no “link” here"):
            below(top, "link")
