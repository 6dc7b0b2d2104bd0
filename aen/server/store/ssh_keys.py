"""SSH public keys in the store."""

from attrs import frozen

from aen.model.ssh_keys import SshKey
from aen.server.store.collection import Database, Document, Duplicate


@frozen
class KeptKey:
    """A key of the account with the id `user`."""

    id: str
    user: str
    title: str
    added: float
    key: SshKey


class SshKeyRecords:
    """Finds, adds and removes keys."""

    def __init__(self, database: Database) -> None:
        self._all = database.collection("ssh_keys")

    async def add(self, kept: KeptKey) -> bool:
        """Add a key; False when the account has it already."""
        key = kept.key
        document = {
            "_id": kept.id,
            "user": kept.user,
            "title": kept.title,
            "added": kept.added,
            "type": key.type,
            "blob": key.blob,
            "comment": key.comment,
            "bits": key.bits,
            "fingerprint": key.fingerprint,
        }
        try:
            await self._all.insert(document)
        except Duplicate:
            return False
        return True

    async def of_user(self, user: str) -> list[KeptKey]:
        """Return somebody's keys, the oldest first."""
        order = [("added", 1), ("_id", 1)]
        found = await self._all.find({"user": user}, order=order, limit=500)
        return [_kept(one) for one in found]

    async def count(self, user: str) -> int:
        """Return how many keys somebody has."""
        return await self._all.count({"user": user})

    async def remove(self, user: str, key: str) -> KeptKey | None:
        """Remove a key and return what it was; None: there is no such."""
        query = {"_id": key, "user": user}
        found = await self._all.find_one(query)
        if found is None or not await self._all.delete(query):
            return None
        return _kept(found)

    async def remove_all(self, user: str) -> None:
        """Remove the keys of somebody who goes."""
        await self._all.delete({"user": user})


def _kept(document: Document) -> KeptKey:
    key = SshKey(
        document["type"], document["blob"], document["comment"], document["bits"]
    )
    return KeptKey(
        document["_id"], document["user"], document["title"], document["added"], key
    )
