"""How the environment of a checkout is made."""

from pathlib import Path

import pytest

from tools import checkout


def commands(names: set[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return how a Python that has the modules *names* would make environments."""
    monkeypatch.setattr(checkout, "has", names.__contains__)
    monkeypatch.setenv("PATH", "")
    return [command[2] for command in checkout.venv_commands(Path("x"))]


def test_no_attempt_without_ensurepip(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot succeed is not tried: its message would ask for root in vain."""
    assert commands({"ensurepip"}, monkeypatch) == ["venv"]
    assert commands({"virtualenv"}, monkeypatch) == ["virtualenv"]
    assert commands(set(), monkeypatch) == []


def test_pip_is_unpacked_only_for_want_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python that can make environments by itself gets no pip from elsewhere."""
    monkeypatch.setattr(checkout, "has", {"ensurepip"}.__contains__)
    assert not checkout.by_unpacked_pip(Path("x"))


def test_no_debian(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A system without apt is not asked for packages."""
    monkeypatch.setattr(checkout, "has", set[str]().__contains__)
    monkeypatch.setenv("PATH", "")
    assert not checkout.by_unpacked_pip(Path("x"))
    assert capsys.readouterr().err == ""


def test_pip_settings_for_uv() -> None:
    """What pip was told of indexes and certificates is told to uv."""
    listed = "global.cert='/etc/ssl/ca.pem'\nglobal.extra-index-url='a b'\n"
    told = checkout.as_uv(listed, {})
    assert told["SSL_CERT_FILE"] == "/etc/ssl/ca.pem"
    assert told["UV_EXTRA_INDEX_URL"] == "a b"
    assert "SSL_CERT_FILE" not in checkout.as_uv(listed, {"SSL_CERT_FILE": "mine"})
