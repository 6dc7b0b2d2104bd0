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
GRANT = Route("POST", "/wire/grant")
OPEN = Route("POST", "/wire/open")
PUBLIC = Route("POST", "/wire/public")
CHANNEL = Route("GET", "/wire/channel")
"""A WebSocket: see `aen.wire.channel`."""

VISITOR = "login_required"
"""What a gateway is told by way of the browser of somebody who has not signed in, and
who is let in as a visitor: the word of OpenID Connect Core 1.0, section 3.1.2.6."""

# The server asks a node, through its gateway; the gateway asks the node the same.
RELAY = "/_aen/wire/nodes/"
"""On a gateway: followed by the node's name and one of the paths below."""

STATUS = Route("POST", "/launcher/status")
START_PROJECT = Route("POST", "/launcher/projects/start", streams=True)
STOP_PROJECT = Route("POST", "/launcher/projects/stop", streams=True)
RESET_PROJECT = Route("POST", "/launcher/projects/reset", streams=True)
REMOVE_PROJECT = Route("POST", "/launcher/projects/remove", streams=True)
MOVE_PROJECT = Route("POST", "/launcher/projects/move", streams=True)
"""The files go where the project is now, and to whom; it stops for that."""
DUPLICATE_PROJECT = Route("POST", "/launcher/projects/duplicate", streams=True)
APPLY_TEAM = Route("POST", "/launcher/projects/team", streams=True)
"""The files follow the team, processes of who has left end; it need not run."""
PREPARE_SHIPMENT = Route("POST", "/launcher/shipments/prepare")
"""A project is to move to another node: it stops, and its files are counted."""
LOAD_SHIPMENT = Route("POST", "/launcher/shipments/load")
EXPECT_SHIPMENT = Route("POST", "/launcher/shipments/expect")
UNLOAD_SHIPMENT = Route("POST", "/launcher/shipments/unload")
SETTLE_SHIPMENT = Route("POST", "/launcher/shipments/settle", streams=True)
CLEAR_SHIPMENT = Route("POST", "/launcher/shipments/clear", streams=True)
"""On the node it came from, once the project is the other's."""
DROP_SHIPMENT = Route("POST", "/launcher/shipments/drop", streams=True)
"""On the node that it was to get to."""
LAUNCH = Route("POST", "/launcher/launches")
LAUNCHES = Route("POST", "/launcher/launches/list")
STOP_LAUNCH = Route("POST", "/launcher/launches/stop")
LAUNCH_LOG = Route("POST", "/launcher/launches/log")
USES = Route("POST", "/launcher/launches/uses")
ENVIRONMENTS = Route("POST", "/launcher/environments/list")
CHANGE_ENVIRONMENT = Route("POST", "/launcher/environments/change", streams=True)
EXPORT_ENVIRONMENT = Route("POST", "/launcher/environments/export")
SEARCH_PACKAGES = Route("POST", "/launcher/environments/search")
USAGE = Route("POST", "/launcher/usage")
RESOURCES = Route("POST", "/launcher/resources")
NODE_EVENTS = Route("POST", "/launcher/events", streams=True)

# The gateway sends browsers' requests for an app on a remote node here.
APP_PREFIX = "/launcher/apps/"
"""Followed by the launch's id and the request's own target."""
PUBLIC_PREFIX = "/launcher/public/"
"""Followed by owner, project and the path below the project's public folder."""

NODE_ROUTES = (
    STATUS,
    START_PROJECT,
    STOP_PROJECT,
    RESET_PROJECT,
    REMOVE_PROJECT,
    MOVE_PROJECT,
    DUPLICATE_PROJECT,
    APPLY_TEAM,
    PREPARE_SHIPMENT,
    LOAD_SHIPMENT,
    EXPECT_SHIPMENT,
    UNLOAD_SHIPMENT,
    SETTLE_SHIPMENT,
    CLEAR_SHIPMENT,
    DROP_SHIPMENT,
    LAUNCH,
    LAUNCHES,
    STOP_LAUNCH,
    LAUNCH_LOG,
    USES,
    ENVIRONMENTS,
    CHANGE_ENVIRONMENT,
    EXPORT_ENVIRONMENT,
    SEARCH_PACKAGES,
    USAGE,
    RESOURCES,
    NODE_EVENTS,
)
