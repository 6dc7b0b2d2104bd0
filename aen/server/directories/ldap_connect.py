"""Coming to a directory: resolve, connect, encrypt."""

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, connectProtocol
from twisted.internet.error import (
    ConnectError,
    ConnectionRefusedError,  # noqa: A004 -- Twisted's own
    DNSLookupError,
)
from twisted.internet.error import TimeoutError as Late
from twisted.internet.interfaces import IAddress, IHostResolution, IResolutionReceiver
from zope.interface import implementer

from aen.model.errors import Unavailable
from aen.server.directories.directory import Say, Step
from aen.server.directories.ldap_link import Link
from aen.server.directories.ldap_results import SUCCESS, mend, words
from aen.server.directories.ldap_settings import LdapSettings, Place
from aen.server.directories.ldap_tls import creator


class Trouble(Unavailable):
    """A step did not succeed, for a reason that is about nobody's password."""

    def __init__(self, message: str, mend: str = "") -> None:
        super().__init__(message)
        self.mend = mend


class Connector:
    """Opens connections as the settings say."""

    def __init__(self, settings: LdapSettings, reactor: Any) -> None:
        self._settings = settings
        self._tuning = settings.tuning
        self._reactor = reactor

    async def resolve(self, place: Place) -> str:
        """Return a sentence with the addresses of *place*."""
        found: Deferred[tuple[str, ...]] = Deferred()
        self._reactor.nameResolver.resolveHostName(_Addresses(found), place.host)
        addresses = await found
        if not addresses:
            raise Trouble(
                f"the name “{place.host}” cannot be resolved",
                "Check LDAP.URI, and the name servers of this machine.",
            )
        return f"{place.host} is {', '.join(addresses)}."

    async def connect(self, place: Place, say: Say) -> Link:
        """Return a connection, encrypted where the settings want it.

        :raises Trouble: it could not be made so.
        """
        tuning = self._tuning
        link = Link(self._reactor, tuning.answer, self._settings.ANSWER_BYTES)
        endpoint = HostnameEndpoint(
            self._reactor, place.host, place.port, timeout=tuning.connect
        )
        try:
            await connectProtocol(endpoint, link)
        except Exception as error:  # whatever it is, there is no connection
            raise Trouble(
                unconnected(error, tuning.connect),
                "Check LDAP.URI, the directory, and firewalls in between.",
            ) from error
        say(Step(True, f"it accepts connections at port {place.port}."))
        try:
            await self._encrypt(link, place, say)
        except BaseException:
            link.abort()
            raise
        return link

    async def _encrypt(self, link: Link, place: Place, say: Say) -> None:
        if not place.secure and not self._settings.START_TLS:
            say(Step(True, "nothing is encrypted; passwords go in clear."))
            return
        try:
            if not place.secure:
                await self._ask_for_tls(link, place)
            await link.secure(creator(place.host, self._tuning))
        except Trouble:
            raise
        except Unavailable as error:
            raise Trouble(
                error.message,
                f"The certificate must be for “{place.host}” and signed by a CA of"
                " LDAP.TLS_CACERT (none: of this system).",
            ) from None
        checked = (
            "its certificate is right"
            if self._tuning.verify
            else ("its certificate is NOT checked (OPT_X_TLS_REQUIRE_CERT)")
        )
        say(Step(True, f"it speaks TLS, {checked}."))

    async def _ask_for_tls(self, link: Link, place: Place) -> None:
        result = await link.start_tls()
        if result.code != SUCCESS:
            raise Trouble(
                f"it refuses StartTLS: {words(result)}",
                mend(result) or "Give the directory a certificate, or use ldaps://.",
            )


def unconnected(error: Exception, seconds: float) -> str:
    """Return in words why a connection was not made."""
    match error:
        case ConnectionRefusedError():
            return "it refuses connections"
        case Late():
            return f"it accepts no connection within {seconds:g} seconds"
        case DNSLookupError():
            return "its name cannot be resolved"
        case ConnectError():
            return f"it cannot be reached ({str(error)[:200]})"
        case _:
            return f"it cannot be reached ({type(error).__name__})"


@implementer(IResolutionReceiver)
class _Addresses:
    def __init__(self, done: "Deferred[tuple[str, ...]]") -> None:
        self._done = done
        self._found: list[str] = []

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802
        """Take note of nothing."""

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802
        """Keep an address."""
        host = str(getattr(address, "host", address))
        if host not in self._found:
            self._found.append(host)

    def resolutionComplete(self) -> None:  # noqa: N802
        """Tell all that were found."""
        self._done.callback(tuple(self._found))
