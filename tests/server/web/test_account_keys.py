"""SSH public keys."""

import re

from tests.server.web.browser import Browser
from tests.ssh_keys import ed25519_line

PAGE = "/account/ssh-keys"


def test_keys(bob: Browser) -> None:
    """One is added, shown with its fingerprint, and removed."""
    fields = {"key": f"{ed25519_line(1)} bob@home\r\n", "title": "<Laptop>"}
    assert bob.post(PAGE, fields).location == f"{PAGE}?done=key"
    page = bob.get(PAGE)
    assert "&lt;Laptop&gt;" in page.text
    assert "SHA256:" in page.words
    again = bob.post(PAGE, fields)
    assert again.status == 409
    assert "You have this key already." in again.words
    (path,) = re.findall(r'action="(/account/ssh-keys/[^"]+/remove)"', page.text)
    assert bob.post(path).location == f"{PAGE}?done=key-gone"
    assert "Laptop" not in bob.get(PAGE).words


def test_what_is_no_key(bob: Browser) -> None:
    """What was pasted stays, unless it must not be anywhere."""
    answered = bob.post(PAGE, {"key": "ssh-dss AAAA"})
    assert answered.status == 400
    assert ">ssh-dss AAAA</textarea>" in answered.text
    assert 'id="field-key-wrong"' in answered.text
    private = "-----BEGIN OPENSSH PRIVATE KEY-----\nsecret"
    answered = bob.post(PAGE, {"key": private})
    assert answered.status == 400
    assert "secret" not in answered.text


def test_key_of_another(bob: Browser, ada: Browser) -> None:
    """Nobody removes keys of others."""
    ada.post(PAGE, {"key": ed25519_line(1)})
    (path,) = re.findall(r'action="([^"]+/remove)"', ada.get(PAGE).text)
    assert bob.post(path).status == 404
