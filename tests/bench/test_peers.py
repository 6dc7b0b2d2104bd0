"""The peers are told what makes them comparable; their packages are pinned."""

import json
from pathlib import Path

from bench.apps.bodies import settings
from bench.peers import HERE, chp_command, nginx_settings
from tests.pem import Pair

FILES = Pair(Path("/c/chain.pem"), Path("/c/key.pem"))


def test_nginx_is_one_worker_with_a_log() -> None:
    """Alone in its process, keeping connections to the app, logging as we do."""
    text = nginx_settings(Path("/w"), 81, "unix:/n.sock", None)
    assert "master_process off;" in text
    assert "access_log /w/access.log combined" in text
    assert "server unix:/n.sock; keepalive 64;" in text
    assert "listen 127.0.0.1:81 backlog" in text
    assert "ssl" not in text


def test_nginx_with_tls() -> None:
    """The same, with the bench's certificate."""
    text = nginx_settings(Path("/w"), 81, "127.0.0.1:82", FILES)
    assert "listen 127.0.0.1:81 ssl backlog" in text
    assert "ssl_certificate /c/chain.pem;" in text
    assert "ssl_certificate_key /c/key.pem;" in text


def test_chp() -> None:
    """Its door and its API are on this machine alone; TLS only where asked for."""
    plain = chp_command(Path("/node"), (1, 2), 3, None)
    assert "--default-target=http://127.0.0.1:3" in plain
    assert "--api-ip=127.0.0.1" in plain
    assert not any("ssl" in one for one in plain)
    assert "--ssl-key=/c/key.pem" in chp_command(Path("/node"), (1, 2), 3, FILES)


def test_the_app_serves_below_its_prefix() -> None:
    """On the socket the platform gives it, and on the port of the peers."""
    text = settings(("/s.sock", "/n.sock"), "/ada/lab/bodies", Path("/w"), "82")
    assert "listen unix:/s.sock backlog" in text
    assert "listen unix:/n.sock backlog" in text
    assert "listen 127.0.0.1:82" in text
    assert "location /ada/lab/bodies/ {" in text


def test_lock_names_no_place() -> None:
    """The lock file pins contents, not a registry to fetch them from."""
    text = (HERE / "package-lock.json").read_text("utf-8")
    assert "://" not in text
    packages = json.loads(text)["packages"]
    pinned = {name: one for name, one in packages.items() if name}
    assert all("integrity" in one for one in pinned.values())
