"""What a person may choose for an installation."""

from pathlib import Path
from typing import Any

import attrs
import pytest

from aen.local.installation import (
    Installation,
    check_accounts,
    check_installation,
    check_same_accounts,
    check_same_place,
    endpoint,
)
from aen.model.errors import Invalid

ONE = Installation(prefix=Path("/srv/aen"))


@pytest.mark.parametrize(
    ("bind", "public_host", "url", "near"),
    [
        ("127.0.0.1", "", "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("0.0.0.0", "", "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("0.0.0.0", "aen.lan", "http://aen.lan:8080", "http://127.0.0.1:8080"),
        ("192.0.2.7", "", "http://192.0.2.7:8080", "http://192.0.2.7:8080"),
        ("::1", "", "http://[::1]:8080", "http://[::1]:8080"),
        ("::", "aen.lan", "http://aen.lan:8080", "http://[::1]:8080"),
    ],
)
def test_addresses(bind: str, public_host: str, url: str, near: str) -> None:
    """Browsers use the public name, programs of this machine what is listened on."""
    one = attrs.evolve(ONE, bind=bind, public_host=public_host)
    assert (one.url, one.near_url) == (url, near)


def test_places() -> None:
    """The folders are the ones of the public contract."""
    assert ONE.server == Path("/srv/aen/wakari-server")
    assert ONE.gateway_prefix == Path("/srv/aen/wakari-gateway")
    assert ONE.compute_prefix == Path("/srv/aen/wakari-compute")
    assert ONE.projects == Path("/srv/aen/projects")
    assert ONE.programs == Path("/srv/aen/bin")


def test_defaults_are_fine() -> None:
    """Nothing needs to be chosen."""
    check_installation(ONE)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"http": 0}, "HTTP=0"),
        ({"gateway": 70000}, "GATEWAY=70000"),
        ({"http": 8089}, "different"),
        ({"prefix": Path("/srv/a;b")}, "PREFIX"),
        ({"prefix": Path("/srv/a\nb")}, "PREFIX"),
        ({"prefix": Path("/srv/100%")}, "PREFIX"),
        ({"prefix": Path("/" + "a" * 80)}, "shorter"),
    ],
)
def test_refused(changes: dict[str, Any], word: str) -> None:
    """What cannot work is refused with the setting's name."""
    with pytest.raises(Invalid, match=word):
        check_installation(attrs.evolve(ONE, **changes))


def test_server_may_move() -> None:
    """The server's port stands in settings only and may change."""
    moved = attrs.evolve(ONE, http=9000)
    check_same_place(moved, {"public_url": "http://127.0.0.1:8089"}, {})


@pytest.mark.parametrize(
    "changes",
    [{"gateway": 9001}, {"public_host": "aen.lan"}, {"bind": "127.0.0.2"}],
)
def test_registered_gateway_stays(changes: dict[str, Any]) -> None:
    """An address the server knows is not changed behind its back."""
    settings = {"public_url": "http://127.0.0.1:8089"}
    with pytest.raises(Invalid, match="aen-gateway-configure --server"):
        check_same_place(attrs.evolve(ONE, **changes), settings, {})


def test_registered_node_stays() -> None:
    """Nor is the node's."""
    settings = {"listen": ["tcp:5002:interface=127.0.0.1"]}
    check_same_place(ONE, {}, settings)
    with pytest.raises(Invalid, match="COMPUTE=9002"):
        check_same_place(attrs.evolve(ONE, compute=9002), {}, settings)


def test_first_time() -> None:
    """A new folder has no past to contradict."""
    check_same_place(ONE, {}, {})


def test_ipv6_endpoint() -> None:
    """Twisted's descriptions are separated by colons, addresses hold them too."""
    assert endpoint("::1", 80) == "tcp:80:interface=\\:\\:1"


def test_accounts_need_root_and_open_folders(tmp_path: Path) -> None:
    """MULTIUSER=1 is refused where it could not work, in words; else it is not."""
    one = Installation(tmp_path / "aen", multiuser=True)
    with pytest.raises(Invalid, match="only root may"):
        check_accounts(one, 1000)
    tmp_path.chmod(0o700)
    with pytest.raises(Invalid, match="cannot enter"):
        check_accounts(one, 0)
    check_accounts(attrs.evolve(one, multiuser=False), 1000)
    check_accounts(attrs.evolve(one, prefix=Path("/srv/aen")), 0)


@pytest.mark.parametrize(
    ("node", "multiuser", "fits"),
    [
        ({}, True, True),
        ({}, False, True),
        ({"name": "a"}, False, True),
        ({"multiuser": True}, True, True),
        ({"multiuser": True}, False, False),
        ({"name": "a"}, True, False),
    ],
)
def test_whose_files(node: dict[str, object], *, multiuser: bool, fits: bool) -> None:
    """An installation goes on as it was made: its files belong to somebody."""
    one = attrs.evolve(ONE, multiuser=multiuser)
    if fits:
        check_same_accounts(one, node)
        return
    with pytest.raises(Invalid, match="MULTIUSER=1"):
        check_same_accounts(one, node)
