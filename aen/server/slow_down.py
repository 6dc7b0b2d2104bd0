"""Slows down those who try passwords: per account and per address."""

import hashlib
import math

from twisted.internet.interfaces import IReactorTime

from aen.model.counting import counted
from aen.model.errors import TooMany
from aen.server.settings import ServerSettings
from aen.server.store.attempts import AttemptCounts


def pause_after(count: int, free: int, longest: float) -> float:
    """Return the seconds to wait after attempt number *count*; it doubles."""
    if count <= free:
        return 0.0
    return min(longest, 2.0 ** min(count - free - 1, 30))


class SlowDown:
    """Lets a few attempts through and then fewer and fewer, across all processes."""

    def __init__(
        self, counts: AttemptCounts, settings: ServerSettings, clock: IReactorTime
    ) -> None:
        self._counts = counts
        self._settings = settings
        self._clock = clock

    async def enter(self, name: str, address: str) -> None:
        """Count an attempt, or raise `TooMany` with the seconds to wait."""
        now = self._clock.seconds()
        window = self._settings.sign_in_window
        both = self._keys(name, address)
        for key, _ in both:
            known = await self._counts.known(key, now, window)
            if known.next > now:
                raise _too_many(known.next - now)
        for key, free in both:
            count = await self._counts.add(key, now, window)
            wait = pause_after(count, free, self._settings.sign_in_pause)
            # Of many who come at once only one gets the turn.
            if wait and not await self._counts.take_turn(key, now, now + wait):
                raise _too_many(wait)

    async def succeeded(self, name: str, address: str) -> None:
        """Forget the account's wrong attempts: its owner has come."""
        (account, _), *places = self._keys(name, address)
        await self._counts.forget(account)
        for place, _ in places:
            await self._counts.give_back(place)

    async def unanswered(self, name: str, address: str) -> None:
        """Take an attempt back: nobody could tell whether it was right."""
        for key, _ in self._keys(name, address):
            await self._counts.give_back(key)

    def _keys(self, name: str, address: str) -> list[tuple[str, int]]:
        """Return what to count and how many attempts of it are free.

        Without an address only the name counts: nobody shares the unknown one.
        """
        settings = self._settings
        keys = [(_key("name", name), settings.sign_in_free)]
        if address:
            keys.append((_key("address", address), settings.sign_in_free_address))
        return keys


def _key(kind: str, text: str) -> str:
    # What people type as a name is at times their password: only a digest is kept.
    digest = hashlib.sha256(text.encode(errors="replace")).hexdigest()
    return f"{kind}:{digest[:32]}"


def _too_many(wait: float) -> TooMany:
    seconds = max(1, math.ceil(wait))
    message = f"Too many attempts; try again in {counted(seconds, 'second')}."
    return TooMany(message, retry_after=seconds)
