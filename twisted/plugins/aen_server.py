"""Make ``twistd aen-server`` known to Twisted."""

from twisted.application.service import ServiceMaker

aen_server = ServiceMaker(
    "AEN server",
    "aen.server.service",
    "Accounts, projects and administration, for browsers and gateways.",
    "aen-server",
)
