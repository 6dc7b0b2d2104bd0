"""Addresses for machines, built files, and sign-in for gateways."""

from aen.model.errors import Unavailable
from aen.model.rights import ANYONE, MACHINE
from aen.runtime.assets import Assets
from aen.server.web.templates import BUILT_URL
from aen.server.web.view import Frame, not_found, view
from aen.server.web.visit import Answer, Redirect, Streamed, Text, Visit

_ROBOTS = "User-agent: *\nDisallow: /\n"


class PlainPages:
    """What is no page for people."""

    def __init__(self, frame: Frame, assets: Assets) -> None:
        self._rooms = frame.rooms
        self._assets = assets

    @view("/healthz", right=MACHINE)
    async def healthz(self, visit: Visit) -> Answer:
        """Say whether this process and its store answer."""
        try:
            await self._rooms.database.ping()
        except Unavailable:
            return Text('{"status": "unavailable"}', "application/json", 503)
        return Text('{"status": "ok"}', "application/json")

    @view("/robots.txt", right=MACHINE)
    async def robots(self, visit: Visit) -> Answer:
        """Ask crawlers to stay away."""
        return Text(_ROBOTS)

    @view("/favicon.ico", right=MACHINE)
    async def favicon(self, visit: Visit) -> Answer:
        """Lead to the mark."""
        return Redirect(BUILT_URL + self._assets.url("mark.svg"))

    @view(f"{BUILT_URL}<name>", right=MACHINE)
    async def built(self, visit: Visit, name: str) -> Answer:
        """Serve a built file where no front of ours does."""
        request = visit.request
        found = self._assets.find(
            name,
            request.getHeader(b"accept-encoding"),
            request.getHeader(b"if-none-match"),
        )
        if found is None:
            raise not_found()
        request.setResponseCode(found.status)
        for header, value in found.headers:
            request.setHeader(header, value)
        request.write(found.body)
        return Streamed()

    @view("/oauth/authorize", right=ANYONE)
    async def authorize(self, visit: Visit) -> Answer:
        """Tell a gateway who is signed in here, by a code in the address.

        A gateway that takes visitors (`visitor`) is told that it is one, where
        visitors are let in; all others sign in first.
        """
        query = visit.query
        if visit.caller is None and query["visitor"]:
            url = await self._rooms.oauth.admit_visitor(
                query["client_id"], query["redirect_uri"], query["state"]
            )
            if url is not None:
                return Redirect(url)
        url = await self._rooms.oauth.authorize(
            visit.person,
            query["client_id"],
            query["redirect_uri"],
            query["state"],
            query["code_challenge"],
            query["code_challenge_method"],
        )
        return Redirect(url)
