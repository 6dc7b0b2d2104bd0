"""Settings and keys on disk."""

import json
import os
from pathlib import Path

import pytest

from aen.model.errors import Failed, Invalid
from aen.server.backup.files import Gathering, Places, adapted
from tests.server.backup.worlds import lay_files, settings_of


def places(home: Path) -> Places:
    """Return the places of a server in *home*."""
    return Places.of(home, settings_of(home).beside)


def test_what_is_found(tmp_path: Path) -> None:
    """All below etc/wakari of each role, and back at the same place."""
    home = tmp_path / "wakari-server"
    lay_files(home)
    gathering = Gathering(places(home), ())
    found = dict(gathering.files())
    assert list(found) == [
        "files/server/etc/wakari/wk-server-config.json",
        "files/server/etc/wakari/keys/server.key",
        "files/wakari-gateway/etc/wakari/wk-gateway-config.json",
        "files/wakari-compute/etc/wakari/apps/mine.json",
    ]
    for name, data in found.items():
        path = places(home).path(name)
        assert path is not None
        assert path.read_bytes() == data
    assert gathering.left_out == []


def test_what_settings_name(tmp_path: Path) -> None:
    """Certificates and keys elsewhere; nothing else that happens to be a path."""
    home = tmp_path / "wakari-server"
    pem, other = tmp_path / "ssl/a.pem", tmp_path / "ssl/passwd"
    pem.parent.mkdir()
    pem.write_text("-----BEGIN CERTIFICATE-----\n…")
    other.write_text("root:x:0:0")
    told = {"tls": [{"certificate": str(pem), "key": str(other)}, "/no/such/file"]}
    given = tmp_path / "given.json"
    given.write_text(json.dumps(told))
    found = dict(Gathering(places(home), (given, tmp_path / "none.json")).files())
    assert list(found) == [f"files/elsewhere{given}", f"files/elsewhere{pem}"]
    assert places(home).path(f"files/elsewhere{pem}") == pem


def test_what_is_left_out(tmp_path: Path) -> None:
    """Links, pipes, very large files: said, and not followed or waited for."""
    home = tmp_path / "wakari-server"
    below = home / "etc/wakari"
    below.mkdir(parents=True)
    (below / "link").symlink_to("/etc/passwd")
    os.mkfifo(below / "pipe")
    (below / "large").write_bytes(bytes(1024 * 1024 + 1))
    (below / ".half.123").write_text("x")
    gathering = Gathering(places(home), ())
    assert dict(gathering.files()) == {}
    assert sorted(gathering.left_out) == [
        f"{below}/large: is larger than 1024 KiB",
        f"{below}/link: is a link",
        f"{below}/pipe: is no ordinary file",
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_key_that_cannot_be_read(tmp_path: Path) -> None:
    """A backup without it would be none."""
    home = tmp_path / "wakari-server"
    lay_files(home)
    (home / "etc/wakari/keys/server.key").chmod(0)
    with pytest.raises(Failed, match=r"server.key cannot be read: .*service account"):
        dict(Gathering(places(home), ()).files())


@pytest.mark.parametrize(
    "beside", [("/a/x", "/b/x"), ("/a/server",), ("/a/elsewhere",), ("a/x",), ("/",)]
)
def test_places_have_names_of_their_own(beside: tuple[str, ...]) -> None:
    """And are absolute."""
    with pytest.raises(Invalid, match="“beside”"):
        Places.of(Path("/opt/x"), beside)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("files/server/etc/wakari/x", "/opt/s/etc/wakari/x"),
        ("files/gate/etc/wakari/keys/x", "/opt/gate/etc/wakari/keys/x"),
        ("files/elsewhere/etc/ssl/x", "/etc/ssl/x"),
        ("files/server/var/lib/x", None),
        ("files/other/etc/wakari/x", None),
    ],
)
def test_where_a_file_belongs(name: str, path: str | None) -> None:
    """Only below etc/wakari of a place that is known here."""
    found = Places.of(Path("/opt/s"), ("/opt/gate",)).path(name)
    assert found == (None if path is None else Path(path))


def test_settings_follow_their_folder() -> None:
    """Paths below the old prefixes become those below the new ones; ours win."""
    before = {"server": "/old/s", "gate": "/old/gate"}
    here = Places.of(Path("/new/s"), ("/new/gate",))
    old = {
        "prefix": "/old/s", "public_url": "http://old", "mail_ca": "/old/s/etc/ca.pem",
        "beside": ["/old/gate", "/old/gateway"], "processes": 2,
    }  # fmt: skip
    ours = json.dumps({"public_url": "http://new"}).encode()
    told = json.loads(adapted(json.dumps(old).encode(), before, here, ours))
    assert told == {
        "prefix": "/new/s", "public_url": "http://new", "mail_ca": "/new/s/etc/ca.pem",
        "beside": ["/new/gate", "/old/gateway"], "processes": 2,
    }  # fmt: skip


@pytest.mark.parametrize("content", [b"no json", b"[1]"])
def test_what_is_no_settings_stays_as_it_is(content: bytes) -> None:
    """Byte by byte."""
    assert adapted(content, {}, Places({}), None) == content
