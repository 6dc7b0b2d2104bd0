"""Where requests go: at once when the answers are known, politely when not."""

import json
from typing import Any

import pytest
from attrs import evolve
from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from aen.gateway.nodes import Nodes
from aen.gateway.passes import hash_token, visitors_pass
from aen.gateway.router import GatewayRouter
from aen.model.apps import Permission
from aen.model.errors import Elsewhere, NotFound, Unauthenticated
from aen.model.projects import State
from aen.proxy.head import Headers, RequestHead
from aen.proxy.routing import Answer, Forward
from aen.wire.messages import Credential, Drop, Opening
from aen.wire.tickets import unseal
from tests.gateway.fakes import GRANT, KEY, LAB, LAUNCH, NODE
from tests.gateway.routing import (
    COOKIE,
    PAGE,
    PASSES,
    PEER,
    TARGET,
    VIEWER,
    World,
    ask,
    header,
    nodes,
    router,
    world,
)
from tests.outcomes import outcome

__all__ = ["nodes", "router", "world"]  # fixtures


def test_a_known_app_is_reached_without_waiting(router: GatewayRouter) -> None:
    """The first request asks; the second is decided in one go, by look-ups alone."""
    first = ask(router, TARGET, COOKIE)
    head = RequestHead(b"GET", TARGET, "1.1", COOKIE)
    second = router.route(head, PEER)
    assert isinstance(second, Forward)
    assert second == first
    assert second.upstream == "unix:/run/l1/app.sock"
    assert second.target_for(TARGET) == TARGET
    assert second.origins == frozenset({"http://gate:8089"})


def test_our_secrets_stay_here(router: GatewayRouter) -> None:
    """Cookies of ours never reach an app, nor can it set one; nor does a token."""
    by_token = ask(router, TARGET, ((b"Authorization", b"Bearer aen_t"),))
    assert b"authorization" in by_token.drop_headers
    assert set(by_token.drop_cookies) == {b"aen-", b"__Host-aen-"}
    by_cookie = ask(router, TARGET, COOKIE, ((b"Authorization", b"Basic eDp5"),))
    assert b"authorization" not in by_cookie.drop_headers


def test_a_token_is_asked_for_by_its_hash(router: GatewayRouter, world: World) -> None:
    """The token itself does not leave the gateway."""
    ask(router, TARGET, ((b"Authorization", b"bearer  aen_t"),), COOKIE)
    assert world.asked[0].credential == Credential(token_hash=hash_token(b"aen_t"))


def test_a_stranger_signs_in_and_comes_back(router: GatewayRouter) -> None:
    """A page load without a pass goes to the server, and remembers where it was."""
    answer = ask(router, TARGET, PAGE)
    assert answer.status == 303
    assert header(answer, b"location").startswith(b"http://aen/oauth/authorize?")
    assert header(answer, b"set-cookie").startswith(b"aen-signin-ab=")


@pytest.mark.parametrize(
    "headers", [(), ((b"Cookie", b"aen-pass-ab=forged.x"),), ((b"Accept", b"*/*"),)]
)
def test_a_program_without_a_pass_gets_json(
    router: GatewayRouter, headers: Headers
) -> None:
    """Anything but a page load gets 401 and a JSON body."""
    answer = ask(router, TARGET, headers)
    assert answer.status == 401
    assert json.loads(answer.body)["error"]["code"] == "unauthenticated"


def test_an_ended_session_signs_in_again(router: GatewayRouter, world: World) -> None:
    """A pass of a session that is over is as good as none."""
    world.grant_answer = Unauthenticated("The session has ended.")
    assert ask(router, TARGET, PAGE, COOKIE).status == 303
    assert ask(router, TARGET, COOKIE).status == 401


def test_a_private_project_does_not_exist(router: GatewayRouter, world: World) -> None:
    """To strangers it is 404, as a page and as JSON."""
    world.grant_answer = NotFound("There is no such project.")
    page = ask(router, TARGET, PAGE, COOKIE)
    assert page.status == 404
    assert b"There is no such project." in page.body
    assert ask(router, TARGET, COOKIE).status == 404


def test_a_viewer_may_not_write(router: GatewayRouter, world: World) -> None:
    """An app that writes is not opened for one who may only read."""
    world.grant_answer = VIEWER
    assert ask(router, TARGET, COOKIE).status == 403


def test_a_read_app_opens_for_a_viewer(
    router: GatewayRouter, nodes: Nodes, world: World
) -> None:
    """What its manifest asks for is what is checked."""
    world.apps = (evolve(LAB, permission=Permission.READ),)
    world.launch = evolve(LAUNCH, permission="read")
    world.grant_answer = VIEWER
    nodes.set((NODE,))
    assert isinstance(ask(router, TARGET, COOKIE), Forward)
    nodes.stop()


def test_an_open_app_is_checked_each_time(router: GatewayRouter, world: World) -> None:
    """Who may no longer write does not reach it, though it runs."""
    assert isinstance(ask(router, TARGET, COOKIE), Forward)
    world.grant_answer = VIEWER
    router.grants.drop(Drop("p1"))
    assert ask(router, TARGET, COOKIE).status == 403


def test_a_slow_app_shows_progress(
    router: GatewayRouter, world: World, clock: Clock
) -> None:
    """A person sees the waiting page soon; a program waits, then gets 503."""
    world.launch = Deferred()
    for_person, for_program = (
        router.route(RequestHead(b"GET", TARGET, "1.1", headers), PEER)
        for headers in (PAGE + COOKIE, COOKIE)
    )
    assert isinstance(for_person, Deferred)
    assert isinstance(for_program, Deferred)
    clock.advance(0.31)
    page = outcome(for_person)
    assert page.status == 200
    assert b'data-events="/_aen/wait/ada/lab/jupyterlab"' in page.body
    assert not for_program.called
    clock.advance(90)
    assert outcome(for_program).status == 503
    world.launch.callback(LAUNCH)
    assert isinstance(ask(router, TARGET, COOKIE), Forward)


def test_an_app_has_a_slash(router: GatewayRouter) -> None:
    """Relative links of an app need it; the method and the query are kept."""
    answer = ask(router, b"/ada/lab/jupyterlab?a=b", COOKIE)
    assert answer.status == 307
    assert header(answer, b"location") == b"/ada/lab/jupyterlab/?a=b"


def test_a_remote_app_is_reached_through_its_node(
    router: GatewayRouter, world: World
) -> None:
    """On another machine there is one port, and a ticket that opens one app."""
    world.launch = evolve(LAUNCH, machine="elsewhere", strip_prefix=True)
    forward = ask(router, TARGET, COOKIE)
    assert forward.upstream == "tcp:n1:5002"
    assert forward.target_for(TARGET) == b"/launcher/apps/l1/lab?x=1"
    ticket = dict(forward.set_headers)[b"aen-ticket"].decode()
    assert unseal(ticket, KEY.public, "node:n1", 1000.0).purpose == "app:l1"
    assert ask(router, TARGET, COOKIE).set_headers == forward.set_headers


def test_a_port_is_local(router: GatewayRouter, world: World) -> None:
    """An app with a port is reached on loopback."""
    world.launch = evolve(LAUNCH, socket="", port=4321)
    assert ask(router, TARGET, COOKIE).upstream == "tcp:127.0.0.1:4321"


def test_an_app_that_is_gone_is_found_anew(router: GatewayRouter, world: World) -> None:
    """Where nobody answers any more, the node is asked where the app is now."""
    gone = ask(router, TARGET, COOKIE)
    world.launch = evolve(LAUNCH, id="l2", socket="/run/l2/app.sock")
    head = RequestHead(b"GET", TARGET, "1.1", COOKIE)
    decided = router.unreachable(head, gone, "connect")
    assert isinstance(decided, Deferred)
    assert outcome(decided).upstream == "unix:/run/l2/app.sock"


def test_a_silent_app_is_not_started_again(router: GatewayRouter) -> None:
    """An app that is merely slow is left alone, and the person told."""
    forward = ask(router, TARGET, COOKIE)
    head = RequestHead(b"GET", TARGET, "1.1", PAGE + COOKIE)
    answer = router.unreachable(head, forward, "timeout")
    assert isinstance(answer, Answer)
    assert answer.status == 503


def test_what_is_the_gateways_own_goes_there(router: GatewayRouter) -> None:
    """Below /_aen/ no app is ever found."""
    assert ask(router, b"/_aen/status") == Forward(
        "unix:/opt/gate/var/run/wakari-gateway.sock"
    )
    assert ask(router, b"/_aen/static/none.js").status == 404


def test_the_root_leads_to_the_server(router: GatewayRouter) -> None:
    """A person who types the gateway's name is helped on; a program is not."""
    assert header(ask(router, b"/", PAGE), b"location") == b"http://aen/"
    assert ask(router, b"/ada/lab").status == 404


def test_every_page_has_a_policy(router: GatewayRouter) -> None:
    """No page of ours runs a script that is not ours."""
    for target in (b"/nothing", b"/", TARGET):
        answer = ask(router, target, PAGE)
        assert b"script-src 'self'" in header(answer, b"content-security-policy")


def test_an_unknown_app_starts_nothing(
    router: GatewayRouter, nodes: Nodes, world: World
) -> None:
    """When every node says it has no such app, the project is left alone."""
    nodes.set((NODE,))
    world.opening = Opening(State.STOPPED)
    assert ask(router, b"/ada/lab/nothing/", COOKIE).status == 404
    nodes.stop()


def test_a_project_that_has_moved(router: GatewayRouter, world: World) -> None:
    """Old addresses lead to where it is now, open or not, with all that follows."""
    world.grant_answer = evolve(GRANT, owner="bob", project="ice")
    for _ in range(2):
        sent = ask(router, TARGET, COOKIE)
        assert sent.status == 307
        assert header(sent, b"location") == b"/bob/ice/jupyterlab/lab?x=1"
    assert not isinstance(ask(router, b"/bob/ice/jupyterlab/lab", COOKIE), Answer)


VISITOR = evolve(VIEWER, user="passer", user_id="")
READS = evolve(LAUNCH, permission="read", user="passer")
VISITS: Headers = (
    (b"Cookie", b"aen-pass-ab=" + PASSES.issue(visitors_pass(1000.0)).encode()),
)


def location(answer: Answer) -> bytes:
    """Return where a browser is sent."""
    assert answer.status == 303
    return header(answer, b"location")


def test_a_visitor_opens_what_is_for_readers(
    router: GatewayRouter, world: World, nodes: Nodes
) -> None:
    """As nobody; what they send besides page loads goes the same way."""
    world.grant_answer, world.launch = VISITOR, READS
    world.apps = (evolve(LAB, permission=Permission.READ),)
    nodes.set((NODE,))
    for headers in ((VISITS, PAGE), (VISITS,)):
        decided = ask(router, TARGET, *headers)
        assert isinstance(decided, Forward)
    assert world.asked[0].credential == Credential()


@pytest.mark.parametrize(
    "answer",
    [
        NotFound("There is no such project."),
        Unauthenticated("Sign in."),
        evolve(VISITOR, user=""),
    ],
)
def test_a_visitor_may_be_somebody_else(
    router: GatewayRouter, world: World, answer: Any
) -> None:
    """What is not open to visitors leads to signing in, whatever the reason."""
    world.grant_answer = answer
    going = location(ask(router, TARGET, VISITS, PAGE))
    assert going.startswith(b"http://aen/oauth/authorize?")
    assert b"visitor" not in going
    assert ask(router, TARGET, VISITS).status == 401


def test_an_app_that_writes_is_not_for_visitors(
    router: GatewayRouter, world: World
) -> None:
    """Before anything is launched, and also if it runs already."""
    world.grant_answer = VISITOR
    assert b"visitor" not in location(ask(router, TARGET, VISITS, PAGE))
    assert ask(router, TARGET, VISITS).status == 401


def test_first_it_is_seen_who_somebody_is(router: GatewayRouter, clock: Clock) -> None:
    """Before a page load without a pass, and with one of a visitor after a while."""
    assert b"visitor=1" in location(ask(router, TARGET, PAGE))
    clock.advance(61)
    assert b"visitor=1" in location(ask(router, TARGET, VISITS, PAGE))


def test_a_reader_changes_nothing_by_any_request(
    router: GatewayRouter, nodes: Nodes, world: World
) -> None:
    """Each request is judged by its method, however many were let through before."""
    world.apps = (evolve(LAB, permission=Permission.METHOD),)
    world.launch = evolve(LAUNCH, permission="method")
    world.grant_answer = VIEWER
    nodes.set((NODE,))
    assert ask(router, TARGET, COOKIE, method=b"PUT").status == 403
    for _ in range(2):
        found = ask(router, TARGET, COOKIE)
        assert isinstance(found, Forward)
        assert found.set_headers == ((b"aen-may", b"read"),)
        assert ask(router, TARGET, COOKIE, method=b"PUT").status == 403
        assert ask(router, TARGET, COOKIE, ((b"Upgrade", b"x"),)).status == 403
    world.grant_answer = GRANT
    router.grants.drop(Drop("p1"))
    found = ask(router, TARGET, COOKIE, method=b"PUT")
    assert isinstance(found, Forward)
    assert found.set_headers == ((b"aen-may", b"write"),)
    nodes.stop()


def test_a_project_of_another_data_center(router: GatewayRouter, world: World) -> None:
    """People are led to its page; programs are told where it is."""
    fields = {"path": "ada/lab", "gateway": "http://west:8089"}
    world.grant_answer = Elsewhere("It is in the data center “west”.", fields=fields)
    page = ask(router, TARGET, PAGE, COOKIE)
    assert page.status == 303
    assert dict(page.headers)[b"location"].endswith(b"/ada/lab")
    told = ask(router, TARGET, COOKIE)
    assert told.status == 404
    error = json.loads(told.body)["error"]
    assert (error["code"], error["fields"]) == ("elsewhere", fields)
