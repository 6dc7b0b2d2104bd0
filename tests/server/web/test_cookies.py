"""Cookies say as little as they can, to nobody else."""

from aen.server.web.cookies import Cookies, read
from tests.server.web.bare import bare_request


def test_two_installations() -> None:
    """Two servers on one host do not sign each other out."""
    one, two = Cookies.of("http://127.0.0.1:8080"), Cookies.of("http://127.0.0.1:9080")
    assert one.session != two.session


def test_https() -> None:
    """Over TLS the name itself keeps sibling domains from planting the cookie."""
    names = Cookies.of("https://aen.example")
    request = bare_request()
    names.put(request, names.session, "secret", days=1)
    (line,) = request.responseHeaders.getRawHeaders("set-cookie")
    assert line.startswith("__Host-aen-session-")
    assert line.endswith(
        "=secret; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=86400"
    )


def test_planted() -> None:
    """Of two cookies with one name neither is believed."""
    request = bare_request(cookie="a=1; b=2; a=3")
    assert read(request, "a") is None
    assert read(request, "b") == "2"
    assert read(request, "c") is None
