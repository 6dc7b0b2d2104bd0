"""Layered JSON settings: the shared file, the component's file, ``./``, ``-c``.

Later files win per key. A wrong file is explained, never tolerated.
"""

import json
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import attrs
from attrs import frozen

from aen.model.errors import Invalid
from aen.runtime.structure import structure

T = TypeVar("T", bound=attrs.AttrsInstance)

SECRET = {"secret": True}
"""Metadata of a settings field that no other local user may read."""


@frozen
class Layer:
    """One settings file. A missing one is an error only when it was asked for."""

    path: Path
    required: bool = False
    shared: bool = False
    """Whether other roles read it too: keys that are not ours are left alone."""


def layers(shared: Path, own: Sequence[Path], given: Iterable[str]) -> list[Layer]:
    """Return the files of a role in the order in which they are read."""
    return [
        Layer(shared, shared=True),
        *(Layer(path) for path in own),
        *(Layer(Path(name), required=True) for name in given),
    ]


def read_settings(kind: type[T], files: Sequence[Layer]) -> T:
    """Return the settings of *kind* from *files*, later ones winning per key.

    :raises Invalid: naming file, key and what to write instead.
    """
    merged: dict[str, Any] = {}
    known = {field.name for field in attrs.fields(kind)}
    required = {
        field.name for field in attrs.fields(kind) if field.default is attrs.NOTHING
    }
    for layer in files:
        content = _read_layer(layer)
        if content is None:
            continue
        if layer.shared:
            content = {key: item for key, item in content.items() if key in known}
        _check_alone(kind, content, merged, required, str(layer.path))
        _check_secrecy(kind, content, layer.path)
        merged.update(content)
    missing = sorted(required - set(merged))
    if missing:
        places = ", ".join(str(layer.path) for layer in files)
        raise Invalid(f"“{missing[0]}” is not set in any of: {places}")
    return structure(merged, kind)


def _read_layer(layer: Layer) -> dict[str, Any] | None:
    """Return the JSON object in a file, or None where an optional one is absent."""
    try:
        text = layer.path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        if layer.required:
            raise Invalid(f"{layer.path}: there is no such file") from None
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise Invalid(f"{layer.path}: cannot be read: {reason}") from None
    try:
        content = json.loads(text, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise Invalid(f"{layer.path}: not JSON: {error.msg} at {place}") from None
    except Invalid as error:
        raise Invalid(f"{layer.path}: {error.message}") from None
    if not isinstance(content, dict):
        raise Invalid(f"{layer.path}: must hold an object {{…}}")
    return content


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Invalid(f"key “{twice}” is there twice")
    return found


def _check_alone(
    kind: type[T],
    content: dict[str, Any],
    before: dict[str, Any],
    required: set[str],
    source: str,
) -> None:
    """Blame the file that has the mistake, not the merged result."""
    try:
        structure({**before, **content}, kind)
    except Invalid as error:
        absent = required - set(before) - set(content)
        wrong = {key: text for key, text in error.fields.items() if key not in absent}
        if wrong:
            raise Invalid(f"{source}: {'; '.join(wrong.values())}") from None


def _check_secrecy(kind: type[T], content: dict[str, Any], path: Path) -> None:
    secret = {f.name for f in attrs.fields(kind) if f.metadata.get("secret")}
    held = sorted(secret & set(content))
    if held and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Invalid(
            f"{path}: holds “{held[0]}” but others may read it; run chmod 600 {path}"
        )


def origin_of(url: str) -> str:
    """Return scheme, host and port of *url* as browsers do (RFC 6454 section 6.1)."""
    scheme, _, host = url.partition("://")
    return f"{scheme}://{without_usual_port(host, scheme)}"


def without_usual_port(host: str, scheme: str) -> str:
    """Return *host* in small letters, without the port that *scheme* implies."""
    return host.lower().removesuffix(":443" if scheme == "https" else ":80")


def check_url(key: str, url: str) -> None:
    """Raise `Invalid` unless *url* is an http(s) address without a path."""
    scheme, _, rest = url.partition("://")
    if scheme not in ("http", "https") or not rest or "/" in rest:
        raise Invalid(
            f"“{key}” must be like http://host:port, without a path, not “{url}”."
        )
