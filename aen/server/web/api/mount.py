"""The whole API as one klein application."""

import json

from klein import Klein, KleinRenderable
from twisted.python.failure import Failure
from twisted.web.iweb import IRequest
from twisted.web.server import Request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from aen.model.errors import NotFound
from aen.model.rights import MACHINE
from aen.runtime.version import own_version
from aen.server.rooms import Rooms
from aen.server.web.addresses import API, Address
from aen.server.web.api.activity import ActivityCalls
from aen.server.web.api.acts import Acts
from aen.server.web.api.admin_log import LogCalls
from aen.server.web.api.environments import EnvironmentCalls
from aen.server.web.api.exceptions import ExceptionCalls
from aen.server.web.api.finding import FindingCalls
from aen.server.web.api.fleet import FleetCalls
from aen.server.web.api.jobs import JobCalls
from aen.server.web.api.leaving import LeavingCalls
from aen.server.web.api.login import LoginCalls
from aen.server.web.api.moves import MoveCalls
from aen.server.web.api.openapi import describe
from aen.server.web.api.operating import OperatingCalls
from aen.server.web.api.operation import Calls
from aen.server.web.api.own import OwnCalls
from aen.server.web.api.people import People
from aen.server.web.api.place_changes import PlaceChangeCalls
from aen.server.web.api.places import PlaceCalls
from aen.server.web.api.projects import ProjectCalls
from aen.server.web.api.resources import ResourceCalls
from aen.server.web.api.running import RunningCalls
from aen.server.web.api.site import SiteCalls
from aen.server.web.live import Live
from aen.server.web.refusals import WrongMethod


def _parts(rooms: Rooms, live: Live) -> tuple[object, ...]:
    return (
        People(rooms),
        Acts(rooms),
        OwnCalls(rooms),
        LeavingCalls(rooms),
        ProjectCalls(rooms, live),
        MoveCalls(rooms),
        RunningCalls(rooms),
        EnvironmentCalls(rooms),
        ResourceCalls(rooms),
        PlaceCalls(rooms),
        PlaceChangeCalls(rooms),
        SiteCalls(rooms),
        OperatingCalls(rooms),
        LogCalls(rooms),
        ExceptionCalls(rooms),
        FleetCalls(rooms),
        JobCalls(rooms),
        LoginCalls(rooms),
        FindingCalls(rooms),
        ActivityCalls(rooms),
    )


def api(rooms: Rooms, live: Live, table: list[Address] | None = None) -> Klein:
    """Return what is below ``/api/v1``, and its description; add it to *table*."""
    table = [] if table is None else table
    app, calls = Klein(), Calls(rooms, mounted=table)
    for part in _parts(rooms, live):
        calls.mount(app, part)
    url = rooms.settings.public_url
    text = json.dumps(describe(calls.operations, url, own_version()))

    table.append(Address("GET", f"{API}/openapi.json", MACHINE, "api.description"))

    @app.route("/openapi.json", methods=["GET"])
    def description(request: Request) -> bytes:
        request.setHeader(b"content-type", b"application/json; charset=utf-8")
        request.setHeader(b"cache-control", b"public, max-age=300")
        return text.encode()

    @app.handle_errors(HTTPException)
    def unknown(request: IRequest, failure: Failure) -> KleinRenderable:
        assert isinstance(request, Request)
        if isinstance(failure.value, MethodNotAllowed):
            if request.method == b"OPTIONS":
                return calls.options(request, failure.value.valid_methods or ())
            return calls.refuse(request, WrongMethod(failure.value.valid_methods or ()))
        return calls.refuse(request, NotFound("There is no such call."))

    return app
