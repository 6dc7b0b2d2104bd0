"""Settings that only root can change."""

import json
import os
from pathlib import Path

import pytest

from aen.compute.disk.walk import Refused
from aen.compute.helper.settings import load, parse

LEAST = {"service_account": "wakari", "project_root": "/projects"}


def test_what_is_not_said_gives_least() -> None:
    """Nobody's account is made unless that is written down, by either name."""
    assert parse(LEAST).runtime == "/run/aen"
    assert not parse(LEAST).manage_accounts
    assert parse({**LEAST, "manage_accounts": True}).manage_accounts
    assert parse({**LEAST, "MANAGE_ACCOUNTS": True}).manage_accounts


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"service_account": ""}, "“service_account” is not set"),
        ({"project_root": "projects"}, "“project_root” must be an absolute path"),
        ({"runtime": "/" + "r" * 60}, "“runtime” has more than"),
        ({"manage_accounts": "yes"}, "“manage_accounts” must be of type bool"),
        ({"least_uid": True}, "“least_uid” must be of type int"),
        ({"least_uid": 0}, "“least_uid” must be a number above 0"),
        ({"group_access": "maybe"}, "“group_access” must be one of"),
        ({"MANAGE_ACCOUNTS": False, "manage_accounts": True}, "unknown key “MANAGE"),
        ({"roots": 1}, "unknown key “roots”"),
    ],
)
def test_what_is_wrong_is_named(changes: dict[str, object], sentence: str) -> None:
    """An operator reads the key and what to write."""
    with pytest.raises(Refused, match=sentence):
        parse({**LEAST, **changes})
    with pytest.raises(Refused, match="must hold an object"):
        parse([])


@pytest.mark.root
@pytest.mark.skipif(os.geteuid() != 0, reason="only root's files are trusted")
def test_a_file(tmp_path: Path) -> None:
    """The sentence begins with the file's name."""
    path = tmp_path / "helper.json"
    path.write_text(json.dumps(LEAST))
    assert load(str(path)).service_account == "wakari"
    for text in ("{", "[" * 100_000, '{"service_account": 1}'):
        path.write_text(text)
        with pytest.raises(Refused, match=str(path)):
            load(str(path))
