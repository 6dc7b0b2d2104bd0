"""Addresses of a MongoDB."""

from pathlib import Path

import pytest

from aen.model.errors import Invalid
from aen.server.store.keys import KeyFiles, keep_keys
from aen.server.store.mongo_url import MongoUrl, parse_mongo_url, tls_for


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("mongodb://db/", MongoUrl(("db",))),
        ("mongodb://db:1/aen", MongoUrl(("db",), "aen")),
        ("mongodb://a,b:2/?replicaSet=x", MongoUrl(("a", "b"))),
        ("mongodb://ada:pw%40@db", MongoUrl(("db",), None, "ada", "pw@")),
        ("mongodb://db/?tls=true", MongoUrl(("db",), tls=True)),
        ("mongodb://db/?ssl=true", MongoUrl(("db",), tls=True)),
        ("mongodb://db/?tls=false", MongoUrl(("db",))),
        (
            "mongodb://db/?tls=true&tlsCAFile=%2Fetc%2Fca.pem",
            MongoUrl(("db",), tls=True, authority="/etc/ca.pem"),
        ),
    ],
)
def test_parse(url: str, expected: MongoUrl) -> None:
    """Hosts, database, credentials and TLS are read from the address."""
    assert parse_mongo_url(url) == expected


@pytest.mark.parametrize("url", ["", "http://db", "mongodb://", "mongodb://a:b:c@d/"])
def test_refused(url: str) -> None:
    """What is no address is refused in words that name the setting."""
    with pytest.raises(Invalid, match="MONGO_URL"):
        parse_mongo_url(url)


def test_password_is_not_shown() -> None:
    """No log or traceback shows the password."""
    assert "secret" not in repr(parse_mongo_url("mongodb://ada:secret@db"))


def test_tls(tmp_path: Path) -> None:
    """TLS is used when asked for, with the authority named."""
    keep_keys(KeyFiles(tmp_path), 1_800_000_000)
    authority = str(tmp_path / "authority.pem")
    assert tls_for(MongoUrl(("db",))) is None
    assert tls_for(MongoUrl(("db",), tls=True)) is not None
    assert tls_for(MongoUrl(("db",), tls=True, authority=authority)) is not None
    with pytest.raises(Invalid, match="not a certificate"):
        tls_for(MongoUrl(("db",), tls=True, authority=str(tmp_path / "missing")))
