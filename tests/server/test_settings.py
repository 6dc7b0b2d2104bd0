"""The server's settings."""

import json
from pathlib import Path
from typing import Any

import pytest

from aen.model.errors import Invalid
from aen.runtime.settings import layers, read_settings
from aen.server.settings import ServerSettings, check_server


def test_one_key_is_enough(tmp_path: Path) -> None:
    """Everything else has a default below the prefix."""
    file = tmp_path / "s.json"
    file.write_text(json.dumps({"public_url": "http://aen", "prefix": "/p"}))
    found = read_settings(ServerSettings, layers(tmp_path / "none", [], [str(file)]))
    check_server(found)
    assert str(found.web_socket) == "/p/var/run/wakari-server.sock"
    assert str(found.store) == "/p/var/lib/wakari/store"
    assert str(found.secrets) == "/p/etc/wakari/keys"
    assert str(found.logs) == "/p/var/log/wakari"


def test_browsers_know_us_by_our_origin() -> None:
    """As they write it, whatever port the settings spell out."""
    secure = ServerSettings(public_url="https://aen.example:443")
    assert (secure.origin, secure.https) == ("https://aen.example", True)
    plain = ServerSettings(public_url="http://aen.example:8080")
    assert (plain.origin, plain.https) == ("http://aen.example:8080", False)


def test_pictures_come_from_here() -> None:
    """Unless a service is named: then from its origin."""
    assert not ServerSettings(public_url="http://aen").pictures_from
    service = "https://www.pictures.example/avatar"
    settings = ServerSettings(public_url="http://aen", picture_service=service)
    check_server(settings)
    assert settings.pictures_from == "https://www.pictures.example"


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"public_url": "aen"}, "public_url"),
        ({"hosts": ("a b",)}, "hosts"),
        ({"trusted": ("nginx",)}, "trusted"),
        ({"accounts": "ldap"}, "accounts"),
        ({"default_visibility": "secret"}, "default_visibility"),
        ({"picture_service": "pictures.example"}, "picture_service"),
        ({"picture_service": "https://a.example; script-src *"}, "picture_service"),
        ({"picture_service": "https://a.example/x;y"}, "picture_service"),
        ({"backup_at": "25:00"}, "backup_at"),
        ({"backup_keep": 0}, "backup_keep"),
        ({"backup_folder": "backups"}, "backup_folder"),
        ({"backup_also": ("/a", "b")}, "backup_also"),
    ],
)
def test_what_types_alone_cannot_tell(parts: dict[str, Any], words: str) -> None:
    """It is refused with the key."""
    with pytest.raises(Invalid, match=words):
        check_server(ServerSettings(**{"public_url": "http://aen", **parts}))


def test_secrets_are_not_shown() -> None:
    """Not in a log, not in a traceback."""
    secret = "mongodb://user:hidden@host"
    settings = ServerSettings(public_url="http://aen", MONGO_URL=secret)
    assert "hidden" not in repr(settings)


def test_the_service_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names another; a settings file has the last word."""
    monkeypatch.delenv("AEN_SRVC_ACCT", raising=False)
    assert ServerSettings(public_url="http://aen").service_account == "wakari"
    monkeypatch.setenv("AEN_SRVC_ACCT", "aen")
    assert ServerSettings(public_url="http://aen").service_account == "aen"
    settings = ServerSettings(public_url="http://aen", service_account="srv")
    assert settings.service_account == "srv"
