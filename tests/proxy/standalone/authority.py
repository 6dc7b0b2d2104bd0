"""Throw-away certificates."""

import datetime as dt
import ipaddress
from pathlib import Path

from attrs import define, field
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_BEGIN = dt.datetime.fromtimestamp(1_700_000_000, dt.UTC)
_PEM = serialization.Encoding.PEM


@define
class Pair:
    """Files of a certificate and its key."""

    cert: str
    key: str


@define
class Authority:
    """Signs certificates; their files are in *room*."""

    room: Path
    name: str
    key: ec.EllipticCurvePrivateKey = field(
        factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    ca: str = ""

    def __attrs_post_init__(self) -> None:
        """Write its own certificate."""
        self.ca = self._write("ca", self._signed(self.name, self.key, ca=True))

    def pair(self, name: str, passphrase: bytes | None = None) -> Pair:
        """Return files for 127.0.0.1."""
        key = ec.generate_private_key(ec.SECP256R1())
        lock: serialization.KeySerializationEncryption = (
            serialization.BestAvailableEncryption(passphrase)
            if passphrase
            else serialization.NoEncryption()
        )
        secret = key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, lock)
        path = self.room / f"{self.name}-{name}.key"
        path.write_bytes(secret)
        return Pair(self._write(name, self._signed(name, key)), str(path))

    def _signed(
        self, name: str, key: ec.EllipticCurvePrivateKey, *, ca: bool = False
    ) -> x509.Certificate:
        def named(text: str) -> x509.Name:
            return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

        here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        builder = (
            x509.CertificateBuilder(named(self.name), named(name), key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_BEGIN)
            .not_valid_after(_BEGIN + dt.timedelta(days=36500))
            .add_extension(
                x509.BasicConstraints(ca=ca, path_length=None), critical=True
            )
        )
        if not ca:
            names = x509.SubjectAlternativeName([here])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def _write(self, name: str, certificate: x509.Certificate) -> str:
        path = self.room / f"{self.name}-{name}.pem"
        path.write_bytes(certificate.public_bytes(_PEM))
        return str(path)
