"""How often the API may be called: told with every answer, kept to with 429."""

from attrs import field, frozen
from twisted.web.server import Request

from aen.model.counting import counted
from aen.model.errors import TooMany
from aen.model.users import Caller
from aen.server.rates import Buckets, Taken
from aen.server.rooms import Rooms
from aen.server.web.http import client_address

HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


@frozen
class Limits:
    """Counts the calls of each token, person and address in this process."""

    rooms: Rooms
    buckets: Buckets = field(init=False)

    @buckets.default
    def _fresh(self) -> Buckets:
        return Buckets(processes=self.rooms.settings.processes)

    def count(self, request: Request, caller: Caller | None) -> None:
        """Count a call; nobody's and wrong tokens' count for their address.

        :raises TooMany: this one is too many.
        """
        settings = self.rooms.settings
        key, limit = bucket_of(caller, client_address(request)), settings.api_rate
        if caller is None:
            limit = settings.api_rate_address
        taken = self.buckets.take(key, limit, self.rooms.clock.seconds())
        for name, value in zip(HEADERS, _values(taken), strict=True):
            request.setHeader(name.encode(), str(value).encode())
        if taken.wait:
            raise TooMany(
                f"Too many calls: {limit} a minute are let through;"
                f" go on in {counted(taken.wait, 'second')}.",
                retry_after=taken.wait,
            )


def bucket_of(caller: Caller | None, address: str) -> str:
    """Return whose calls are counted together."""
    if caller is None:
        return f"address {address}"
    return f"token {caller.token}" if caller.token else f"user {caller.user.id}"


def _values(taken: Taken) -> tuple[int, int, int]:
    return taken.limit, taken.remaining, taken.reset
