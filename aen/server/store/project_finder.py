"""Finding projects among very many: by words, the best fitting first."""

from collections.abc import Callable, Sequence
from typing import Any

from attrs import define, field, frozen

from aen.model.errors import Invalid
from aen.model.projects import Project, Visibility
from aen.server.records import Page
from aen.server.store.collection import Collection, Document
from aen.server.store.completing import complete
from aen.server.store.paging import By, all_of, bounded, page_of
from aen.server.store.project_words import EXACT, TEXT, TITLES, derived, rank
from aen.server.store.user_words import beginning, words_of

_ROUNDS = 5
"""How often more is fetched for one page because of what ranks elsewhere."""
_CHANGED_LAST_FIRST = By("updated")
_UNREAD = ("words",)
"""Most of what a document is made of; the rank needs the other words."""


@frozen
class Looking:
    """Which projects are looked for; `reader` is who must be able to see them.

    An empty reader is a visitor; None is someone who sees all.
    """

    reader: str | None = ""
    only: str | None = None
    """The id of the one project that may be found."""
    q: str = ""
    """Beginnings of words."""
    tag: str = ""
    owner: str = ""
    visibility: str = ""
    member: str = ""
    """Somebody who is in the team, not the owner."""

    def shows(self, project: Project) -> bool:
        """Whether the reader may see a project that the store found for them."""
        public = project.visibility is Visibility.PUBLIC
        return public or self.reader is None or project.holds(self.reader)


@define(eq=False)
class ProjectFinder:
    """Finds projects in their collection; every list is bounded by an index."""

    _all: Collection
    _read: Callable[[Document], Project]

    async def page(
        self, looking: Looking, cursor: str | None, limit: int
    ) -> Page[Project]:
        """Return what *looking* finds: the best fitting first, then changed last."""
        limit, asked = bounded(limit), tuple(words_of(looking.q))
        if looking.q.strip() and not asked:
            return Page(())  # only signs: nothing is called so
        if asked:
            whole = looking.q.strip().lower()
            return await _Ranked(self, looking, asked, whole, limit).page(cursor)
        found = await self.find(looking, (), cursor, limit + 1)
        page = page_of(found, limit, self._read, _CHANGED_LAST_FIRST.mark)
        return Page(tuple(filter(looking.shows, page.items)), page.next)

    async def find(
        self,
        looking: Looking,
        more: tuple[dict[str, Any], ...],
        cursor: str | None,
        limit: int,
    ) -> list[Document]:
        """Return documents in the order of their last change."""
        by = _CHANGED_LAST_FIRST
        query = all_of(*_parts(looking), *more, by.beyond(cursor))
        order, unread = by.order, _UNREAD
        return await self._all.find(query, order=order, limit=limit, without=unread)

    def read(self, document: Document) -> Project:
        """Return the project a document holds."""
        return self._read(document)

    async def newest(self, looking: Looking, limit: int) -> list[Project]:
        """Return what *looking* finds, changed last first; words are not looked at."""
        return [self._read(one) for one in await self.find(looking, (), None, limit)]

    async def tagged(
        self, looking: Looking, tags: Sequence[str], limit: int
    ) -> list[Project]:
        """Return what has one of *tags*, changed last first."""
        return await self._some(looking, {"tags": {"$in": list(tags)}}, limit)

    async def owned(
        self, looking: Looking, people: Sequence[str], limit: int
    ) -> list[Project]:
        """Return what one of *people* owns, changed last first."""
        return await self._some(looking, {"owner": {"$in": list(people)}}, limit)

    async def shared(
        self, looking: Looking, people: Sequence[str], limit: int
    ) -> list[Project]:
        """Return what has one of *people* in its team, changed last first."""
        return await self._some(looking, {"members": {"$in": list(people)}}, limit)

    async def _some(
        self, looking: Looking, more: dict[str, Any], limit: int
    ) -> list[Project]:
        found = await self.find(looking, (more,), None, limit)
        return [one for one in map(self._read, found) if looking.shows(one)]

    async def top(self, limit: int) -> list[Project]:
        """Return the public projects with the most stars."""
        query = {"visibility": Visibility.PUBLIC.value, "stars": {"$gt": 0}}
        order = (("stars", -1), ("_id", -1))
        found = await self._all.find(query, order=order, limit=limit)
        return [self._read(one) for one in found]

    async def complete(self) -> int:
        """Give projects of before what finding needs; return how many got it."""
        return await complete(self._all, "called", derived)


@define(eq=False)
class _Ranked:
    """One page of projects in the order of their rank."""

    _search: ProjectFinder
    _looking: Looking
    _asked: tuple[str, ...]
    _whole: str
    _limit: int
    _found: list[tuple[int, Document]] = field(factory=list, init=False)

    async def page(self, cursor: str | None) -> Page[Project]:
        """Return the page that begins at *cursor*; more may follow an unfilled one."""
        first, mark = _place(cursor)
        following = None
        for place in range(first, TEXT + 1):
            following = await self._take(place, mark if place == first else None)
            if len(self._found) > self._limit or following is not None:
                break
        items = self._found[: self._limit]
        if len(self._found) > self._limit:
            place, last = items[-1]
            following = f"{place}~{_CHANGED_LAST_FIRST.mark(last)}"
        read = [self._search.read(one) for _, one in items]
        return Page(tuple(filter(self._looking.shows, read)), following)

    async def _take(self, place: int, mark: str | None) -> str | None:
        """Take what ranks at *place*; return where to go on if not all was seen."""
        more = self._narrowed(place)
        room = self._limit + 1
        for _ in range(_ROUNDS):
            found = await self._search.find(self._looking, more, mark, room)
            self._found += [
                (place, one)
                for one in found
                if rank(one, self._asked, self._whole) == place
            ]
            if len(self._found) > self._limit:
                return None
            if len(found) < room:
                return None
            mark = _CHANGED_LAST_FIRST.mark(found[-1])
        return f"{place}~{mark}"

    def _narrowed(self, place: int) -> tuple[dict[str, Any], ...]:
        if place == EXACT:
            return ({"called": self._whole},)
        field = "titles" if place == TITLES else "words"
        return tuple({field: beginning(word)} for word in self._asked)


def _place(cursor: str | None) -> tuple[int, str | None]:
    """Return the rank that a cursor is at, and the mark in it."""
    if not cursor:
        return EXACT, None
    place, _, mark = cursor.partition("~")
    if place not in ("0", "1", "2") or not mark:
        raise Invalid("The cursor is not one of ours.")
    return int(place), mark


def _parts(looking: Looking) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    if looking.only is not None:
        parts.append({"_id": looking.only})
    if looking.reader == "":
        parts.append({"visibility": Visibility.PUBLIC.value})
    elif looking.reader is not None:
        seen = [
            {"visibility": Visibility.PUBLIC.value},
            {"owner": looking.reader},
            {"members": looking.reader},
        ]
        parts.append({"$or": seen})
    for name, value in (
        ("tags", looking.tag),
        ("owner", looking.owner),
        ("visibility", looking.visibility),
        ("members", looking.member),
    ):
        if value:
            parts.append({name: value})
    return parts
