"""Errors of our own, without secrets."""

import pytest

from aen.model.faults import Frame, fingerprint, harmless

HERE = (Frame("aen/a.py", 3, "f"), Frame("aen/b.py", 7, "g"))


def test_the_same_error() -> None:
    """Is told by where it was raised, not by the line."""
    moved = (Frame("aen/a.py", 4, "f"), HERE[1])
    assert fingerprint("KeyError", HERE) == fingerprint("KeyError", moved)
    assert fingerprint("ValueError", HERE) != fingerprint("KeyError", HERE)
    assert fingerprint("KeyError", HERE[:1]) != fingerprint("KeyError", HERE)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("no such key 'colour'", "no such key 'colour'"),
        ("GET /x?token=abc&b=c failed", "GET /x?… failed"),
        ("mongodb://aen:hush@db/x", "mongodb://…@db/x"),
        ("Bearer aB3dE6gH9jK2mN5pQ8sT1vW4yZ7", "Bearer …"),
        (
            "/opt/wakari/wakari-server/etc/wakari",
            "/opt/wakari/wakari-server/etc/wakari",
        ),
        ("x" * 10 + " " + "y" * 30, "x" * 10 + " …"),
    ],
)
def test_harmless(text: str, kept: str) -> None:
    """Words and paths stay; what could open something goes."""
    assert harmless(text) == kept


def test_bounded() -> None:
    """However long it was."""
    assert len(harmless("ab " * 9999)) == 500
