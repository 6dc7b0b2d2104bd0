"""Putting the program of PAM where sudo finds it."""

import json
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from aen.model.errors import Invalid
from aen.server.directories import pam_install, pam_program
from aen.server.directories.pam_install import Installation, install, rule
from tests.server.directories.services import needs_pam

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


@pytest.fixture
def place() -> Iterator[Path]:
    """Give a folder that only root can change, all the way up."""
    made = Path(tempfile.mkdtemp(dir="/usr/local", prefix="aen-test-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def test_the_rule() -> None:
    """It lets one account call one program, with no arguments."""
    assert rule("wakari", "/usr/local/libexec/aen-pam").endswith(
        'wakari ALL=(root) NOPASSWD: /usr/local/libexec/aen-pam ""\n'
    )
    for account, program in (("a b", "/x"), ("ALL", "/x"), ("a", "x"), ("a", "/x, /y")):
        with pytest.raises(Invalid):
            rule(account, program)


def test_only_root_installs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Others are told so, in a sentence."""
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(SystemExit, match="Only root"):
        pam_install.main(["--service-account", "wakari"])


@pytest.mark.root
@as_root
def test_what_others_could_change(place: Path, tmp_path: Path) -> None:
    """Neither the interpreter nor the place of the program may be anybody's."""
    loose = place / "python"
    loose.write_text("")
    loose.chmod(0o777)
    with pytest.raises(Invalid, match="others than root"):
        install(Installation("wakari", python=str(loose), program=str(place / "p")))
    with pytest.raises(Invalid, match="service"):
        install(Installation("wakari", service="../x", program=str(place / "p")))
    assert not (place / "p").exists()


@pytest.mark.root
@as_root
@needs_pam
@pytest.mark.skipif(shutil.which("sudo") is None, reason="sudo is not installed")
def test_by_sudo(place: Path) -> None:
    """An account without rights checks a password of the machine, by one service."""
    asker, name, password = (
        f"aena{secrets.token_hex(3)}",
        f"aenb{secrets.token_hex(3)}",
        "hörse 1",
    )
    service, sudoers = Path(f"/etc/pam.d/{name}"), Path(f"/etc/sudoers.d/{name}")
    program = place / "aen-pam"
    try:
        for account in (asker, name):
            subprocess.run(("useradd", "-s", "/bin/sh", account), check=True)
        subprocess.run(("chpasswd",), input=f"{name}:{password}".encode(), check=True)
        service.write_text(
            "auth required pam_unix.so nodelay\naccount required pam_unix.so\n"
        )
        given = Installation(
            asker, name, ("daemon",), program=str(program),
            settings=str(place / "pam.json"), sudoers=str(sudoers),
        )  # fmt: skip
        install(given)
        text = program.read_text()
        assert pam_program.SETTINGS in text
        program.write_text(text.replace(pam_program.SETTINGS, given.settings))

        def ask(who: str, secret: str) -> str:
            asked = {"name": who, "password": secret, "service": "other", "folder": "/"}
            done = subprocess.run(
                ("su", asker, "-c", f"sudo -n {program}"),
                input=json.dumps(asked).encode() + b"\n",
                capture_output=True,
                check=True,
            )
            return str(json.loads(done.stdout)["result"])

        assert ask(name, password) == "right"
        assert ask(name, "wrong") == "wrong"
        for refused in ("root", "daemon", asker):
            assert ask(refused, password) == "forbidden"
        assert program.stat().st_mode & 0o777 == 0o755
        assert sudoers.stat().st_mode & 0o777 == 0o440
    finally:
        service.unlink(missing_ok=True)
        sudoers.unlink(missing_ok=True)
        for account in (asker, name):
            subprocess.run(
                ("userdel", "-rf", account), check=False, capture_output=True
            )
