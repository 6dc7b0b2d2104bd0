"""Certificates for tests: made by themselves, valid for this century."""

import datetime as dt
import ipaddress
import ssl
from pathlib import Path

from attrs import frozen
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

BEGIN = dt.datetime.fromtimestamp(1_700_000_000, dt.UTC)
"""From when on they are valid."""
_PEM = serialization.Encoding.PEM


def _named(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def anybody() -> ssl.SSLContext:
    """Return the context of a client that believes whatever certificate it sees."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@frozen
class Pair:
    """The files of a certificate and its key."""

    certificate: Path
    key: Path


def make_pair(folder: Path, host: str = "localhost", days: float = 36500) -> Pair:
    """Write a certificate for *host*, a name or an address, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    certificate = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number()
        )
        .not_valid_before(BEGIN)
        .not_valid_after(BEGIN + dt.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([_named(host)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pair = Pair(folder / f"{host}.pem", folder / f"{host}.key")
    folder.mkdir(exist_ok=True)
    pair.certificate.write_bytes(certificate.public_bytes(_PEM))
    pair.key.write_bytes(
        key.private_bytes(
            _PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    pair.key.chmod(0o600)
    return pair
