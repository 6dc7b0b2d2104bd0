"""Make ``twistd aen-compute`` known to Twisted."""

from twisted.application.service import ServiceMaker

aen_compute = ServiceMaker(
    "AEN compute",
    "aen.compute.service",
    "Project directories, environments and apps of one node.",
    "aen-compute",
)
