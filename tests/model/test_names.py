"""Names are safe in addresses, on disk and as OS accounts, or they are refused."""

from collections.abc import Callable

import pytest

from aen.model.errors import Invalid
from aen.model.names import (
    ProjectPath,
    parse_app_name,
    parse_environment_name,
    parse_place_name,
    parse_project_name,
    parse_project_path,
    parse_user_name,
    parse_whole_path,
)

NOWHERE = ["", " ", ".", "..", "a/b", "a b", "-a", "a\n", "a\x00", "x" * 300]
LOOKALIKES = ["\u0430da", "\uff41da", "ada\u200b", "ñandu", "ada\u202e"]


@pytest.mark.parametrize("text", ["ada", "a", "ada_l-2", "x" * 32])
def test_a_user_name(text: str) -> None:
    """Lower-case letters, digits, hyphens and underscores make a user name."""
    assert parse_user_name(text) == text


@pytest.mark.parametrize(
    "text", [*NOWHERE, *LOOKALIKES, "Ada", "1ada", "x" * 33, "login", "root", "api"]
)
def test_no_user_name(text: str) -> None:
    """Anything else, and what would collide with an address of ours, is refused."""
    with pytest.raises(Invalid) as caught:
        parse_user_name(text)
    assert caught.value.fields["name"] == caught.value.message


@pytest.mark.parametrize("text", ["lab", "Lab.2", "2024-data", "a", "x" * 100])
def test_a_project_name(text: str) -> None:
    """Letters, digits, dots, hyphens and underscores make a project name."""
    assert parse_project_name(text) == text


@pytest.mark.parametrize(
    "text", [*NOWHERE, *LOOKALIKES, "x" * 101, ".hidden", "settings", "New", "lab/../x"]
)
def test_no_project_name(text: str) -> None:
    """Hidden, reserved, long and look-alike names are refused."""
    with pytest.raises(Invalid):
        parse_project_name(text)


@pytest.mark.parametrize(
    ("parse", "right", "wrong"),
    [
        (parse_app_name, "my-app_2", "public"),
        (parse_app_name, "dash", "Upper"),
        (parse_place_name, "East.1", "a b"),
        (parse_environment_name, "default", ".."),
    ],
)
def test_other_names(parse: Callable[[str], str], right: str, wrong: str) -> None:
    """Apps, places and environments have names too."""
    assert parse(right) == right
    with pytest.raises(Invalid):
        parse(wrong)


def test_a_path_of_a_project() -> None:
    """Two names make a path; its key ignores case; a reserved owner may own."""
    path = parse_project_path("wakari", "Lab")
    assert (str(path), path.key) == ("wakari/Lab", "wakari/lab")
    assert path < parse_project_path("wakari", "Zoo")
    assert isinstance(path, ProjectPath)
    for wrong in [("Ada", "lab"), ("", "lab"), ("ada", ""), ("..", "lab")]:
        with pytest.raises(Invalid):
            parse_project_path(*wrong)


def test_a_whole_path() -> None:
    """As people write it."""
    assert str(parse_whole_path(" ada/lab ")) == "ada/lab"
    for wrong in ("", "ada", "ada/", "/lab", "ada/lab/x"):
        with pytest.raises(Invalid):
            parse_whole_path(wrong)
