"""SSH public keys as people paste them: read strictly, so that sshd can be given them.

RFC 4253 section 6.6, RFC 5656, RFC 8709; ``sk-`` types: OpenSSH's PROTOCOL.u2f.
"""

import base64
import binascii
import hashlib
import re

from attrs import frozen

from aen.model.errors import Invalid

LONGEST = 16_384
"""Characters of a line; an RSA key of 16384 bits has some 2800."""
_LEAST_RSA, _MOST_RSA = 2048, 16_384
_POINTS = {"nistp256": 65, "nistp384": 97, "nistp521": 133}
_ED25519 = 32
# How many strings a key of each type holds after its name.
_PARTS = {
    "ssh-ed25519": 1,
    "ssh-rsa": 2,
    "ecdsa-sha2-nistp256": 2,
    "ecdsa-sha2-nistp384": 2,
    "ecdsa-sha2-nistp521": 2,
    "sk-ssh-ed25519@openssh.com": 2,
    "sk-ecdsa-sha2-nistp256@openssh.com": 3,
}
TYPES = tuple(_PARTS)
_COMMENT = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]*")
_WORD = re.compile(r"\S+")


@frozen
class SshKey:
    """A public key that was read and is what it says."""

    type: str
    blob: str
    """The key itself, in base64 as OpenSSH writes it."""
    comment: str
    bits: int

    @property
    def line(self) -> str:
        """The key as a line of ``authorized_keys``: without options or comment."""
        return f"{self.type} {self.blob}"

    @property
    def fingerprint(self) -> str:
        """The fingerprint as ``ssh-keygen -l`` shows it."""
        digest = hashlib.sha256(base64.b64decode(self.blob)).digest()
        return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def parse_ssh_key(text: str) -> SshKey:
    """Return the key in a line of a ``.pub`` file, or raise `Invalid`."""
    text = text.strip()
    if "PRIVATE KEY" in text:
        raise _wrong(
            "That is a private key: keep it to yourself, and make another, now that it"
            " was sent. Paste the line of the file that ends in .pub."
        )
    if len(text) > LONGEST or len(text.splitlines()) != 1:
        raise _wrong("Paste one line: the content of a file that ends in .pub.")
    words = _WORD.findall(text)
    kind = words[0]
    if kind not in _PARTS:
        raise _wrong(_unknown(kind))
    if len(words) == 1:
        raise _wrong("The key is missing after its type.")
    comment = text.split(None, 2)[2] if len(words) > 2 else ""  # noqa: PLR2004
    if not _COMMENT.fullmatch(comment):
        raise _wrong("The comment holds characters that cannot be shown.")
    bits = _bits(kind, _decoded(words[1]))
    return SshKey(kind, words[1], comment[:100], bits)


def _wrong(message: str) -> Invalid:
    return Invalid(message, fields={"key": message})


def _unknown(kind: str) -> str:
    if kind == "ssh-dss":
        return "Keys of type ssh-dss are too weak; make one: ssh-keygen -t ed25519."
    if kind.startswith(("-----", "----")):
        return "Paste the line that OpenSSH uses: ssh-keygen -i -f FILE prints it."
    return f"A key begins with its type, without options: {', '.join(TYPES)}."


def _decoded(blob: str) -> bytes:
    try:
        data = base64.b64decode(blob, validate=True)
    except (binascii.Error, ValueError):
        raise _wrong("The key is not whole: it is no base64.") from None
    if base64.b64encode(data).decode() != blob:
        raise _wrong("The key is not written as OpenSSH writes it.")
    return data


def _bits(kind: str, data: bytes) -> int:
    """Return the length of a key, once its parts are what its type asks for."""
    parts = _strings(data)
    if parts[0] != kind.encode() or len(parts) != _PARTS[kind] + 1:
        raise _wrong(f"The key is not whole, or it is none of type {kind}.")
    if kind == "ssh-rsa":
        return _rsa_bits(parts[1], parts[2])
    if "ed25519" in kind:
        if len(parts[1]) != _ED25519:
            raise _wrong("The key has the wrong length.")
        return 256
    curve = kind.removeprefix("sk-").removesuffix("@openssh.com").rpartition("-")[2]
    point = parts[2]
    if parts[1] != curve.encode() or len(point) != _POINTS[curve] or point[0] != 4:  # noqa: PLR2004 -- SEC 1, 2.3.3: uncompressed
        raise _wrong("The key is not a point of its curve.")
    return int(curve.removeprefix("nistp"))


def _rsa_bits(exponent: bytes, modulus: bytes) -> int:
    bits = int.from_bytes(modulus).bit_length()
    e = int.from_bytes(exponent)
    if e < 3 or e % 2 == 0 or modulus[:1] > b"\x7f" or exponent[:1] > b"\x7f":  # noqa: PLR2004
        raise _wrong("The key is not an RSA key that can be used.")
    if not _LEAST_RSA <= bits <= _MOST_RSA:
        raise _wrong(
            f"An RSA key must have {_LEAST_RSA} to {_MOST_RSA} bits, not {bits}."
            " Better: ssh-keygen -t ed25519."
        )
    return bits


def _strings(data: bytes) -> list[bytes]:
    """Return the strings a key is made of, each with its length before it."""
    found: list[bytes] = []
    while data:
        length = int.from_bytes(data[:4])
        if len(data) < 4 + length:
            raise _wrong("The key is not whole: its end is missing.")
        found.append(data[4 : 4 + length])
        data = data[4 + length :]
    if not found:
        raise _wrong("The key is empty.")
    return found
