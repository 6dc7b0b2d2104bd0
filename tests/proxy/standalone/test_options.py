"""The command line."""

import pytest

from aen.proxy.head import Peer
from aen.proxy.standalone.options import Files, Options, Place, Versions, read_options
from aen.proxy.standalone.refusal import Refusal


def options(line: str = "", **environment: str) -> Options:
    """Return what a command line says."""
    return read_options(line.split(), environment)


def test_defaults() -> None:
    """Without options it is the peer's own defaults."""
    plain = options()
    assert plain.public == Place("", 8000)
    assert plain.api == Place("localhost", 8001)
    assert plain.metrics is None
    assert (plain.ssl, plain.versions) == (Files(), Versions())
    assert (plain.x_forward, plain.prepend_path, plain.include_prefix) == (True,) * 3
    assert plain.log_level == "info"
    assert plain.token is None
    assert plain.timeout is None


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("--ip 1.2.3.4 --port 80", "public", Place("1.2.3.4", 80)),
        ("--socket /s", "public", Place("", 8000, "/s")),
        ("--port=80", "api", Place("localhost", 81)),
        ("--api-ip :: --api-port 7", "api", Place("::", 7)),
        ("--api-socket /a", "api", Place("localhost", 8001, "/a")),
        ("--metrics-port 9", "metrics", Place("", 9)),
        ("--metrics-ip 1.1.1.1 --metrics-port 9", "metrics", Place("1.1.1.1", 9)),
        ("--metrics-socket /m", "metrics", Place("", 0, "/m")),
        ("--ssl-key k --ssl-cert c --ssl-ca a", "ssl", Files("k", "c", "a")),
        ("--ssl-request-cert", "ssl", Files(request_cert=True)),
        ("--ssl-reject-unauthorized", "ssl", Files(reject_unauthorized=True)),
        ("--api-ssl-key k --api-ssl-cert c", "api_ssl", Files("k", "c")),
        ("--api-ssl-ca a", "api_ssl", Files(ca="a")),
        ("--api-ssl-request-cert", "api_ssl", Files(request_cert=True)),
        ("--api-ssl-reject-unauthorized", "api_ssl", Files(reject_unauthorized=True)),
        ("--client-ssl-key k --client-ssl-cert c", "client_ssl", Files("k", "c")),
        ("--client-ssl-ca a", "client_ssl", Files(ca="a")),
        ("--client-ssl-request-cert", "client_ssl", Files(request_cert=True)),
        (
            "--client-ssl-reject-unauthorized",
            "client_ssl",
            Files(reject_unauthorized=True),
        ),
        ("--ssl-protocol TLSv1_2", "versions", Versions("TLSv1_2")),
        ("--ssl-ciphers A:B", "versions", Versions(ciphers="A:B")),
        ("--ssl-allow-rc4", "versions", Versions(allow_rc4=True)),
        ("--ssl-dhparam d", "versions", Versions(dhparam="d")),
        ("--default-target http://a", "default_target", "http://a"),
        ("--error-target http://a", "error_target", "http://a"),
        ("--error-path /e", "error_path", "/e"),
        ("--redirect-port 8 --ssl-key k --ssl-cert c", "redirect_port", 8),
        ("--redirect-to 443", "redirect_to", 443),
        ("--pid-file /p", "pid_file", "/p"),
        ("--no-x-forward", "x_forward", False),
        ("--no-prepend-path", "prepend_path", False),
        ("--no-include-prefix", "include_prefix", False),
        ("--auto-rewrite", "auto_rewrite", True),
        ("--change-origin", "change_origin", True),
        ("--protocol-rewrite https", "protocol_rewrite", "https"),
        (
            "--custom-header a:b --custom-header c:d:e",
            "custom_headers",
            ((b"a", b"b"), (b"c", b"d:e")),
        ),
        ("--custom-header a:b --custom-header A:c", "custom_headers", ((b"A", b"c"),)),
        ("--insecure", "insecure", True),
        ("--host-routing", "host_routing", True),
        ("--log-level debug", "log_level", "debug"),
        ("--timeout 1500", "timeout", 1.5),
        ("--timeout 0", "timeout", None),
        ("--proxy-timeout 250", "proxy_timeout", 0.25),
        ("--keep-alive-timeout 5000", "keep_alive_timeout", 5.0),
    ],
)
def test_each_option(line: str, name: str, value: object) -> None:
    """Every option of the peer is taken."""
    assert getattr(options(line), name) == value


def test_environment() -> None:
    """Secrets come from the environment."""
    said = options(
        CONFIGPROXY_AUTH_TOKEN="t",
        CONFIGPROXY_SSL_KEY_PASSPHRASE="1",
        CONFIGPROXY_API_SSL_KEY_PASSPHRASE="2",
        CONFIGPROXY_CLIENT_SSL_KEY_PASSPHRASE="3",
    )
    found = [one.passphrase for one in (said.ssl, said.api_ssl, said.client_ssl)]
    assert (said.token, found) == ("t", ["1", "2", "3"])


@pytest.mark.parametrize(
    ("line", "believed"),
    [
        ("", ["127.0.0.1", "10.1.2.3", "::ffff:192.168.0.1", "fd00::1", ""]),
        ("--trusted-proxies all", ["127.0.0.1", "8.8.8.8", "2001:db8::1", ""]),
        ("--trusted-proxies none", []),
        ("--trusted-proxies 8.8.8.8,9.0.0.0/8", ["8.8.8.8", "9.1.1.1"]),
    ],
)
def test_who_is_believed(line: str, believed: list[str]) -> None:
    """``--trusted-proxies`` says whose word about the client counts."""
    trust = options(line).trust
    everybody = {"127.0.0.1", "8.8.8.8", "7.7.7.7", *believed}
    found = {host for host in everybody if trust.believes(Peer(host, 1, secure=False))}
    assert found - {"7.7.7.7"} == set(believed)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--bogus", "unrecognized"),
        ("--po 1", "unrecognized"),
        ("--port x", "not a port"),
        ("--port 65536", "not a port"),
        ("--port 65535", "behind the last"),
        ("--timeout soon", "milliseconds"),
        ("--log-level loud", "invalid choice"),
        ("--storage-backend redis", "memory"),
        ("--redirect-port 80", "--ssl-key"),
        ("--ssl-key k", "need each other"),
        ("--api-ssl-cert c", "need each other"),
        ("--custom-header nonsense", "name:value"),
        ("--custom-header a\x00:b", "name:value"),
        ("--custom-header a:é", "cannot be sent"),
        ("--custom-header Transfer-Encoding:chunked", "proxy's own"),
        ("--trusted-proxies nonsense", "--trusted-proxies"),
        ("--protocol-rewrite gopher", "invalid choice"),
    ],
)
def test_refusals(line: str, words: str) -> None:
    """What cannot be followed is refused in one sentence."""
    with pytest.raises(Refusal, match=words):
        options(line)


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    """Both are said, and nothing is started."""
    for flag in ("--help", "-V", "--version"):
        with pytest.raises(SystemExit) as ended:
            options(flag)
        assert ended.value.code == 0
        assert capsys.readouterr().out.strip()
