"""What the server asks of a document store, and nothing more.

Two implementations pass one suite: `memory` and `mongo` (txmongo against the
embedded store or a MongoDB). Only operations every one of them makes atomic are
here: a change touches one document; uniqueness comes from indexes.

Queries are MongoDB's, limited to: equality, ``$in``, ``$nin``, ``$ne``, ``$gt``,
``$gte``, ``$lt``, ``$lte``, ``$exists``, ``$or``, ``$and``, ``$regex`` (with
``$options: "i"``); equality with a list field matches any of its items, and dots
reach into embedded documents. Changes: ``$set``, ``$unset``, ``$inc``, ``$push``,
``$pull``, ``$addToSet``, ``$max``. Anything else is refused by both.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from attrs import frozen

from aen.model.errors import Taken

Document = dict[str, Any]
"""A record; ``_id`` is a string of ours."""
Query = Mapping[str, Any]
Change = Mapping[str, Mapping[str, Any]]
Order = Sequence[tuple[str, int]]
"""Keys to sort by: 1 upwards, -1 downwards."""


class Duplicate(Taken):
    """A unique index refused a document."""


@frozen
class Index:
    """An index a collection has from the start of the server on.

    A unique index is over text, numbers, true and false. It leaves out a document
    in which all of its keys are missing: take a key away (``$unset``), rather than
    set it to None, to let another document have it.
    """

    collection: str
    keys: tuple[tuple[str, int], ...]
    unique: bool = False


class Collection(Protocol):
    """Documents of one kind; any method raises `Unavailable` if the store is down."""

    async def insert(self, document: Document) -> None:
        """Add *document*, or raise `Duplicate`."""

    async def find_one(self, query: Query) -> Document | None:
        """Return one document that matches, or None."""

    async def find(
        self,
        query: Query,
        *,
        order: Order = (),
        limit: int = 0,
        skip: int = 0,
        without: Sequence[str] = (),
    ) -> list[Document]:
        """Return the documents that match; *limit* 0 means all of them.

        The fields *without* are left out of each: what nobody reads need not travel.
        """

    async def update(self, query: Query, change: Change) -> bool:
        """Change one document that matches; return whether there was one."""

    async def update_all(self, query: Query, change: Change) -> int:
        """Change each document that matches, one by one; return how many."""

    async def claim(
        self, query: Query, change: Change, *, order: Order = ()
    ) -> Document | None:
        """Change the first match and return it as it is afterwards, in one step."""

    async def put(self, query: Query, change: Change) -> Document:
        """As `claim`, but make the document from *query* and *change* if none is there.

        *query* must be equality on ``_id``.
        """

    async def delete(self, query: Query) -> int:
        """Remove every document that matches; return how many."""

    async def count(self, query: Query) -> int:
        """Return how many documents match."""


class Database(Protocol):
    """The collections of one installation."""

    def collection(self, name: str) -> Collection:
        """Return the collection called *name*."""

    async def prepare(self, indexes: Sequence[Index]) -> None:
        """Make the indexes that are not there yet."""

    async def ping(self) -> None:
        """Do nothing, or raise `Unavailable` with the reason."""

    async def close(self) -> None:
        """Let go of connections."""
