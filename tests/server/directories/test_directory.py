"""The interface of back ends."""

from aen.server.directories.directory import (
    Answering,
    Looking,
    Person,
    Reason,
    Refusal,
    Walking,
)


class Least:
    """All that a back end must be able to do."""

    async def check(self, name: str, password: str) -> Person | Refusal:
        """Know nobody."""
        return Refusal(Reason.UNKNOWN)


class More(Least):
    """A back end that can be asked whether it works."""

    async def ping(self) -> None:
        """Work."""


def test_what_a_back_end_can_is_what_it_has() -> None:
    """Nothing is registered: a method is enough."""
    least, more = Least(), More()
    assert not isinstance(least, Answering | Looking | Walking)
    assert isinstance(more, Answering)
    assert not isinstance(more, Looking)
