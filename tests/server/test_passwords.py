"""Passwords: rules, hashing, verifying."""

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher
from pytest_twisted import ensureDeferred
from twisted.internet.defer import Deferred
from twisted.python.threadpool import ThreadPool

from aen.model.errors import Invalid, TooMany
from aen.server.passwords import Passwords, check_password, in_pool
from tests.reactor import reactor
from tests.server.furnished import quick_passwords


@ensureDeferred
async def test_a_hash_knows_its_password() -> None:
    """And no other; it is argon2id with a salt of its own."""
    passwords = quick_passwords()
    first, second = await passwords.hash("horse"), await passwords.hash("horse")
    assert first.startswith("$argon2id$")
    assert first != second
    assert await passwords.verify(first, "horse")
    assert not await passwords.verify(first, "cow")
    assert not await passwords.verify("not a hash", "horse")


@ensureDeferred
async def test_nobodys_password_takes_as_long() -> None:
    """For an unknown name a hash is verified all the same."""
    done: list[str] = []

    async def counting(work: Callable[[], str]) -> str:
        done.append("work")
        return work()

    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords = Passwords(counting, hasher)
    assert not await passwords.verify(None, "horse")
    done.clear()
    assert not await passwords.verify(None, "nobody has this password")
    assert done == ["work"]


@ensureDeferred
async def test_few_at_once_and_not_too_many_waiting() -> None:
    """The rest waits its turn; a flood is refused."""
    turns: list[Deferred[str]] = []

    async def apart(work: Callable[[], str]) -> str:
        waiting: Deferred[str] = Deferred()
        turns.append(waiting)
        return await waiting

    passwords = Passwords(apart, at_once=2)
    asked = [Deferred.fromCoroutine(passwords.hash("x")) for _ in range(66)]
    assert len(turns) == 2
    with pytest.raises(TooMany):
        await passwords.hash("x")
    for number in range(66):
        turns[number].callback("hash")
    assert [await one for one in asked] == ["hash"] * 66


@ensureDeferred
async def test_in_a_thread() -> None:
    """As the server does it."""
    pool = ThreadPool(0, 1)
    pool.start()
    try:
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        apart = in_pool(reactor, pool)
        passwords = Passwords(apart, hasher)
        assert await passwords.verify(await passwords.hash("horse"), "horse")
    finally:
        pool.stop()


def test_hashes_of_another_time_are_outdated() -> None:
    """They are replaced at the next sign-in."""
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x")
    assert quick_passwords().outdated(weak) is False
    assert Passwords(_never).outdated(weak)


async def _never(work: Callable[[], str]) -> str:
    raise NotImplementedError


@pytest.mark.parametrize("password", ["", "1234567", "x" * 1025, "\ud800" * 9])
def test_refused(password: str) -> None:
    """With the reason beside the field."""
    with pytest.raises(Invalid) as refusal:
        check_password(password, 8)
    assert refusal.value.fields["password"] == refusal.value.message
