"""What administrators set, as one document; what is missing in it is the default."""

from collections.abc import Mapping
from typing import Any

from aen.server.store.collection import Database

_ONE = "site"


class SiteRecords:
    """Reads and changes the one document."""

    def __init__(self, database: Database) -> None:
        self._all = database.collection("site")

    async def read(self) -> Mapping[str, Any]:
        """Return the parts that were set."""
        return await self._all.find_one({"_id": _ONE}) or {}

    async def write(
        self, parts: Mapping[str, Any], dropped: tuple[str, ...] = ()
    ) -> None:
        """Set *parts*, and forget those that are *dropped*."""
        change: dict[str, Mapping[str, Any]] = {}
        if parts:
            change["$set"] = parts
        if dropped:
            change["$unset"] = dict.fromkeys(dropped, "")
        if change:
            await self._all.put({"_id": _ONE}, change)
