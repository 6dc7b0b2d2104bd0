"""SSH public keys."""

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from aen.model.errors import Invalid
from aen.model.ssh_keys import TYPES, parse_ssh_key
from tests.ssh_keys import ecdsa_line, ed25519_line, packed, rsa_line

ED = ed25519_line()
POINT = b"\x04" + b"\x01" * 64
CURVES = (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1())


def test_keys_as_people_have_them() -> None:
    """Every usual type, with its length and its comment."""
    assert parse_ssh_key(f" {ED} ada@home \n").comment == "ada@home"
    assert parse_ssh_key(f"{ED}\tmy old  laptop").comment == "my old  laptop"
    assert parse_ssh_key(ED).bits == 256
    assert [parse_ssh_key(ecdsa_line(one)).bits for one in CURVES] == [256, 384, 521]
    assert parse_ssh_key(rsa_line(2048)).bits == 2048
    token = "sk-ssh-ed25519@openssh.com"
    blob = packed(token.encode(), b"\x05" * 32, b"ssh:")
    assert parse_ssh_key(f"{token} {blob}").line == f"{token} {blob}"
    token = "sk-ecdsa-sha2-nistp256@openssh.com"
    blob = packed(token.encode(), b"nistp256", POINT, b"ssh:")
    assert parse_ssh_key(f"{token} {blob}").bits == 256


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no ssh-keygen")
def test_the_fingerprint_is_openssh_s(tmp_path: Path) -> None:
    """As ``ssh-keygen -l`` shows it."""
    file = tmp_path / "key.pub"
    file.write_text(f"{ED}\n")
    command = ("ssh-keygen", "-l", "-f", str(file))
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert parse_ssh_key(ED).fingerprint in shown.stdout


def test_the_fingerprint_of_a_known_key() -> None:
    """It does not change from one version to the next."""
    assert parse_ssh_key(ED).fingerprint == (
        "SHA256:fe85JkIjo8VPe+XqXJGH5Mau1EMFdK1OdKvJUFicyA8"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "one line"),
        (f"{ED}\n{ED}", "one line"),
        (f"{ED}\r{ED}", "one line"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nx", "private key"),
        ("---- BEGIN SSH2 PUBLIC KEY ----", "ssh-keygen -i"),
        (f'command="sh" {ED}', "without options"),
        (f"no-pty,no-agent-forwarding {ED}", "without options"),
        (f"cert-authority {ED}", "without options"),
        ("ssh-dss AAAAB3NzaC1kc3MAAA", "too weak"),
        ("ssh-ed25519-cert-v01@openssh.com AAAA", "without options"),
        ("ssh-ed25519", "missing"),
        ("ssh-ed25519 ????", "base64"),
        (ED[:-4], "not whole"),
        (ED + "=", "OpenSSH writes"),
        ("ssh-ed25519 AAAA=AAA", "base64"),
        (f"ssh-rsa {ED.split()[1]}", "not whole"),
        (f"ssh-ed25519 {packed(b'ssh-ed25519', b'x' * 31)}", "length"),
        (f"ssh-ed25519 {packed(b'ssh-ed25519', b'x' * 32, b'more')}", "not whole"),
        ("ssh-rsa " + packed(b"ssh-rsa", b"\x03", b"\x7f" * 128), "2048"),
        ("ssh-rsa " + packed(b"ssh-rsa", b"\x03", b"\x7f" * 4000), "16384"),
        ("ssh-rsa " + packed(b"ssh-rsa", b"\x02", b"\x7f" * 256), "can be used"),
        ("ssh-rsa " + packed(b"ssh-rsa", b"", b"\x7f" * 256), "can be used"),
        (
            "ecdsa-sha2-nistp256 " + packed(b"ecdsa-sha2-nistp256", b"nistp384", POINT),
            "curve",
        ),
        (
            "ecdsa-sha2-nistp256 "
            + packed(b"ecdsa-sha2-nistp256", b"nistp256", b"\x02" + POINT[1:]),
            "curve",
        ),
        (f"{ED} evil\u202ecomment", "comment"),
        (f"ssh-ed25519 {'A' * 20_000}", "one line"),
    ],
)
def test_what_is_no_key(text: str, words: str) -> None:
    """It is refused in words that help."""
    with pytest.raises(Invalid, match=words) as refusal:
        parse_ssh_key(text)
    assert "key" in refusal.value.fields


@given(st.sampled_from(TYPES), st.binary(max_size=80), st.text(max_size=20))
def test_whatever_comes(kind: str, data: bytes, rest: str) -> None:
    """A line is a key or is refused; what is taken is one line for sshd."""
    text = f"{kind} {packed(kind.encode(), data)} {rest}"
    try:
        found = parse_ssh_key(text)
    except Invalid:
        return
    assert found.line.split(" ") == text.split()[:2]
    assert "\n" not in found.line + found.comment
