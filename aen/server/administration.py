"""What only administrators do, together."""

from attrs import frozen

from aen.server.accounts import Accounts
from aen.server.audit import Clock
from aen.server.people import People
from aen.server.store.archive import Archive


@frozen
class Administration:
    """The use cases of administration."""

    people: People

    @classmethod
    def of(cls, archive: Archive, accounts: Accounts, clock: Clock) -> "Administration":
        """Return the use cases over what the others are made of."""
        return cls(people=People(archive, accounts, clock))
