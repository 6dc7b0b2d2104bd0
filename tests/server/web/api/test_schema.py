"""Classes become schemas."""

import enum
from typing import Any

import pytest
from attrs import frozen

from aen.model.names import UserName
from aen.server.web.api.schema import Schemas


class Colour(enum.Enum):
    RED = "red"


@frozen
class Thing:
    """A thing.

    With more about it.
    """

    name: UserName
    colour: Colour = Colour.RED


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (str, {"type": "string"}),
        (float | None, {"anyOf": [{"type": "number"}, {"type": "null"}]}),
        (tuple[int, ...], {"type": "array", "items": {"type": "integer"}}),
        (
            dict[str, bool],
            {"type": "object", "additionalProperties": {"type": "boolean"}},
        ),
        (UserName, {"type": "string"}),
        (Colour, {"type": "string", "enum": ["red"]}),
        (Thing, {"$ref": "#/components/schemas/Thing"}),
    ],
)
def test_a_type_has_a_schema(kind: Any, schema: dict[str, Any]) -> None:
    """Plain types, collections, choices and classes."""
    assert Schemas().of(kind) == schema


def test_a_class_is_described_once() -> None:
    """With its first sentence, what it needs, and nothing else allowed."""
    schemas = Schemas()
    schemas.of(tuple[Thing, ...])
    assert schemas.found["Thing"] == {
        "type": "object",
        "description": "A thing.",
        "properties": {
            "name": {"type": "string"},
            "colour": {"type": "string", "enum": ["red"]},
        },
        "required": ["name"],
        "additionalProperties": False,
    }
