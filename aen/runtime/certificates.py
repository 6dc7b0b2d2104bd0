"""Certificates at a door: by host name, read anew when their files change."""

import os
import ssl
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from attrs import frozen
from cryptography import x509
from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger
from typing_extensions import override

from aen.model.errors import Invalid
from aen.runtime.tasks import Periodic

CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""What TLS 1.2 may use: forward secret and authenticated; 1.3 knows nothing else."""
_SOON_DAYS = 14
_DAY = 86_400.0


@frozen
class HostCertificate:
    """A certificate for some of the names a door answers to."""

    hosts: tuple[str, ...]
    """Names, e.g. ``aen.example.org`` or ``*.apps.example.org`` (one label)."""
    certificate: str
    """PEM file: the certificate, then those that lead to its authority."""
    key: str
    """PEM file of its private key, without a passphrase."""


@frozen
class TlsSettings:
    """``tls`` of a role: with it, all that ``listen`` names speaks TLS."""

    certificate: str
    """PEM file: the certificate, then those that lead to its authority."""
    key: str
    """PEM file of its private key, without a passphrase; never world-readable."""
    others: tuple[HostCertificate, ...] = ()
    """Certificates for further names: objects with ``hosts`` (a list; ``*.name`` stands
    for one label), ``certificate``, ``key``."""
    redirect: tuple[str, ...] = ()
    """Where plain HTTP is answered with the way to HTTPS, e.g. ``tcp:80``."""
    hsts_seconds: int = 0
    """How long browsers shall insist on HTTPS (RFC 6797); 0: they are not told."""
    look_seconds: float = 30.0
    """Seconds between looks whether files have changed; SIGHUP looks at once."""
    ciphers: str = CIPHERS
    """What TLS 1.2 may use, as OpenSSL writes it."""
    tls12: bool = True
    """Whether clients without TLS 1.3 are served."""

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Return the files of each certificate and its key."""
        yield self.certificate, self.key
        for other in self.others:
            yield other.certificate, other.key


@frozen
class _Loaded:
    """What answers each name; *default* answers those nobody has named."""

    default: ssl.SSLContext
    by_host: dict[str, ssl.SSLContext]

    def choose(self, tls: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        """Take the certificate for the *name* a client asks for (RFC 6066, 3)."""
        if name is not None:
            host = name.lower().rstrip(".")
            wild = f"*.{host.partition('.')[2]}"
            tls.context = (
                self.by_host.get(host) or self.by_host.get(wild) or self.default
            )


class Certificates(Service):
    """The certificates of a door, always as their files are.

    A pair that cannot be used keeps the one before it; the log says why.

    :raises Invalid: they cannot be used to begin with.
    """

    def __init__(self, settings: TlsSettings, clock: IReactorTime) -> None:
        self._settings = settings
        self._clock = clock
        self._log = Logger()
        self._files = _signature(settings)
        self._loaded = _load(settings)
        self._look = Periodic(
            clock, settings.look_seconds, "looking at certificates", self._look_again
        )

    def context(self) -> ssl.SSLContext:
        """Return what a new connection speaks TLS with."""
        return self._loaded.default

    @override
    def startService(self) -> None:
        super().startService()
        self._warn()
        self._look.start(now=False)

    @override
    def stopService(self) -> Deferred[None]:
        super().stopService()
        return Deferred.fromCoroutine(self._look.stop())

    def reload(self) -> None:
        """Read the files if they have changed; open connections keep what they have."""
        files = _signature(self._settings)
        if files == self._files:
            return
        self._files = files
        try:
            self._loaded = _load(self._settings)
        except Invalid as error:
            self._log.error(
                "the changed certificates cannot be used, the ones before stay: {why}",
                why=error.message,
            )
            return
        self._log.info("the certificates were read anew")
        self._warn()

    async def _look_again(self) -> None:
        self.reload()

    def _warn(self) -> None:
        """Say which certificates end soon, while somebody can still do something."""
        for file, _ in self._settings.pairs():
            days = _days_left(Path(file), self._clock.seconds())
            if days is not None and days < _SOON_DAYS:
                self._log.warn("{file} ends in {days} days", file=file, days=int(days))


def check_certificates(settings: TlsSettings) -> None:
    """Raise `Invalid` unless every certificate of *settings* can be used."""
    _load(settings)


def _signature(settings: TlsSettings) -> list[Any]:
    """Return what changes whenever one of the files does."""
    found: list[Any] = []
    for pair in settings.pairs():
        for name in pair:
            try:
                about = os.stat(name)  # noqa: PTH116 -- a setting, not a path
            except OSError as error:
                found.append(error.errno)
            else:
                found.append((about.st_mtime_ns, about.st_size, about.st_ino))
    return found


def _load(settings: TlsSettings) -> _Loaded:
    default = _context(settings, settings.certificate, settings.key)
    by_host: dict[str, ssl.SSLContext] = {}
    for other in settings.others:
        context = _context(settings, other.certificate, other.key)
        by_host.update((host.lower(), context) for host in other.hosts)
    loaded = _Loaded(default, by_host)
    if by_host:
        default.sni_callback = loaded.choose
    return loaded


def _context(settings: TlsSettings, certificate: str, key: str) -> ssl.SSLContext:
    _check_secrecy(key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    oldest = ssl.TLSVersion.TLSv1_2 if settings.tls12 else ssl.TLSVersion.TLSv1_3
    context.minimum_version = oldest
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    # The client knows which of them its processor is quick at; all are good.
    context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    try:
        context.set_ciphers(settings.ciphers)
    except ssl.SSLError:
        raise Invalid(f"“ciphers” names none OpenSSL has: {settings.ciphers}") from None
    context.set_alpn_protocols(["http/1.1"])
    try:
        # A passphrase would be asked for on the terminal: there is nobody there.
        context.load_cert_chain(certificate, key, password=lambda: b"")
    except ssl.SSLError as error:
        why = (error.reason or "not PEM").lower().replace("_", " ")
        raise Invalid(f"{certificate} and {key} cannot be used: {why}") from None
    except OSError as error:
        raise Invalid(f"{certificate}: cannot be read: {error.strerror}") from None
    return context


def _check_secrecy(key: str) -> None:
    """Raise `Invalid` unless *key* is a file that others may not read.

    A group may (Debian's “ssl-cert”), and it may be a link (as certbot makes them).
    """
    try:
        mode = Path(key).stat().st_mode
    except OSError as error:
        raise Invalid(f"{key}: cannot be read: {error.strerror}") from None
    if mode & stat.S_IRWXO:
        raise Invalid(f"{key}: everybody may read it; run chmod o-rwx {key}")


def _days_left(certificate: Path, now: float) -> float | None:
    try:
        first = x509.load_pem_x509_certificates(certificate.read_bytes())[0]
    except (OSError, ValueError, IndexError):
        return None
    end = first.not_valid_after_utc
    return (end - datetime.fromtimestamp(now, UTC)).total_seconds() / _DAY
