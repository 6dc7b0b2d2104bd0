"""``openapi.json`` (OpenAPI 3.1), made from the operations themselves."""

import re
from collections.abc import Iterable
from typing import Any

from attrs import frozen

from aen.model.rights import EVERY_SCOPE, Needs, Right, words
from aen.server.web.api.operation import Operation
from aen.server.web.api.reading import PAGE_LIMIT
from aen.server.web.api.repeats import LONGEST
from aen.server.web.api.schema import Schemas
from aen.server.web.api.tags import PATTERN

_ERRORS = {
    "400": "What was sent is not acceptable.",
    "401": "Nobody has signed in, or the credential is not good.",
    "403": "Not allowed.",
    "404": "There is no such thing, or none that the caller may know of.",
    "405": "The address takes other methods only; they are in “Allow”.",
    "409": "It is taken, or in a state in which this cannot be done.",
    "413": "The body is too long.",
    "429": "Too many calls or attempts.",
    "500": "A mistake of ours; it has been logged.",
    "502": "A node tried, and did not succeed.",
    "503": "A part of the platform does not answer.",
}


_REUSED = {"422": "The Idempotency-Key was sent before with another body."}
_OVERTAKEN = {"412": "Somebody has changed it; its ETag is none of “If-Match”."}
_BESIDE = {
    "401": ("WWW-Authenticate",),
    "405": ("Allow",),
    "409": ("Retry-After",),
    "429": ("Retry-After",),
}
"""What an error says beside its body (RFC 9110 sections 10.2.1, 10.2.3, 11.6.1)."""
_SOMETIMES = frozenset({"409"})
_EVER_SO_OFTEN = {
    "RateLimit-Limit": "Calls a minute that are let through.",
    "RateLimit-Remaining": "How many of them are left.",
    "RateLimit-Reset": "Seconds until all of them are there again.",
}


@frozen
class ErrorDetails:
    """What is wrong: a code for programs, a sentence for people."""

    code: str
    message: str
    fields: dict[str, str]
    log: tuple[str, ...] = ()
    retry_after: int = 0


@frozen
class ErrorObject:
    """The answer to a call that was refused."""

    error: ErrorDetails


def describe(operations: Iterable[Operation], server: str, version: str) -> Any:
    """Return the description of *operations* as an OpenAPI document."""
    schemas = Schemas()
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "AEN", "version": version},
        "servers": [{"url": f"{server}/api/v1"}],
        "security": [{"token": []}, {"session": [], "forgery": []}],
        "paths": paths,
        "components": {
            "schemas": schemas.found,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "aen-session"},
                "forgery": {"type": "apiKey", "in": "header", "name": "X-AEN-CSRF"},
            },
        },
    }


def _operation(one: Operation, schemas: Schemas) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": one.summary,
        "description": _who(one.right),
        "operationId": _identifier(one),
        "parameters": [_path_parameter(name) for name in _names(one.path)]
        + [_query_parameter(name) for name in one.parameters]
        + ([_KEY] if one.repeats else [])
        + ([_IF_MATCH] if one.guarded else []),
        "responses": _responses(one, schemas),
    }
    if one.right.needs is Needs.ANYONE:
        described["security"] = [{}, {"token": []}, {"session": [], "forgery": []}]
    if one.body is not None:
        content = {"application/json": {"schema": schemas.of(one.body)}}
        described["requestBody"] = {"content": content}
    return described


def _who(right: Right) -> str:
    """Say who may, and which scopes a limited token needs one of."""
    who = f"For: {words(right)}."
    if not right.scopes or right.scopes == EVERY_SCOPE:
        return who
    return f"{who} Scopes, one of: {', '.join(sorted(right.scopes))}."


def _responses(one: Operation, schemas: Schemas) -> dict[str, Any]:
    refusal = {"application/json": {"schema": schemas.of(ErrorObject)}}
    errors = {**_ERRORS, **(_REUSED if one.repeats else {})}
    if one.guarded:
        errors |= _OVERTAKEN
    responses: dict[str, Any] = {
        code: {"description": text, "content": refusal, "headers": _headers(code)}
        for code, text in errors.items()
    }
    good = {
        "description": one.summary,
        "headers": _headers("", one),
        **_body(one, schemas),
    }
    responses[str(one.good)] = good
    return responses


def _body(one: Operation, schemas: Schemas) -> dict[str, Any]:
    if one.streams:
        return {"content": {"text/event-stream": {"schema": {"type": "string"}}}}
    if one.text:
        return {"content": {"text/plain": {"schema": {"type": "string"}}}}
    if one.answer is None:
        return {}
    schema = _page(one, schemas) if one.pages else schemas.of(one.answer)
    return {"content": {"application/json": {"schema": schema}}}


def _headers(code: str, good: Operation | None = None) -> dict[str, Any]:
    # An address that takes other methods is told so before anything is counted.
    counted = {} if code == "405" else _EVER_SO_OFTEN
    found: dict[str, Any] = {
        name: {"description": text, "schema": {"type": "integer"}}
        for name, text in counted.items()
    }
    for name in _BESIDE.get(code, ()):
        needed = code not in _SOMETIMES
        found[name] = {"schema": {"type": "string"}, "required": needed}
    if good is not None and good.repeats:
        text = "Whether this is the answer that was given before."
        found["Idempotency-Replayed"] = {
            "description": text, "schema": {"type": "string", "const": "true"},
        }  # fmt: skip
    if good is not None and good.edition is not None:
        text = "What tells what people edit of it from what that was before."
        found["ETag"] = {
            "description": text, "required": True, "schema": {"type": "string"},
        }  # fmt: skip
    return found


def _page(one: Operation, schemas: Schemas) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": schemas.of(one.answer)},
            "next": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        },
        "required": ["items", "next"],
    }


def _names(path: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", path)


def _identifier(one: Operation) -> str:
    words = re.findall(r"\w+", one.path)
    return "_".join([one.method.lower(), *words]).replace("-", "_")


_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Of one's own choice; the same call with the same key is done once.",
    "schema": {
        "type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]+$",
    },
}  # fmt: skip


_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of what was seen: nothing newer is changed.",
    "schema": {"type": "string", "pattern": PATTERN},
}


def _path_parameter(name: str) -> dict[str, Any]:
    schema = {"type": "string"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameter(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if name == "limit":
        schema = {"type": "integer", "minimum": 1, "maximum": PAGE_LIMIT}
    return {"name": name, "in": "query", "required": False, "schema": schema}
