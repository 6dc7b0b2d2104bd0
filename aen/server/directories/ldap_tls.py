"""TLS to a directory: its certificate and name are checked unless a setting says no."""

from pathlib import Path
from typing import Any

from OpenSSL import SSL, crypto
from twisted.internet import ssl
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from zope.interface import implementer

from aen.model.errors import Invalid
from aen.server.directories.ldap_options import Tuning
from aen.wire.agents import trust_root


def creator(host: str, tuning: Tuning) -> Any:
    """Return what makes the TLS side of a connection to *host*.

    :raises Invalid: a file of the settings cannot be used; says which.
    """
    own = _own(tuning)
    if not tuning.verify:
        return _Unverified(own)
    return ssl.optionsForClientTLS(
        host, trustRoot=trust_root(tuning.ca), clientCertificate=own
    )


def check_files(tuning: Tuning) -> None:
    """Raise `Invalid` unless the files of CA, certificate and key can be used."""
    creator("localhost", tuning)


def _own(tuning: Tuning) -> ssl.PrivateCertificate | None:
    if tuning.certificate is None:
        return None
    try:
        text = Path(tuning.certificate).read_bytes()
        key = Path(tuning.key).read_bytes() if tuning.key else text
        found: ssl.PrivateCertificate = ssl.PrivateCertificate.loadPEM(
            text + b"\n" + key
        )
    except (OSError, ValueError, crypto.Error) as error:
        raise Invalid(
            f"{tuning.certificate}: cannot be used as certificate and key: {error}"
        ) from None
    return found


@implementer(IOpenSSLClientConnectionCreator)
class _Unverified:
    """For operators who chose not to know whom their people's passwords go to."""

    def __init__(self, own: ssl.PrivateCertificate | None) -> None:
        options = own.options() if own is not None else ssl.CertificateOptions()
        self._context = options.getContext()
        self._context.set_verify(SSL.VERIFY_NONE, lambda *_: True)

    def clientConnectionForTLS(self, protocol: Any) -> SSL.Connection:  # noqa: N802
        """Return the connection that encrypts for *protocol*."""
        return SSL.Connection(self._context, None)
