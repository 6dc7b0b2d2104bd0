"""``aen-gateway-configure`` against a real HTTP server."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from aen.gateway.configure import main
from aen.gateway.settings import GatewaySettings
from aen.runtime.settings import layers, read_settings


class Registry(BaseHTTPRequestHandler):
    """Registers what wakari asks with the right password."""

    asked: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        login = base64.b64encode(b"wakari:secret words").decode()
        if self.headers["authorization"] != f"Basic {login}":
            error = {"code": "unauthenticated", "message": "Wrong name or password."}
            self.answer(401, {"error": error})
        elif self.path == "/wire/register":
            self.asked.append(body)
            self.answer(200, {"server_key": "K" * 43, "server_url": "http://aen"})

    def answer(self, code: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(code)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""


@pytest.fixture
def server() -> Iterator[str]:
    """Return the address of a server that registers."""
    Registry.asked.clear()
    http = HTTPServer(("127.0.0.1", 0), Registry)
    thread = threading.Thread(target=http.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    thread.join()
    http.server_close()


def arguments(server: str, prefix: Path, /, **changes: str) -> list[str]:
    """Return a command line."""
    options = {
        "server": server, "host": "gate", "port": "8089", "name": "east",
        "protocol": "http", "summary": "Ground floor", "username": "wakari",
        "prefix": str(prefix), **changes,
    }  # fmt: skip
    return [part for name, value in options.items() for part in (f"--{name}", value)]


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the password by the environment, where no other user sees it."""
    monkeypatch.setenv("AEN_PASSWORD", "secret words")


def read(prefix: Path) -> GatewaySettings:
    """Read what was written, as the gateway does."""
    path = prefix / "etc/wakari/wk-gateway-config.json"
    assert path.stat().st_mode & 0o777 == 0o600
    return read_settings(GatewaySettings, layers(prefix / "none", [path], []))


def test_a_data_center_is_registered(server: str, tmp_path: Path) -> None:
    """The server learns the public key; the settings are whole, and mode 0600."""
    main(arguments(server, tmp_path))
    settings = read(tmp_path)
    assert settings.public_url == "http://gate:8089"
    assert (settings.server_key, settings.server_url) == ("K" * 43, "http://aen")
    assert Registry.asked[0]["name"] == "east"
    assert Registry.asked[0]["key"] != settings.key


def test_again_keeps_the_key_and_own_settings(server: str, tmp_path: Path) -> None:
    """An operator's settings survive; browsers' passes stay good."""
    main(arguments(server, tmp_path))
    path = tmp_path / "etc/wakari/wk-gateway-config.json"
    changed = json.loads(path.read_text(encoding="utf-8")) | {"pass_hours": 1}
    path.write_text(json.dumps(changed), encoding="utf-8")
    before = read(tmp_path)
    main(arguments(server, tmp_path, port="9000"))
    after = read(tmp_path)
    assert (after.key, after.pass_hours) == (before.key, 1.0)
    assert after.public_url == "http://gate:9000"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "a b"}, "The name must be"),
        ({"server": "aen:80"}, "“--server” must be like http://host:port"),
        ({"server": "http://127.0.0.1:1"}, "does not answer as a server"),
        ({"password": "wrong"}, "Wrong name or password."),
    ],
)
def test_what_is_wrong_is_a_sentence(
    server: str, tmp_path: Path, changes: dict[str, str], said: str
) -> None:
    """And nothing is written."""
    with pytest.raises(SystemExit) as ended:
        main(arguments(server, tmp_path, **changes))
    assert str(ended.value.code).startswith("aen-gateway-configure: ")
    assert said in str(ended.value.code)
    assert not (tmp_path / "etc").exists()
