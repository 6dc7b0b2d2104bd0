"""An installation with somebody of every kind, and attempts at every address.

A new name in a path, a form or a body is explained in `THINGS`, `FORM` or `WORDS`.
"""

import copy
import json
import re
from typing import Any, get_args, get_origin, get_type_hints
from urllib.parse import quote, urlencode

import attrs
from attrs import define, evolve, field, frozen
from treq.testing import StubTreq
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.web.http_headers import Headers
from twisted.web.resource import IResource

from aen.model.names import UserName
from aen.model.permissions import SCOPES
from aen.model.projects import Member, Project, State, TeamRole, Visibility
from aen.model.rights import Outcome
from aen.model.tasks import Kind
from aen.model.users import Caller, Role
from aen.server.rooms import Rooms
from aen.server.store.tokens import Token
from aen.server.web import forgery
from aen.server.web.addresses import Address
from aen.server.web.cookies import Cookies
from tests.outcomes import now
from tests.server.furnished import PASSWORD, URL, World, at, furnished
from tests.server.web.example import center, project

OWNER = "olga"
HIDDEN = {
    "There is no such project.",
    "There is nothing at this address, or it is not open to you.",
}
"""What those are told who may not know of a project."""

THINGS = {
    "user": "pia",
    "username": "pia",
    "person": "pia",
    "app": "notebook",
    "environment": "default",
    "session": "no-such-session",
    "token": "no-such-token",
    "launch": "no-such-launch",
    "secret": "no-such-secret",
    "part": "now",
    "act": "disable",
    "key": "no-such-thing",
    "center": "main",
    "node": "node1",
    "exception": "no-such-exception",
}
"""What stands in a path for each name, where nothing is said for the address."""
NAMES = {
    "/static/built/<name>": "no-such-file",
}
"""The same for “name”, which means many things; in a project's path: the project."""
FORM = {
    "role": "member",
    "user": "pia",
    "username": "newcomer",
    "name": "newcomer",
    "password": "a long enough password",
    "password_again": "a long enough password",
    "visibility": "public",
    "confirm": "",
    "verb": "install",
    "packages": "numpy",
}
"""What forms are sent with."""
WORDS = {"username": "newcomer", "password": "a long enough password", "name": "new"}
"""What stands for text in the bodies of calls."""
BODIES: dict[str, Any] = {"EnvironmentChanges": {"install": ["numpy"]}}
"""Bodies that nothing has to be in, but that are refused when empty."""


@frozen
class Persona:
    """Somebody who tries."""

    name: str
    caller: Caller | None
    """Who that is to the table; None: nobody."""
    cookie: str = ""
    token: str = ""
    forged: bool = False
    """Whether the anti-forgery token is left out."""

    @property
    def refused_by_calls(self) -> bool:
        """Whether the token is no good at all."""
        return bool(self.token) and self.caller is None


@define
class Installation:
    """A server in memory, with everybody in it."""

    world: World
    site: IResource
    personas: list[Persona] = field(factory=list)
    projects: dict[str, Project] = field(factory=dict)
    _kept: dict[str, Any] = field(factory=dict)

    @property
    def rooms(self) -> Rooms:
        """Its use cases."""
        return self.world.rooms

    def keep(self) -> None:
        """Remember everything as it is now."""
        for name, one in self.world.database._collections.items():
            self._kept[name] = copy.deepcopy(vars(one))

    def restore(self) -> None:
        """Make everything as it was when it was kept."""
        for name, one in self.world.database._collections.items():
            if name in self._kept:
                vars(one).update(copy.deepcopy(self._kept[name]))

    # ---- attempts

    def attempt(
        self, address: Address, who: Persona, where: str, user: str = ""
    ) -> tuple[int, Outcome, str]:
        """Return the status, what it means, and what was said."""
        path = filled(address, where, user)
        headers, body = self._sent(address, who)
        status, location, text = self._ask(address, path, headers, body)
        if address.method not in ("GET", "HEAD") and status < 400:
            self.restore()
        if address.method == "GET" and location.startswith("/login"):
            status = 401
        title = re.search("<title>([^<]*)", text)
        return status, _meaning(status, text), title[1] if title else text[:300]

    def _sent(self, address: Address, who: Persona) -> tuple[Headers, bytes]:
        names = Cookies.of(URL)
        headers = Headers({"host": [URL.removeprefix("http://")], "origin": [URL]})
        csrf, cookie = "visitor v", f"{names.visitor}=v"
        if who.cookie:
            cookie += f"; {names.session}={who.cookie}"
            assert who.caller is not None
            csrf = csrf if who.caller.user.disabled else who.cookie
        headers.setRawHeaders("cookie", [cookie])
        if who.token:
            headers.setRawHeaders("authorization", [f"Bearer {who.token}"])
        proof = "" if who.forged else self.rooms.access.csrf(csrf)
        if address.method in ("GET", "HEAD"):
            return headers, b""
        headers.setRawHeaders(forgery.HEADER, [proof])
        if address.calls:
            headers.setRawHeaders("content-type", ["application/json"])
            body = {} if address.body is None else sample(address.body)
            body = body or BODIES.get(getattr(address.body, "__name__", ""), {})
            return headers, json.dumps(body).encode()
        kind = "application/x-www-form-urlencoded"
        headers.setRawHeaders("content-type", [kind])
        return headers, urlencode({**FORM, forgery.FIELD: proof}).encode()

    def _ask(
        self, address: Address, path: str, headers: Headers, body: bytes
    ) -> tuple[int, str, str]:
        treq: Any = StubTreq(self.site)
        asked = treq.request(
            address.method, URL + path, headers=headers, data=body,
            allow_redirects=False,
        )  # fmt: skip
        treq.flush()
        self.world.clock.advance(0)
        try:
            response = now(asked)
        except AssertionError as error:
            raise AssertionError(f"{address.method} {path} gives no answer") from error
        streams = (response.headers.getRawHeaders("content-type") or [""])[0]
        text = ""
        if not streams.startswith("text/event-stream"):
            treq.flush()
            text = now(response.text())
        location = (response.headers.getRawHeaders("location") or [""])[0]
        return response.code, location, text


def _meaning(status: int, text: str) -> Outcome:
    if status == 401:
        return Outcome.SIGN_IN
    if status == 403:
        return Outcome.REFUSED
    if status == 404 and any(one in text for one in HIDDEN):
        return Outcome.HIDDEN
    return Outcome.LET_IN


def filled(address: Address, where: str, user: str = "") -> str:
    """Return the address with something real for each name in it."""

    def value(found: "re.Match[str]") -> str:
        name = found[1].rpartition(":")[2]
        if name == "owner":
            return OWNER
        if name == "project" or (name == "name" and address.of_project_name):
            return where
        if name == "name":
            return NAMES.get(address.path, "default")
        if name == "user" and user:
            return user
        assert name in THINGS, (
            f"{address.path}: say in THINGS of tests/server/web/rights_world.py what"
            f" stands for “{name}” when the address is tried"
        )
        return THINGS[name]

    path = re.sub(r"<([^>]+)>", value, address.path)
    return quote(path)


def sample(kind: Any) -> Any:
    """Return JSON that is a *kind*, with what must be there."""
    if attrs.has(kind):
        hints = get_type_hints(kind)
        return {
            one.name: WORDS.get(one.name) or sample(hints[one.name])
            for one in attrs.fields(kind)
            if one.default is attrs.NOTHING
        }
    if get_origin(kind) in (tuple, list):
        return [sample(get_args(kind)[0])]
    if get_args(kind):
        return sample(get_args(kind)[0])
    if hasattr(kind, "__members__"):
        return next(iter(kind)).value
    return {bool: False, int: 1, float: 1.0, dict: {}}.get(kind, "pia")


# ---- who is there


async def populated(clock: Clock) -> World:
    """Return a server with somebody of every kind and two projects of Olga."""
    world = await furnished(clock, open_registration=True, tokens_per_user=1000)
    rooms = world.rooms
    for name, role in (
        *((one, Role.USER) for one in (OWNER, "mia", "max", "vic", "sid", "dora")),
        *(("pia", Role.USER), ("stan", Role.STAFF), ("sue", Role.SUPERUSER)),
    ):
        await rooms.accounts.add_user(None, name, PASSWORD, role=role)
    await center(rooms)
    world.nodes.silent = True  # who may is decided before a node is asked
    team = tuple(
        Member(UserName(name), role)
        for name, role in (
            *(("mia", TeamRole.MAINTAINER), ("max", TeamRole.MEMBER)),
            *(("vic", TeamRole.VIEWER), ("dora", TeamRole.MAINTAINER)),
            ("pia", TeamRole.VIEWER),
        )
    )
    for name in ("private", "public"):
        await project(
            rooms, f"{OWNER}/{name}", state=State.RUNNING, node="node1", team=team,
            visibility=Visibility(name),
        )  # fmt: skip
    await project(rooms, f"{OWNER}/other")
    return world


async def everybody(rooms: Rooms) -> list[Persona]:
    """Return everybody who tries."""
    access = rooms.access
    found = [Persona("visitor", None), Persona("forged visitor", None, forged=True)]
    for who, name in (
        *(("stranger", "sid"), ("viewer", "vic"), ("member", "max")),
        *(("maintainer", "mia"), ("owner", OWNER), ("staff", "stan")),
        *(("superuser", "sue"), ("disabled user", "dora")),
    ):
        cookie, caller = await access.sign_in(name, PASSWORD, "10.0.0.1", "tests")
        if who == "disabled user":
            caller = evolve(caller, user=evolve(caller.user, disabled=True))
        found.append(Persona(who, caller, cookie=cookie))
    (owner,) = (one for one in found if one.name == "owner")
    found.append(evolve(owner, name="without the anti-forgery token", forged=True))
    assert owner.caller is not None
    found += await _with_tokens(rooms, owner.caller)
    (dora,) = (one for one in found if one.name == "disabled user")
    assert dora.caller is not None
    text = await _token(rooms, dora.caller)
    found.append(Persona("token of a disabled user", None, token=text))
    user = await rooms.archive.users.named("dora")
    assert user is not None
    await rooms.archive.users.change(user.id, {"disabled": True})
    return found


async def _with_tokens(rooms: Rooms, owner: Caller) -> list[Persona]:
    found = [
        Persona("wrong token", None, token="aen_wrong"),
        Persona("expired token", None, token=await _token(rooms, owner, expires=1.0)),
        Persona("whole token", _limited(owner), token=await _token(rooms, owner)),
    ]
    sue = await rooms.archive.users.named("sue")
    assert sue is not None
    other = {"project": f"{OWNER}-other"}
    every: list[tuple[str, Caller, dict[str, Any]]] = [
        *((f"token for {one}", owner, {"scopes": (one,)}) for one in SCOPES),
        ("token for this project", owner, {"project": f"{OWNER}-private"}),
        ("token for another project", owner, other),
        ("superuser's token for scopes", Caller(sue), {"scopes": ("project:read",)}),
        ("superuser's for keys", Caller(sue), {"scopes": ("ssh-keys:read",)}),
        ("superuser's token for a project", Caller(sue), other),
    ]
    for name, caller, limits in every:
        text = await _token(rooms, caller, **limits)
        found.append(Persona(name, _limited(caller, **limits), token=text))
    return found


def _limited(owner: Caller, **limits: Any) -> Caller:
    scopes = limits.get("scopes")
    return Caller(
        owner.user,
        token="t",
        scopes=None if scopes is None else frozenset(scopes),
        project=limits.get("project"),
    )


async def _token(rooms: Rooms, owner: Caller, **limits: Any) -> str:
    number = await rooms.archive.tokens.count(owner.user.id)
    token = Token(
        **{
            "id": f"{owner.user.name}-{number}",
            "user": owner.user.id,
            "note": "test",
            "scopes": None,
            "created": 0.0,
            "expires": None,
            **limits,
        }
    )
    return await rooms.api_tokens.keep_token(token)


def installation(clock: Clock, make: Any) -> Installation:
    """Return the installation with its site, which *make* makes of its rooms."""
    world = now(Deferred.fromCoroutine(populated(clock)))
    found = Installation(world, make(world.rooms))
    found.personas = now(Deferred.fromCoroutine(everybody(world.rooms)))
    for name in ("private", "public"):
        asked = world.rooms.archive.projects.at(at(f"{OWNER}/{name}"))
        one = now(Deferred.fromCoroutine(asked))
        assert one is not None
        found.projects[name] = one
    made = world.rooms.tasks.add(Kind.START_PROJECT, "some key", {}, "sue")
    THINGS["task"] = now(Deferred.fromCoroutine(made)).id
    found.keep()
    return found
