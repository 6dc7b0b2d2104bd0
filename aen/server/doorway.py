"""The root of the server's addresses: gateways to one side, people to the other."""

from twisted.web.resource import IResource, Resource
from twisted.web.server import Request
from typing_extensions import override

from aen.server.wire_api import WireApi
from aen.wire.routes import CHANNEL

_CHANNEL = CHANNEL.path.encode().strip(b"/").split(b"/")


class Doorway(Resource):
    """Sends ``/wire/…`` and ``/oauth/token`` to the wire, the rest to the pages."""

    def __init__(self, wire: WireApi, pages: IResource) -> None:
        super().__init__()
        self._channel = wire.channel
        self._wire = wire.resource()
        self._pages = pages

    @override
    def getChild(self, path: bytes, request: Request) -> IResource:
        whole = [path, *(request.postpath or [])]
        if whole == _CHANNEL:
            request.postpath = []
            return self._channel
        wired = path == b"wire" or whole == [b"oauth", b"token"]
        side = self._wire if wired else self._pages
        if not side.isLeaf:
            found: IResource = side.getChildWithDefault(path, request)
            return found
        # klein finds its way by what has not been walked yet.
        request.prepath = (request.prepath or [])[:-1]
        request.postpath = whole
        return side
