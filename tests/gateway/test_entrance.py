"""The gateway's doors: what is refused, and what each way to run opens."""

import json
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import evolve
from twisted.internet.threads import deferToThread

from aen.gateway.entrance import Leaving, beside_others, check_entrance, parent
from aen.gateway.service import Options, check
from aen.gateway.settings import GatewaySettings
from aen.model.errors import Invalid
from aen.runtime.certificates import TlsSettings
from aen.runtime.options import Place
from aen.runtime.workers import Crew
from tests.gateway.asking import ask
from tests.gateway.fakes import SETTINGS
from tests.gateway.grown import Around
from tests.gateway.world import World, make_world
from tests.installed import free_ports
from tests.pem import make_pair
from tests.reactor import reactor


@pytest.fixture
def tls(tmp_path: Path) -> TlsSettings:
    """Give a certificate."""
    pair = make_pair(tmp_path / "pem")
    return TlsSettings(str(pair.certificate), str(pair.key))


@pytest.fixture
def secure(tls: TlsSettings) -> GatewaySettings:
    """Give the settings of a gateway with TLS."""
    return evolve(SETTINGS, tls=tls, public_url="https://gate:8089")


def test_doors_that_can_be_opened(secure: GatewaySettings) -> None:
    """With TLS and without."""
    check_entrance(SETTINGS)
    check_entrance(secure)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"workers": -1}, "workers"),
        ({"workers": 1000}, "workers"),
        ({"workers": 2, "listen": ("unix:/a",)}, "tcp:"),
    ],
)
def test_doors_that_cannot_be_opened(changes: dict[str, Any], said: str) -> None:
    """Each is refused in a sentence that names the setting."""
    with pytest.raises(Invalid, match=said):
        check_entrance(evolve(SETTINGS, **changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"public_url": "http://gate:8089"}, "public_url"),
        ({"listen": ("unix:/a",)}, "tcp:"),
        ({"tls": TlsSettings("/nowhere.pem", "/nowhere.key")}, "/nowhere"),
    ],
)
def test_tls_that_cannot_be_spoken(
    secure: GatewaySettings, changes: dict[str, Any], said: str
) -> None:
    """An address without it, a socket without a port, files that are not there."""
    with pytest.raises(Invalid, match=said):
        check_entrance(evolve(secure, **changes))


def test_each_worker_has_a_socket(tmp_path: Path) -> None:
    """Next to the others', and only while it lives."""
    settings = evolve(SETTINGS, prefix=str(tmp_path))
    assert beside_others(settings, None) is settings
    own = beside_others(settings, Place(0, {})).own_socket
    assert own != settings.own_socket
    assert own.parent == settings.own_socket.parent
    own.parent.mkdir(parents=True)
    own.touch()
    leaving = Leaving(own)
    leaving.startService()
    leaving.stopService()
    assert not own.exists()


@pytest.fixture
def options(tmp_path: Path) -> Options:
    """Give the options of a gateway with two workers."""
    file = tmp_path / "gateway.json"
    (port,) = free_ports(1)
    given = {
        "name": "east", "server": "http://aen", "server_key": "k", "key": "A" * 43,
        "public_url": "http://gate:8089", "prefix": str(tmp_path), "workers": 2,
        "listen": [f"tcp:{port}:interface=127.0.0.1"],
    }  # fmt: skip
    file.write_text(json.dumps(given))
    file.chmod(0o600)
    found = Options()
    found.parseOptions(["-c", str(file)])
    return found


def test_a_parent(options: Options, tmp_path: Path) -> None:
    """It plans what the settings say, and forgets workers that were killed."""
    settings = options.settings(GatewaySettings, check)
    made: Any = parent(options, settings, check, reactor)
    crew = next(part for part in made if isinstance(part, Crew))
    plan = crew._plan
    assert plan.workers == 2
    assert plan.listen == settings.listen
    assert plan.command(1)[-2:] == ("--worker", "1")
    left = tmp_path / "var/run/wakari-gateway.77.sock"
    left.parent.mkdir(parents=True)
    left.touch()
    plan.gone(77)
    assert not left.exists()


@pytest_twisted.ensureDeferred
async def test_https_and_the_way_to_it(tmp_path: Path) -> None:
    """TLS in one process; HTTP leads to it; every answer insists."""
    pair = make_pair(tmp_path / "pem")
    plain, port = free_ports(2)
    tls = TlsSettings(
        str(pair.certificate),
        str(pair.key),
        redirect=(f"tcp:{plain}:interface=127.0.0.1",),
        hsts_seconds=60,
    )
    world: World = await make_world(
        tmp_path, tls=tls, public_url=f"https://localhost:{port}",
        listen=(f"tcp:{port}:interface=127.0.0.1",),
    )  # fmt: skip
    outside = Around(pair, port)
    world.node.launch = world.launched()
    answer = await deferToThread(ask, outside)
    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=60"
    for path in ("/_aen/status", "/nowhere"):
        answer = await deferToThread(ask, outside, path)
        assert answer.headers["Strict-Transport-Security"] == "max-age=60"
    world.base = f"http://localhost:{plain}"
    led = await world.get("/ada/lab/jupyterlab/?a=b")
    assert led.code == 308
    assert led.headers.getRawHeaders("location") == [
        f"https://localhost:{port}/ada/lab/jupyterlab/?a=b"
    ]
    await world.stop()
