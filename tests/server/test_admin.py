"""The operator's command line, up to the store."""

import argparse
import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_twisted import ensureDeferred

from aen.model.errors import AenError, Failed, NotFound, Taken
from aen.model.users import Role
from aen.server import admin
from tests.installed import ROOT
from tests.server.furnished import GATEWAY_KEY, PASSWORD, World, furnished


async def run(world: World, *words: str) -> None:
    """Do a command on *world*, as `main` does on the real store."""
    options = admin.parser().parse_args(words)
    options.password = PASSWORD
    options.agent = None
    await options.command(world.rooms, options)


@ensureDeferred
async def test_people(capsys: pytest.CaptureFixture[str]) -> None:
    """Accounts are made, raised, lowered, given links and tokens, removed."""
    world = await furnished()
    access = world.rooms.access
    passwords = world.rooms.password_changes
    tokens = world.rooms.api_tokens
    await run(world, "add-user", "wakari", "--superuser")
    await run(world, "add-user", "ada", "--email", "a@b.org", "--name", "Ada")
    await run(world, "superuser", "--add", "ada")
    assert (await access.user("ada")).role is Role.SUPERUSER
    await run(world, "superuser", "--remove", "ada")
    assert (await access.user("ada")).role is Role.USER
    with pytest.raises(Taken):
        await run(world, "add-user", "ada")
    capsys.readouterr()
    await run(world, "reset-password", "ada")
    link = capsys.readouterr().out.strip()
    assert link.startswith("http://aen.example/account/reset/")
    await passwords.reset_password(link.rpartition("/")[2], "better horse")
    await run(world, "add-token", "ada", "--note", "probe")
    caller = await tokens.caller_of_token(capsys.readouterr().out.strip())
    assert caller is not None
    assert caller.user.name == "ada"
    await run(world, "remove-user", "ada")
    with pytest.raises(NotFound):
        await access.user("ada")


@ensureDeferred
async def test_places(capsys: pytest.CaptureFixture[str]) -> None:
    """The last line is what the node's settings need."""
    world = await furnished()
    key = GATEWAY_KEY.public
    url = "http://east:8089"
    await run(world, "add-data-center", "-n", "east", "-u", url, "-k", key)
    place = ("-i", "east", "-u", "http://n1:5002", "-n", "n1")
    await run(world, "add-enterprise-resource", *place, "--json")
    said = capsys.readouterr().out.strip().splitlines()[-1]
    assert json.loads(said) == {"name": "n1", "gateway_key": key}


@ensureDeferred
async def test_a_node_is_taken_out(capsys: pytest.CaptureFixture[str]) -> None:
    """By the names it was added with; its files are left alone."""
    world = await furnished()
    await world.center()
    await run(world, "remove-enterprise-resource", "-i", "east", "-n", "n1")
    assert "project files on it are still there" in capsys.readouterr().out
    assert (await world.rooms.centers.center("east")).nodes == ()


@ensureDeferred
async def test_the_doctor_fails_when_something_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scripts see it by the exit status, people by the words."""
    world = await furnished(socket=str(tmp_path / "none"))
    with pytest.raises(Failed):
        await run(world, "doctor")
    out = capsys.readouterr().out
    assert "ok       The store answers." in out
    assert "PROBLEM  There is no data center" in out


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["unknown"],
        ["superuser"],
        ["superuser", "--add", "a", "--remove", "b"],
        ["add-user", "ada", "--role", "king"],
        ["add-token", "ada"],
        ["add-enterprise-resource", "-i", "east"],
        ["remove-enterprise-resource", "-i", "east"],
    ],
)
def test_wrong_command_lines(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """They end with status 2 and how it is meant."""
    with pytest.raises(SystemExit) as end:
        admin.parser().parse_args(words)
    assert end.value.code == 2
    assert "usage: aen-server-admin" in capsys.readouterr().err


def test_wrong_settings_are_one_sentence(tmp_path: Path) -> None:
    """The file and the key, no traceback."""
    path = tmp_path / "s.json"
    path.write_text('{"public_ur": "x"}')
    with pytest.raises(SystemExit, match="did you mean “public_url”"):
        admin.main(["-c", str(path), "doctor"])


def test_where_a_password_comes_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A private file, then the environment; without a terminal nobody is asked."""
    path = tmp_path / "password"
    path.write_text("from the file\n")
    path.chmod(0o600)
    options = argparse.Namespace(asks_password=True, password_file=path, user="ada")
    assert admin.password_for(options) == "from the file"
    path.chmod(0o644)
    with pytest.raises(AenError, match="chmod 600"):
        admin.password_for(options)
    options.password_file = None
    monkeypatch.setenv("AEN_PASSWORD", "from the environment")
    assert admin.password_for(options) == "from the environment"
    monkeypatch.delenv("AEN_PASSWORD")
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    with pytest.raises(AenError, match="AEN_PASSWORD"):
        admin.password_for(options)
    options.asks_password = False
    assert admin.password_for(options) == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_command_that_is_broken_off(tmp_path: Path, number: signal.Signals) -> None:
    """It says so and does not seem to have succeeded: a script must not go on."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        path = tmp_path / "s.json"
        url = f"mongodb://127.0.0.1:{port}/x"
        told = {"public_url": "http://x", "prefix": str(tmp_path), "MONGO_URL": url}
        path.write_text(json.dumps(told))
        path.chmod(0o600)
        program = "from aen.server.admin import main; main()"
        with subprocess.Popen(
            (sys.executable, "-c", program, "-c", str(path), "doctor"),
            stderr=subprocess.PIPE, text=True, cwd=ROOT,
        ) as running:  # fmt: skip
            connection, _ = silent.accept()  # it works by now, and waits for an answer
            running.send_signal(number)
            _, said = running.communicate(timeout=60)
            connection.close()
    assert running.returncode == 1
    assert said.endswith("aen-server-admin: it was broken off\n")
    assert "Traceback" not in said
