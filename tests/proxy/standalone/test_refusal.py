"""What ends the program before it has begun."""

from aen.proxy.standalone.refusal import Refusal


def test_a_refusal_is_its_sentence() -> None:
    """It is printed as it is."""
    assert str(Refusal("--port: no")) == "--port: no"
