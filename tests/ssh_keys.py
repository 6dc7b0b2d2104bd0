"""SSH public keys for tests, made by OpenSSH's own rules by another library."""

import base64

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SSH = (Encoding.OpenSSH, PublicFormat.OpenSSH)


def ed25519_line(seed: int = 1) -> str:
    """Return an Ed25519 key, the same for the same *seed*."""
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return key.public_key().public_bytes(*SSH).decode()


def ecdsa_line(curve: ec.EllipticCurve) -> str:
    """Return a key on *curve*."""
    return ec.derive_private_key(7, curve).public_key().public_bytes(*SSH).decode()


def rsa_line(bits: int) -> str:
    """Return an RSA key."""
    key = rsa.generate_private_key(65537, bits)
    return key.public_key().public_bytes(*SSH).decode()


def packed(*parts: bytes) -> str:
    """Return the base64 of strings, each with its length before it."""
    data = b"".join(len(part).to_bytes(4) + part for part in parts)
    return base64.b64encode(data).decode()
