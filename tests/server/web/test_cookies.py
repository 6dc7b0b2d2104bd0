"""Cookies say as little as they can, to nobody else."""

from twisted.web.test.requesthelper import DummyRequest

from aen.server.web.cookies import Cookies, read


def test_two_installations() -> None:
    """Two servers on one host do not sign each other out."""
    one, two = Cookies.of("http://127.0.0.1:8080"), Cookies.of("http://127.0.0.1:9080")
    assert one.session != two.session


def test_https() -> None:
    """Over TLS the name itself keeps sibling domains from planting the cookie."""
    names = Cookies.of("https://aen.example")
    request = DummyRequest([b""])
    names.put(request, names.session, "secret", days=1)  # type: ignore[arg-type]
    (line,) = request.responseHeaders.getRawHeaders("set-cookie") or ()
    assert line.startswith("__Host-aen-session-")
    assert line.endswith(
        "=secret; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=86400"
    )


def test_planted() -> None:
    """Of two cookies with one name neither is believed."""
    request = DummyRequest([b""])
    request.requestHeaders.setRawHeaders("cookie", ["a=1; b=2; a=3"])
    assert read(request, "a") is None  # type: ignore[arg-type]
    assert read(request, "b") == "2"  # type: ignore[arg-type]
    assert read(request, "c") is None  # type: ignore[arg-type]
