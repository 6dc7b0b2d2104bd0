"""Documents of an older version, given the fields that lists need by now."""

from collections.abc import Callable

from aen.server.store.collection import Collection, Document

_AT_ONCE = 200


async def complete(
    documents: Collection, field: str, derived: Callable[[Document], Document]
) -> int:
    """Set what *derived* returns where *field* is missing; return in how many.

    :param field: one of those that *derived* returns.
    """
    done = 0
    query = {field: {"$exists": False}}
    while found := await documents.find(query, limit=_AT_ONCE):
        for one in found:
            await documents.update({"_id": one["_id"]}, {"$set": derived(one)})
        done += len(found)
    return done
