"""Which names are served, and whose word about a client is taken."""

import pytest

from aen.proxy.head import Peer, RequestHead
from aen.proxy.trust import Trust
from tests.proxy.harness import TO_ONE, Harness

OURS = Trust.of(["https://aen.example.org", "Gate.example.org:8089", "192.0.2.7"])
BEHIND = Trust.of(None, ["10.0.0.0/8", "192.0.2.1", "2001:db8::/32", "unix"])


def head(*headers: tuple[bytes, bytes], version: str = "1.1") -> RequestHead:
    """Return a request with these headers."""
    return RequestHead(b"GET", b"/", version, headers)


@pytest.mark.parametrize(
    ("host", "served"),
    [
        (b"aen.example.org", True),
        (b"AEN.Example.Org", True),
        (b"aen.example.org.", True),
        (b"aen.example.org:443", True),
        (b"gate.example.org", True),
        (b"192.0.2.7:8089", True),
        (b"localhost:8089", True),
        (b"127.0.0.1", True),
        (b"[::1]:80", True),
        (b"198.51.100.1", True),
        (b"198.51.100.2", False),
        (b"example.org", False),
        (b"aen.example.org.evil.com", False),
        (b"xaen.example.org", False),
        (b"[::2]", False),
    ],
)
def test_names_served(host: bytes, *, served: bool) -> None:
    """Those named, this machine's loopback, and the address connected to."""
    assert OURS.serves(head((b"Host", host)), "198.51.100.1") is served


def test_who_names_nobody_is_served() -> None:
    """HTTP/1.0 has no Host; without a list every name is served, and with ``*``."""
    assert OURS.serves(head(version="1.0"), "")
    assert Trust().serves(head((b"Host", b"any")), "")
    assert Trust.of(["*", "a"]).serves(head((b"Host", b"any")), "")
    assert OURS.serves(head((b"Host", b"[2001:db8::1]:80")), "2001:db8::1")
    assert Trust.of(["::2"]).serves(head((b"Host", b"[::2]:80")), "")


@pytest.mark.parametrize("name", ["a b", "", "a/b", "http://", "ä.org", "a@b"])
def test_settings_that_are_no_names(name: str) -> None:
    """They are refused before anything listens."""
    with pytest.raises(ValueError, match="is not the name of a host"):
        Trust.of([name])


def test_settings_that_are_no_addresses() -> None:
    """Names are not resolved: an address is what a peer has."""
    with pytest.raises(ValueError, match="nginx"):
        Trust.of(None, ["nginx"])


@pytest.mark.parametrize(
    ("host", "believed"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("2001:db8::9", True),
        ("192.0.2.1", True),
        ("", True),
        ("192.0.2.2", False),
        ("11.0.0.1", False),
        ("nonsense", False),
    ],
)
def test_who_is_believed(host: str, *, believed: bool) -> None:
    """Addresses, networks, whoever comes over a UNIX socket; nobody by default."""
    assert BEHIND.believes(Peer(host, 1, secure=False)) is believed
    assert not Trust().believes(Peer(host, 1, secure=False))


@pytest.mark.parametrize(
    ("told", "client"),
    [
        ([b"203.0.113.5"], "203.0.113.5"),
        ([b"1.2.3.4, 203.0.113.5"], "203.0.113.5"),
        ([b"1.2.3.4", b"203.0.113.5"], "203.0.113.5"),
        ([b"203.0.113.5, 10.0.0.9"], "203.0.113.5"),
        ([b"6.6.6.6, 203.0.113.5, 10.0.0.9,10.1.1.1"], "203.0.113.5"),
        ([b"10.0.0.8, 10.0.0.9"], "10.0.0.8"),
        ([b"<script>, 10.0.0.9"], "10.0.0.9"),
        ([b"2001:db9::1"], "2001:db9::1"),
        ([b"[2001:db9::1]"], "2001:db9::1"),
        ([b"unknown"], "10.0.0.1"),
        ([b"203.0.113.5, "], "10.0.0.1"),
        ([], "10.0.0.1"),
    ],
)
def test_the_client_behind_proxies(told: list[bytes], client: str) -> None:
    """The last address that is none of our proxies'."""
    fields = [(b"X-Forwarded-For", value) for value in told]
    _, peer = BEHIND.behind(head(*fields), Peer("10.0.0.1", 9, secure=False))
    # The port is the proxy's: nobody tells that of the client.
    assert (peer.host, peer.port) == (client, 9 if client == "10.0.0.1" else 0)


@pytest.mark.parametrize(
    ("told", "secure"),
    [(b"https", True), (b"HTTP", False), (b"http, https", True), (b"ftp", False)],
)
def test_the_scheme_behind_proxies(told: bytes, *, secure: bool) -> None:
    """What the nearest proxy says."""
    asked = head((b"X-Forwarded-Proto", told))
    assert BEHIND.behind(asked, Peer("", 0, secure=False))[1].secure is secure


def test_the_host_behind_proxies() -> None:
    """It takes the place of Host; a malformed one is no host."""
    said = head((b"a", b"b"), (b"host", b"inner"), (b"X-Forwarded-Host", b"outer:1"))
    peer = Peer("", 0, secure=False)
    assert BEHIND.behind(said, peer)[0].headers == (
        (b"Host", b"outer:1"),
        (b"a", b"b"),
        (b"X-Forwarded-Host", b"outer:1"),
    )
    bad = head((b"host", b"inner"), (b"X-Forwarded-Host", b"<x>"))
    assert BEHIND.behind(bad, peer)[0] == bad


def test_a_foreign_host_is_refused() -> None:
    """With 421, before a router is asked, and never repeated; the connection ends."""
    harness = Harness(TO_ONE, trust=Trust.of(["aen.example.org"]))
    client = harness.client()
    client.send(b"GET / HTTP/1.1\r\nHost: evil.example.com\r\n\r\n" * 2)
    said = client.take()
    assert said.startswith(b"HTTP/1.1 421 Misdirected Request\r\n")
    assert said.count(b"HTTP/1.1") == 1
    assert b"evil" not in said
    assert harness.router.asked == []
    client = harness.client()
    client.send(b"GET http://evil.com/ HTTP/1.0\r\n\r\n")
    assert client.take().startswith(b"HTTP/1.1 421 ")
    client = harness.client()
    client.send(b"GET / HTTP/1.1\r\nHost: aen.example.org\r\n\r\n")
    assert len(harness.router.asked) == 1


def test_what_a_believed_proxy_says_is_passed_on() -> None:
    """And what anybody else says is not."""
    request = (
        b"GET / HTTP/1.1\r\nHost: inner\r\nX-Forwarded-For: 6.6.6.6, 203.0.113.5\r\n"
        b"X-Forwarded-Proto: https\r\nX-Forwarded-Host: outer\r\n\r\n"
    )
    for trust, lines in [
        (
            Trust.of(["outer"], ["192.168.1.1"]),
            (b"Host: outer", b"X-Forwarded-For: 203.0.113.5", b"Proto: https"),
        ),
        (Trust(), (b"Host: inner", b"X-Forwarded-For: 192.168.1.1", b"Proto: http")),
    ]:
        harness = Harness(TO_ONE, trust=trust)
        harness.client().send(request)
        sent = harness.upstream().take()
        assert sent.count(b"X-Forwarded-") == 3
        assert b"6.6.6.6" not in sent
        for line in lines:
            assert line + b"\r\n" in sent


def test_clients_that_share_a_connection_of_a_proxy() -> None:
    """Each request is its own client's, also where connections remember heads."""
    harness = Harness(TO_ONE, trust=Trust.of(None, ["192.168.1.1"]))
    client = harness.client()
    upstream = None
    for address in (b"203.0.113.5", b"203.0.113.5", b"203.0.113.6", b"203.0.113.5"):
        client.send(
            b"GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: %s\r\n"
            b"X-Forwarded-Host: of-%s\r\n\r\n" % (address, address[-1:])
        )
        upstream = upstream or harness.upstream()
        sent = upstream.take()
        assert b"X-Forwarded-For: %s\r\n" % address in sent
        assert b"Host: of-%s\r\n" % address[-1:] in sent
        upstream.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    assert upstream is not None
    assert b"X-Forwarded-For: 192.168.1.1\r\n" in upstream.take()
