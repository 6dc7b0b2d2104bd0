"""Both commands on the real embedded store; what they say and refuse."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_twisted import ensureDeferred

from aen.model.errors import Invalid
from aen.server import admin
from aen.server.backup import commands
from aen.server.backup.mark import RestoreMark
from tests.server.backup.worlds import filled, lay_files

PHRASE = "a heron on the roof"
_PROGRAM = "from aen.server.admin import main; main()"


def installation(folder: Path, name: str) -> Path:
    """Return the settings file of a new installation."""
    home = folder / name / "wakari-server"
    lay_files(home)
    path = home / "etc/wakari/wk-server-config.json"
    told = json.loads(path.read_text())
    told["beside"] = [str(home.parent / one) for one in ("wakari-gateway",)]
    path.write_text(json.dumps(told))
    (home / "etc/wakari/keys/server.key").unlink()  # the server makes a real one
    return path


def command(
    settings: Path | None,
    *words: object,
    status: int = 0,
    known: dict[str, str] | None = None,
) -> str:
    """Run a command as an operator does; return what it said."""
    given = ("-c", str(settings)) if settings else ()
    done = subprocess.run(
        (sys.executable, "-c", _PROGRAM, *given, *map(str, words)),
        capture_output=True, text=True, check=False, timeout=120,
        stdin=subprocess.DEVNULL, env={**_paths(), **(known or {})},
    )  # fmt: skip
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def _paths() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(admin.__file__).parents[2])}


@pytest.mark.system
def test_there_and_back(tmp_path: Path) -> None:
    """Encrypted, from one embedded store into another; the password works on."""
    old, new = installation(tmp_path, "old"), installation(tmp_path, "new")
    password = {"AEN_PASSWORD": "correct horse"}
    command(old, "add-user", "ada", "--superuser", known=password)
    token = command(old, "add-token", "ada", "--note", "x").strip()
    phrase = {"AEN_BACKUP_PASSPHRASE": PHRASE}
    file = tmp_path / "one.sealed"
    said = command(old, "backup", file, known=phrase)
    assert "users: 1" in said
    assert "encrypted; without the passphrase it is lost" in said
    words = "passphrase by AEN_BACKUP_PASSPHRASE"
    assert words in command(None, "restore", "--check", file, status=1)
    said += command(None, "restore", "--check", file, known=phrase)
    assert "It is whole and unaltered" in said
    apart = tmp_path / "apart"
    said += command(None, "restore", "--unpack", apart, file, known=phrase)
    assert (apart / "store/users.jsonl").exists()
    gateway = new.parents[3] / "wakari-gateway/etc/wakari/wk-gateway-config.json"
    gateway.unlink()
    said += command(new, "restore", file, known=phrase)
    assert "Restored " in said
    assert gateway.exists()
    key = (old.parent / "keys/server.key").read_text()
    assert (new.parent / "keys/server.key").read_text() == key
    for secret in (PHRASE, token, "correct horse", key, "the gateway's", "argon2"):
        assert secret not in said
    assert "not empty" in command(new, "restore", file, status=1, known=phrase)
    said = command(new, "superuser", "--remove", "ada", status=1)
    assert "“ada” is the last administrator" in said
    assert "taken" in command(new, "add-user", "ada", status=1, known=password).lower()


@pytest.mark.system
def test_nothing_else_runs_meanwhile(tmp_path: Path) -> None:
    """Neither the server nor another command."""
    settings = installation(tmp_path, "one")
    RestoreMark(settings.parents[2]).begin("x")
    words = "A backup is being restored into this installation"
    assert words in command(settings, "doctor", status=1)
    done = subprocess.run(
        (sys.executable, "-m", "twisted", "aen-server", "-c", str(settings)),
        capture_output=True, text=True, check=False, timeout=60, env=_paths(),
    )  # fmt: skip
    assert done.returncode == 1
    assert words in done.stdout + done.stderr


@ensureDeferred
async def test_what_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """How much there is, that it is not encrypted, and what is not in it."""
    world = await filled()
    parse = admin.parser().parse_args
    options = parse(["backup", str(tmp_path / "b")])
    await options.command(world.rooms, options)
    said = capsys.readouterr().out
    assert "  users: 2\n" in said
    assert "not encrypted: it holds keys" in said
    assert "Project files are not in it" in said
    options = parse(["backup", "-"])
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    with pytest.raises(Invalid, match="not for a terminal"):
        await options.command(world.rooms, options)


def test_where_a_passphrase_comes_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A private file, the environment, else a person is asked; it has some length."""
    parse = admin.parser().parse_args
    path = tmp_path / "phrase"
    path.write_text(f"{PHRASE}\n")
    path.chmod(0o600)
    options = parse(["backup", "x", "--passphrase-file", str(path)])
    assert commands.passphrase_to_seal(options) == PHRASE
    options = parse(["backup", "x"])
    assert commands.passphrase_to_seal(options) is None
    monkeypatch.setenv("AEN_BACKUP_PASSPHRASE", "short")
    with pytest.raises(Invalid, match="at least 12"):
        commands.passphrase_to_seal(options)
    monkeypatch.delenv("AEN_BACKUP_PASSPHRASE")
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    options = parse(["backup", "x", "--encrypt"])
    with pytest.raises(Invalid, match="--passphrase-file"):
        commands.passphrase_to_seal(options)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    answers = [PHRASE, "something else", PHRASE, PHRASE]
    monkeypatch.setattr("getpass.getpass", lambda _: answers.pop(0))
    with pytest.raises(Invalid, match="not the same"):
        commands.passphrase_to_seal(options)
    assert commands.passphrase_to_seal(options) == PHRASE
