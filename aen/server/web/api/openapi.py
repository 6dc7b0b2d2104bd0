"""``openapi.json`` (OpenAPI 3.1), made from the operations themselves."""

import re
from collections.abc import Iterable
from typing import Any

from attrs import frozen

from aen.model.rights import Needs
from aen.server.web.api.operation import PAGE_LIMIT, Operation
from aen.server.web.api.schema import Schemas

_ERRORS = {
    "400": "What was sent is not acceptable.",
    "401": "Nobody has signed in, or the credential is not good.",
    "403": "Not allowed.",
    "404": "There is no such thing, or none that the caller may know of.",
    "405": "The address takes other methods only; they are in “Allow”.",
    "409": "It is taken, or in a state in which this cannot be done.",
    "413": "The body is too long.",
    "429": "Too many attempts.",
    "502": "A node tried, and did not succeed.",
    "503": "A part of the platform does not answer.",
}


_HEADERS = {"405": "Allow", "429": "Retry-After"}
"""What an error says beside its body (RFC 9110 sections 10.2.1 and 10.2.3)."""


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
        "operationId": _identifier(one),
        "parameters": [_path_parameter(name) for name in _names(one.path)]
        + [_query_parameter(name) for name in one.parameters],
        "responses": _responses(one, schemas),
    }
    if one.demanded.needs is Needs.ANYONE:
        described["security"] = [{}, {"token": []}, {"session": [], "forgery": []}]
    if one.body is not None:
        content = {"application/json": {"schema": schemas.of(one.body)}}
        described["requestBody"] = {"content": content}
    return described


def _responses(one: Operation, schemas: Schemas) -> dict[str, Any]:
    refusal = {"application/json": {"schema": schemas.of(ErrorObject)}}
    responses: dict[str, Any] = {
        code: {"description": text, "content": refusal, **_headers(code)}
        for code, text in _ERRORS.items()
    }
    if one.streams:
        good: dict[str, Any] = {"content": {"text/event-stream": {}}}
    elif one.text:
        good = {"content": {"text/plain": {"schema": {"type": "string"}}}}
    elif one.answer is None:
        good = {}
    else:
        schema = _page(one, schemas) if one.pages else schemas.of(one.answer)
        good = {"content": {"application/json": {"schema": schema}}}
    empty = one.answer is None and not one.streams and not one.text
    status = 204 if empty else one.status
    responses[str(status)] = {"description": one.summary, **good}
    return responses


def _headers(code: str) -> dict[str, Any]:
    name = _HEADERS.get(code)
    return {} if name is None else {"headers": {name: {"schema": {"type": "string"}}}}


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


def _path_parameter(name: str) -> dict[str, Any]:
    schema = {"type": "string"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameter(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    if name == "limit":
        schema = {"type": "integer", "minimum": 1, "maximum": PAGE_LIMIT}
    return {"name": name, "in": "query", "required": False, "schema": schema}
