"""JSON to attrs classes and back, strictly, with errors that say what to write.

One converter serves settings files, wire messages, app manifests and API bodies:
unknown keys and wrong types are refused everywhere in the same words.
"""

import difflib
import enum
from typing import Annotated, Any, TypeVar, get_args, get_origin

import attrs
import cattrs
from cattrs.errors import (
    BaseValidationError,
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
)

from aen.model.errors import Invalid

T = TypeVar("T")

ONE_OR_MANY = "one or many"
"""Where a list of one may be written without its brackets:
``Annotated[tuple[str, ...], ONE_OR_MANY]``."""

_WORDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a string",
    dict: "an object",
    list: "a list",
    tuple: "a list",
}


class _Wrong(Exception):
    """A value is of the wrong type or not one of the choices."""


def _shown(value: object) -> str:
    """Name *value* as a JSON author would, without repeating a long one."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the string “{value[:40]}”"
    return "an object" if isinstance(value, dict) else "a list"


def _number(value: Any, _kind: type) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Wrong(f"must be {_WORDS[float]}, not {_shown(value)}")
    return float(value)


def _exactly(value: Any, kind: type[T]) -> Any:
    if issubclass(kind, enum.Enum):
        return _choice(value, kind)  # of text or numbers: it is found by those first
    if type(value) is not kind:
        raise _Wrong(f"must be {_WORDS[kind]}, not {_shown(value)}")
    return value


def _choice(value: Any, kind: type[enum.Enum]) -> enum.Enum:
    try:
        return kind(value)
    except ValueError:
        choices = ", ".join(f"“{one.value}”" for one in kind)
        raise _Wrong(f"must be one of {choices}, not {_shown(value)}") from None


def _make_converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True)
    converter.register_structure_hook(float, _number)
    for kind in (bool, int, str):
        converter.register_structure_hook(kind, _exactly)
    converter.register_structure_hook_func(
        lambda kind: isinstance(kind, type) and issubclass(kind, enum.Enum), _choice
    )
    converter.register_structure_hook_func(
        lambda kind: _is_generic(kind, tuple, list), _sequence
    )
    converter.register_structure_hook_func(
        lambda kind: _is_generic(kind, dict), _mapping
    )
    converter.register_structure_hook_func(_is_one_or_many, _one_or_many)
    converter.register_structure_hook(Any, lambda value, _kind: value)
    return converter


def _is_generic(kind: Any, *origins: type) -> bool:
    origin: Any = get_origin(kind)
    return origin in origins


def _is_one_or_many(kind: Any) -> bool:
    return get_origin(kind) is Annotated and ONE_OR_MANY in kind.__metadata__


def _one_or_many(value: Any, kind: Any) -> Any:
    many = value if isinstance(value, list | tuple) else [value]
    return _sequence(many, get_args(kind)[0])


def _sequence(value: Any, kind: Any) -> Any:
    if not isinstance(value, list | tuple):
        raise _Wrong(f"must be {_WORDS[list]}, not {_shown(value)}")
    item = get_args(kind)[0]
    made = []
    for index, one in enumerate(value):
        try:
            made.append(_converter.structure(one, item))
        except (_Wrong, BaseValidationError) as error:
            raise _Nested(f"[{index}]", error) from None
    return tuple(made) if get_origin(kind) is tuple else made


def _mapping(value: Any, kind: Any) -> Any:
    if not isinstance(value, dict):
        raise _Wrong(f"must be {_WORDS[dict]}, not {_shown(value)}")
    key_kind, item = get_args(kind)
    made = {}
    for key, one in value.items():
        try:
            made[_converter.structure(key, key_kind)] = _converter.structure(one, item)
        except (_Wrong, BaseValidationError) as error:
            raise _Nested(f".{key}", error) from None
    return made


class _Nested(_Wrong):
    """An error inside an item of a list or a mapping."""

    def __init__(self, where: str, cause: Exception) -> None:
        super().__init__(where)
        self.where = where
        self.cause = cause


_converter = _make_converter()


def _unknown_key(key: str, kind: type) -> str:
    known = [field.name for field in attrs.fields(kind)]
    near = difflib.get_close_matches(key, known, n=1)
    hint = f" (did you mean “{near[0]}”?)" if near else ""
    return f"unknown key “{key}”{hint}"


def _explain(error: BaseException, where: str) -> list[tuple[str, str]]:
    """Return (path, sentence) for each thing wrong below *where*."""
    if isinstance(error, ForbiddenExtraKeysError):
        return [
            (f"{where}.{key}".lstrip("."), _unknown_key(key, error.cl))
            for key in sorted(error.extra_fields)
        ]
    if isinstance(error, _Nested):
        return _explain(error.cause, where + error.where)
    if isinstance(error, KeyError):
        key = str(error.args[0])
        return [(f"{where}.{key}".lstrip("."), f"“{key}” is not set")]
    if isinstance(error, ClassValidationError | IterableValidationError):
        found: list[tuple[str, str]] = []
        noted, others = error.group_exceptions()
        for inner, note in noted:
            name = str(getattr(note, "name", getattr(note, "index", "")))
            if isinstance(inner, KeyError):
                found += _explain(inner, where)
            else:
                found += _explain(inner, f"{where}.{name}".lstrip("."))
        for inner in others:
            found += _explain(inner, where)
        return found
    return [(where, f"“{where}” {error}" if where else str(error))]


def structure(value: object, kind: type[T], source: str = "") -> T:
    """Return *value* (parsed JSON) as an instance of *kind*.

    :param source: what the message begins with, e.g. a file name.
    :raises Invalid: something is unknown, missing or of the wrong type; its
        `fields` has a sentence for each path.
    """
    if not isinstance(value, dict):
        raise Invalid(_with(source, f"must be an object, not {_shown(value)}"))
    try:
        return _converter.structure(value, kind)
    except BaseValidationError as error:
        found = _explain(error, "")
        text = "; ".join(sentence for _, sentence in found)
        raise Invalid(_with(source, text), fields=dict(found)) from None


def unstructure(value: object) -> Any:
    """Return an attrs instance as JSON-ready dicts, lists and plain values."""
    return _converter.unstructure(value)


def _with(source: str, text: str) -> str:
    return f"{source}: {text}" if source else text
