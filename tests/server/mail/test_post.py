"""The queue of letters."""

import pytest
from pytest_twisted import ensureDeferred

from aen.model.errors import Conflict, Failed, Forbidden, Invalid
from aen.model.tasks import Kind
from aen.model.users import Role
from aen.server.mail.letters import LetterKind
from aen.server.mail.post import own_name
from aen.server.mail.sending import Delayed, Refused
from aen.server.records import AccountChanges
from aen.server.settings import ServerSettings
from tests.server.furnished import furnished
from tests.server.mailing import switch_on


@ensureDeferred
async def test_nothing_waits_while_mail_is_off() -> None:
    """Neither letters nor tasks pile up."""
    world = await furnished()
    root = await world.person("wakari", Role.SUPERUSER)
    assert not await world.rooms.mail.post(LetterKind.RESET, root.user.id)
    assert await world.database.collection("letters").count({}) == 0
    assert await world.database.collection("tasks").count({}) == 0


@ensureDeferred
async def test_a_task_says_nothing_of_its_letter() -> None:
    """Administrators see tasks."""
    world = await furnished()
    root = await world.person("wakari", Role.SUPERUSER)
    await switch_on(world.rooms.site, root)
    facts = {"Asked from": "192.0.2.1"}
    assert await world.rooms.mail.post(LetterKind.RESET, root.user.id, facts)
    (task,) = await world.tasks()
    assert task.kind is Kind.SEND_MAIL
    assert list(task.arguments) == ["letter"]
    assert task.key == f"mail:{task.arguments['letter']}"


@ensureDeferred
async def test_notices_are_for_those_who_want_them() -> None:
    """And who have an address."""
    world = await furnished()
    accounts, mail = world.rooms.accounts, world.rooms.mail
    root = await world.person("wakari", Role.SUPERUSER)
    await switch_on(world.rooms.site, root)
    without = root.user
    wants = await accounts.change_user(
        root, "wakari", AccountChanges(email="w@example.org")
    )
    for user, count in ((without, 0), (wants, 1)):
        await mail.notice(LetterKind.PASSWORD_CHANGED, user, {})
        assert await world.database.collection("letters").count({}) == count


@ensureDeferred
async def test_trying_mail_out() -> None:
    """An administrator sees at once whether it works, and why not."""
    world = await furnished(site_name="Notes")
    mail, mailer = world.rooms.mail, world.mailer
    root, ada = await world.person("wakari", Role.SUPERUSER), await world.person("ada")
    with pytest.raises(Conflict):
        await mail.try_out(root, "w@example.org")
    await switch_on(world.rooms.site, root)
    await mail.try_out(root, "w@example.org")
    assert mailer.subjects == [("w@example.org", "Mail from Notes works")]
    mailer.errors += [Delayed("It sleeps."), Refused("Never.")]
    for words in ("It sleeps", "Never"):
        with pytest.raises(Failed, match=words):
            await mail.try_out(root, "w@example.org")
    with pytest.raises(Invalid):
        await mail.try_out(root, "nonsense")
    with pytest.raises(Forbidden):
        await mail.try_out(ada, "ada@example.org")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://aen.example.org", "aen.example.org"),
        ("http://127.0.0.1:8080", "[127.0.0.1]"),
    ],
)
def test_what_we_call_ourselves(url: str, expected: str) -> None:
    """A name, or an address in brackets."""
    assert own_name(ServerSettings(url)) == expected
