"""Grants are asked once, kept for a while, dropped by news."""

import pytest
from attrs import evolve
from twisted.internet.task import Clock

from aen.gateway.grants import Grants, Limits
from aen.model.errors import NotFound, Unavailable
from aen.wire.messages import Credential, Drop
from tests.gateway.fakes import ADA, GRANT, PATH, Server
from tests.outcomes import outcome

EVE = Credential(session="s2")


@pytest.fixture
def server() -> Server:
    """Return a server that answers when told."""
    return Server()


@pytest.fixture
def grants(server: Server, clock: Clock) -> Grants:
    """Return grants that are fresh for 60 s, with a grace of an hour; two at most."""
    return Grants(server.grant, clock, Limits(60, 3600, 2))


def test_many_who_wait_ask_once(grants: Grants, server: Server) -> None:
    """One question answers all who wait, and those who come later."""
    waiting = [grants.find(ADA, PATH) for _ in range(3)]
    server.answer(GRANT)
    assert [outcome(one) for one in waiting] == [GRANT] * 3
    assert grants.known(ADA, PATH) == GRANT
    assert len(server.asked) == 1


def test_a_grant_grows_old(grants: Grants, server: Server, clock: Clock) -> None:
    """What is not fresh is asked anew."""
    grants.find(ADA, PATH)
    server.answer(GRANT)
    clock.advance(61)
    assert grants.known(ADA, PATH) is None


def test_a_refusal_is_soon_forgotten(
    grants: Grants, server: Server, clock: Clock
) -> None:
    """A script that knocks again and again costs the server little."""
    refusal = NotFound("There is no such project.")
    waiting = grants.find(ADA, PATH)
    server.answer(refusal)
    assert outcome(waiting) is refusal
    assert grants.known(ADA, PATH) is refusal
    clock.advance(4)
    assert grants.known(ADA, PATH) is None


def test_a_silent_server_leaves_what_is_known(
    grants: Grants, server: Server, clock: Clock
) -> None:
    """Open apps go on for a grace while the server is away, and no longer."""
    grants.find(ADA, PATH)
    server.answer(GRANT)
    clock.advance(3000)
    waiting = grants.find(ADA, PATH)
    server.answer(Unavailable("down"))
    assert outcome(waiting) == GRANT
    clock.advance(1000)
    waiting = grants.find(ADA, PATH)
    server.answer(Unavailable("down"))
    assert isinstance(outcome(waiting), Unavailable)


@pytest.mark.parametrize(
    "news", [Drop(project_id="p1"), Drop(user_id="u1"), Drop(session="s1")]
)
def test_news_drop_what_they_are_about(
    grants: Grants, server: Server, news: Drop
) -> None:
    """A project's, a person's and a session's end each drop the grant."""
    grants.find(ADA, PATH)
    server.answer(GRANT)
    grants.find(EVE, PATH)
    server.answer(evolve(GRANT, project_id="p2", user_id="u2"))
    assert [question.credential for question in grants.drop(news)] == [ADA]
    assert grants.known(ADA, PATH) is None
    assert grants.known(EVE, PATH) is not None


def test_a_dropped_grant_has_no_grace(grants: Grants, server: Server) -> None:
    """Who was shut out stays out, also while the server is away."""
    grants.find(ADA, PATH)
    server.answer(GRANT)
    grants.drop(Drop(session="s1"))
    waiting = grants.find(ADA, PATH)
    server.answer(Unavailable("down"))
    assert isinstance(outcome(waiting), Unavailable)


@pytest.mark.parametrize(
    "news", [Drop(project_id="p1"), Drop(user_id="u1"), Drop(session="s1"), None]
)
def test_news_overtake_an_answer(
    grants: Grants, server: Server, news: Drop | None
) -> None:
    """What was said before somebody was shut out lets nobody in after it."""
    waiting = grants.find(ADA, PATH)
    if news is None:
        grants.doubt_all()
    else:
        grants.drop(news)
    server.answer(GRANT)
    assert not waiting.called
    assert grants.known(ADA, PATH) is None
    refusal = NotFound("There is no such project.")
    server.answer(refusal)
    assert outcome(waiting) is refusal


def test_news_of_others_overtake_nothing(grants: Grants, server: Server) -> None:
    """An answer they are not about is good as it is."""
    waiting = grants.find(ADA, PATH)
    grants.drop(Drop(project_id="p2"))
    server.answer(GRANT)
    assert outcome(waiting) == GRANT
    assert len(server.asked) == 1


def test_after_a_silence_everything_is_doubted(grants: Grants, server: Server) -> None:
    """News may have been missed: nothing is fresh until asked again."""
    grants.find(ADA, PATH)
    server.answer(GRANT)
    assert [question.credential for question in grants.doubt_all()] == [ADA]
    assert grants.known(ADA, PATH) is None


def test_the_oldest_makes_room(grants: Grants, server: Server) -> None:
    """No more grants are kept than the limit says."""
    for number in range(3):
        grants.find(Credential(session=f"s{number}"), PATH)
        server.answer(GRANT)
    assert grants.known(Credential(session="s0"), PATH) is None
    assert grants.known(Credential(session="s2"), PATH) == GRANT


def test_a_guests_grant_ends_with_their_time(
    grants: Grants, server: Server, clock: Clock
) -> None:
    """At that moment, before any news, and no grace makes it longer."""
    end = clock.seconds() + 10
    grants.find(ADA, PATH)
    server.answer(evolve(GRANT, until=end))
    clock.advance(9)
    entry = grants.entry(ADA, PATH)
    assert entry is not None
    clock.advance(1)
    assert not grants.holds(entry, clock.seconds())
    asked = grants.find(ADA, PATH)
    server.answer(Unavailable("The server does not answer."))
    assert isinstance(outcome(asked), Unavailable)
