"""How one role is asked by another, for those who need not know by what."""

from typing import Protocol, TypeVar

from attrs import AttrsInstance

from aen.wire.client import Place
from aen.wire.routes import Route

T = TypeVar("T", bound=AttrsInstance)


class Asks(Protocol):
    """Asks and gets one answer; `aen.wire.client.WireClient` does."""

    async def ask(
        self,
        at: Place,
        route: Route,
        message: AttrsInstance,
        answer: type[T],
        seconds: float | None = None,
        /,
    ) -> T:
        """Ask and return the answer.

        :param seconds: how long to wait, where the default is not right.
        :raises AenError: what the other role answered with, or that it did not.
        """
        ...
