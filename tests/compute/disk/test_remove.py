"""Trees removed whatever is in them."""

import os
from pathlib import Path

from aen.compute.disk.remove import remove_tree
from aen.compute.disk.walk import open_root, opened


def removed(parent: Path, name: str) -> None:
    """Remove *name* in *parent*."""
    with opened(open_root(str(parent))) as top:
        remove_tree(top, name)


def test_links_are_removed_not_followed(tmp_path: Path) -> None:
    """What a link names outside stays."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "kept").write_text("kept")
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "directory").symlink_to(tmp_path / "outside")
    (tree / "file").symlink_to(tmp_path / "outside" / "kept")
    removed(tmp_path, "tree")
    assert not tree.exists()
    assert (tmp_path / "outside" / "kept").read_text() == "kept"


def test_a_link_in_place_of_the_tree(tmp_path: Path) -> None:
    """When the tree itself is a link, the link goes."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "tree").symlink_to(tmp_path / "outside")
    removed(tmp_path, "tree")
    assert (tmp_path / "outside").is_dir()
    assert not (tmp_path / "tree").is_symlink()


def test_locked_directories_and_pipes_go_too(tmp_path: Path) -> None:
    """Modes that keep their owner out do not keep a tree on the disk."""
    tree = tmp_path / "tree"
    (tree / "locked").mkdir(parents=True)
    (tree / "locked" / "file").write_text("")
    os.mkfifo(tree / "pipe")
    (tree / "locked").chmod(0)
    removed(tmp_path, "tree")
    assert not tree.exists()


def deepen(tree: Path, levels: int) -> None:
    """Make so many directories below *tree*, each in the one before."""
    here = os.open(tree, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)


def test_very_deep_trees_go_too(tmp_path: Path) -> None:
    """More levels than descriptors or stack frames allow at once."""
    (tmp_path / "tree").mkdir()
    deepen(tmp_path / "tree", 1500)
    removed(tmp_path, "tree")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_removal_left_is_no_obstacle(tmp_path: Path) -> None:
    """Parts of an earlier, very deep tree may still lie beside the next."""
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree.0" / "left").mkdir(parents=True)
    deepen(tmp_path / "tree", 300)
    removed(tmp_path, "tree")
    assert [one.name for one in tmp_path.rglob("*")] == ["tree.0", "left"]


def test_nothing_there_is_fine(tmp_path: Path) -> None:
    """Removal can be repeated."""
    (tmp_path / "tree").mkdir()
    removed(tmp_path, "tree")
    removed(tmp_path, "tree")
    assert list(tmp_path.iterdir()) == []
