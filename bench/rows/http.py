"""HTTP through one proxy: 1 KB and 1 MB bodies, workers, a remote node, TLS."""

import ssl
import time
import urllib.request
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from attrs import evolve, field, frozen

from bench import wrk
from bench.apps.bodies import SIZES
from bench.measured import Contender, Measured, Missing, Pace, Sample, alternate, there
from bench.processes import costed
from bench.rows.doors import remote_node, tls_settings
from bench.stage import BODIES, Stage, gateway_with, restart_gateway

_WARM_UP = 1.0
_LOGGED = 1.5
"""Seconds until a batch of log lines is written."""


@frozen
class Way:
    """An address that leads to a body, with what must be sent to get it."""

    url: str
    body: str
    headers: Mapping[str, str] = field(factory=dict)

    def check(self) -> None:
        """Raise `Missing` unless the body comes whole."""
        request = urllib.request.Request(self.url, headers=dict(self.headers))  # noqa: S310 -- ours
        trusting = ssl._create_unverified_context()  # noqa: S323, SLF001 -- signed by itself
        with urllib.request.urlopen(request, timeout=60, context=trusting) as answer:  # noqa: S310
            got = len(answer.read())
        if got != SIZES[self.body]:
            raise Missing(f"{self.url} answered {got} bytes.")

    def works(self) -> bool:
        """Tell whether the body comes; an `OSError` says no as well."""
        self.check()
        return True

    def load(self, seconds: float) -> Sample:
        """Measure once."""
        size, port = SIZES[self.body], urlsplit(self.url).port or 0
        measure = partial(wrk.load, self.url, self.headers, seconds, size)
        return costed(port, "requests/s", measure)


def direct(stage: Stage, body: str) -> Way:
    """Return the way that has nobody in between."""
    app = stage.bodies
    return Way(f"http://127.0.0.1:{app.near}{app.path}/{body}", body)


def at(stage: Stage, port: int, body: str, *, tls: bool = False) -> Way:
    """Return the way through whoever listens on *port*."""
    scheme = "https" if tls else "http"
    return Way(f"{scheme}://127.0.0.1:{port}{stage.bodies.path}/{body}", body)


def gateway(stage: Stage, body: str) -> Way:
    """Return the way through the gateway, as a browser that has signed in."""
    here = at(stage, stage.platform.one.gateway, body)
    return evolve(here, headers=stage.cookie)


def measured(ways: Mapping[str, Way], pace: Pace, *notes: str) -> Measured:
    """Check each way, then measure them in turns."""
    contenders: dict[str, Contender] = {}
    for name, way in ways.items():
        way.check()
        contenders[name] = partial(way.load, pace.seconds)
    return Measured(alternate(contenders, pace.runs), notes)


def plain(body: str, stage: Stage, pace: Pace) -> Measured:
    """Measure the gateway beside every peer."""
    ways = {"gateway": gateway(stage, body)}
    starts = {"nginx": stage.nginx, "chp": stage.chp, "twisted": stage.twisted}
    ports, notes = there(
        {name: partial(one, stage.bodies) for name, one in starts.items()}
    )
    ways |= {name: at(stage, port, body) for name, port in ports.items()}
    ways["none"] = direct(stage, body)
    return measured(ways, pace, *notes)


def secure(body: str, stage: Stage, pace: Pace) -> Measured:
    """Measure TLS at the gateway's door beside the peers with TLS at theirs."""
    app = stage.bodies
    port = stage.port("gateway-tls")
    # The same pass; the name of its cookie says that it came over TLS.
    name, _, value = stage.cookie["Cookie"].partition("=")
    headers = {"Cookie": f"__Host-{name}={value}"}
    ways = {
        "gateway": evolve(at(stage, port, body, tls=True), headers=headers),
        "nginx": at(stage, stage.nginx(app, tls=True), body, tls=True),
        "chp": at(stage, stage.chp(app, tls=True), body, tls=True),
    }
    with gateway_with(stage, tls_settings(stage, port), ways["gateway"].works):
        return measured(ways, pace)


def workers(stage: Stage, pace: Pace) -> Measured:
    """Measure two gateway processes beside one."""
    way = gateway(stage, "1k")
    changes = {"workers": 2}

    def load() -> Sample:
        for _ in range(8):  # each process asks for its own grants
            way.check()
        way.load(_WARM_UP)
        return way.load(pace.seconds)

    def one() -> Sample:
        restart_gateway(stage)
        return load()

    def two() -> Sample:
        with gateway_with(stage, changes):
            return load()

    contenders = {"one process": one, "two processes": two}
    return Measured(alternate(contenders, pace.runs))


def remote(stage: Stage, pace: Pace) -> Measured:
    """Measure the gateway before a node it takes for another machine."""
    log = stage.platform.one.compute_prefix / "var/log/wakari/compute-launcher.log"
    with remote_node(stage, BODIES):
        ways = {
            "gateway": gateway(stage, "1k"),
            "chp": at(stage, stage.chp(stage.bodies), "1k"),
        }
        before = _size(log)
        found = measured(ways, pace)
        time.sleep(_LOGGED)
        if _size(log) == before:
            raise Missing("The requests did not pass through the node's door.")
        return found


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
