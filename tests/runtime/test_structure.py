"""JSON is read strictly, and what is wrong is said so that it can be mended."""

import enum
from typing import Any

import pytest
from attrs import field, frozen

from aen.model.errors import Invalid
from aen.runtime.structure import structure, unstructure


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@frozen
class Inner:
    size: float


@frozen
class Outer:
    name: str
    port: int = 1
    on: bool = False
    words: tuple[str, ...] = ()
    sizes: dict[str, int] = field(factory=dict)
    inner: Inner | None = None
    colour: Colour = Colour.RED
    many: tuple[Inner, ...] = ()
    free: Any = None


@pytest.mark.parametrize(
    ("value", "path", "sentence"),
    [
        ({}, "name", "“name” is not set"),
        ({"name": "a", "prot": 1}, "prot", "unknown key “prot” (did you mean “port”?)"),
        ({"name": "a", "zzz": 1}, "zzz", "unknown key “zzz”"),
        ({"name": 5}, "name", "“name” must be a string, not the number 5"),
        ({"name": None}, "name", "“name” must be a string, not null"),
        ({"name": "a", "port": "1"}, "port",
         "“port” must be a whole number, not the string “1”"),
        ({"name": "a", "port": True}, "port",
         "“port” must be a whole number, not true"),
        ({"name": "a", "port": 1.5}, "port",
         "“port” must be a whole number, not the number 1.5"),
        ({"name": "a", "on": 1}, "on", "“on” must be true or false, not the number 1"),
        ({"name": "a", "words": "ab"}, "words",
         "“words” must be a list, not the string “ab”"),
        ({"name": "a", "words": ["a", 2]}, "words[1]",
         "“words[1]” must be a string, not the number 2"),
        ({"name": "a", "sizes": []}, "sizes", "“sizes” must be an object, not a list"),
        ({"name": "a", "sizes": {"x": "y"}}, "sizes.x",
         "“sizes.x” must be a whole number, not the string “y”"),
        ({"name": "a", "inner": {"size": "x"}}, "inner.size",
         "“inner.size” must be a number, not the string “x”"),
        ({"name": "a", "inner": {"sise": 1, "size": 2}}, "inner.sise",
         "unknown key “sise” (did you mean “size”?)"),
        ({"name": "a", "many": [{"size": 1}, {}]}, "many[1].size",
         "“size” is not set"),
        ({"name": "a", "colour": "green"}, "colour",
         "“colour” must be one of “red”, “blue”, not the string “green”"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(value: Any, path: str, sentence: str) -> None:
    """Each mistake is named by its path, in words."""
    with pytest.raises(Invalid) as caught:
        structure(value, Outer, "file.json")
    assert caught.value.fields == {path: sentence}
    assert caught.value.message == f"file.json: {sentence}"


def test_all_mistakes_are_said_at_once() -> None:
    """Nobody mends a file one error a try."""
    with pytest.raises(Invalid) as caught:
        structure({"port": "x", "naem": 1}, Outer)
    assert set(caught.value.fields) == {"name", "port", "naem"}


@pytest.mark.parametrize("value", [None, 5, "x", [], True])
def test_a_message_is_an_object(value: Any) -> None:
    """Other JSON is refused."""
    with pytest.raises(Invalid, match="must be an object"):
        structure(value, Outer)


def test_what_is_right_comes_back() -> None:
    """Reading what was written gives the same value."""
    value = Outer(
        "a", 2, True, ("x",), {"k": 3}, Inner(1.5), Colour.BLUE, (Inner(2),), [1, "x"]
    )
    assert structure(unstructure(value), Outer) == value
    assert structure({"name": "a", "inner": {"size": 2}}, Outer).inner == Inner(2.0)


class Shade(enum.StrEnum):
    DARK = "dark"


@frozen
class Shaded:
    shade: Shade = Shade.DARK


def test_choices_that_are_text_are_choices() -> None:
    """An enum of text is read as any other."""
    assert structure({"shade": "dark"}, Shaded) == Shaded()
    with pytest.raises(Invalid, match="must be one of “dark”"):
        structure({"shade": "darker"}, Shaded)
