"""The command line of ``aen-proxy``, which is configurable-http-proxy's."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Final, NoReturn

from attrs import frozen
from typing_extensions import override

from aen.proxy.standalone.refusal import Refusal
from aen.proxy.trust import UNIX, Trust
from aen.runtime.version import own_version

_DEFAULT_PORT: Final = 8000
_MOST_PORT: Final = 65535
_LEVELS: Final = ("debug", "info", "warn", "error")
_PRIVATE: Final = (
    "127.0.0.0/8 ::1/128 10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16"
    " fc00::/7 fe80::/10"
).split()
# They say where a message ends and what a connection is for.
_OF_THE_PROXY: Final = frozenset(
    "connection content-length keep-alive te trailer transfer-encoding upgrade".split()
)
_EVERYBODY: Final = ("0.0.0.0/0", "::/0")


@frozen
class Files:
    """The certificates of one side, as PEM files."""

    key: str | None = None
    cert: str | None = None
    ca: str | None = None
    request_cert: bool = False
    reject_unauthorized: bool = False
    passphrase: str | None = None


@frozen
class Versions:
    """Which TLS the door speaks beyond what OpenSSL would."""

    protocol: str | None = None
    ciphers: str | None = None
    allow_rc4: bool = False
    dhparam: str | None = None


@frozen
class Place:
    """Where to listen: a UNIX socket, or a port of an address."""

    ip: str
    port: int
    socket: str | None = None


@frozen
class Options:
    """Everything the command line and the environment say; times are in seconds."""

    public: Place
    api: Place
    metrics: Place | None
    ssl: Files
    versions: Versions
    api_ssl: Files
    client_ssl: Files
    insecure: bool
    default_target: str | None
    error_target: str | None
    error_path: str | None
    redirect_port: int | None
    redirect_to: int | None
    pid_file: str | None
    x_forward: bool
    prepend_path: bool
    include_prefix: bool
    auto_rewrite: bool
    change_origin: bool
    protocol_rewrite: str | None
    custom_headers: tuple[tuple[bytes, bytes], ...]
    host_routing: bool
    log_level: str
    timeout: float | None
    proxy_timeout: float | None
    keep_alive_timeout: float | None
    trust: Trust
    token: str | None


class _Parser(argparse.ArgumentParser):
    """Refuses in one sentence, for the caller to print."""

    @override
    def error(self, message: str) -> NoReturn:
        raise Refusal(message)


class _Version(argparse.Action):
    """Says the version and ends."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:  # noqa: A002
        super().__init__(option_strings, dest, nargs=0, help=help)

    @override
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        known = own_version() or "unknown: it runs from its sources"
        sys.stdout.write(known + "\n")
        parser.exit()


def read_options(arguments: Sequence[str], environment: Mapping[str, str]) -> Options:
    """Return what the command line and the environment say.

    :raises Refusal: they cannot be followed.
    """
    said = _parser().parse_args(arguments)
    if said.storage_backend is not None:
        raise Refusal(
            "--storage-backend: routes are kept in memory only; JupyterHub puts"
            " them back after a restart by itself"
        )
    if said.redirect_port is not None and not (said.ssl_key and said.ssl_cert):
        raise Refusal(
            "--redirect-port leads to HTTPS: it needs --ssl-key and --ssl-cert"
        )
    return Options(
        public=Place(said.ip, _public_port(said), said.socket),
        api=Place(said.api_ip, _api_port(said), said.api_socket),
        metrics=_metrics(said),
        ssl=_files(said, environment, "ssl"),
        versions=Versions(
            said.ssl_protocol, said.ssl_ciphers, said.ssl_allow_rc4, said.ssl_dhparam
        ),
        api_ssl=_files(said, environment, "api_ssl"),
        client_ssl=_files(said, environment, "client_ssl"),
        custom_headers=_headers(said.custom_header),
        trust=_trust(said.trusted_proxies),
        token=environment.get("CONFIGPROXY_AUTH_TOKEN") or None,
        **{name: getattr(said, name) for name in _AS_THEY_ARE},
    )


_AS_THEY_ARE: Final = (
    "insecure default_target error_target error_path redirect_port redirect_to pid_file"
    " x_forward prepend_path include_prefix auto_rewrite change_origin protocol_rewrite"
    " host_routing log_level timeout proxy_timeout keep_alive_timeout"
).split()


def _public_port(said: argparse.Namespace) -> int:
    return _DEFAULT_PORT if said.port is None else int(said.port)


def _api_port(said: argparse.Namespace) -> int:
    port = _public_port(said) + 1 if said.api_port is None else int(said.api_port)
    if port > _MOST_PORT:
        raise Refusal("--api-port: there is no port behind the last one")
    return port


def _metrics(said: argparse.Namespace) -> Place | None:
    if said.metrics_port is None and not said.metrics_socket:
        return None
    return Place(said.metrics_ip, said.metrics_port or 0, said.metrics_socket)


def _files(
    said: argparse.Namespace, environment: Mapping[str, str], prefix: str
) -> Files:
    found = Files(
        getattr(said, f"{prefix}_key"),
        getattr(said, f"{prefix}_cert"),
        getattr(said, f"{prefix}_ca"),
        getattr(said, f"{prefix}_request_cert"),
        getattr(said, f"{prefix}_reject_unauthorized"),
        environment.get(f"CONFIGPROXY_{prefix.upper()}_KEY_PASSPHRASE"),
    )
    if bool(found.key) != bool(found.cert):
        option = prefix.replace("_", "-")
        raise Refusal(f"--{option}-key and --{option}-cert need each other")
    return found


def _headers(texts: Sequence[str]) -> tuple[tuple[bytes, bytes], ...]:
    """Return the custom headers; of two with one name the last counts."""
    found = {name.lower(): (name, value) for name, value in map(_header, texts)}
    return tuple(found.values())


def _header(text: str) -> tuple[bytes, bytes]:
    name, colon, value = text.partition(":")
    name, value = name.strip(), value.strip()
    if not colon or not name or not name.replace("-", "").replace("_", "").isalnum():
        raise Refusal(f"--custom-header: “{text}” is not of the form name:value")
    if not name.isascii() or not value.isascii() or not value.isprintable():
        raise Refusal(f"--custom-header: “{text}” cannot be sent as a header")
    if name.lower() in _OF_THE_PROXY:
        raise Refusal(f"--custom-header: {name} is the proxy's own to set")
    return name.encode("ascii"), value.encode("ascii")


def _trust(text: str) -> Trust:
    """Return who in front of us is believed about the client."""
    if text == "none":
        return Trust()
    networks: list[str] = []
    for one in text.split(","):
        if one == "private":
            networks += [*_PRIVATE, UNIX]
        elif one == "all":
            networks += [*_EVERYBODY, UNIX]
        else:
            networks.append(one.strip())
    try:
        return Trust.of(None, networks)
    except ValueError as error:
        raise Refusal(f"--trusted-proxies: {error}") from None


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= _MOST_PORT):
        raise argparse.ArgumentTypeError(f"“{text}” is not a port")
    return int(text)


def _milliseconds(text: str) -> float | None:
    """Return seconds; 0 is no limit of its own."""
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"“{text}” is not a number of milliseconds")
    return int(text) / 1000 or None


def _parser() -> _Parser:
    parser = _Parser(
        prog="aen-proxy",
        description="A reverse proxy whose routes are set over a REST API.",
        epilog="CONFIGPROXY_AUTH_TOKEN in the environment is the API's token;"
        " CONFIGPROXY_SSL_KEY_PASSPHRASE, CONFIGPROXY_API_SSL_KEY_PASSPHRASE and"
        " CONFIGPROXY_CLIENT_SSL_KEY_PASSPHRASE open keys.",
        allow_abbrev=False,
    )
    parser.add_argument("-V", "--version", action=_Version, help="say the version")
    _add_places(parser)
    for prefix, words in (
        ("ssl", "clients"),
        ("api-ssl", "clients of the API"),
        ("client-ssl", "targets"),
    ):
        _add_files(parser, prefix, words)
    _add_versions(parser)
    _add_targets(parser)
    _add_changes(parser)
    _add_running(parser)
    return parser


def _add_places(parser: _Parser) -> None:
    add = parser.add_argument
    add("--ip", default="", metavar="ADDRESS", help="where clients come (everywhere)")
    add("--port", type=_port, metavar="N", help="and on which port (8000)")
    add("--socket", metavar="PATH", help="a UNIX socket in place of both")
    add(
        "--api-ip", default="localhost", metavar="ADDRESS", help="the API's (localhost)"
    )
    add("--api-port", type=_port, metavar="N", help="its port (one more than --port)")
    add("--api-socket", metavar="PATH", help="a UNIX socket in place of both")
    add("--metrics-ip", default="", metavar="ADDRESS", help="where metrics are read")
    add("--metrics-port", type=_port, metavar="N", help="their port (none)")
    add("--metrics-socket", metavar="PATH", help="a UNIX socket in place of both")


def _add_files(parser: _Parser, prefix: str, whose: str) -> None:
    add = parser.add_argument
    add(f"--{prefix}-key", metavar="FILE", help=f"private key shown to {whose} (PEM)")
    add(f"--{prefix}-cert", metavar="FILE", help="its certificate (PEM)")
    add(f"--{prefix}-ca", metavar="FILE", help=f"authorities of {whose} (PEM)")
    add(
        f"--{prefix}-request-cert",
        action="store_true",
        help=f"ask {whose} for certificates",
    )
    add(
        f"--{prefix}-reject-unauthorized",
        action="store_true",
        help="and refuse those whose authority is not known",
    )


def _add_versions(parser: _Parser) -> None:
    add = parser.add_argument
    add("--ssl-protocol", metavar="NAME", help="only TLSv1_2, or only TLSv1_3")
    add("--ssl-ciphers", metavar="LIST", help="ciphers as OpenSSL writes them")
    add(
        "--ssl-allow-rc4", action="store_true", help="taken, without effect: it is gone"
    )
    add("--ssl-dhparam", metavar="FILE", help="Diffie-Hellman parameters (PEM)")


def _add_targets(parser: _Parser) -> None:
    add = parser.add_argument
    add("--default-target", metavar="URL", help="where everything without a route goes")
    add("--error-target", metavar="URL", help="who writes the pages for errors")
    add("--error-path", metavar="DIRECTORY", help="where the pages for errors are")
    add("--redirect-port", type=_port, metavar="N", help="leads plain HTTP to HTTPS")
    add(
        "--redirect-to", type=_port, metavar="N", help="the port of that HTTPS (--port)"
    )
    add("--host-routing", action="store_true", help="routes begin with a host name")
    add("--insecure", action="store_true", help="do not verify https: targets")


def _add_changes(parser: _Parser) -> None:
    add = parser.add_argument
    for name, words in (
        ("x-forward", "do not tell targets of the client"),
        ("prepend-path", "leave the path of targets out"),
        ("include-prefix", "leave the prefix of routes out"),
    ):
        add(
            f"--no-{name}",
            dest=name.replace("-", "_"),
            action="store_false",
            help=words,
        )
    add("--auto-rewrite", action="store_true", help="redirects keep host and port")
    add("--change-origin", action="store_true", help="targets get a Host of their own")
    add(
        "--protocol-rewrite",
        choices=("http", "https"),
        metavar="SCHEME",
        help="redirects get this scheme",
    )
    add(
        "--custom-header",
        action="append",
        default=[],
        metavar="NAME:VALUE",
        help="sent with every request; may be repeated",
    )
    add(
        "--trusted-proxies",
        default="private",
        metavar="LIST",
        help="whose X-Forwarded-* count: networks, private, all or none (private)",
    )


def _add_running(parser: _Parser) -> None:
    add = parser.add_argument
    add("--pid-file", metavar="FILE", help="where to write the process id")
    add("--log-level", choices=_LEVELS, default="info", help="what to say (info)")
    add("--timeout", type=_milliseconds, metavar="MS", help="patience with clients")
    add("--proxy-timeout", type=_milliseconds, metavar="MS", help="and with targets")
    add(
        "--keep-alive-timeout",
        type=_milliseconds,
        metavar="MS",
        help="between requests",
    )
    add("--storage-backend", metavar="NAME", help="refused: routes are kept in memory")
