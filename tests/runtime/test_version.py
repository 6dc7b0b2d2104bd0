"""Which AEN this is."""

from importlib import metadata

import pytest

from aen.runtime import version


def test_the_version_of_an_installed_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As its metadata has it."""
    monkeypatch.setattr(version, "version", {"aen": "1.2"}.__getitem__)
    assert version.own_version() == "1.2"


def test_a_checkout_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has none, and that is no error."""

    def absent(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(version, "version", absent)
    assert version.own_version() == ""
