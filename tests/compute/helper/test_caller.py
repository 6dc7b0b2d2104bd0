"""Who may call."""

import pwd

import pytest

from aen.compute.disk.walk import Refused
from aen.compute.helper.caller import ROOT, Caller, by_root_itself, identify


def find(name: str) -> pwd.struct_passwd:
    """Return the entry of one of three accounts."""
    numbers = {"wakari": (500, 501), "root": (0, 0), "ada": (1000, 1000)}
    uid, gid = numbers[name]
    return pwd.struct_passwd((name, "x", uid, gid, "", "/", "/bin/sh"))


@pytest.mark.parametrize(
    ("environ", "service", "expected"),
    [
        ({}, "wakari", ROOT),
        ({"SUDO_USER": "ada"}, "wakari", ROOT),  # no more than a word
        ({"SUDO_UID": "500"}, "wakari", Caller(500, 501, "wakari")),
        ({"SUDO_UID": "500", "SUDO_GID": "0"}, "wakari", Caller(500, 501, "wakari")),
    ],
)
def test_who_may(environ: dict[str, str], service: str, expected: Caller) -> None:
    """Root itself, and the service account through sudo with its own group."""
    assert identify(environ, 0, service, find) == expected


@pytest.mark.parametrize(
    ("environ", "euid", "service"),
    [
        ({}, 500, "wakari"),
        ({}, 1000, "wakari"),
        ({"SUDO_UID": "1000"}, 0, "wakari"),
        ({"SUDO_UID": "0"}, 0, "wakari"),
        ({"SUDO_UID": "0"}, 0, "root"),
        ({"SUDO_UID": ""}, 0, "wakari"),
        ({"SUDO_UID": "500 "}, 0, "wakari"),
        ({"SUDO_UID": "+500"}, 0, "wakari"),
        ({"SUDO_UID": "500"}, 500, "wakari"),
        ({"SUDO_UID": "500"}, 0, "gone"),
    ],
)
def test_who_may_not(environ: dict[str, str], euid: int, service: str) -> None:
    """Everybody else hears one sentence, whatever is the matter."""
    with pytest.raises(Refused, match="not for you to run"):
        identify(environ, euid, service, find)


def test_only_root_itself_names_settings() -> None:
    """Neither somebody through sudo nor an account of its own."""
    assert by_root_itself({}, 0)
    assert not by_root_itself({"SUDO_UID": "0"}, 0)
    assert not by_root_itself({}, 1000)
