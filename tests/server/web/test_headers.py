"""What browsers are told about every answer."""

import pytest

from aen.server.web.headers import POLICY, attachment, policy, secure
from tests.server.web.bare import bare_request


def test_policy() -> None:
    """Nothing inline, nothing from elsewhere, no frames."""
    assert "unsafe" not in POLICY
    assert "default-src 'none'" in POLICY
    assert "frame-ancestors 'none'" in POLICY
    assert "form-action 'self'" in POLICY


def test_pictures_from_elsewhere() -> None:
    """Only images, and only from where the operator says."""
    assert policy() == POLICY
    elsewhere = policy("https://pictures.example")
    assert "img-src 'self' https://pictures.example data:;" in elsewhere
    assert elsewhere.count("pictures.example") == 1


@pytest.mark.parametrize("https", [True, False])
def test_https(*, https: bool) -> None:
    """Over TLS browsers are told to stay with it; over plain HTTP not."""
    request = bare_request()
    secure(request, https=https)
    headers = request.responseHeaders
    assert headers.hasHeader("strict-transport-security") is https
    assert headers.getRawHeaders("content-security-policy") == [POLICY]


def test_names_of_files() -> None:
    """Nothing in a name can become another header."""
    assert attachment("environment.yml") == b'attachment; filename="environment.yml"'
    assert attachment('a"\r\nX: ü') == b'attachment; filename="a___X___"'
    assert attachment("") == b'attachment; filename="file"'
