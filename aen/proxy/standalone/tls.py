"""TLS at the doors and towards targets, as the options' files say."""

import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat
from OpenSSL import SSL, crypto
from OpenSSL.SSL import Connection, Context
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.internet.ssl import (
    Certificate,
    CertificateOptions,
    PrivateCertificate,
    optionsForClientTLS,
    platformTrust,
    trustRootFromCertificates,
)
from zope.interface import implementer

from aen.proxy.standalone.options import Files, Versions
from aen.proxy.standalone.refusal import Refusal

_BEGIN: Final = b"-----BEGIN CERTIFICATE-----"
_CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM"
_VERSIONS: Final = {
    "TLSv1_2": ssl.TLSVersion.TLSv1_2,
    "TLSv1_3": ssl.TLSVersion.TLSv1_3,
}


def door(files: Files, versions: Versions | None = None) -> ssl.SSLContext | None:
    """Return how to speak TLS with clients, None if nothing says to.

    :raises Refusal: a file or a setting cannot be used; says which.
    """
    if files.key is None or files.cert is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= (
        ssl.OP_NO_COMPRESSION
        | ssl.OP_NO_RENEGOTIATION
        | ssl.OP_CIPHER_SERVER_PREFERENCE
    )
    context.set_alpn_protocols(["http/1.1"])
    _limit(context, versions or Versions())
    _show(context, files, files.key, files.cert)
    _ask(context, files)
    return context


def _limit(context: ssl.SSLContext, versions: Versions) -> None:
    if versions.protocol is not None:
        wanted = _VERSIONS.get(versions.protocol.removesuffix("_method"))
        if wanted is None:
            raise Refusal(
                f"--ssl-protocol: “{versions.protocol}” is neither TLSv1_2 nor TLSv1_3;"
                " what came before is no longer safe"
            )
        context.minimum_version = context.maximum_version = wanted
    try:
        context.set_ciphers(versions.ciphers or _CIPHERS)
    except ssl.SSLError:
        raise Refusal(
            f"--ssl-ciphers: OpenSSL has none of {versions.ciphers}"
        ) from None
    if versions.dhparam is not None:
        _readable(versions.dhparam)
        try:
            context.load_dh_params(versions.dhparam)
        except ssl.SSLError:
            raise Refusal(f"{versions.dhparam}: holds no parameters") from None


def _show(context: ssl.SSLContext, files: Files, key: str, cert: str) -> None:
    _readable(cert)
    _key(key, files.passphrase)
    try:
        # Without a passphrase OpenSSL would ask for one on the terminal.
        context.load_cert_chain(cert, key, password=lambda: files.passphrase or "")
    except ssl.SSLError:
        raise Refusal(f"{cert} and {key} do not belong together") from None


def _ask(context: ssl.SSLContext, files: Files) -> None:
    """Let in only clients with a certificate of an authority, if so told.

    Without --…-reject-unauthorized any would do, also none, and nobody is told of
    it: so nobody is asked.
    """
    if not (files.request_cert and files.reject_unauthorized):
        return
    context.verify_mode = ssl.CERT_REQUIRED
    if files.ca is None:
        context.load_default_certs(ssl.Purpose.CLIENT_AUTH)
        return
    _readable(files.ca)
    try:
        context.load_verify_locations(files.ca)
    except ssl.SSLError:
        raise Refusal(f"{files.ca}: holds no certificate") from None


def towards_targets(files: Files, *, insecure: bool) -> Callable[[str], Any]:
    """Return what makes, for a host's name, the way to speak TLS to it.

    :raises Refusal: a file cannot be used; says which.
    """
    own = _own(files)
    if insecure:
        context = CertificateOptions(
            privateKey=own.privateKey.original if own else None,
            certificate=own.original if own else None,
        ).getContext()
        return lambda host: Unverified(host, context)
    trusted = _authorities(files.ca) if files.ca is not None else platformTrust()
    return lambda host: optionsForClientTLS(
        host, trustRoot=trusted, clientCertificate=own
    )


@implementer(IOpenSSLClientConnectionCreator)
class Unverified:
    """Speaks TLS with whoever answers for *host*."""

    def __init__(self, host: str, context: Context) -> None:
        self._host = host
        self._context = context

    def clientConnectionForTLS(self, tlsProtocol: Any) -> Connection:  # noqa: N802, N803
        """Return a connection that names the host and verifies nothing."""
        connection = Connection(self._context, None)
        if not self._host.replace(".", "").isdigit() and ":" not in self._host:
            connection.set_tlsext_host_name(self._host.encode("ascii"))
        return connection


def _own(files: Files) -> PrivateCertificate | None:
    if files.key is None or files.cert is None:
        return None
    key = _key(files.key, files.passphrase)
    pem = key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        found: PrivateCertificate = PrivateCertificate.loadPEM(
            pem + _readable(files.cert)
        )
    except (crypto.Error, SSL.Error, ValueError):
        raise Refusal(f"{files.cert}: is no certificate") from None
    return found


def _authorities(path: str) -> Any:
    blocks = _readable(path).split(_BEGIN)[1:]
    try:
        found = [Certificate.loadPEM(_BEGIN + block) for block in blocks]
    except (crypto.Error, ValueError):
        raise Refusal(f"{path}: cannot be read as certificates") from None
    if not found:
        raise Refusal(f"{path}: holds no certificate")
    return trustRootFromCertificates(found)


def _key(path: str, passphrase: str | None) -> Any:
    data = _readable(path)
    try:
        try:
            return serialization.load_pem_private_key(data, None)
        except TypeError:  # it is locked
            word = (passphrase or "").encode()
            return serialization.load_pem_private_key(data, word or b"-")
    except (ValueError, UnsupportedAlgorithm):
        raise Refusal(f"{path}: is no private key, or its passphrase differs") from None


def _readable(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Refusal(f"{path}: {error.strerror}") from None
