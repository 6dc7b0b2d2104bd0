"""How long the server takes for pages among very many people and projects."""

import http.client
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from itertools import cycle, islice
from urllib.parse import quote

from bench.measured import Measured, Missing, Pace, Sample
from bench.multitude import PEOPLE, PROJECTS, WORDS, person
from bench.signin import session_cookie
from bench.stage import Stage
from tests.installed import Installed

_ASKED = 400
_WARMING = 20
_CODE = (
    "import asyncio, sys, time; from pathlib import Path;"
    " from bench.multitude import fill;"
    " asyncio.run(fill(Path(sys.argv[1]), sys.argv[2], time.time()))"
)


def dashboard(stage: Stage, pace: Pace) -> Measured:
    """Measure the dashboard and searches, one request after the other."""
    platform, took = stage.crowded(filled)
    cookie = session_cookie(platform, person(0))
    searches = [f"/search?q={quote(one)}" for one in _searches()]
    people = [f"/search?in=people&q={quote(one)}" for one in ("person", *WORDS, "p")]
    found: dict[str, list[Sample]] = {"dashboard": [], "search": [], "people": []}
    for _ in range(pace.runs):
        found["dashboard"].append(_timed(platform, cookie, ["/"]))
        found["search"].append(_timed(platform, cookie, searches))
        found["people"].append(_timed(platform, cookie, people))
    note = (
        f"{PEOPLE:,} people, {PROJECTS:,} projects, filled in {took:.0f} s;"
        " times are those of a client on the machine, by the front"
    )
    return Measured(found, (note,))


def filled(platform: Installed) -> float:
    """Fill the store of a platform that never ran; return the seconds it took."""
    store = platform.one.prefix / "wakari-server/var/lib/wakari/store"
    began = time.perf_counter()
    command = (sys.executable, "-c", _CODE, str(store), platform.password)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"The store could not be filled: {done.stderr[-500:]}")
    return time.perf_counter() - began


def _searches() -> Iterable[str]:
    """Return what people look for: common words, rare ones, beginnings, nothing."""
    yield from WORDS
    yield from (f"{one} {two}" for one, two in zip(WORDS, WORDS[5:], strict=False))
    yield from (word[:3] for word in WORDS)
    yield from (
        "tag:poem",
        "owner:person00000",
        "tag:rain model",
        "is:starred",
        "xyzzy",
    )
    yield from (str(number) for number in range(17, PROJECTS, 999))


def _timed(platform: Installed, cookie: str, paths: list[str]) -> Sample:
    connection = http.client.HTTPConnection("127.0.0.1", platform.one.http, timeout=30)
    seconds = []
    try:
        for number, path in enumerate(islice(cycle(paths), _ASKED + _WARMING)):
            began = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            if answer.status != http.client.OK:
                raise Missing(f"{path} answers {answer.status}.")
            if number >= _WARMING:
                seconds.append(time.perf_counter() - began)
    finally:
        connection.close()
    return {
        "p99 s": statistics.quantiles(seconds, n=100)[98],
        "seconds": statistics.median(seconds),
    }
