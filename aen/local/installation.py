"""One installation on one machine: where its files are and where it answers."""

import hashlib
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from attrs import frozen

from aen.model.errors import Invalid

DATA_CENTER = "local"
NODE = "node1"
ADMINISTRATOR = "wakari"

_ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 -- compared with, not bound
_PLAIN = re.compile(r"[\w./+@,= -]+")
_SOCKET_PATH = 107
"""Bytes in the path of a UNIX socket (sys/un.h: 108 with the final zero)."""
_LONGEST_SOCKET = "/wakari-compute/var/run/launches/0123456789abcdef.sock"


@frozen
class Installation:
    """What a person chose on the command line of `make run`."""

    prefix: Path
    http: int = 8080
    gateway: int = 8089
    compute: int = 5002
    bind: str = "127.0.0.1"
    public_host: str = ""
    multiuser: bool = False
    """Whether apps run as OS accounts of their users, and not all as ours."""

    @property
    def host(self) -> str:
        """The name browsers use for this machine, as it stands in an address."""
        name = self.public_host or self.near
        return f"[{name}]" if ":" in name else name

    @property
    def near(self) -> str:
        """An address this machine itself can reach the platform at."""
        if self.bind in _ANYWHERE:
            return "127.0.0.1" if self.bind == _ANYWHERE[0] else "::1"
        return self.bind

    @property
    def url(self) -> str:
        """The server's address for browsers."""
        return f"http://{self.host}:{self.http}"

    @property
    def gateway_url(self) -> str:
        """The gateway's address for browsers."""
        return f"http://{self.host}:{self.gateway}"

    @property
    def near_url(self) -> str:
        """The server's address for programs on this machine."""
        return f"http://{_bracketed(self.near)}:{self.http}"

    @property
    def near_gateway_url(self) -> str:
        """The gateway's address for programs on this machine."""
        return f"http://{_bracketed(self.near)}:{self.gateway}"

    @property
    def node_url(self) -> str:
        """The node's door; the gateway is on this machine, so nobody else needs it."""
        return f"http://127.0.0.1:{self.compute}"

    @property
    def server(self) -> Path:
        """Prefix of the server."""
        return self.prefix / "wakari-server"

    @property
    def gateway_prefix(self) -> Path:
        """Prefix of the gateway."""
        return self.prefix / "wakari-gateway"

    @property
    def compute_prefix(self) -> Path:
        """Prefix of the compute node."""
        return self.prefix / "wakari-compute"

    @property
    def server_settings(self) -> Path:
        """The server's settings file."""
        return self.server / "etc/wakari/wk-server-config.json"

    @property
    def gateway_settings(self) -> Path:
        """The gateway's settings file, written by `aen-gateway-configure`."""
        return self.gateway_prefix / "etc/wakari/wk-gateway-config.json"

    @property
    def compute_settings(self) -> Path:
        """The compute node's settings file."""
        return self.compute_prefix / "etc/wakari/compute-launcher-config.json"

    @property
    def projects(self) -> Path:
        """The project root."""
        return self.prefix / "projects"

    @property
    def helper_settings(self) -> Path:
        """What the privileged helper reads."""
        return self.prefix / "etc/helper.json"

    @property
    def helper_log(self) -> Path:
        """What the privileged helper was asked to do."""
        return self.compute_prefix / "var/log/wakari/helper.log"

    @property
    def helper_runtime(self) -> Path:
        """Where apps listen whose users have accounts: outside, for a short path."""
        digest = hashlib.sha256(os.fsencode(self.prefix)).hexdigest()
        return Path("/run", f"aen-{digest[:8]}")

    @property
    def programs(self) -> Path:
        """Commands bound to this installation."""
        return self.prefix / "bin"

    @property
    def supervisor_settings(self) -> Path:
        """What supervisord reads."""
        return self.prefix / "etc/supervisord.conf"

    @property
    def supervisor_socket(self) -> Path:
        """Where supervisorctl reaches supervisord."""
        return self.prefix / "run/supervisor.sock"

    @property
    def supervisor_pid(self) -> Path:
        """Where supervisord notes its process."""
        return self.prefix / "run/supervisord.pid"

    @property
    def supervisor_log(self) -> Path:
        """What supervisord says."""
        return self.prefix / "log/supervisord.log"

    @property
    def lock(self) -> Path:
        """Held by the one `run` of this installation."""
        return self.prefix / "run/lock"

    @property
    def first_run(self) -> Path:
        """The administrator's first password, until the first run has succeeded."""
        return self.prefix / "etc/first-run.json"

    @property
    def ports(self) -> tuple[tuple[str, str, int], ...]:
        """What is listened on: the setting's name, the address, the port."""
        return (
            ("HTTP", self.bind, self.http),
            ("GATEWAY", self.bind, self.gateway),
            ("COMPUTE", "127.0.0.1", self.compute),
        )


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def check_installation(one: Installation) -> None:
    """Raise `Invalid` for choices that cannot work, naming the setting."""
    for name, _, port in one.ports:
        if not 0 < port < 65536:  # noqa: PLR2004 -- what a port can be
            raise Invalid(f"{name}={port} is not a port; choose 1 to 65535.")
    if len({port for _, _, port in one.ports}) < len(one.ports):
        raise Invalid("HTTP, GATEWAY and COMPUTE must be three different ports.")
    check_plain("PREFIX", one.prefix)
    longest = len(str(one.prefix).encode()) + len(_LONGEST_SOCKET)
    if longest > _SOCKET_PATH:
        raise Invalid(
            f"PREFIX={one.prefix} is {longest - _SOCKET_PATH} bytes too long: paths of"
            " UNIX sockets are limited. Choose a shorter folder, e.g. PREFIX=~/aen."
        )


def check_accounts(one: Installation, account: int) -> None:
    """Raise `Invalid` where MULTIUSER=1 cannot work.

    :param account: the user id of whoever asks.
    """
    if not one.multiuser:
        return
    if account != 0:
        raise Invalid(
            "MULTIUSER=1 makes and uses accounts of this machine, which only root may."
            " Run it as root, or without MULTIUSER."
        )
    for folder in (one.prefix, *one.prefix.parents):
        if folder.exists() and not folder.stat().st_mode & stat.S_IXOTH:
            raise Invalid(
                f"Other accounts cannot enter {folder}, and so none of their projects"
                " below it. Choose another PREFIX, e.g. PREFIX=/srv/aen, or allow it:"
                f" chmod o+x {folder}"
            )


def check_plain(what: str, path: Path) -> None:
    """Raise `Invalid` for a path that configuration files cannot hold."""
    if not _PLAIN.fullmatch(str(path)):
        raise Invalid(
            f"{what}={path} has characters that configuration files cannot hold; use"
            " letters, digits and “.”, “-”, “_”, “/”."
        )


def check_same_place(
    one: Installation, gateway: Mapping[str, object], node: Mapping[str, object]
) -> None:
    """Raise `Invalid` when the server knows the gateway or node at another address.

    :param gateway: the gateway's settings as they are; empty before the first run.
    :param node: the node's settings as they are.

    The server's own address may change: it stands in settings only.
    """
    before = gateway.get("public_url", one.gateway_url)
    if before != one.gateway_url:
        raise Invalid(
            f"The gateway of {one.prefix} is registered as {before}, not"
            f" {one.gateway_url}. Run it with the GATEWAY, BIND and PUBLIC_HOST it was"
            " made with. To move it, run it so, and meanwhile:"
            f" {one.programs}/aen-gateway-configure --server {one.near_url}"
            f" --host {one.host} --port {one.gateway} --name {DATA_CENTER}"
            f" --username {ADMINISTRATOR}"
        )
    ours = [endpoint("127.0.0.1", one.compute)]
    if node.get("listen", ours) != ours:
        raise Invalid(
            f"The node of {one.prefix} is registered with another port than"
            f" COMPUTE={one.compute}: it listens on {node['listen']}. Run it with that"
            " one again, or choose a new PREFIX."
        )


def check_same_accounts(one: Installation, node: Mapping[str, object]) -> None:
    """Raise `Invalid` when the projects here belong to accounts of the other kind.

    :param node: the node's settings as they are; empty before the first run.
    """
    if not node or bool(node.get("multiuser", False)) is one.multiuser:
        return
    made, now = ("with", "without") if node.get("multiuser") else ("without", "with")
    raise Invalid(
        f"{one.prefix} was made {made} MULTIUSER=1 and cannot be run {now} it: whose"
        " the files of its projects are would no longer fit. Run it as before, or"
        " choose another PREFIX."
    )


def endpoint(address: str, port: int) -> str:
    """Return Twisted's description of a TCP port, colons in *address* escaped."""
    escaped = address.replace(":", "\\:")
    return f"tcp:{port}:interface={escaped}"
