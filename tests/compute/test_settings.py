"""What a node's settings say."""

from pathlib import Path

import pytest

from aen.compute.environments.settings import CloneBy, Provider
from aen.compute.settings import ComputeSettings
from aen.model.errors import Invalid
from aen.runtime.structure import structure


def test_places_are_below_the_prefix() -> None:
    """The contract's paths follow from one key."""
    settings = ComputeSettings("n1", "key", prefix="/p", projectRoot="/projects")
    assert settings.runtime == Path("/p/var/run/launches")
    assert settings.manifests == Path("/p/etc/wakari/apps")
    assert settings.logs == Path("/p/var/log/wakari")
    assert settings.api_socket == Path("/p/var/run/wakari-compute.sock")
    assert settings.project_root == Path("/projects")


def test_environments_can_be_copied() -> None:
    """An operator who wants nothing shared between projects says so in a word."""
    given = {"name": "n1", "gateway_key": "k", "clone_by": "copy"}
    assert structure(given, ComputeSettings).clone_by is CloneBy.COPY
    with pytest.raises(Invalid, match="clone_by"):
        structure(given | {"clone_by": "move"}, ComputeSettings)


def test_environments_by_conda() -> None:
    """One word of the settings."""
    given = {"name": "n1", "gateway_key": "k", "environments": "conda"}
    assert structure(given, ComputeSettings).environments is Provider.CONDA


def test_a_wrong_key_is_explained() -> None:
    """The nearest known one is named."""
    given = {"name": "n1", "gateway_key": "k", "projectroot": "/p"}
    with pytest.raises(Invalid, match="did you mean “projectRoot”"):
        structure(given, ComputeSettings)
