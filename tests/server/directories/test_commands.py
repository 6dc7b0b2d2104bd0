"""What operators do about back ends at the command line."""

from pathlib import Path

import pytest
import pytest_twisted

from aen.model.errors import Failed, Invalid, Unauthenticated
from aen.server.directories.directory import Person, Say, Step
from tests.server.directories.test_door import HORSE, People, enter
from tests.server.furnished import PASSWORD, furnished
from tests.server.test_admin import run


class Shown(People):
    """A directory that shows what it does."""

    async def walk(self, name: str, password: str | None, say: Say) -> None:
        """Say one step, good when a password was given."""
        say(Step(password == HORSE, f"looked for {name}", "type another"))


@pytest_twisted.ensureDeferred
async def test_step_by_step(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Each step is a line; a failed one says what to do, and ends with a status."""
    world = await furnished(directory=Shown(), accounts="pam")
    monkeypatch.setenv("AEN_PASSWORD", HORSE)
    await run(world, "check-accounts", "Eve")
    said = capsys.readouterr().out
    assert "ok       The settings are in order; “accounts” is “pam”." in said
    assert "ok       looked for eve" in said
    file = tmp_path / "password"
    file.write_text("wrong\n")
    file.chmod(0o600)
    with pytest.raises(Failed):
        await run(world, "check-accounts", "eve", "--password-file", str(file))
    said = capsys.readouterr().out
    assert "PROBLEM  looked for eve\n         → type another" in said
    assert HORSE not in said


@pytest_twisted.ensureDeferred
async def test_a_back_end_that_shows_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is asked whether it works, and for the password."""
    people = People({"eve": Person("eve")})
    world = await furnished(directory=people, accounts="pam")
    monkeypatch.setenv("AEN_PASSWORD", HORSE)
    await run(world, "check-accounts", "eve")
    assert "It lets “eve” in." in capsys.readouterr().out
    for name in ("nobody", "eve"):
        people.problem = "gone" if name == "eve" else ""
        with pytest.raises(Failed):
            await run(world, "check-accounts", name)
        assert "does not let" in capsys.readouterr().out


@pytest_twisted.ensureDeferred
async def test_accounts_of_the_store(capsys: pytest.CaptureFixture[str]) -> None:
    """There is nothing to ask, and a local account is told as one."""
    await run(await furnished(), "check-accounts")
    assert "there is nothing to ask" in capsys.readouterr().out
    world = await furnished(directory=Shown(), accounts="pam")
    await world.person("ada")
    with pytest.raises(Failed):
        await run(world, "check-accounts", "ada")
    assert "belongs to “local”, which alone is asked" in capsys.readouterr().out


@pytest_twisted.ensureDeferred
async def test_an_account_changes_hands(capsys: pytest.CaptureFixture[str]) -> None:
    """To the directory, and back; its sessions end, and the old password with them."""
    people = People({"ada": Person("ada")})
    world = await furnished(directory=people, accounts="pam")
    accounts = world.rooms.accounts
    access = world.rooms.access
    passwords = world.rooms.password_changes
    await accounts.add_user(None, "ada", PASSWORD)
    token, _ = await access.sign_in("ada", PASSWORD, "", "")
    await run(world, "move-account", "ada", "--to", "pam")
    assert await access.caller_of_session(token) is None
    with pytest.raises(Unauthenticated):
        await enter(world, "ada", PASSWORD)
    assert (await enter(world, "ada")).source == "pam"
    with pytest.raises(Invalid, match="“local” or “pam”"):
        await run(world, "move-account", "ada", "--to", "ldap")
    capsys.readouterr()
    await run(world, "move-account", "ada", "--to", "local")
    assert "reset-password ada" in capsys.readouterr().out
    for password in ("", HORSE):
        with pytest.raises(Unauthenticated):
            await enter(world, "ada", password)
    await passwords.reset_password(await passwords.make_reset(None, "ada"), PASSWORD)
    await enter(world, "ada", PASSWORD)


@pytest_twisted.ensureDeferred
async def test_an_account_for_somebody_of_the_directory() -> None:
    """Made without a password, where there is a directory."""
    world = await furnished(directory=People(), accounts="pam")
    await run(world, "add-user", "eve", "--no-password")
    assert (await world.rooms.access.user("eve")).source == "pam"
    with pytest.raises(Invalid, match="needs a password"):
        await run(await furnished(), "add-user", "eve", "--no-password")
