"""How much mail strangers may have the platform write: a little in each hour."""

import hashlib

from attrs import frozen
from twisted.internet.interfaces import IReactorTime

from aen.model.errors import TooMany
from aen.model.periods import HOUR
from aen.server.settings import ServerSettings
from aen.server.store.attempts import AttemptCounts


@frozen
class MailQuota:
    """Counts by the hour, across all processes."""

    counts: AttemptCounts
    settings: ServerSettings
    clock: IReactorTime

    async def demand(self, address: str) -> None:
        """Count one more from *address*, or raise `TooMany`.

        Without an address nobody is refused: all would share the unknown one.
        """
        if not address:
            return
        if await self._count("from", address) > self.settings.mail_per_address:
            now = self.clock.seconds()
            left = int(HOUR - now % HOUR) + 1
            minutes = max(1, round(left / 60))
            message = f"That was asked too often from here; try again in {minutes} min."
            raise TooMany(message, retry_after=left)

    async def allows(self, whom: str) -> bool:
        """Count one more letter to *whom*; False: they have had enough of them."""
        return await self._count("to", whom) <= self.settings.mail_per_person

    async def _count(self, way: str, whom: str) -> int:
        now = self.clock.seconds()
        digest = hashlib.sha256(whom.lower().encode(errors="replace")).hexdigest()
        key = f"mail {way}:{digest[:32]}:{int(now // HOUR)}"
        return await self.counts.add(key, now, HOUR)
