"""What the server answers to gateways: ``/wire/…`` and ``/oauth/token``."""

import base64
import binascii

from autobahn.twisted.resource import WebSocketResource
from klein import Klein
from twisted.internet.defer import Deferred
from twisted.web.resource import IResource
from twisted.web.server import Request

from aen.model.errors import Unauthenticated
from aen.model.users import Caller
from aen.runtime.structure import unstructure
from aen.server.channel import Channels
from aen.server.grants import Grants
from aen.server.oauth import Exchange, OAuthError
from aen.server.rooms import Rooms
from aen.server.web.http import client_address
from aen.wire import routes, tickets
from aen.wire.call import Door, answer_error, answer_json, call, parse
from aen.wire.channel import ServerEndFactory
from aen.wire.messages import (
    Grant,
    GrantQuestion,
    Opening,
    OpenQuestion,
    PublicPlace,
    PublicQuestion,
    Registered,
    Registration,
)

_FORM_BYTES = 16_384


class WireApi:
    """The platform's own part of the server's addresses."""

    app = Klein()

    def __init__(self, rooms: Rooms, channels: Channels) -> None:
        self._rooms = rooms
        self._grants = Grants.of(rooms)
        self.door = Door(tickets.SERVER, rooms.centers, rooms.clock)
        self.channel: IResource = WebSocketResource(
            ServerEndFactory(self.door, channels)
        )

    def resource(self) -> IResource:
        """Return what answers ``/wire/…`` and ``/oauth/token``, but for the channel."""
        return self.app.resource()

    @app.route(routes.GRANT.path, methods=["POST"])
    @call(GrantQuestion)
    async def grant(self, asker: str, asked: GrantQuestion) -> Grant:
        """Return what somebody may do in a project."""
        return await self._grants.grant(_center(asker), asked)

    @app.route(routes.OPEN.path, methods=["POST"])
    @call(OpenQuestion)
    async def open(self, asker: str, asked: OpenQuestion) -> Opening:
        """Have a project started for somebody who opens an app."""
        return await self._grants.open(_center(asker), asked)

    @app.route(routes.PUBLIC.path, methods=["POST"])
    @call(PublicQuestion)
    async def public(self, asker: str, asked: PublicQuestion) -> PublicPlace:
        """Return where a project's public folder is served from."""
        return await self._grants.public(_center(asker), asked)

    @app.route(routes.REGISTER.path, methods=["POST"])
    def register(self, request: Request) -> "Deferred[bytes]":
        """Make or renew a data center, for an administrator's name and password."""
        return Deferred.fromCoroutine(self._register(request))

    async def _register(self, request: Request) -> bytes:
        try:
            asked = parse(self.door.read(request), Registration)
            name, password = _basic(request)
            user = await self._rooms.access.check_credentials(
                name, password, client_address(request)
            )
            caller = Caller(user)
            await self._rooms.centers.register(
                caller, asked.name, asked.url, asked.key, asked.summary
            )
        except Exception as error:  # noqa: BLE001 -- every error gets an answer
            return answer_error(request, error)
        answer = Registered(self._rooms.key.public, self._rooms.settings.public_url)
        return answer_json(request, 200, unstructure(answer))

    @app.route("/oauth/token", methods=["POST"])
    def token(self, request: Request) -> "Deferred[bytes]":
        """Tell a gateway whose browser a code stands for (RFC 6749 section 4.1.3)."""
        return Deferred.fromCoroutine(self._token(request))

    async def _token(self, request: Request) -> bytes:
        try:
            found = await self._rooms.oauth.exchange(_exchange(request))
        except OAuthError as error:
            status = 401 if error.error == "invalid_client" else 400
            said = {"error": error.error, "error_description": error.message}
            return answer_json(request, status, said)
        except Exception as error:  # noqa: BLE001 -- every error gets an answer
            return answer_error(request, error)
        return answer_json(request, 200, found)


def _center(issuer: str) -> str:
    return issuer.partition(":")[2]


def _exchange(request: Request) -> Exchange:
    """Return what the form asks, or raise `OAuthError`."""
    kind = (request.getHeader(b"content-type") or b"").split(b";")[0].strip().lower()
    if kind != b"application/x-www-form-urlencoded":
        raise OAuthError("invalid_request", "The body must be a form.")
    found: dict[str, str] = {}
    arguments: dict[bytes, list[bytes]] = request.args or {}
    for name in Exchange.FORM:
        given = arguments.get(name.encode(), [])
        if len(given) > 1 or any(len(one) > _FORM_BYTES for one in given):
            raise OAuthError("invalid_request", f"“{name}” is there twice.")
        found[name] = given[0].decode("utf-8", "replace") if given else ""
    ticket = (request.getHeader(tickets.HEADER) or b"").decode("latin-1")
    return Exchange(
        **{**found, "client_assertion": ticket or found["client_assertion"]}
    )


def _basic(request: Request) -> tuple[str, str]:
    """Return name and password (RFC 7617), or raise `Unauthenticated`."""
    said = (request.getHeader(b"authorization") or b"").split(b" ", 1)
    try:
        if said[0].lower() == b"basic" and len(said) > 1:
            text = base64.b64decode(said[1].strip(), validate=True).decode()
            name, colon, password = text.partition(":")
            if colon:
                return name, password
    except (binascii.Error, UnicodeDecodeError):
        pass
    raise Unauthenticated("An administrator's name and password are needed.")
