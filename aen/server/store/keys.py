"""The embedded store's certificates: who holds them may talk to it, nobody else.

A certificate authority is made, signs one certificate for the store and one for its
clients, and is forgotten: nothing can ever be added to what these two trust.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from attrs import frozen
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from aen.runtime.credentials import read_secret, write_private

STORE_NAME = "store.aen.invalid"
"""What clients expect to find in the store's certificate (RFC 2606: never a host)."""
_YEARS = timedelta(days=3650)
_RENEW = timedelta(days=365)


@frozen
class KeyFiles:
    """Where the certificates are; each file holds what its reader needs."""

    directory: Path

    @property
    def authority(self) -> Path:
        """The authority's certificate."""
        return self.directory / "authority.pem"

    @property
    def store(self) -> Path:
        """The store's private key and certificate."""
        return self.directory / "store.pem"

    @property
    def client(self) -> Path:
        """The clients' private key and certificate."""
        return self.directory / "client.pem"


def keep_keys(files: KeyFiles, now: float) -> None:
    """Make the certificates unless all are there and good for a year after *now*."""
    if _are_good(files, datetime.fromtimestamp(now, UTC)):
        return
    start = datetime.fromtimestamp(now, UTC) - timedelta(days=1)
    name = _name("AEN embedded store")
    key = ec.generate_private_key(ec.SECP256R1())
    authority = (
        _builder(name, name, key.public_key(), start)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )

    def issue(common_name: str, usage: x509.ObjectIdentifier) -> bytes:
        own = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.DNSName(common_name)])
        certificate = (
            _builder(_name(common_name), name, own.public_key(), start)
            .add_extension(
                x509.BasicConstraints(ca=False, path_length=None), critical=True
            )
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(names, critical=False)
            .sign(key, hashes.SHA256())
        )
        return _pem_of(own) + certificate.public_bytes(serialization.Encoding.PEM)

    write_private(files.store, issue(STORE_NAME, ExtendedKeyUsageOID.SERVER_AUTH))
    write_private(
        files.client, issue("client.aen.invalid", ExtendedKeyUsageOID.CLIENT_AUTH)
    )
    write_private(files.authority, authority.public_bytes(serialization.Encoding.PEM))


def _are_good(files: KeyFiles, now: datetime) -> bool:
    try:
        contents = [
            read_secret(path) for path in (files.store, files.client, files.authority)
        ]
        store, client, authority = map(_certificate_in, contents)
        store.verify_directly_issued_by(authority)
        client.verify_directly_issued_by(authority)
    except Exception:  # noqa: BLE001 -- unreadable in whatever way: made anew
        return False
    return all(
        each.not_valid_after_utc - now > _RENEW and each.not_valid_before_utc < now
        for each in (store, client, authority)
    )


def _certificate_in(content: bytes) -> x509.Certificate:
    return x509.load_pem_x509_certificate(content[content.index(b"-----BEGIN CERT") :])


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    start: datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + _YEARS)
    )


def _pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
