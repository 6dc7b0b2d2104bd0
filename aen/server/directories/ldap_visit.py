"""What is asked on one connection: who is it, is the password right, which groups."""

from attrs import evolve

from aen.server.directories import ldap_filter
from aen.server.directories.directory import Person, Reason, Refusal, Say, Step
from aen.server.directories.ldap_connect import Trouble
from aen.server.directories.ldap_link import Link
from aen.server.directories.ldap_messages import Entry, Question
from aen.server.directories.ldap_names import direct, person
from aen.server.directories.ldap_results import (
    SIZE_LIMIT,
    SUCCESS,
    mend,
    not_now,
    refusal,
    words,
)
from aen.server.directories.ldap_settings import (
    DN,
    USERNAME,
    LdapSettings,
    Scope,
    Search,
)

_NOBODY = "cn=nobody-of-that-name"
_ANYTHING = "(objectClass=*)"
_TWO = 2
"""Entries asked for where there should be one: more is too many."""


class Visit:
    """One connection's questions; says each step where somebody listens."""

    def __init__(self, link: Link, settings: LdapSettings, say: Say) -> None:
        self._link = link
        self._settings = settings
        self._say = say

    async def show(self, name: str, password: str | None) -> None:
        """Do what `check` does for an operator who watches."""
        if not name:
            await self.bind_service()
            return
        found = await self.check(name, password)
        if isinstance(found, Refusal):
            detail = f": {found.detail}" if found.detail else ""
            text = f"“{name}” is not let in: {found.reason.value}{detail}."
            self._say(Step(False, text))
        else:
            self._say(Step(True, f"An account would get {_told(found)}."))

    async def check(self, name: str, password: str | None) -> Person | Refusal:
        """Return whose name and password these are; None: no password is asked."""
        if self._settings.direct:
            return await self._check_direct(name, password or "")
        return await self._check_found(name, password)

    # ---- by a search

    async def _check_found(self, name: str, password: str | None) -> Person | Refusal:
        refused = Refusal(Reason.UNKNOWN)
        await self.bind_service()
        for number, search in enumerate(self._settings.USER_SEARCH):
            found = await self._find(number, search, name)
            if isinstance(found, Refusal):
                return found
            if found is None:
                continue
            if password is not None:
                wrong = await self._bind_person(found.dn, password)
                if wrong is not None:
                    refused = wrong
                    await self.bind_service()
                    continue
            return await self._whole(name, found, password)
        if refused.reason is Reason.UNKNOWN and password is not None:
            await self._take_as_long(password)
        return refused

    async def bind_service(self) -> None:
        """Be known by the account that searches."""
        settings = self._settings
        who = f"“{settings.BIND_DN}”" if settings.BIND_DN else "nobody (anonymous)"
        result = await self._link.bind(
            settings.BIND_DN.encode(), settings.BIND_AUTH.encode()
        )
        if result.code != SUCCESS:
            text = f"it does not let us in as {who}: {words(result)}"
            raise Trouble(text, mend(result))
        self._say(Step(True, f"It lets us in as {who}."))

    async def _find(
        self, number: int, search: Search, name: str
    ) -> Entry | Refusal | None:
        """Return the one entry of *name*; None: there is none."""
        text = ldap_filter.fill(search.filter, {USERNAME: name})
        keys = self._settings.KEY_MAP.attributes
        what = f"LDAP.USER_SEARCH[{number}], {text} below “{search.base}”,"
        entries, more = await self._search(search, text, keys, _TWO, what)
        if len(entries) > 1 or more:
            self._say(Step(False, f"{what} finds several.", "Narrow the filter."))
            return Refusal(Reason.SEVERAL, f"by USER_SEARCH[{number}]")
        if not entries:
            self._say(Step(True, f"{what} finds nobody."))
            return None
        self._say(Step(True, f"{what} finds “{entries[0].shown}”."))
        return entries[0]

    async def _search(
        self,
        search: Search,
        text: str,
        attributes: tuple[str, ...],
        most: int,
        what: str,
    ) -> tuple[tuple[Entry, ...], bool]:
        """Return what is found, and whether there is more."""
        tuning = self._settings.tuning
        question = Question(
            base=search.base.encode(),
            scope=search.depth.value,
            filter=ldap_filter.parse(text),
            attributes=attributes,
            most=most,
            seconds=max(1, round(tuning.answer)),
            deref=tuning.deref,
        )
        found = await self._link.search(question)
        if found.result.code not in (SUCCESS, SIZE_LIMIT):
            raise Trouble(f"{what} fails: {words(found.result)}", mend(found.result))
        return found.entries, found.result.code == SIZE_LIMIT

    async def _bind_person(self, dn: bytes, password: str) -> Refusal | None:
        """Return why the directory does not take the password; None: it does."""
        result = await self._link.bind(dn, password.encode())
        shown = dn.decode("utf-8", "replace")
        if result.code == SUCCESS:
            self._say(Step(True, f"It takes the password of “{shown}”."))
            return None
        refused = None if not_now(result) else refusal(result)
        if refused is None:
            text = f"it does not check the password of “{shown}”: {words(result)}"
            raise Trouble(text, mend(result))
        said = f"It does not take the password of “{shown}”: {words(result)}."
        self._say(Step(False, said))
        return refused

    async def _take_as_long(self, password: str) -> None:
        """Bind as nobody, so that the time tells no stranger which names there are."""
        base = self._settings.USER_SEARCH[0].base
        await self._link.bind(f"{_NOBODY},{base}".encode(), password.encode())

    # ---- by a name made of theirs

    async def _check_direct(self, name: str, password: str) -> Person | Refusal:
        dn = direct(self._settings.BIND_DN, name)
        if dn is None:
            return Refusal(Reason.UNKNOWN, "the name has characters that have no place")
        refused = await self._bind_person(dn.encode(), password)
        if refused is not None:
            return refused
        if not self._settings.USER_SEARCH:
            return await self._whole(name, await self._own_entry(dn), password)
        for number, search in enumerate(self._settings.USER_SEARCH):
            found = await self._find(number, search, name)
            if isinstance(found, Refusal):
                return found
            if found is not None:
                # The entry found by the name might be another's than who was bound.
                refused = await self._bind_person(found.dn, password)
                return refused or await self._whole(name, found, password)
        return Refusal(Reason.UNKNOWN, "bound, but not found by LDAP.USER_SEARCH")

    async def _own_entry(self, dn: str) -> Entry | None:
        """Return the entry of who is bound, where they may read it."""
        if "=" not in dn:
            return None
        question = Question(
            dn.encode(),
            Scope.BASE.value,
            ldap_filter.parse(_ANYTHING),
            self._settings.KEY_MAP.attributes,
            _TWO,
        )
        found = await self._link.search(question)
        return found.entries[0] if len(found.entries) == 1 else None

    # ---- groups

    async def _whole(
        self, name: str, entry: Entry | None, password: str | None
    ) -> Person:
        """Return the person with their groups."""
        found = person(name, entry, self._settings.KEY_MAP)
        if entry is None or not self._settings.GROUP_SEARCH:
            return found
        if password is not None and not self._settings.direct:
            await self.bind_service()
        groups = set(found.groups)
        values = {DN: entry.dn.decode("utf-8", "surrogateescape"), USERNAME: name}
        for number, search in enumerate(self._settings.GROUP_SEARCH):
            text = ldap_filter.fill(search.filter, values)
            what = f"LDAP.GROUP_SEARCH[{number}], {text} below “{search.base}”,"
            entries, more = await self._search(
                search, text, ("1.1",), self._settings.MOST_GROUPS, what
            )
            groups |= {one.shown for one in entries}
            all_of = "at least " if more else ""
            self._say(Step(True, f"{what} finds {all_of}{len(entries)}."))
        return evolve(found, groups=frozenset(groups))


def _told(found: Person) -> str:
    parts = [f"the user name “{found.name}”"]
    parts += [f"the name “{found.display_name}”"] if found.display_name else []
    parts += [f"the address “{found.email}”"] if found.email else []
    parts += [f"the lasting id “{found.id}”"] if found.id else []
    if found.groups:
        parts.append(
            f"the groups {', '.join(f'“{one}”' for one in sorted(found.groups))}"
        )
    return ", ".join(parts)
