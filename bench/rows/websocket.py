"""WebSocket: whole echo rounds through one proxy."""

from functools import partial

from attrs import frozen

from bench import websockets
from bench.measured import Contender, Measured, Pace, Sample, alternate, there
from bench.processes import costed
from bench.stage import Stage
from bench.websockets import Target


@frozen
class Crowd:
    """How many connections echo messages of how many bytes."""

    connections: int
    size: int


def gateway(stage: Stage) -> Target:
    """Return the echo through the gateway, as a browser that has signed in."""
    return Target(stage.platform.one.gateway, f"{stage.echo.path}/", stage.cookie)


def echoes(crowd: Crowd, stage: Stage, pace: Pace) -> Measured:
    """Measure the gateway beside the peers."""
    app = stage.echo
    starts = {"nginx": stage.nginx, "chp": stage.chp}
    ports, notes = there({name: partial(one, app) for name, one in starts.items()})
    targets = {
        "gateway": gateway(stage),
        **{name: Target(port, f"{app.path}/") for name, port in ports.items()},
        "none": Target(app.near, f"{app.path}/"),
    }
    contenders: dict[str, Contender] = {
        name: partial(_load, target, crowd, pace.seconds)
        for name, target in targets.items()
    }
    return Measured(alternate(contenders, pace.runs), tuple(notes))


def _load(target: Target, crowd: Crowd, seconds: float) -> Sample:
    measure = partial(websockets.load, target, crowd.connections, crowd.size, seconds)
    return costed(target.port, "rounds/s", measure)
