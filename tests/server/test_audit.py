"""Who did what, as the use cases note it."""

import pytest
from attrs import evolve
from pytest_twisted import ensureDeferred
from twisted.internet.task import Clock

from aen.model.audit import Act
from aen.model.errors import Forbidden, Invalid
from aen.model.names import UserName
from aen.model.users import Caller, Role, User
from aen.server.audit import Audit
from aen.server.store.audit import AuditRecords, Seeking
from aen.server.store.memory import MemoryDatabase

ADA = Caller(User("u1", UserName("ada")), session="s1", address="192.0.2.7")
ROOT = Caller(User("u2", UserName("root"), role=Role.SUPERUSER), session="s2")


def _audit() -> Audit:
    clock = Clock()
    clock.advance(5.0)
    return Audit(AuditRecords(MemoryDatabase()), clock)


@ensureDeferred
async def test_an_entry_says_who_when_and_whence() -> None:
    """What people typed is bounded and harmless."""
    audit = _audit()
    await audit.note(Act.TOKEN_MADE, ADA, note="a\nb" + "x" * 400)
    entry = (await audit.own(ADA)).items[0]
    assert (entry.act, entry.by, entry.at) == (Act.TOKEN_MADE, "ada", 5.0)
    assert entry.address == "192.0.2.7"
    assert "\n" not in entry.details["note"]
    assert len(entry.details["note"]) <= 300


@ensureDeferred
async def test_people_see_their_own_and_administrators_everything() -> None:
    """What was done to somebody is theirs to see."""
    audit = _audit()
    await audit.note(Act.PASSWORD_RESET, ROOT, user="ada")
    await audit.note(Act.SIGN_IN_REFUSED, "eve", address="192.0.2.9")
    assert [one.by for one in (await audit.own(ADA)).items] == ["root"]
    everything = await audit.everything(ROOT, Seeking())
    assert {one.by for one in everything.items} == {"root", "eve"}
    with pytest.raises(Forbidden):
        await audit.everything(ADA, Seeking())


@ensureDeferred
async def test_a_limited_token_does_not_read_the_log() -> None:
    """It is part of the account itself."""
    limited = evolve(ADA, session=None, token="t1", scopes=frozenset())
    with pytest.raises(Forbidden):
        await _audit().own(limited)


@ensureDeferred
async def test_one_kind_of_acts_can_be_seen_alone() -> None:
    """Others are left out; a kind there is none of is refused."""
    audit = _audit()
    await audit.note(Act.SIGNED_IN, ADA)
    await audit.note(Act.PROJECT_STARTED, ADA)
    found = await audit.own(ADA, about="projects")
    assert [one.act for one in found.items] == [Act.PROJECT_STARTED]
    with pytest.raises(Invalid):
        await audit.own(ADA, about="weather")
