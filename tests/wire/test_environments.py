"""Messages about environments arrive as they left, and are values."""

from typing import Any

import attrs
import pytest

from aen.runtime.structure import structure, unstructure
from aen.wire import environments
from aen.wire.environments import (
    EnvironmentChange,
    EnvironmentFile,
    EnvironmentQuestion,
    FoundPackage,
    FoundPackages,
    PackageSearch,
)
from aen.wire.messages import ProjectOnDisk

LAB = ProjectOnDisk("p", "ada", "lab")


@pytest.mark.parametrize(
    "message",
    [
        EnvironmentChange(LAB, "ada", "install", "default", ("six",)),
        EnvironmentChange(LAB, "ada", "create", "new", source="default", file="six\n"),
        EnvironmentQuestion(LAB, "ada", "default"),
        EnvironmentFile("requirements.txt", "six==1.0\n"),
        PackageSearch(LAB, "ada", "default", "si"),
        FoundPackages((FoundPackage("six", ("1.1", "1.0"), "two and three"),)),
    ],
)
def test_a_message_comes_back(message: Any) -> None:
    """Writing and reading is the identity."""
    assert structure(unstructure(message), type(message)) == message


def test_every_message_is_a_value() -> None:
    """None can be changed once it is made."""
    for one in vars(environments).values():
        if isinstance(one, type) and one.__module__ == environments.__name__:
            assert attrs.has(one)
            assert one.__setattr__ is not object.__setattr__, one
