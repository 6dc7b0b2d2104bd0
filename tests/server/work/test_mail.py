"""Letters as a worker sends them."""

from typing import Any

import pytest
from pytest_twisted import ensureDeferred

from aen.model.errors import NotFound
from aen.model.tasks import Task, TaskState
from aen.model.users import Caller, Role
from aen.server.mail.letters import LetterKind
from aen.server.mail.sending import Delayed, Refused
from aen.server.records import AccountChanges
from aen.server.site_values import SiteChanges
from tests.server.furnished import World, furnished
from tests.server.mailing import switch_on


async def mailing(**settings: Any) -> tuple[World, Caller]:
    """Return a server that sends mail, with ada, who has an address."""
    world = await furnished(**settings)
    root = await world.person("wakari", Role.SUPERUSER)
    ada = await world.person("ada")
    await world.rooms.accounts.change_user(
        root, "ada", AccountChanges(email="ada@example.org")
    )
    await switch_on(world.rooms.site, root)
    return world, ada


async def only_task(world: World) -> Task:
    """Return the one task there is."""
    (task,) = await world.tasks()
    return task


@ensureDeferred
async def test_a_reset_link_is_made_when_it_is_sent() -> None:
    """It works, and before that it lies nowhere in the store."""
    world, ada = await mailing()
    await world.rooms.mail.post(LetterKind.RESET, ada.user.id)
    assert await world.database.collection("resets").count({}) == 0
    worker = world.worker()
    worker.start()
    (path,) = world.mailer.links
    assert world.mailer.subjects[0][0] == "ada@example.org"
    secret = path.rpartition("/")[2]
    for name in ("tasks", "letters", "resets", "events", "audit"):
        assert secret not in str(await world.database.collection(name).find({}))
    assert await world.database.collection("letters").count({}) == 0
    await world.rooms.password_changes.reset_password(secret, "better horse")
    await worker.stop()


@ensureDeferred
async def test_it_is_tried_again_with_growing_pauses() -> None:
    """Why it waits is told; the link that arrives is the one that works."""
    world, ada = await mailing(mail_pauses=(60.0, 600.0))
    world.mailer.errors += [Delayed("Busy."), Delayed("Still busy.")]
    await world.rooms.mail.post(LetterKind.RESET, ada.user.id)
    worker = world.worker()
    worker.start()
    for words, wait in (("Busy.", 60.0), ("Still busy.", 600.0)):
        task = await only_task(world)
        assert (task.state, task.problem) == (TaskState.QUEUED, words)
        assert wait - 1 < task.next - world.clock.seconds() <= wait
        assert not world.mailer.sent
        world.clock.pump([0.25] * (int(wait) * 4 + 1))
    assert (await only_task(world)).state is TaskState.DONE
    (path,) = world.mailer.links
    secret = path.rpartition("/")[2]
    await world.rooms.password_changes.reset_password(secret, "better horse")
    await worker.stop()


@ensureDeferred
async def test_a_dead_letter_says_why() -> None:
    """After the last pause, or when the mail server will never take it."""
    world, ada = await mailing(mail_pauses=())
    world.mailer.errors += [Delayed("Busy."), Refused("No such person.")]
    worker = world.worker()
    worker.start()
    problems = []
    for _ in range(2):
        await world.rooms.mail.post(LetterKind.RESET, ada.user.id)
        task = await only_task(world)
        problems.append(task.problem)
        assert task.state is TaskState.FAILED
        await world.database.collection("tasks").delete({})
    assert problems == ["Tried 1 time. Busy.", "No such person."]
    assert await world.database.collection("letters").count({}) == 2
    await worker.stop()


@ensureDeferred
async def test_letters_nobody_needs_any_more() -> None:
    """Of accounts that are gone or disabled, and of links that are late."""
    world, ada = await mailing(reset_hours=1.0)
    mail, accounts = world.rooms.mail, world.rooms.accounts
    await mail.post(LetterKind.RESET, "nobody")
    await mail.post(LetterKind.CONFIRM, "nobody")
    await mail.post(LetterKind.RESET, ada.user.id)
    world.clock.advance(3601)
    await accounts.change_user(None, "ada", AccountChanges(disabled=True))
    await mail.post(LetterKind.NEW_SIGN_IN, ada.user.id)
    worker = world.worker()
    worker.start()
    assert world.mailer.sent == []
    assert await world.database.collection("letters").count({}) == 0
    await worker.stop()


@ensureDeferred
async def test_an_address_that_is_none() -> None:
    """It is left with the reason, and not tried again."""
    world, ada = await mailing()
    await world.rooms.archive.users.change(ada.user.id, {"email": "a@b>\r\nx"})
    await world.rooms.mail.post(LetterKind.RESET, ada.user.id)
    worker = world.worker()
    worker.start()
    task = await only_task(world)
    assert task.state is TaskState.FAILED
    assert "cannot be written to" in task.problem
    await worker.stop()


@ensureDeferred
async def test_mail_that_is_switched_off_meanwhile() -> None:
    """It waits as for a mail server that is down."""
    world, ada = await mailing()
    root = Caller(await world.rooms.access.user("wakari"), session="s")
    await world.rooms.mail.post(LetterKind.RESET, ada.user.id)
    await world.rooms.site.change(root, SiteChanges(reset=("smtp",)))
    worker = world.worker()
    worker.start()
    assert (await only_task(world)).problem == "Mail is off."
    await worker.stop()


@ensureDeferred
async def test_who_is_told_what() -> None:
    """A sign-in from a new place, a password, a key; nothing of the first sign-in."""
    world, _ = await mailing()
    access = world.rooms.access
    passwords = world.rooms.password_changes
    tokens = world.rooms.api_tokens
    accounts = world.rooms.accounts
    worker = world.worker()
    worker.start()
    agent = "Firefox/130 Linux"
    _, ada = await access.sign_in("ada", "correct horse", "192.0.2.1", agent)
    await passwords.change_password(ada, "correct horse", "better horse")
    await tokens.add_token(ada, "nightly")
    await accounts.change_user(ada, "ada", AccountChanges(email="new@example.org"))
    site = (await world.rooms.site.values()).site_name
    assert world.mailer.subjects == [
        ("ada@example.org", f"A sign-in from a new place at {site}"),
        ("ada@example.org", f"Your password at {site} was changed"),
        ("ada@example.org", f"Something new opens your account at {site}"),
        ("ada@example.org", f"Your mail address at {site} was changed"),
    ]
    assert "From: 192.0.2.1" in world.mailer.texts[0]
    assert "Browser: Firefox on Linux" in world.mailer.texts[0]
    with pytest.raises(NotFound):
        await passwords.reset_password("x", "worse horse")
    await worker.stop()
