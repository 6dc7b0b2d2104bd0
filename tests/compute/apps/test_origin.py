"""Whose page may open a terminal."""

import pytest

from aen.compute.apps.origin import is_own_origin


@pytest.mark.parametrize(
    ("origin", "hosts", "own"),
    [
        (None, ["aen.example"], True),
        ("https://aen.example", ["aen.example"], True),
        ("https://AEN.example", ["aen.EXAMPLE"], True),
        ("http://aen.example:8089", ["aen.example:8089"], True),
        ("https://aen.example", ["node:5002", "aen.example"], True),
        ("http://[::1]:8089", ["[::1]:8089"], True),
        ("http://[::1]", ["[::1]"], True),
        ("https://evil.example", ["aen.example"], False),
        ("https://aen.example.evil", ["aen.example"], False),
        ("https://aen.example:444", ["aen.example"], False),
        ("https://user@aen.example", ["aen.example"], False),
        ("null", ["aen.example"], False),
        ("", [""], False),
        ("file://", [""], False),
        ("https://", [""], False),
        ("https://[", ["["], False),
        ("https://aen.example", [], False),
    ],
)
def test_own_origin(origin: str | None, hosts: list[str], own: bool) -> None:  # noqa: FBT001
    """Only a page of the site itself, or a program that is no browser."""
    assert is_own_origin(origin, hosts) is own
