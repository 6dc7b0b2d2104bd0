"""OAuth authorization codes in the store: only their SHA-256."""

from attrs import frozen

from aen.server.store.collection import Database


@frozen
class Code:
    """What a code was given for: to which client, whose session."""

    client: str
    redirect_uri: str
    challenge: str
    session: str
    user: str
    expires: float


class Codes:
    """Gives out and takes back codes, each once."""

    def __init__(self, database: Database) -> None:
        self._all = database.collection("codes")

    async def add(self, code_hash: str, code: Code) -> None:
        """Add a code."""
        await self._all.insert(
            {
                "_id": code_hash,
                "client": code.client,
                "redirect_uri": code.redirect_uri,
                "challenge": code.challenge,
                "session": code.session,
                "user": code.user,
                "expires": code.expires,
                "used": False,
            }
        )

    async def take(self, code_hash: str) -> Code | None:
        """Return the code and mark it used, unless it was."""
        query = {"_id": code_hash, "used": False}
        found = await self._all.claim(query, {"$set": {"used": True}})
        if found is None:
            return None
        return Code(
            client=found["client"],
            redirect_uri=found["redirect_uri"],
            challenge=found["challenge"],
            session=found["session"],
            user=found["user"],
            expires=found["expires"],
        )

    async def trim(self, before: float) -> None:
        """Forget codes that expired before *before*."""
        await self._all.delete({"expires": {"$lt": before}})
