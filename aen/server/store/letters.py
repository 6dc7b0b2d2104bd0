"""Letters that wait to be sent, in the store: what they are about, never a link."""

from aen.server.mail.letters import Letter, LetterKind
from aen.server.store.collection import Database, Document


class Letters:
    """Keeps letters until they are sent."""

    def __init__(self, database: Database) -> None:
        self._all = database.collection("letters")

    async def add(self, letter: Letter) -> None:
        """Add a letter."""
        await self._all.insert(
            {
                "_id": letter.id,
                "kind": letter.kind.value,
                "created": letter.created,
                "user": letter.user,
                "address": letter.address,
                "facts": [[name, text] for name, text in letter.facts.items()],
            }
        )

    async def with_id(self, key: str) -> Letter | None:
        """Return the letter with that id, while it waits."""
        found = await self._all.find_one({"_id": key})
        return None if found is None else _letter(found)

    async def remove(self, key: str) -> None:
        """Forget a letter: it was sent, or nobody wants it any more."""
        await self._all.delete({"_id": key})

    async def trim(self, before: float) -> None:
        """Forget letters older than *before*."""
        await self._all.delete({"created": {"$lt": before}})


def _letter(document: Document) -> Letter:
    return Letter(
        id=document["_id"],
        kind=LetterKind(document["kind"]),
        created=document["created"],
        user=document["user"],
        address=document["address"],
        facts=dict(document["facts"]),
    )
