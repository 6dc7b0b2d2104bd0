"""Documents of an older version."""

from pytest_twisted import ensureDeferred

from aen.server.store.collection import Document
from aen.server.store.completing import complete
from aen.server.store.memory import MemoryDatabase


def small(document: Document) -> Document:
    """Return what a name is in small letters."""
    return {"small": document["name"].lower()}


@ensureDeferred
async def test_each_gets_what_it_lacks() -> None:
    """However many there are; what has it already is left alone."""
    documents = MemoryDatabase().collection("users")
    for number in range(450):
        await documents.insert({"_id": str(number), "name": f"N{number}"})
    await documents.insert({"_id": "new", "name": "N", "small": "as it is"})
    assert await complete(documents, "small", small) == 450
    last = await documents.find_one({"_id": "449"})
    assert last == {"_id": "449", "name": "N449", "small": "n449"}
    assert await documents.count({"small": "as it is"}) == 1
    assert await complete(documents, "small", small) == 0
