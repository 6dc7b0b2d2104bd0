"""Which settings a restore goes by."""

import json
from pathlib import Path
from typing import Any

import pytest

from aen.model.errors import Invalid
from aen.server.backup.manifest import FORMAT, About, Manifest
from aen.server.backup.reading import Contents
from aen.server.backup.reconciling import Known
from aen.server.backup.target import target_settings

SHARED = "files/elsewhere/etc/wakari/config.json"
OWN = "files/server/etc/wakari/wk-server-config.json"
MANIFEST = Manifest(About(FORMAT, "", 1.0), 2.0, "", {}, ())


def contents(**files: Any) -> Contents:
    """Return a backup with settings files in it."""
    told = {"shared": SHARED, "own": OWN}
    made = {told[key]: json.dumps(value).encode() for key, value in files.items()}
    return Contents(sealed=False, manifest=MANIFEST, known=Known(), files=made)


def test_settings_of_this_machine_come_first(tmp_path: Path) -> None:
    """What was given, or stands where settings stand."""
    path = tmp_path / "s.json"
    path.write_text('{"public_url": "http://here"}')
    found = contents(own={"public_url": "http://there"})
    assert target_settings([str(path)], found).public_url == "http://here"


def test_else_those_of_the_backup() -> None:
    """With the server's own over the shared ones, as when the server reads them."""
    found = contents(
        shared={"public_url": "http://a", "projectRoot": "/p", "MANAGE_ACCOUNTS": True},
        own={"public_url": "http://b", "prefix": "/opt/aen"},
    )
    settings = target_settings([], found)
    assert (settings.public_url, settings.prefix) == ("http://b", "/opt/aen")


@pytest.mark.parametrize("own", [{}, {"public_url": "nonsense"}, {"odd": 1}, []])
def test_what_makes_no_settings(own: Any) -> None:
    """It says what to write."""
    with pytest.raises(Invalid, match=r"Write a wk-server-config\.json"):
        target_settings([], contents(own=own))
