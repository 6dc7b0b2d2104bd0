"""Reading a backup through before it is believed."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_twisted import blockon, ensureDeferred

from aen.model.errors import Invalid
from aen.runtime.tasks import start
from aen.server.backup.reading import BackupFile, Contents, opened
from tests.server.backup.worlds import filled, lay_files, made, settings_of

PHRASE = "a heron on the roof"


async def _both(folder: Path) -> tuple[bytes, bytes]:
    world, home = await filled(), folder / "wakari-server"
    lay_files(home)
    plain, _ = await made(world.database, settings_of(home))
    sealed, _ = await made(world.database, settings_of(home), PHRASE)
    return plain, sealed


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """Give a backup that is not encrypted and one that is."""
    found: tuple[bytes, bytes] = blockon(start(_both(tmp_path_factory.mktemp("both"))))
    return found


def read(content: bytes, passphrase: str = PHRASE) -> Contents:
    """Read a backup through."""
    return BackupFile(io.BytesIO(content), lambda: passphrase).read()


def test_what_is_known_of_it(both: tuple[bytes, bytes]) -> None:
    """Accounts, projects, files; the same of both."""
    plain, sealed = map(read, both)
    assert (plain.sealed, sealed.sealed) == (False, True)
    assert plain.known.names() == {"ada", "bob"}
    assert plain.files == sealed.files
    assert plain.files["files/server/etc/wakari/keys/server.key"] == b"the server's key"
    assert plain.mark == sealed.mark
    assert plain.store_bytes > 500
    assert "the server's key" not in repr(plain)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_altered_byte_is_believed(
    both: tuple[bytes, bytes], data: st.DataObject
) -> None:
    """Wherever bytes are altered, taken away or put in, and whatever they become."""
    content = data.draw(st.sampled_from(both))
    at = data.draw(st.integers(0, len(content) - 1))
    taken = data.draw(st.integers(0, 40))
    put = data.draw(st.binary(max_size=40))
    changed = content[:at] + put + content[at + taken :]
    if changed == content:
        return  # what was put in is what was taken away
    with pytest.raises(Invalid, match=r"altered|not a backup|newer AEN"):
        read(changed)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_no_cut_is_believed(both: tuple[bytes, bytes], data: st.DataObject) -> None:
    """At any place: a copy that was broken off is no backup."""
    content = data.draw(st.sampled_from(both))
    length = data.draw(st.integers(0, len(content) - 1))
    with pytest.raises(Invalid):
        read(content[:length])


def test_a_wrong_passphrase(both: tuple[bytes, bytes]) -> None:
    """It is told from an altered file, and not repeated."""
    with pytest.raises(Invalid, match="The passphrase is not the one") as found:
        read(both[1], "some other words")
    assert "some other words" not in str(found.value)


@pytest.mark.parametrize("content", [b"", b"hello", bytes(5000)])
def test_what_is_no_backup(content: bytes) -> None:
    """It is said as that."""
    with pytest.raises(Invalid, match="not a backup made by"):
        read(content)


@ensureDeferred
async def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    """Each with its reason."""
    with pytest.raises(Invalid, match="No such file"), opened(tmp_path / "x", str):
        pass
    (tmp_path / "y").write_bytes(b"x")
    with opened(tmp_path / "y", str) as found, pytest.raises(Invalid):
        found.read()
