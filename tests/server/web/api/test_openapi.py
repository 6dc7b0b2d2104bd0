"""The description is of what is there, and of all of it."""

import json
from typing import Any

import pytest

from tests.server.web.api.program import Program


@pytest.fixture
def described(nobody: Program) -> dict[str, Any]:
    """Return the description, which anybody may read."""
    answered = nobody.raw("GET", "/openapi.json")
    assert answered.status == 200
    found: dict[str, Any] = json.loads(answered.text)
    return found


def test_every_call_is_there(described: dict[str, Any]) -> None:
    """The contract's paths, with their methods."""
    paths = described["paths"]
    one = "/projects/{owner}/{project}"
    for path, methods in {
        "/me": {"get"},
        "/users": {"get", "post"},
        "/users/{user}": {"get", "patch", "delete"},
        "/projects": {"get", "post"},
        one: {"get", "patch", "delete"},
        f"{one}/start": {"post"},
        f"{one}/stop": {"post"},
        f"{one}/reset": {"post"},
        f"{one}/events": {"get"},
        f"{one}/team/{{user}}": {"put", "delete"},
        f"{one}/apps": {"get"},
        f"{one}/apps/{{app}}": {"get", "post", "delete"},
        f"{one}/apps/{{app}}/log": {"get"},
        f"{one}/environments": {"get", "post"},
        f"{one}/environments/{{name}}": {"get", "patch", "delete"},
        f"{one}/environments/{{name}}/export": {"get"},
        f"{one}/environments/{{name}}/search": {"get"},
        f"{one}/resources": {"get"},
        f"{one}/usage": {"get"},
        "/tokens": {"get", "post"},
        "/data-centers": {"get"},
        "/nodes": {"get"},
        "/tasks": {"get"},
    }.items():
        assert methods <= set(paths[path]), path


def test_refusals_are_described(described: dict[str, Any]) -> None:
    """Every call may be refused; what comes beside the body is told."""
    for path in described["paths"].values():
        for call in path.values():
            assert set(call["responses"]) >= {"401", "404", "405", "429", "503"}
            assert set(call["responses"]["405"]["headers"]) == {"Allow"}
            assert "Retry-After" in call["responses"]["429"]["headers"]
            assert "RateLimit-Remaining" in call["responses"]["429"]["headers"]


def test_references_lead_somewhere(described: dict[str, Any]) -> None:
    """Every schema that is named is described."""
    text = json.dumps(described)
    schemas = described["components"]["schemas"]
    for name in {
        part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]
    }:
        assert schemas[name]["type"] == "object"


def test_a_project_is_described_as_it_is(
    described: dict[str, Any], adas: Program
) -> None:
    """The keys of an answer are those of its schema."""
    schema = described["components"]["schemas"]["ProjectObject"]
    answer = adas.ask("GET", "/projects/ada/scratch")[1]
    assert set(schema["properties"]) == set(answer)
    assert set(schema["required"]) == set(answer)
    new = described["components"]["schemas"]["NewProject"]
    assert new["required"] == ["name"]
    assert new["additionalProperties"] is False
