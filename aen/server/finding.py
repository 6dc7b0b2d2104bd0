"""Finding one's way: search, stars, kept searches, and what the dashboard shows."""

import secrets
from collections import Counter
from collections.abc import Iterable

from attrs import define, evolve, field, frozen
from twisted.internet.interfaces import IReactorTime

from aen.model.audit import Act
from aen.model.errors import Conflict, Invalid, NotFound
from aen.model.names import ProjectPath
from aen.model.permissions import Action, demand_whole, may
from aen.model.projects import Project
from aen.model.users import Caller
from aen.runtime.tasks import both, together
from aen.server import profile
from aen.server.projects import Projects
from aen.server.records import Page
from aen.server.search_text import parse_search
from aen.server.store.archive import Archive
from aen.server.store.audit import Seeking
from aen.server.store.project_finder import Looking
from aen.server.store.searches import SavedSearch

_RECENT_ACTS = 60
_SHOWN = 6
_CARDS = 30
"""Projects of one's own, and shared ones, that the dashboard shows; search has all."""
_LOOKED_AT = 60
_STARRED = 50
_TAGS = 20
_TAGGED = 300
"""Public projects, those changed last, whose tags are counted."""
_FRESH_SECONDS = 120.0
_USES = (Act.APP_OPENED, Act.PROJECT_STARTED, Act.PROJECT_MADE)


@frozen
class Dashboard:
    """What somebody finds after signing in."""

    own: tuple[Project, ...] = ()
    shared: tuple[Project, ...] = ()
    more: bool = False
    """Whether there may be more of them than are shown."""
    recent: tuple[Project, ...] = ()
    """Those they opened or started last."""
    starred: tuple[Project, ...] = ()
    top: tuple[Project, ...] = ()
    """Public ones with the most stars."""
    tags: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    """User names of those they share the most projects with."""
    searches: tuple[SavedSearch, ...] = ()


@define(eq=False)
class Finding:
    """What people use to find projects and each other."""

    _projects: Projects
    _archive: Archive
    _clock: IReactorTime
    _most_searches: int
    _tags: tuple[str, ...] = field(default=(), init=False)
    _tags_until: float = field(default=float("-inf"), init=False)

    # -- search

    async def search(
        self,
        caller: Caller | None,
        text: str,
        cursor: str | None = None,
        limit: int = 24,
        *,
        tag: str = "",
        owner: str = "",
    ) -> Page[Project]:
        """Return what the box's *text* finds, the best fitting first."""
        asked = parse_search(text)
        if asked.starred:
            return await self._starred_page(caller, asked.words)
        return await self._projects.listing(
            caller,
            q=asked.words,
            tag=tag or asked.tag,
            owner=owner or asked.owner,
            visibility=asked.visibility,
            cursor=cursor,
            limit=limit,
            shared=asked.shared,
        )

    async def _starred_page(self, caller: Caller | None, words: str) -> Page[Project]:
        if caller is None:
            return Page(())
        found = await self.starred(caller)
        wanted = words.lower().split()
        return Page(tuple(one for one in found if _mentions(one, wanted)))

    # -- stars

    async def star(self, caller: Caller, path: ProjectPath) -> Project:
        """Give a project the caller's star; a second one changes nothing."""
        project = await self._projects.allowed(caller, path, Action.VIEW)
        now = self._clock.seconds()
        if await self._archive.stars.add(caller.user.id, project.id, now):
            await self._archive.projects.star(project.id, 1)
            return evolve(project, stars=project.stars + 1)
        return project

    async def unstar(self, caller: Caller, path: ProjectPath) -> Project:
        """Take the caller's star away, if there is one."""
        project = await self._projects.allowed(caller, path, Action.VIEW)
        if await self._archive.stars.remove(caller.user.id, project.id):
            await self._archive.projects.star(project.id, -1)
            return evolve(project, stars=max(0, project.stars - 1))
        return project

    async def has_star(self, caller: Caller | None, project: Project) -> bool:
        """Whether the caller has starred a project they may see."""
        if caller is None:
            return False
        return await self._archive.stars.has(caller.user.id, project.id)

    async def starred(self, caller: Caller) -> tuple[Project, ...]:
        """Return what the caller has starred and may still see, the newest first."""
        keys = await self._archive.stars.of_user(caller.user.id, _STARRED)
        return await self._seen(caller, keys)

    # -- kept searches

    async def searches(self, caller: Caller) -> tuple[SavedSearch, ...]:
        """Return the searches the caller has kept."""
        demand_whole(caller)
        most = self._most_searches
        return tuple(await self._archive.searches.of_user(caller.user.id, most))

    async def save(self, caller: Caller, name: str, q: str) -> SavedSearch:
        """Keep a search under a name.

        :raises Invalid: there is nothing to look for.
        :raises Conflict: the caller keeps too many.
        """
        demand_whole(caller)
        q = profile.cleaned(" ".join(q.split()), 200)
        if not q:
            message = "There is nothing to look for; type something first."
            raise Invalid(message, fields={"q": message})
        if len(await self.searches(caller)) >= self._most_searches:
            raise Conflict(
                f"You keep {self._most_searches} searches already; remove one first."
            )
        search = SavedSearch(
            id=secrets.token_urlsafe(9),
            user=caller.user.id,
            name=profile.cleaned(" ".join(name.split()), 60) or q[:60],
            q=q,
            created=self._clock.seconds(),
        )
        await self._archive.searches.add(search)
        return search

    async def forget(self, caller: Caller, key: str) -> None:
        """Remove one of the caller's searches."""
        demand_whole(caller)
        if not await self._archive.searches.remove(caller.user.id, key):
            raise NotFound("There is no such search.")

    # -- the dashboard

    async def dashboard(self, caller: Caller) -> Dashboard:
        """Return what the caller finds after signing in; work is bounded."""
        lists = together(
            (
                self._projects.mine(caller, _LOOKED_AT),
                self._recent(caller),
                self.starred(caller),
                self.top(caller),
            )
        )
        others = both(self.tags(), self.searches(caller))
        (mine, recent, starred, top), (tags, searches) = await both(lists, others)
        me = caller.user.name
        return Dashboard(
            own=tuple(one for one in mine if one.path.owner == me)[:_CARDS],
            shared=tuple(one for one in mine if one.path.owner != me)[:_CARDS],
            more=len(mine) > _CARDS,
            recent=recent,
            starred=starred[:_SHOWN],
            top=top,
            tags=_most((tag for one in mine for tag in one.tags), tags),
            people=companions(mine, me),
            searches=searches,
        )

    async def tags(self) -> tuple[str, ...]:
        """Return the tags that public projects have most; counted now and then."""
        now = self._clock.seconds()
        if now >= self._tags_until:
            looking = Looking(visibility="public")
            found = await self._archive.projects.finder.newest(looking, _TAGGED)
            self._tags = _most(tag for one in found for tag in one.tags)
            self._tags_until = now + _FRESH_SECONDS
        return self._tags

    async def top(self, caller: Caller) -> tuple[Project, ...]:
        """Return the public projects with the most stars, a few."""
        if not caller.whole:
            return ()
        return tuple(await self._archive.projects.finder.top(_SHOWN))

    async def _recent(self, caller: Caller) -> tuple[Project, ...]:
        seeking = Seeking(person=caller.user.name, acts=_USES)
        page = await self._archive.audit.page(seeking, None, _RECENT_ACTS)
        by_me = (one for one in page.items if one.by == caller.user.name)
        keys = list(dict.fromkeys(one.project for one in by_me if one.project))
        return await self._seen(caller, keys[:_SHOWN])

    async def _seen(self, caller: Caller, keys: Iterable[str]) -> tuple[Project, ...]:
        """Return the projects of these ids that the caller may see, in order."""
        wanted = list(keys)
        found = await self._archive.projects.with_ids(wanted) if wanted else {}
        known = [found[key] for key in wanted if key in found]
        return tuple(one for one in known if may(caller, Action.VIEW, one))


def companions(projects: Iterable[Project], me: str) -> tuple[str, ...]:
    """Return who is in most of these projects besides *me*, most often first."""
    counted = Counter(
        name
        for one in projects
        for name in {one.path.owner, *(member.user for member in one.team)} - {me}
    )
    order = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(str(name) for name, _ in order[:8])


def _most(tags: Iterable[str], more: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the most frequent of *tags*, then *more*, each once."""
    counted = [tag for tag, _ in Counter(tags).most_common(_TAGS)]
    return tuple(dict.fromkeys((*counted, *more)))[:_TAGS]


def _mentions(project: Project, words: Iterable[str]) -> bool:
    text = f"{project.path} {project.summary} {' '.join(project.tags)}".lower()
    return all(word in text for word in words)
