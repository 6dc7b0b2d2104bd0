"""Calls that may be sent twice: ``Idempotency-Key`` on POST.

A program that has not seen an answer asks again with the same key, and gets the
answer of the first time; nothing is done twice. Only what succeeded is kept: what was
refused, or has failed, has changed nothing and may be tried again.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

from attrs import frozen
from twisted.internet.interfaces import IReactorTime

from aen.model.errors import Conflict, Invalid
from aen.model.periods import HOUR
from aen.model.users import Caller
from aen.runtime.structure import unstructure
from aen.server.rooms import Rooms
from aen.server.secret_text import SecretText
from aen.server.settings import ServerSettings
from aen.server.store.kept_answers import Kept, KeptAnswers
from aen.server.web.refusals import OtherBody, UnderWay

HEADER = "idempotency-key"
REPLAYED = b"idempotency-replayed"
LONGEST = 255
"""Characters of a key."""
_LONGEST_ANSWER = 262_144
Answered = tuple[int, str]
"""Status and body."""


@frozen
class Asked:
    """One call as far as it has to be the same."""

    method: str
    path: str
    caller: Caller
    body: Any = None

    def name(self, key: str) -> str:
        """Return what stands for *key* of this caller at this address."""
        who = self.caller.token or f"user {self.caller.user.id}"
        return _digest(f"{who}\n{self.method} {self.path}\n{key}")

    def digest(self) -> str:
        """Return what stands for the body."""
        return _digest(json.dumps(unstructure(self.body), sort_keys=True))


@frozen
class Repeats:
    """Sees that what has the same key is done once."""

    store: KeptAnswers
    settings: ServerSettings
    clock: IReactorTime
    seal: SecretText

    @classmethod
    def of(cls, rooms: Rooms) -> "Repeats":
        """Return those of an installation."""
        seal = SecretText(rooms.key.derive("kept answers"), "answer")
        store = rooms.archive.kept_answers
        return cls(store, rooms.settings, rooms.clock, seal)

    async def once(
        self, key: str, asked: Asked, work: Callable[[], Awaitable[Answered]]
    ) -> tuple[Answered, bool]:
        """Return the answer of *work*, and whether it was given before.

        :raises OtherBody: the key stands for another call.
        :raises UnderWay: that call has not been answered yet.
        """
        check_key(key)
        name, body, now = asked.name(key), asked.digest(), self.clock.seconds()
        user, settings = asked.caller.user.id, self.settings
        await self.store.make_room(user, settings.repeats_per_user)
        ends = now + settings.repeat_seconds, now + settings.repeat_hours * HOUR
        before = await self.store.begin(name, user, body, now, ends)
        if before is not None:
            return self._again(before, body), True
        try:
            answered = await work()
        except BaseException:
            await self.store.forget(name)
            raise
        status, text = answered
        kept = text if len(text) <= _LONGEST_ANSWER else ""
        await self.store.finish(name, status, self.seal.seal(kept))
        return answered, False

    def _again(self, before: Kept, body: str) -> Answered:
        if before.body != body:
            raise OtherBody(
                "This Idempotency-Key was sent before with another body;"
                " take a new key for a new call."
            )
        if not before.done:
            raise UnderWay("The same call is being answered just now; ask again.")
        text = self.seal.open(before.answer)
        if not text and before.status != 204:  # noqa: PLR2004 -- no content
            raise Conflict("This was done; its answer was too long to be kept.")
        return before.status, text


def check_key(key: str) -> None:
    """Raise `Invalid` for a key that is none."""
    if not 1 <= len(key) <= LONGEST or not all("!" <= one <= "~" for one in key):
        message = f"An Idempotency-Key has 1 to {LONGEST} ASCII characters, no blanks."
        raise Invalid(message, fields={"Idempotency-Key": message})


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
