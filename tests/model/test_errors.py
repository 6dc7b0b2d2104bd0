"""Errors carry what the one who reads them needs."""

from aen.model.errors import AenError, Failed, Invalid, TooMany


def test_an_error_is_its_sentence() -> None:
    """The text is what people read; fields say where it belongs in a form."""
    error = Invalid("Too long.", fields={"name": "Too long."})
    assert (str(error), error.message) == ("Too long.", "Too long.")
    assert error.fields == {"name": "Too long."}
    assert AenError("x").fields == {}


def test_some_carry_more() -> None:
    """Output of what failed; seconds to wait."""
    assert Failed("It ended.", log=("a",)).log == ("a",)
    assert TooMany("Slowly.", retry_after=3).retry_after == 3
