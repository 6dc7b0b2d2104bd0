"""Errors between roles and in the JSON API: one shape, one table of statuses."""

import math
from typing import Any

from aen.model import errors
from aen.model.errors import AenError

STATUS: dict[type[AenError], int] = {
    errors.Invalid: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Elsewhere: 404,
    errors.Taken: 409,
    errors.Conflict: 409,
    errors.Changed: 412,
    errors.TooLarge: 413,
    errors.TooMany: 429,
    errors.Failed: 502,
    errors.Unavailable: 503,
}
_LONGEST = 2000
"""Characters of one text that another role may say."""
_MOST = 200
"""Lines of output, and fields, in one error."""
_BY_CODE = {kind.code: kind for kind in STATUS}


def status_of(error: AenError) -> int:
    """Return the HTTP status that says what *error* says."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return 500


def to_json(error: AenError) -> dict[str, Any]:
    """Return *error* as the contract's ``{"error": {code, message, fields}}``."""
    inside: dict[str, Any] = {
        "code": error.code,
        "message": error.message,
        "fields": error.fields,
    }
    if isinstance(error, errors.Failed):
        inside["log"] = list(error.log)
    if isinstance(error, errors.TooMany):
        inside["retry_after"] = error.retry_after
    return {"error": inside}


def from_json(content: object, fallback: str) -> AenError:
    """Return the error another role answered with; *fallback* where it is garbled."""
    inside = content.get("error") if isinstance(content, dict) else None
    if not isinstance(inside, dict):
        return errors.Unavailable(fallback)
    message = _bounded(inside.get("message") or fallback)
    kind = _BY_CODE.get(str(inside.get("code")), errors.Unavailable)
    if issubclass(kind, errors.TooMany):
        wait = inside.get("retry_after")
        seconds = wait if isinstance(wait, int | float) and math.isfinite(wait) else 1
        return kind(message, retry_after=int(seconds))
    if issubclass(kind, errors.Failed):
        log = inside.get("log")
        lines = log if isinstance(log, list) else []
        return kind(message, log=tuple(map(_bounded, lines[:_MOST])))
    fields = inside.get("fields")
    known = list(fields.items())[:_MOST] if isinstance(fields, dict) else []
    return kind(message, fields={_bounded(k): _bounded(v) for k, v in known})


def _bounded(text: object) -> str:
    return str(text)[:_LONGEST]
