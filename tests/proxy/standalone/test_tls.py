"""TLS at the doors and towards targets, with throw-away certificates."""

import ssl
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from OpenSSL import SSL
from twisted.web.server import Site

from aen.proxy.standalone import tls
from aen.proxy.standalone.options import Files, Versions
from aen.proxy.standalone.refusal import Refusal
from aen.runtime.tls import speak_tls
from tests.proxy.standalone.authority import Authority, Pair
from tests.proxy.standalone.desk import TOKEN, Anybody, Desk


@pytest.fixture
def ours(tmp_path: Path) -> Authority:
    """Return an authority that is trusted where a test says so."""
    return Authority(tmp_path, "ours")


def showing(pair: Pair) -> Anybody:
    """Return a client that shows a certificate."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.use_certificate_file(pair.cert)
    context.use_privatekey_file(pair.key)
    return Anybody(context)


def speaking(version: int) -> Anybody:
    """Return a client that knows one version of TLS."""
    context = SSL.Context(SSL.TLS_CLIENT_METHOD)
    context.set_min_proto_version(version)
    context.set_max_proto_version(version)
    return Anybody(context)


async def status(desk: Desk, where: Any, policy: Any, path: str = "/") -> int:
    """Return the status over TLS, 0 if the handshake fails."""
    desk.policy = policy
    try:
        token = f"token {TOKEN}"
        reply = await desk.ask(where, path, scheme="https", authorization=token)
    except Exception:  # noqa: BLE001 -- OpenSSL has many words for no
        return 0
    return reply.status


@pytest_twisted.ensureDeferred
async def test_the_door(desk: Desk, ours: Authority) -> None:
    """Clients speak TLS; the target hears of it."""
    pair = ours.pair("door", b"word")
    running = desk.start(
        *("--ssl-key", pair.key, "--ssl-cert", pair.cert),
        *("--default-target", desk.url),
        CONFIGPROXY_SSL_KEY_PASSPHRASE="word",
    )
    reply = await desk.ask(running.addresses[0], "/", scheme="https")
    assert reply.seen["x-forwarded-proto"] == ["https"]


@pytest_twisted.ensureDeferred
async def test_certificates_of_clients(desk: Desk, ours: Authority) -> None:
    """Only refused when told to; before that it does not matter what they have."""
    pair, friend = ours.pair("door"), showing(ours.pair("friend"))
    stranger = showing(Authority(desk.room, "others").pair("stranger"))
    files = ("--ssl-key", pair.key, "--ssl-cert", pair.cert, "--ssl-ca", ours.ca)
    asking = desk.start(*files, "--ssl-request-cert")
    for policy in (friend, stranger, Anybody()):
        assert await status(desk, asking.addresses[0], policy) == 404
    strict = desk.start(*files, "--ssl-request-cert", "--ssl-reject-unauthorized")
    assert await status(desk, strict.addresses[0], friend) == 404
    assert await status(desk, strict.addresses[0], stranger) == 0
    assert await status(desk, strict.addresses[0], Anybody()) == 0


@pytest_twisted.ensureDeferred
async def test_versions_and_ciphers(desk: Desk, ours: Authority) -> None:
    """One version only, some ciphers only."""
    pair = ours.pair("door")
    files = ("--ssl-key", pair.key, "--ssl-cert", pair.cert)
    newest = desk.start(*files, "--ssl-protocol", "TLSv1_3", "--ssl-allow-rc4")
    older, newer = speaking(SSL.TLS1_2_VERSION), speaking(SSL.TLS1_3_VERSION)
    assert await status(desk, newest.addresses[0], older) == 0
    assert await status(desk, newest.addresses[0], newer) == 404
    one = desk.start(
        *files, "--ssl-protocol=TLSv1_2", "--ssl-ciphers=ECDHE-ECDSA-AES256-GCM-SHA384"
    )
    assert await status(desk, one.addresses[0], older) == 404
    assert await status(desk, one.addresses[0], newer) == 0
    other = speaking(SSL.TLS1_2_VERSION)
    other.context.set_cipher_list(b"ECDHE-ECDSA-AES128-GCM-SHA256")
    assert await status(desk, one.addresses[0], other) == 0


@pytest_twisted.ensureDeferred
async def test_the_api(desk: Desk, ours: Authority) -> None:
    """The API has a door of its own, with certificates of its own."""
    pair, friend = ours.pair("api", b"word"), showing(ours.pair("hub"))
    running = desk.start(
        *("--api-ssl-key", pair.key, "--api-ssl-cert", pair.cert),
        *("--api-ssl-ca", ours.ca),
        *("--api-ssl-request-cert", "--api-ssl-reject-unauthorized"),
        CONFIGPROXY_API_SSL_KEY_PASSPHRASE="word",
    )
    where = running.addresses[1]
    assert await status(desk, where, friend, "/api/routes") == 200
    assert await status(desk, where, Anybody(), "/api/routes") == 0
    assert (await desk.get(running, "/")).status == 404


@pytest_twisted.ensureDeferred
async def test_targets(desk: Desk, ours: Authority) -> None:
    """They are verified, unless told not to; they may ask for a certificate of ours."""
    pair, own = ours.pair("target"), ours.pair("proxy", b"word")
    asking = Files(
        pair.key, pair.cert, ours.ca, request_cert=True, reject_unauthorized=True
    )
    context = tls.door(asking)
    assert context is not None
    port = desk.reactor.listenTCP(0, Site(desk.target), interface="127.0.0.1")
    speak_tls(port, lambda: context)
    url = f"https://127.0.0.1:{port.getHost().port}"
    show = ("--client-ssl-key", own.key, "--client-ssl-cert", own.cert)
    word = {"CONFIGPROXY_CLIENT_SSL_KEY_PASSPHRASE": "word"}
    for options, wanted in (
        ((*show, "--client-ssl-ca", ours.ca), 200),
        ((*show, "--insecure"), 200),
        (show, 503),
        (("--client-ssl-ca", ours.ca), 503),
        (("--insecure",), 503),
    ):
        running = desk.start("--default-target", url, *options, **word)
        assert (await desk.get(running, "/")).status == wanted, options
    pages = desk.start("--error-target", url, *show, "--client-ssl-ca", ours.ca, **word)
    assert (await desk.get(pages, "/x")).said["uri"] == "/404?url=%2Fx"
    await port.stopListening()


@pytest.mark.parametrize(
    ("host", "named"), [("a.example", b"a.example"), ("127.0.0.1", None), ("::1", None)]
)
def test_whom_the_handshake_names(host: str, named: bytes | None) -> None:
    """The target, also with ``--insecure``: it may have several names (RFC 6066, 3)."""
    made = tls.towards_targets(Files(), insecure=True)(host)
    assert made.clientConnectionForTLS(None).get_servername() == named


def test_dhparam(tmp_path: Path, ours: Authority) -> None:
    """Parameters are read; what holds none is refused."""
    pair = ours.pair("door")
    prime = FFDHE2048.to_bytes(257, "big")
    der = b"\x30\x82\x01\x08\x02\x82\x01\x01" + prime + b"\x02\x01\x02"
    path = tmp_path / "dh.pem"
    kind = "DH PARAMETERS"
    text = b64encode(der).decode()
    path.write_text(f"-----BEGIN {kind}-----\n{text}\n-----END {kind}-----\n")
    files = Files(pair.key, pair.cert)
    assert tls.door(files, Versions(dhparam=str(path))) is not None
    for bad, words in ((pair.key, "no parameters"), ("/does/not/exist", "No such")):
        with pytest.raises(Refusal, match=words):
            tls.door(files, Versions(dhparam=bad))


def test_a_door(ours: Authority) -> None:
    """There is none without files; no client can make one less safe."""
    pair = ours.pair("door")
    assert tls.door(Files()) is None
    asked = Files(pair.key, pair.cert, request_cert=True, reject_unauthorized=True)
    made = tls.door(asked)
    assert made is not None
    assert made.verify_mode is ssl.CERT_REQUIRED
    assert made.minimum_version is ssl.TLSVersion.TLSv1_2
    assert made.options & ssl.OP_NO_RENEGOTIATION
    assert made.options & ssl.OP_NO_COMPRESSION


def test_what_cannot_be_used(tmp_path: Path, ours: Authority) -> None:
    """Every file and setting that cannot be used is named."""
    pair, other, locked = ours.pair("a"), ours.pair("b"), ours.pair("c", b"word")
    empty = tmp_path / "empty.pem"
    empty.touch()
    none = str(empty)
    for files, versions, words in (
        (Files("/nowhere", pair.cert), None, "/nowhere: No such"),
        (Files(pair.key, "/nowhere"), None, "/nowhere: No such"),
        (Files(other.key, pair.cert), None, "belong together"),
        (Files(none, pair.cert), None, "no private key"),
        (Files(locked.key, locked.cert), None, "passphrase"),
        (Files(locked.key, locked.cert, passphrase="x"), None, "passphrase"),
        (
            Files(
                pair.key, pair.cert, none, request_cert=True, reject_unauthorized=True
            ),
            None,
            "no certificate",
        ),
        (Files(pair.key, pair.cert), Versions("SSLv3"), "no longer safe"),
        (Files(pair.key, pair.cert), Versions(ciphers="NONE!"), "OpenSSL has none"),
    ):
        with pytest.raises(Refusal, match=words):
            tls.door(files, versions)
    for files, words in (
        (Files(ca=none), "holds no certificate"),
        (Files(ca=pair.key), "holds no certificate"),
        (Files(ca="/nowhere"), "No such"),
        (Files(none, none), "no private key"),
        (Files(pair.key, none), "no certificate"),
    ):
        with pytest.raises(Refusal, match=words):
            tls.towards_targets(files, insecure=False)


# RFC 7919, appendix A.1.
FFDHE2048 = int(
    "FFFFFFFFFFFFFFFFADF85458A2BB4A9AAFDC5620273D3CF1D8B9C583CE2D3695"
    "A9E13641146433FBCC939DCE249B3EF97D2FE363630C75D8F681B202AEC4617A"
    "D3DF1ED5D5FD65612433F51F5F066ED0856365553DED1AF3B557135E7F57C935"
    "984F0C70E0E68B77E2A689DAF3EFE8721DF158A136ADE73530ACCA4F483A797A"
    "BC0AB182B324FB61D108A94BB2C8E3FBB96ADAB760D7F4681D4F42A3DE394DF4"
    "AE56EDE76372BB190B07A7C8EE0A6D709E02FCE1CDF7E2ECC03404CD28342F61"
    "9172FE9CE98583FF8E4F1232EEF28183C3FE3B1B4C6FAD733BB5FCBC2EC22005"
    "C58EF1837D1683B2C6F34A26C1B2EFFA886B423861285C97FFFFFFFFFFFFFFFF",
    16,
)
