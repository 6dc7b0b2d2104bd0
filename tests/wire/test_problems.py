"""An error keeps its class, its words and its status on its way."""

import pytest

from aen.model import errors
from aen.model.errors import AenError, Failed, Invalid, TooMany, Unavailable
from aen.wire.problems import STATUS, from_json, status_of, to_json


@pytest.mark.parametrize(
    "error",
    [
        Invalid("Wrong.", fields={"name": "Wrong."}),
        errors.NotFound("None."),
        errors.Taken("Taken."),
        errors.Forbidden("No."),
        errors.Unauthenticated("Who?"),
        Failed("Broke.", log=("a", "b")),
        TooMany("Slowly.", retry_after=7),
        Unavailable("Down."),
    ],
)
def test_an_error_arrives_as_it_left(error: AenError) -> None:
    """Class, sentence and what else it carries."""
    arrived = from_json(to_json(error), "fallback")
    assert type(arrived) is type(error)
    assert arrived.__dict__ == error.__dict__
    assert status_of(arrived) == STATUS[type(error)]


@pytest.mark.parametrize(
    "content", [None, [], {}, {"error": 5}, {"error": {"code": "?", "message": ""}}]
)
def test_a_garbled_error_is_unavailable(content: object) -> None:
    """Whatever another role answers, we raise one of ours."""
    error = from_json(content, "fallback")
    assert isinstance(error, Unavailable)
    assert error.message == "fallback"


def test_hostile_details_are_bounded() -> None:
    """A node that was taken over cannot fill our memory by its errors."""
    huge = {"error": {"code": "failed", "message": "x" * 10_000, "log": ["y"] * 5000}}
    error = from_json(huge, "fallback")
    assert isinstance(error, Failed)
    assert (len(error.message), len(error.log)) == (2000, 200)
    fields = {f"{number}{'k' * 3000}": "v" * 3000 for number in range(300)}
    many = {"error": {"code": "invalid", "message": "x", "fields": fields}}
    kept = from_json(many, "fallback").fields
    assert (len(kept), max(map(len, kept)), len(kept.popitem()[1])) == (200, 2000, 2000)
    odd = {"error": {"code": "too_many", "message": "x", "retry_after": "soon"}}
    assert from_json(odd, "fallback").__dict__["retry_after"] == 1


def test_a_subclass_has_its_parents_status() -> None:
    """And an error nobody thought of is 500."""

    class Odd(Invalid):
        """Odd."""

    assert status_of(Odd("x")) == 400
    assert status_of(AenError("x")) == 500
