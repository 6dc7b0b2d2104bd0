"""Certificates of the embedded store."""

from pathlib import Path

import pytest

from aen.server.store.keys import KeyFiles, keep_keys

NOW = 1_800_000_000.0
YEAR = 365 * 86400


@pytest.fixture
def files(tmp_path: Path) -> KeyFiles:
    """Certificates made now."""
    files = KeyFiles(tmp_path / "keys")
    keep_keys(files, NOW)
    return files


def content(files: KeyFiles) -> list[bytes]:
    """Return what the three files hold."""
    return [path.read_bytes() for path in (files.authority, files.store, files.client)]


def test_private(files: KeyFiles) -> None:
    """Every file is for us alone, and the authority's key is not kept."""
    for path in (files.authority, files.store, files.client):
        assert path.stat().st_mode & 0o077 == 0
    assert b"PRIVATE KEY" not in files.authority.read_bytes()


def test_kept(files: KeyFiles) -> None:
    """Certificates that are good for another year stay."""
    before = content(files)
    keep_keys(files, NOW + 8 * YEAR)
    assert content(files) == before


def test_renewed(files: KeyFiles) -> None:
    """Certificates in their last year are made anew."""
    before = content(files)
    keep_keys(files, NOW + 9.5 * YEAR)
    assert all(old != new for old, new in zip(before, content(files), strict=True))


@pytest.mark.parametrize("name", ["authority", "store", "client"])
def test_repaired(files: KeyFiles, name: str) -> None:
    """A file that is missing or spoiled makes all three anew."""
    before = content(files)
    path: Path = getattr(files, name)
    path.unlink()
    keep_keys(files, NOW)
    between = content(files)
    path.write_bytes(b"-----BEGIN CERTIFICATE-----")
    keep_keys(files, NOW)
    assert before[0] != between[0] != content(files)[0]


def test_others_can_read(files: KeyFiles) -> None:
    """A key others could read is not used any more."""
    before = content(files)
    files.client.chmod(0o644)
    keep_keys(files, NOW)
    assert content(files) != before
