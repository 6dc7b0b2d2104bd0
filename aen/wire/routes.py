"""Who asks whom what: every address between roles, once. `docs/wire.md` explains."""

from attrs import frozen


@frozen
class Route:
    """An address one role serves for another; *streams* says it answers in lines."""

    method: str
    path: str
    streams: bool = False


# The gateway asks the server.
REGISTER = Route("POST", "/wire/register")
PLACES = Route("POST", "/wire/places")
GRANT = Route("POST", "/wire/grant")
OPEN = Route("POST", "/wire/open")
CHANNEL = Route("GET", "/wire/channel")
"""A WebSocket: see `aen.wire.channel`."""

# The server asks a node, through its gateway; the gateway asks the node the same.
RELAY = "/_aen/wire/nodes/"
"""On a gateway: followed by the node's name and one of the paths below."""

STATUS = Route("POST", "/launcher/status")
START_PROJECT = Route("POST", "/launcher/projects/start", streams=True)
STOP_PROJECT = Route("POST", "/launcher/projects/stop", streams=True)
RESET_PROJECT = Route("POST", "/launcher/projects/reset", streams=True)
REMOVE_PROJECT = Route("POST", "/launcher/projects/remove", streams=True)
LAUNCH = Route("POST", "/launcher/launches")
LAUNCHES = Route("POST", "/launcher/launches/list")
STOP_LAUNCH = Route("POST", "/launcher/launches/stop")
ENVIRONMENTS = Route("POST", "/launcher/environments/list")
USAGE = Route("POST", "/launcher/usage")
NODE_EVENTS = Route("POST", "/launcher/events", streams=True)

# The gateway sends browsers' requests for an app on a remote node here.
APP_PREFIX = "/launcher/apps/"
"""Followed by the launch's id and the request's own target."""

NODE_ROUTES = (
    STATUS,
    START_PROJECT,
    STOP_PROJECT,
    RESET_PROJECT,
    REMOVE_PROJECT,
    LAUNCH,
    LAUNCHES,
    STOP_LAUNCH,
    ENVIRONMENTS,
    USAGE,
    NODE_EVENTS,
)
SERVER_ROUTES = (REGISTER, PLACES, GRANT, OPEN, CHANNEL)
