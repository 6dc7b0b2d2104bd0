"""``aen-gateway-configure``: registers a data center and writes its settings."""

import argparse
import base64
import getpass
import json
import os
import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aen.gateway.settings import DEFAULT_PREFIX
from aen.model.errors import AenError, Invalid, Unavailable
from aen.model.names import parse_place_name
from aen.runtime.credentials import read_secret, write_private
from aen.runtime.settings import check_url
from aen.runtime.structure import structure, unstructure
from aen.wire.messages import Registered, Registration
from aen.wire.problems import from_json
from aen.wire.routes import REGISTER
from aen.wire.tickets import SigningKey

_SECONDS = 30.0
_ANSWER_BYTES = 64 * 1024


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="aen-gateway-configure",
        description="Register a data center with the server and write the settings"
        " of its gateway (mode 0600).",
    )
    add = parser.add_argument
    add("--server", required=True, help="the server's address, e.g. http://aen:80")
    add("--host", required=True, help="this gateway's name as browsers use it")
    add("--port", type=int, default=8089, help="its port (default: 8089)")
    add("--protocol", choices=("http", "https"), default="http")
    add("--name", required=True, help="the data center's name")
    add("--summary", default="", help="one line about the data center")
    add("--username", required=True, help="an administrator of the server")
    add("--password", help="their password; better: AEN_PASSWORD or a prompt")
    add("--password-file", type=Path, help="a file (mode 0600) that holds it")
    add("--prefix", type=Path, default=DEFAULT_PREFIX)
    add("--listen", action="append", help="where to listen (default: tcp:PORT)")
    add("--ca", type=Path, help="PEM file of a private CA the server's TLS uses")
    return parser


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; ends the program with a sentence when it cannot be done."""
    options = _parser().parse_args(arguments)
    try:
        path = configure(options)
    except AenError as error:
        raise SystemExit(f"aen-gateway-configure: {error.message}") from None
    sys.stdout.write(f"The data center “{options.name}” is registered: {path}\n")


def configure(options: argparse.Namespace) -> Path:
    """Register and write; return the settings file.

    :raises AenError: saying what is wrong with the options, or what the server says.
    """
    parse_place_name(options.name)
    server = options.server.rstrip("/")
    check_url("--server", server)
    public_url = f"{options.protocol}://{options.host}:{options.port}"
    check_url("--host", public_url)
    path: Path = options.prefix / "etc/wakari/wk-gateway-config.json"
    before = _settings_before(path)
    key = SigningKey.from_text(before["key"]) if "key" in before else SigningKey.make()
    asked = Registration(options.name, public_url, key.public, options.summary)
    answer = register(server, asked, options.username, _password(options), options.ca)
    settings = before | {
        "name": options.name,
        "server": server,
        "server_key": answer.server_key,
        "server_url": answer.server_url,
        "key": key.text,
        "public_url": public_url,
        "prefix": str(options.prefix),
        "listen": options.listen or [f"tcp:{options.port}"],
    }
    if options.ca:
        settings["server_ca"] = str(options.ca)
    write_private(path, json.dumps(settings, indent=2).encode() + b"\n")
    return path


def _settings_before(path: Path) -> dict[str, Any]:
    """Return what is configured already: the key and an operator's own settings."""
    if not path.exists():
        return {}
    try:
        found = json.loads(read_secret(path))
    except ValueError:
        raise Invalid(f"{path}: is not JSON; mend or remove it") from None
    return found if isinstance(found, dict) else {}


def _password(options: argparse.Namespace) -> str:
    if options.password:
        return str(options.password)
    if options.password_file:
        return read_secret(options.password_file).decode().strip()
    if os.environ.get("AEN_PASSWORD"):
        return os.environ["AEN_PASSWORD"]
    if not sys.stdin.isatty():
        raise Invalid("give the password by AEN_PASSWORD or --password-file")
    return getpass.getpass(f"Password of {options.username}: ")


def register(
    server: str, asked: Registration, username: str, password: str, ca: Path | None
) -> Registered:
    """Ask the server to make or renew a data center, as an administrator.

    :raises Unavailable: the server does not answer.
    :raises AenError: what the server refuses it with.
    """
    login = base64.b64encode(f"{username}:{password}".encode()).decode()
    request = urllib.request.Request(  # noqa: S310 -- check_url admits http(s) only
        server + REGISTER.path,
        data=json.dumps(unstructure(asked)).encode(),
        headers={
            "authorization": f"Basic {login}",
            "content-type": "application/json",
        },
        method=REGISTER.method,
    )
    context = ssl.create_default_context(cafile=str(ca) if ca else None)
    try:
        with urllib.request.urlopen(  # noqa: S310 -- as above
            request, timeout=_SECONDS, context=context
        ) as response:
            return structure(json.loads(response.read(_ANSWER_BYTES)), Registered)
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(error) from None
    except (OSError, ValueError, Invalid) as error:
        raise Unavailable(f"{server} does not answer as a server: {error}") from None


def _refusal(error: urllib.error.HTTPError) -> AenError:
    fallback = f"the server answered {error.code}"
    try:
        return from_json(json.loads(error.read(_ANSWER_BYTES)), fallback)
    except ValueError:
        return Unavailable(fallback)
