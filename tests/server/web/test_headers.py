"""What browsers are told about every answer."""

from twisted.web.test.requesthelper import DummyRequest

from aen.server.web.headers import POLICY, secure


def test_policy() -> None:
    """Nothing inline, nothing from elsewhere, no frames."""
    assert "unsafe" not in POLICY
    assert "default-src 'none'" in POLICY
    assert "frame-ancestors 'none'" in POLICY
    assert "form-action 'self'" in POLICY


def test_https() -> None:
    """Over TLS browsers are told to stay with it; over plain HTTP not."""
    for https in (True, False):
        request = DummyRequest([b""])
        secure(request, https=https)  # type: ignore[arg-type]
        headers = request.responseHeaders
        assert headers.hasHeader("strict-transport-security") is https
        assert headers.getRawHeaders("content-security-policy") == [POLICY]
