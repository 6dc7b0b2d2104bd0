"""What a disk has room for and can do."""

from pathlib import Path

import pytest

from aen.compute.disk.survey import survey
from tests.compute.accounts import People
from tests.compute.disk.estate import allowed, estate, fail


def test_a_root_that_is_right(tmp_path: Path) -> None:
    """Space and links; nothing is left behind."""
    (tmp_path / ".envs").mkdir()
    (tmp_path / ".staging").mkdir()
    found = survey(str(tmp_path))
    assert found["writable"]
    assert found["links"]
    assert found["bytes"] > 0
    assert not list(tmp_path.rglob(".link*"))


@pytest.mark.root
def test_a_root_that_is_roots(accounts: People) -> None:
    """The service writes in its own places; the rest is the helper's."""
    service = accounts.service
    with estate(accounts) as made:
        root = str(made.root)
        assert allowed(service, lambda: survey(root)["writable"] or fail())
        (made.root / ".staging").rmdir()
        assert not allowed(service, lambda: survey(root)["writable"] or fail())


def test_a_root_that_is_not_there(tmp_path: Path) -> None:
    """Nothing can be said of it."""
    assert not survey(str(tmp_path / "gone"))["writable"]


def test_a_disk_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Found out by trying."""

    def refuse(*_: object) -> None:
        raise OSError(95, "not supported")

    monkeypatch.setattr("os.link", refuse)
    assert not survey(str(tmp_path))["links"]
    assert list(tmp_path.iterdir()) == []
