"""Who may do what, tried: every page and call, by everybody, against the table."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
from treq.testing import StubTreq
from twisted.internet.task import Clock

from aen.model.permissions import Action
from aen.model.rights import Needs, Outcome, outcome
from aen.model.users import Role
from aen.runtime.assets import Assets
from aen.server.channel import Channels
from aen.server.web.addresses import Address
from aen.server.web.site import Root, site
from aen.server.wire_api import WireApi
from tests.outcomes import now
from tests.server.furnished import URL
from tests.server.web.rights_world import (
    OWNER,
    Installation,
    Persona,
    installation,
)

SAFE = ("GET", "HEAD")


@pytest.fixture(scope="module")
def everything() -> Installation:
    """Return a server with somebody of every kind."""
    clock = Clock()
    clock.advance(1_700_000_000)
    return installation(
        clock, lambda rooms: site(rooms, assets=Assets(defaultdict(str), {}))
    )


@pytest.fixture(scope="module")
def addresses(everything: Installation) -> tuple[Address, ...]:
    """Return every page and call."""
    assert isinstance(everything.site, Root)
    return everything.site.addresses


def test_nothing_is_left_out(everything: Installation) -> None:
    """Every rule that is mounted is in the list the other tests go through."""
    assert isinstance(everything.site, Root)
    pages, calls = everything.site.parts
    mounted = {
        (method, prefix + rule.rule)
        for app, prefix in ((pages, ""), (calls, "/api/v1"))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert mounted == {(one.method, one.path) for one in everything.site.addresses}


def test_each_names_what_it_does_to_its_project(addresses: tuple[Address, ...]) -> None:
    """A page or call with a right that forgets its project fails."""
    forgetful = [
        f"{one.method} {one.path} ({one.code})"
        for one in addresses
        if one.of_project and one.right.action is None and one.right.role is Role.USER
    ]
    assert not forgetful, (
        "These have a project in their path, but their right does not say what one"
        f" must be allowed to do to it: right=in_project(Action.…): {forgetful}"
    )


def test_as_the_table_says(
    everything: Installation, addresses: tuple[Address, ...]
) -> None:
    """Each attempt at each address ends as the table says."""
    wrong = [line for address in addresses for line in _tried(everything, address)]
    assert not wrong, "\n".join(wrong)


def _tried(everything: Installation, address: Address) -> Iterator[str]:
    places = ("private", "public") if address.of_project else ("private",)
    for where in places:
        for who in everything.personas:
            expected = _expected(everything, address, who, where)
            status, found, said = everything.attempt(address, who, where)
            fits = _fits(address, expected, found, status)
            if status == 500 or not fits:
                yield (
                    f"{address.method} {address.path} ({address.code}), {where}:"
                    f" {who.name} should get “{expected.value}”, got {status}"
                    f" “{found.value}”: {said}"
                )


def _expected(
    everything: Installation, address: Address, who: Persona, where: str
) -> Outcome:
    right, caller = address.right, who.caller
    if right.needs is Needs.NOBODY:
        return Outcome.LET_IN
    if address.calls and who.refused_by_calls:
        return Outcome.SIGN_IN
    if not address.calls and who.token:
        caller = None  # pages take no tokens
    if who.forged and address.method not in SAFE:
        signed_in = caller is not None
        if not address.calls or signed_in:
            return Outcome.REFUSED
    project = everything.projects[where] if address.of_project else None
    return outcome(right, caller, project)


def _fits(address: Address, expected: Outcome, found: Outcome, status: int) -> bool:
    right = address.right
    open_to_all = right.needs in (Needs.NOBODY, Needs.ANYONE) and not right.action
    if expected is Outcome.LET_IN and open_to_all:
        # What is open to all may lead to signing in, or refuse a wrong password.
        return found is not Outcome.REFUSED
    if right.own and expected is Outcome.REFUSED:
        return status in (403, 404)
    return found is expected


def test_ones_own(everything: Installation, addresses: tuple[Address, ...]) -> None:
    """What is one's own one may do without the role; to another's only with it."""
    (owner,) = (one for one in everything.personas if one.name == "owner")
    mine = [one for one in addresses if one.right.own and "<user>" in one.path]
    assert mine
    for address in mine:
        _, found, said = everything.attempt(address, owner, "private", OWNER)
        assert found is Outcome.LET_IN, (address.path, said)


def test_strangers_never_learn_of_a_private_project(
    everything: Installation, addresses: tuple[Address, ...]
) -> None:
    """They get what they would get where nothing is, to the letter."""
    (stranger,) = (one for one in everything.personas if one.name == "stranger")
    for address in addresses:
        if address.of_project and address.right.role is Role.USER:
            real = everything.attempt(address, stranger, "private")
            none = everything.attempt(address, stranger, "nothing")
            assert real[0] == none[0] == 404, (address.path, real, none)
            assert real[2] == none[2], address.path


def test_each_action_is_asked_for(addresses: tuple[Address, ...]) -> None:
    """No action of the table is one that nothing needs."""
    asked = {one.right.action for one in addresses}
    assert asked >= set(Action)


def test_gateways_alone_ask_over_the_wire(everything: Installation) -> None:
    """Each address of the wire answers 401 to whoever has no ticket."""
    rooms = everything.rooms
    wire = WireApi(rooms, Channels.of(rooms))
    treq: Any = StubTreq(wire.resource())
    rules = [rule.rule for rule in wire.app.url_map.iter_rules()]
    assert "/wire/grant" in rules
    for path in rules:
        asked = treq.post(f"{URL}{path}", json={})
        treq.flush()
        # Two want more than a ticket or something else, and say so first.
        odd = path in ("/oauth/token", "/wire/register")
        assert now(asked).code == (400 if odd else 401), path
