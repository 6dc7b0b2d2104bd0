"""Three processes serve the pages: whichever answers makes no difference."""

import json
import os
import signal
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator

import psutil
import pytest
from attrs import define, field

from aen.local import disk
from tests.asking import Answer, Client
from tests.forms import forgery_token
from tests.installed import Installed, brought_up, new_installation
from tests.projects import new_name, new_person
from tests.waiting import until

pytestmark = pytest.mark.system
PROCESSES = 3
RATE = 60


@pytest.fixture(scope="module")
def several() -> Iterator[Installed]:
    """Give a platform whose pages three processes serve."""
    one = new_installation()
    settings = {"processes": PROCESSES, "api_rate_address": RATE}
    disk.make_folders(one)
    disk.write_text(one.server_settings, json.dumps(settings))
    yield from brought_up("several_processes", one)


def each(several: Installed, token: str | None = None) -> list[Client]:
    """Return each process, asked past the front; for a token's owner."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    sockets = sorted((several.one.server / "var/run").glob("wakari-server*.sock"))
    return [Client(several.one.url, headers, path) for path in sockets]


def pids(several: Installed) -> list[int]:
    """Return the processes that serve pages."""
    return [one.pid for one in psutil.Process(several.pid("server")).children()]


def all_serve(several: Installed) -> bool:
    """Whether every process answers."""
    found = each(several)  # one that is starting has no socket yet
    return len(found) == len(pids(several)) == PROCESSES and all(
        one.get("/healthz").status == 200 for one in found
    )


def form(one: Client, path: str, page: Answer, **fields: str) -> Answer:
    """Send a form as a browser does that has *page* before it."""
    token = forgery_token(page.text)
    body = urllib.parse.urlencode({**fields, "_csrf": token})
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": one.url,
        "Cookie": cookies(page),
    }
    return one.ask("POST", path, body.encode(), {**one.headers, **headers})


def cookies(answer: Answer) -> str:
    """Return the cookies an answer sets, as they are sent back."""
    found = answer.headers.get_all("Set-Cookie") or []
    return "; ".join(one.partition(";")[0] for one in found)


def test_a_session_is_everybodys(several: Installed) -> None:
    """The form is from one, sent to another; the session of that holds at the third."""
    first, second, third = each(several)
    person = new_person(several)
    page = first.get("/login")
    done = form(second, "/login", page, username=person.name, password=person.password)
    assert done.status in (302, 303), done.text
    signed_in = Client(third.url, {"Cookie": cookies(done)}, third.socket)
    home = signed_in.get("/account", Accept="text/html")
    assert home.status == 200, home.text
    assert person.name in home.text
    ended = form(
        Client(first.url, {}, first.socket),
        "/logout",
        Answer(200, done.headers, home.body),
    )
    assert ended.status in (200, 302, 303), ended.text
    assert signed_in.get("/account").status != 200


def test_news_reach_who_listens_elsewhere(several: Installed) -> None:
    """Acted upon at one, heard at another."""
    ada, bob = new_person(several), new_person(several)
    first, second, third = each(several, ada.token)
    name = new_name("news")
    assert first.post("/api/v1/projects", {"name": name}).status == 201
    path = f"/api/v1/projects/{ada.name}/{name}"
    with third.stream(f"{path}/events") as lines:
        assert next(lines).startswith(("id: ", "retry: "))
        put = second.ask("PUT", f"{path}/team/{bob.name}", {"role": "viewer"})
        assert put.status == 200, put.text
        data = next(json.loads(one[6:]) for one in lines if one.startswith("data: "))
    assert [one["user"] for one in data["team"]] == [bob.name]


def test_wrong_passwords_are_counted_together(several: Installed) -> None:
    """Who tries one after the other is slowed down as at a single one."""
    person = new_person(several)
    found: list[int] = []
    for number in range(9):
        one = each(several)[number % PROCESSES]
        page = one.get("/login")
        answer = form(one, "/login", page, username=person.name, password="wrong")
        found.append(answer.status)
    assert 429 in found[5:], found
    assert 429 not in found[:5], found


def test_calls_are_limited_in_all(several: Installed) -> None:
    """Through the front no more than a single process would let through."""
    until(lambda: all_serve(several), "all serve", 30)
    began = time.monotonic()
    found = Counter(several.web.get("/api/v1/tags").status for _ in range(3 * RATE))
    refilled = (time.monotonic() - began) / 60 * RATE
    assert set(found) == {200, 429}, found
    assert 0.8 * RATE <= found[200] <= RATE + refilled + PROCESSES, found


def test_a_killed_process_is_hardly_noticed(several: Installed) -> None:
    """Reading shows no error at all; what is changed, at most one, and it is back."""
    until(lambda: all_serve(several), "all serve", 30)
    person = new_person(several)
    api, over = several.api(person.token), threading.Event()
    reading: Counter[int] = Counter()

    def read() -> None:
        while not over.is_set():
            reading[api.get("/api/v1/me").status] += 1

    readers = [threading.Thread(target=read) for _ in range(3)]
    for one in readers:
        one.start()
    changing: Counter[int] = Counter()
    try:
        for _ in range(PROCESSES):
            os.kill(pids(several)[0], signal.SIGKILL)
            for _ in range(20):
                body = {"name": new_name("made")}
                changing[api.post("/api/v1/projects", body).status] += 1
            until(lambda: all_serve(several), "all serve again", 30)
    finally:
        over.set()
        for one in readers:
            one.join()
    assert set(reading) == {200}, reading
    assert reading[200] > 50
    assert set(changing) <= {201, 503}, changing
    assert changing[503] <= PROCESSES, changing


@define
class Listener:
    """Follows the events of a project as a browser does, whoever ends its stream."""

    api: Client
    path: str
    heard: list[dict[str, str]] = field(factory=list)
    """Each team it was told of."""
    begun: threading.Event = field(factory=threading.Event)
    over: threading.Event = field(factory=threading.Event)
    _seen: str = ""

    def listen(self) -> None:
        """Listen until it is over."""
        while not self.over.is_set():
            mark = {"Last-Event-ID": self._seen} if self._seen else {}
            one = Client(self.api.url, {**self.api.headers, **mark})
            try:
                with one.stream(f"{self.path}/events") as lines:
                    for line in lines:
                        self._take(line)
            except (OSError, AssertionError):
                continue

    def _take(self, line: str) -> None:
        if line.startswith("id: "):
            self._seen = line[4:]
            self.begun.set()
        if line.startswith("data: "):
            team = json.loads(line[6:]).get("team", [])
            self.heard.append({one["user"]: one["role"] for one in team})


def changed_team(api: Client, path: str, user: str, role: str) -> dict[str, str]:
    """Put somebody into the team, trying again what was refused; return the team."""

    def put() -> Answer | None:
        answer = api.ask("PUT", f"{path}/team/{user}", {"role": role})
        return answer if answer.status == 200 else None

    answer = until(put, "the team is changed", 20)
    return {one["user"]: one["role"] for one in answer.json["team"]}


def test_a_stream_goes_on_at_another_process(several: Installed) -> None:
    """Every process is killed once; who listens has missed nothing in the end."""
    until(lambda: all_serve(several), "all serve", 30)
    ada = new_person(several)
    people = [new_person(several).name for _ in range(4)]
    api, name = several.api(ada.token), new_name("stream")
    assert api.post("/api/v1/projects", {"name": name}).status == 201
    one = Listener(api, f"/api/v1/projects/{ada.name}/{name}")
    threading.Thread(target=one.listen, daemon=True).start()
    assert one.begun.wait(10)
    wanted: list[dict[str, str]] = []
    for number, role in enumerate(("viewer", "member", "maintainer")):
        for user in people:
            if user == people[1]:
                os.kill(pids(several)[number], signal.SIGKILL)
            wanted.append(changed_team(api, one.path, user, role))
        until(lambda: all_serve(several), "all serve again", 30)
    until(lambda: wanted[-1] in one.heard, "the last is heard", 20)
    one.over.set()
    assert [team for team in wanted if team not in one.heard] == []
