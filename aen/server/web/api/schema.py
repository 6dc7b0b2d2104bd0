"""JSON Schema (2020-12) of attrs classes: what the code reads is what is described."""

import enum
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs

_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    Any: {},
    object: {},
}


class Schemas:
    """Collects the schemas of the classes it is asked about."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, Any]] = {}
        self._classes: dict[str, type] = {}

    def of(self, kind: Any) -> dict[str, Any]:
        """Return the schema of *kind*; a class becomes a reference."""
        if kind in _PLAIN:
            return _PLAIN[kind]
        if get_origin(kind) is not None:
            return self._generic(get_origin(kind), get_args(kind))
        if supertype := getattr(kind, "__supertype__", None):  # a NewType
            return self.of(supertype)
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return {"type": "string", "enum": [one.value for one in kind]}
        return self._reference(kind)

    def _generic(self, origin: Any, arguments: tuple[Any, ...]) -> dict[str, Any]:
        if origin in (Union, UnionType):
            return {"anyOf": [self.of(one) for one in arguments]}
        if origin in (tuple, list):
            return {"type": "array", "items": self.of(arguments[0])}
        assert origin is dict
        return {"type": "object", "additionalProperties": self.of(arguments[1])}

    def _reference(self, kind: type[attrs.AttrsInstance]) -> dict[str, Any]:
        known = self._classes.setdefault(kind.__name__, kind)
        assert known is kind, f"two classes of the API are called {kind.__name__}"
        if kind.__name__ not in self.found:
            self.found[kind.__name__] = {}  # a class may hold itself
            self.found[kind.__name__] = self._object(kind)
        return {"$ref": f"#/components/schemas/{kind.__name__}"}

    def _object(self, kind: type[attrs.AttrsInstance]) -> dict[str, Any]:
        hints = get_type_hints(kind)
        fields = attrs.fields(kind)
        return {
            "type": "object",
            "description": (kind.__doc__ or "").partition("\n")[0],
            "properties": {one.name: self.of(hints[one.name]) for one in fields},
            "required": [one.name for one in fields if one.default is attrs.NOTHING],
            "additionalProperties": False,
        }
