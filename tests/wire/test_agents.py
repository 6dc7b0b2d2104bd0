"""Verified TLS between roles; a private CA is one setting."""

from pathlib import Path
from typing import Any

import pytest
from twisted.internet import reactor as _reactor  # noqa: TID251 -- a test owns it

from aen.model.errors import Invalid
from aen.wire.agents import endpoint_of, make_agent, trust_root

reactor: Any = _reactor


def test_a_ca_file_is_read_or_explained(tmp_path: Path) -> None:
    """A missing file, and one that holds no certificate, are named."""
    for name, content in [
        ("empty.pem", ""),
        ("bad.pem", "-----BEGIN CERTIFICATE-----x"),
    ]:
        path = tmp_path / name
        path.write_text(content, encoding="ascii")
        with pytest.raises(Invalid, match=name):
            trust_root(str(path))
    with pytest.raises(Invalid, match="none"):
        make_agent(reactor, str(tmp_path / "none"))


@pytest.mark.parametrize(
    ("base", "shown"),
    [
        ("http://aen", "aen:80"),
        ("http://aen:8080", "aen:8080"),
        ("https://aen", "aen:443"),
    ],
)
def test_an_address_becomes_an_endpoint(base: str, shown: str) -> None:
    """The scheme decides the port where none is given, and whether there is TLS."""
    endpoint: Any = endpoint_of(reactor, base, None)
    plain = getattr(endpoint, "_wrappedEndpoint", endpoint)
    host, _, port = shown.partition(":")
    assert (plain._hostText, plain._port) == (host, int(port))
    assert (plain is not endpoint) == base.startswith("https")
