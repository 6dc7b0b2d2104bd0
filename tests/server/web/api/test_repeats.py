"""Calls with a key of their own: done once, answered as often as asked."""

import pytest
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.model.errors import Invalid
from aen.server.rooms import Rooms
from aen.server.web.api.repeats import check_key
from tests.outcomes import now as at_once
from tests.server.web.api.program import Program, token_of

KEY = {"idempotency_key": "one-2-three"}


def count(program: Program) -> int:
    """Return how many tokens there are."""
    return len(program.ask("GET", "/tokens?limit=200")[1]["items"])


def test_the_same_call_is_done_once(adas: Program) -> None:
    """The second answer is the first, to the letter, and says so."""
    body = {"note": "x"}
    first = adas.raw("POST", "/tokens", body, **KEY)
    before = count(adas)
    again = adas.raw("POST", "/tokens", body, **KEY)
    assert (first.status, again.status) == (201, 201)
    assert again.text == first.text
    assert first.header("idempotency-replayed") == ""
    assert again.header("idempotency-replayed") == "true"
    assert count(adas) == before


def test_another_body_is_another_call(adas: Program) -> None:
    """A key stands for one call; that a field has its default makes no other."""
    assert adas.ask("POST", "/tokens", {"note": "x"}, **KEY)[0] == 201
    status, answer = adas.ask("POST", "/tokens", {"note": "y"}, **KEY)
    assert (status, answer["error"]["code"]) == (422, "key_reused")
    same = {"days": None, "note": "x"}
    assert adas.ask("POST", "/tokens", same, **KEY)[0] == 201


def test_a_key_is_its_callers(rooms: Rooms, adas: Program, bobs: Program) -> None:
    """Another person's, another token's, another address's: each begins anew."""
    other = Program(adas.browser, token_of(rooms, "ada"))
    found = {
        program.raw("POST", "/tokens", {"note": "x"}, **KEY).text
        for program in (adas, bobs, other)
    }
    assert len(found) == 3
    assert adas.ask("POST", "/projects", {"name": "x1"}, **KEY)[0] == 201


def test_what_was_refused_may_be_tried_again(adas: Program) -> None:
    """Nothing was changed, so nothing is kept."""
    assert adas.ask("POST", "/projects", {"name": "scratch"}, **KEY)[0] == 409
    assert adas.ask("POST", "/projects", {"name": "fresh"}, **KEY)[0] == 201


def test_a_day_later_it_is_forgotten(adas: Program, clock: Clock) -> None:
    """The key may be used for something else."""
    assert adas.ask("POST", "/tokens", {"note": "x"}, **KEY)[0] == 201
    clock.advance(86_401)
    assert adas.ask("POST", "/tokens", {"note": "y"}, **KEY)[0] == 201


def test_one_that_is_under_way(rooms: Rooms, adas: Program, clock: Clock) -> None:
    """It is 409 and says when to ask; a process that fell silent is given up."""
    assert adas.ask("POST", "/tokens", {"note": "x"}, **KEY)[0] == 201
    answers = rooms.database.collection("kept_answers")
    undone = {"$set": {"done": False}}
    assert at_once(Deferred.fromCoroutine(answers.update_all({}, undone))) == 1
    waiting = adas.raw("POST", "/tokens", {"note": "x"}, **KEY)
    assert (waiting.status, waiting.header("retry-after")) == (409, "1")
    clock.advance(rooms.settings.repeat_seconds)
    assert adas.ask("POST", "/tokens", {"note": "x"}, **KEY)[0] == 201


def test_answers_are_sealed(rooms: Rooms, adas: Program) -> None:
    """A token just made is nowhere in the store, not even here."""
    token = adas.ask("POST", "/tokens", {"note": "x"}, **KEY)[1]["token"]
    answers = rooms.database.collection("kept_answers")
    (kept,) = at_once(Deferred.fromCoroutine(answers.find({})))
    assert token not in str(kept)
    assert KEY["idempotency_key"] not in str(kept)


@pytest.mark.parametrize("key", ["", "a b", "\n", "é", "x" * 256])
def test_keys_that_are_none(key: str) -> None:
    """They are refused, in words."""
    with pytest.raises(Invalid, match="Idempotency-Key"):
        check_key(key)
