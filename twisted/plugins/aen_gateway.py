"""Make ``twistd aen-gateway`` known to Twisted."""

from twisted.application.service import ServiceMaker

aen_gateway = ServiceMaker(
    "AEN gateway",
    "aen.gateway.service",
    "Sign-in and routing of browsers to what runs in their projects.",
    "aen-gateway",
)
