"""Certificates by name, and read anew."""

import ssl
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from twisted.internet.task import Clock
from twisted.logger import capturedLogs, formatEvent

from aen.model.errors import Invalid
from aen.runtime.certificates import (
    Certificates,
    HostCertificate,
    TlsSettings,
    check_certificates,
)
from aen.runtime.structure import structure
from tests.pem import BEGIN, Pair, anybody, make_pair


def settings_for(pair: Pair, **more: Any) -> TlsSettings:
    """Return settings with one certificate."""
    return TlsSettings(str(pair.certificate), str(pair.key), **more)


def shown(certificates: Certificates, name: str | None) -> str:
    """Return the host for which a certificate is shown to who asks for *name*."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = anybody().wrap_bio(to_client, to_server, server_hostname=name)
    server = certificates.context().wrap_bio(to_server, to_client, server_side=True)
    for _ in range(3):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    binary = client.getpeercert(True)
    assert binary is not None
    for word in (b"localhost", b"one.example", b"wild.example"):
        if word in binary:
            return word.decode()
    return "?"


def test_by_host(tmp_path: Path) -> None:
    """The name a client asks for decides; a star stands for one label."""
    default, one, wild = (
        make_pair(tmp_path, host)
        for host in ("localhost", "one.example", "wild.example")
    )
    others = (
        HostCertificate(("One.Example",), str(one.certificate), str(one.key)),
        HostCertificate(("*.apps.example",), str(wild.certificate), str(wild.key)),
    )
    certificates = Certificates(settings_for(default, others=others), Clock())
    for name, host in (
        ("one.example", "one.example"),
        ("ONE.example", "one.example"),
        ("a.apps.example", "wild.example"),
        ("a.b.apps.example", "localhost"),
        ("apps.example", "localhost"),
        ("elsewhere.example", "localhost"),
        (None, "localhost"),
    ):
        assert shown(certificates, name) == host


def test_read_anew(tmp_path: Path) -> None:
    """Within `look_seconds`, without a restart; what is there now is shown."""
    pair, other = make_pair(tmp_path), make_pair(tmp_path, "one.example")
    clock = Clock()
    certificates = Certificates(settings_for(pair, look_seconds=5.0), clock)
    certificates.startService()
    before = certificates.context()
    clock.advance(5.0)
    assert certificates.context() is before
    other.certificate.replace(pair.certificate)
    clock.advance(5.0)
    assert certificates.context() is before  # the key does not fit yet
    other.key.replace(pair.key)
    clock.advance(5.0)
    assert shown(certificates, "localhost") == "one.example"
    certificates.stopService()
    assert clock.getDelayedCalls() == []


def test_a_broken_pair_changes_nothing(tmp_path: Path) -> None:
    """The one before goes on."""
    pair = make_pair(tmp_path)
    certificates = Certificates(settings_for(pair), Clock())
    before = certificates.context()
    pair.certificate.write_text("garbage")
    certificates.reload()
    pair.key.unlink()
    certificates.reload()
    assert certificates.context() is before


@pytest.mark.parametrize(("days", "warned"), [(15.0, False), (13.5, True)])
def test_an_end_is_announced(tmp_path: Path, days: float, *, warned: bool) -> None:
    """Two weeks ahead, at the start, while somebody can still do something."""
    pair, clock = make_pair(tmp_path, days=100), Clock()
    clock.advance(BEGIN.timestamp() + (100 - days) * 86_400)
    certificates = Certificates(settings_for(pair), clock)
    with capturedLogs() as said:
        certificates.startService()
    certificates.stopService()
    assert [formatEvent(event) for event in said] == (
        [f"{pair.certificate} ends in 13 days"] if warned else []
    )


def test_what_cannot_be_used_is_explained(tmp_path: Path) -> None:
    """Each in a sentence that names the file."""
    pair, other = make_pair(tmp_path), make_pair(tmp_path, "other")
    good = settings_for(pair)
    check_certificates(good)
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"key": str(other.key)}, "key values mismatch"),
        ({"key": str(tmp_path / "none")}, "none: cannot be read"),
        ({"certificate": str(tmp_path / "none")}, "none: cannot be read"),
        ({"certificate": str(pair.key)}, "cannot be used"),
        ({"ciphers": "nonsense"}, "nonsense"),
    )
    for changes, said in wrong:
        with pytest.raises(Invalid, match=said):
            check_certificates(evolve(good, **changes))
    pair.key.chmod(0o644)
    with pytest.raises(Invalid, match="everybody may read it"):
        check_certificates(good)
    pair.key.chmod(0o640)
    check_certificates(good)


def test_modern_only(tmp_path: Path) -> None:
    """TLS 1.2 with forward secrecy and above; 1.3 alone if that is wished."""
    pair = make_pair(tmp_path)
    context = Certificates(settings_for(pair), Clock()).context()
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    names = [one["name"] for one in context.get_ciphers()]
    assert all(name.startswith(("ECDHE-", "TLS_")) for name in names)
    assert not any("CBC" in name or "SHA1" in name for name in names)
    strict = Certificates(settings_for(pair, tls12=False), Clock()).context()
    assert strict.minimum_version is ssl.TLSVersion.TLSv1_3


def test_as_settings() -> None:
    """As an operator writes it."""
    given = {
        "certificate": "/a.pem",
        "key": "/a.key",
        "others": [{"hosts": ["b"], "certificate": "/b.pem", "key": "/b.key"}],
        "redirect": ["tcp:80"],
        "hsts_seconds": 60,
    }
    found = structure(given, TlsSettings)
    assert list(found.pairs()) == [("/a.pem", "/a.key"), ("/b.pem", "/b.key")]
    with pytest.raises(Invalid, match="did you mean"):
        structure({**given, "redirects": []}, TlsSettings)
