"""The files of an installation, as texts: settings, supervisord.conf, wrappers.

Nothing here reads or writes; the same choices always give the same texts.
"""

import json
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import frozen

from aen.local.installation import (
    ADMINISTRATOR,
    DATA_CENTER,
    NODE,
    Installation,
    endpoint,
)

MARK = "AEN_INSTALLATION"
"""Variable that tells the processes of one installation from those of others."""

_PASSED_ON = (
    *("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "PYTHONPATH", "SHELL", "TERM"),
    *("TMPDIR", "TZ", "USER", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSL_CLIENT_CERT"),
    *("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY"),
    *("NO_PROXY", "ALL_PROXY", "all_proxy", "REQUESTS_CA_BUNDLE", "NETRC"),
)
_PASSED_ON_GROUPS = ("UV_", "PIP_", "XDG_", "AEN_TEST_")


@frozen
class Programs:
    """Where the interpreter and ``twistd`` of this checkout or package are."""

    python: Path
    twistd: Path


def server_settings(one: Installation) -> dict[str, object]:
    """Return the server's keys that follow from the command line."""
    return {
        "prefix": str(one.server),
        "public_url": one.url,
        "listen": [endpoint(one.bind, one.http)],
        "worker": False,
        # What one backup holds together.
        "beside": [str(one.gateway_prefix), str(one.compute_prefix)],
        # Who runs the platform here owns no projects, unless all is one account's.
        "service_account": ADMINISTRATOR if one.multiuser else "",
        # Whoever works on the pages runs them so.
        "examples": True,
    }


def gateway_settings(one: Installation) -> dict[str, object]:
    """Return the gateway's keys that follow from the command line.

    The others are written by `aen-gateway-configure`.
    """
    return {
        "prefix": str(one.gateway_prefix),
        "server": one.near_url,
        "server_url": one.url,
        "public_url": one.gateway_url,
        "listen": [endpoint(one.bind, one.gateway)],
    }


def compute_settings(one: Installation) -> dict[str, object]:
    """Return the node's keys that follow from the command line."""
    return {
        "prefix": str(one.compute_prefix),
        "listen": [endpoint("127.0.0.1", one.compute)],
        "projectRoot": str(one.projects),
        "server_url": one.near_url,
        "multiuser": one.multiuser,
        "helper_settings": str(one.helper_settings) if one.multiuser else "",
    }


def helper_settings(one: Installation) -> dict[str, object]:
    """Return what the privileged helper goes by: its file is root's alone to change."""
    return {
        "service_account": ADMINISTRATOR,
        "project_root": str(one.projects),
        "runtime": str(one.helper_runtime),
        "audit_log": str(one.helper_log),
        "manage_accounts": True,
    }


def merged(existing: Mapping[str, object], ours: Mapping[str, object]) -> str:
    """Return a settings file: *ours* over what an operator has added by hand."""
    return json.dumps({**existing, **ours}, indent=2, ensure_ascii=False) + "\n"


def environment(one: Installation, given: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the platform's processes.

    Only what is known to matter is passed on: no password of `make run`, nothing of
    the shell it was typed in.
    """
    kept = {
        name: value
        for name, value in given.items()
        if name in _PASSED_ON or name.startswith(_PASSED_ON_GROUPS)
    }
    # A proxy of the environment is for the internet, not for this machine.
    near = (given.get("no_proxy", given.get("NO_PROXY", "")), one.near, "127.0.0.1")
    direct = ",".join(dict.fromkeys(filter(None, near)))
    ours = {"no_proxy": direct, "NO_PROXY": direct, "PYTHONUNBUFFERED": "1"}
    return {**kept, **ours, MARK: str(one.prefix)}


def supervisor_settings(
    one: Installation, programs: Programs, *, complete: bool, root: bool
) -> str:
    """Return supervisord.conf; not yet *complete*, it runs the server alone."""
    server = ("-c", one.server_settings)
    sections = [
        _supervisor(one, root=root),
        _program(
            "wk-server",
            _twistd(programs, "aen-server", *server),
            one.server,
            "server",
        ),
        _program(
            "wakari-worker",
            _twistd(programs, "aen-server", "--worker", *server),
            one.server,
            "worker",
        ),
        "[group:wakari-server]\nprograms = wk-server,wakari-worker\n",
    ]
    if complete:
        sections += [
            _program(
                "wakari-gateway",
                _twistd(programs, "aen-gateway", "-c", one.gateway_settings),
                one.gateway_prefix,
                "gateway.application",
            ),
            _program(
                "wakari-compute",
                _twistd(programs, "aen-compute", "-c", one.compute_settings),
                one.compute_prefix,
                "compute-launcher.application",
            ),
        ]
    return "\n".join(sections)


def _supervisor(one: Installation, *, root: bool) -> str:
    user = "user = root\n" if root else ""  # said aloud, or supervisor warns
    return f"""\
; Written by `make run` each time it starts.
[supervisord]
nodaemon = true
{user}umask = 022
logfile = {one.supervisor_log}
logfile_maxbytes = 5MB
logfile_backups = 2
pidfile = {one.supervisor_pid}
directory = {one.prefix}

[unix_http_server]
file = {one.supervisor_socket}
chmod = 0600

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl = unix://{one.supervisor_socket}
"""


def _twistd(programs: Programs, role: str, *arguments: object) -> str:
    command = (
        *(str(programs.python), str(programs.twistd), "--nodaemon", "--pidfile="),
        "--logger=aen.runtime.logs.as_text",
        role,
        *map(str, arguments),
    )
    return shlex.join(command)


def _program(name: str, command: str, prefix: Path, log: str) -> str:
    # startretries: a role that cannot start is tried for as long as we run, each
    # time a second later than before; one that dies is started again at once.
    return f"""\
[program:{name}]
command = {command}
directory = {prefix}
autorestart = true
startsecs = 1
startretries = 1000000
stopwaitsecs = 20
killasgroup = false
redirect_stderr = true
stdout_logfile = {prefix / "var/log/wakari" / f"{log}.log"}
stdout_logfile_maxbytes = 10MB
stdout_logfile_backups = 5
"""


def wrapper(command: Sequence[str]) -> str:
    """Return a shell program that runs *command* with its own arguments added."""
    return f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n'


def wrappers(one: Installation, programs: Programs) -> dict[str, str]:
    """Return the commands bound to this installation, by name."""
    settings = str(one.server_settings)
    return {
        "aen-server-admin": wrapper(admin(programs, settings)),
        "aen-gateway-configure": wrapper(
            (*_main(programs, "aen.gateway.configure"), *_gateway_place(one))
        ),
        "supervisorctl": wrapper(
            (
                *(str(programs.python), "-P", "-m", "supervisor.supervisorctl"),
                *("-c", str(one.supervisor_settings)),
            )
        ),
    }


def admin(programs: Programs, settings: str) -> tuple[str, ...]:
    """Return the command line of `aen-server-admin` for the server of *settings*."""
    return (*_main(programs, "aen.server.admin"), "-c", settings)


def _main(programs: Programs, module: str) -> tuple[str, ...]:
    program = f"import sys; from {module} import main; sys.exit(main())"
    # -P: a folder called “aen” where the command is typed is not ours.
    return (str(programs.python), "-P", "-c", program)


def _gateway_place(one: Installation) -> tuple[str, ...]:
    return ("--prefix", str(one.gateway_prefix))


def add_administrator(one: Installation, programs: Programs) -> tuple[str, ...]:
    """Return the command that makes the first account, password by environment."""
    return (
        *admin(programs, str(one.server_settings)),
        *("add-user", ADMINISTRATOR, "--superuser"),
    )


def configure_gateway(one: Installation, programs: Programs) -> tuple[str, ...]:
    """Return the command that registers the data center, password by environment."""
    return (
        *_main(programs, "aen.gateway.configure"),
        *_gateway_place(one),
        *("--server", one.near_url),
        *("--host", one.host),
        *("--port", str(one.gateway)),
        *("--name", DATA_CENTER),
        *("--protocol", "http"),
        *("--summary", "This machine"),
        *("--username", ADMINISTRATOR),
    )


def add_node(one: Installation, programs: Programs) -> tuple[str, ...]:
    """Return the command that registers the node and prints what it needs to know."""
    return (
        *admin(programs, str(one.server_settings)),
        *("add-enterprise-resource", "-i", DATA_CENTER, "-u", one.node_url),
        *("-n", NODE, "--json"),
    )


def reap(one: Installation, programs: Programs) -> tuple[str, ...]:
    """Return the command that ends every app of every project of this installation."""
    launches = one.compute_prefix / "var/run/launches"
    reaper = ("-P", "-m", "aen.compute.reap", "--runtime", str(launches))
    helped = ("--helper", str(one.helper_settings)) if one.multiuser else ()
    return (str(programs.python), *reaper, *helped)


def folders(one: Installation) -> tuple[Path, ...]:
    """Return every folder that must be there before anything starts."""
    roles = (one.server, one.gateway_prefix, one.compute_prefix)
    places = ("etc/wakari", "var/log/wakari", "var/run", "var/lib/wakari")
    return (
        *(role / place for role in roles for place in places),
        one.projects,
        one.programs,
        one.supervisor_settings.parent,
        one.supervisor_socket.parent,
        one.supervisor_log.parent,
    )
