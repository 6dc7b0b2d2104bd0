"""A pass is read by the gateway that made it, and by no other."""

import pytest

from aen.gateway.passes import (
    CookieNames,
    Pass,
    Passes,
    cookie_names,
    credential_key,
    hash_token,
)
from aen.wire.messages import Credential
from aen.wire.tickets import SigningKey
from tests.gateway.fakes import KEY

MADE = Pass("s1", "ada", 1000.0)


def test_a_pass_comes_back() -> None:
    """What was issued is read, also by another process with the same key."""
    text = Passes.of(KEY).issue(MADE)
    again = Passes.of(SigningKey.from_text(KEY.text))
    assert again.read(text, 999.0) == MADE
    assert again.read(text, 999.0) == MADE
    assert again.read(text, 1000.0) is None


@pytest.mark.parametrize("text", ["", "a.b", "é", "x" * 4000])
def test_nonsense_is_no_pass(text: str) -> None:
    """A cookie that is not ours is nobody's."""
    assert Passes.of(KEY).read(text, 0.0) is None


def test_a_foreign_pass_is_none() -> None:
    """A pass of another gateway is none here."""
    text = Passes.of(SigningKey(b"x" * 32)).issue(MADE)
    assert Passes.of(KEY).read(text, 0.0) is None


def test_cookies_are_kept_from_scripts_and_siblings() -> None:
    """HttpOnly always; Secure and the `__Host-` name where there is TLS."""
    plain, secure = CookieNames("ab", secure=False), CookieNames("ab", secure=True)
    assert plain.set(plain.browser_pass, "v", 60.5) == (
        b"aen-pass-ab=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"
    )
    assert secure.set(secure.signin, "v", 1).startswith(b"__Host-aen-signin-ab=v; ")
    assert secure.set(secure.signin, "v", 1).endswith(b"; Secure")


def test_two_gateways_on_a_host_have_their_own_cookies() -> None:
    """The names differ, for browsers ignore the port."""
    one = cookie_names(KEY, "http://h:1")
    other = cookie_names(SigningKey(b"x" * 32), "http://h:2")
    assert one.browser_pass != other.browser_pass


def test_credentials_are_told_apart() -> None:
    """A token that looks like a session's id is not that session."""
    keys = {
        credential_key(Credential(session="x")),
        credential_key(Credential(token_hash="x")),
        credential_key(Credential()),
    }
    assert len(keys) == 3
    assert len(hash_token(b"aen_x")) == 64
