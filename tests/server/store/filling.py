"""Documents for the suites that every store passes."""

from typing import Any

from aen.server.store.collection import Collection


async def fill(things: Collection, *documents: dict[str, Any]) -> None:
    """Insert documents, each with its place in the row as identifier."""
    for number, document in enumerate(documents):
        await things.insert({"_id": f"{number:03}", **document})
