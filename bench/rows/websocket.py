"""WebSocket: whole echo rounds through one proxy."""

from collections.abc import Mapping
from functools import partial

from attrs import frozen

from bench import websockets
from bench.measured import Contender, Measured, alternate
from bench.stage import Pace, Stage
from bench.websockets import Target


@frozen
class Crowd:
    """How many connections echo messages of how many bytes."""

    connections: int
    size: int


def targets(stage: Stage) -> Mapping[str, Target]:
    """Return the echo through the gateway, through each peer, and bare."""
    app = stage.echo
    path = f"{app.path}/"
    return {
        "gateway": gateway(stage),
        "nginx": Target(stage.nginx(app.near), path),
        "chp": Target(stage.chp(app.near), path),
        "none": Target(app.near, path),
    }


def gateway(stage: Stage) -> Target:
    """Return the echo through the gateway, as a browser that has signed in."""
    return Target(stage.platform.one.gateway, f"{stage.echo.path}/", stage.cookie)


def echoes(crowd: Crowd, stage: Stage, pace: Pace) -> Measured:
    """Measure the gateway beside the peers."""
    contenders: dict[str, Contender] = {
        name: partial(
            websockets.load, target, crowd.connections, crowd.size, pace.seconds
        )
        for name, target in targets(stage).items()
    }
    return Measured(alternate(contenders, pace.runs))
