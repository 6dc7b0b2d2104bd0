"""Work with a person's rights."""

import os
import signal
from pathlib import Path

import pytest

from aen.compute.disk.walk import Refused
from aen.compute.helper.accounts import Account
from aen.compute.helper.persons import as_person, write_files
from tests.compute.accounts import People, processes_of

pytestmark = pytest.mark.root


def test_what_a_person_does(accounts: People) -> None:
    """Their rights, their umask; the result comes back, and we are still root."""
    one = accounts[0]
    account = Account(one.name, one.uid, one.gid, "")
    assert as_person(account, lambda: [os.geteuid(), os.umask(0)]) == [one.uid, 0o007]
    assert os.geteuid() == 0
    assert as_person(account, lambda: "x" * 300_000) == "x" * 300_000
    with pytest.raises(Refused, match="denied"):
        as_person(account, lambda: Path("/root/x").write_text(""))
    with pytest.raises(Refused, match="was not finished"):
        as_person(account, lambda: 1 // 0)
    with pytest.raises(Refused, match="was not finished"):
        as_person(account, lambda: os._exit(0))


def refusing() -> None:
    """Refuse."""
    raise Refused("Not today.")


def test_a_refusal_keeps_its_words(accounts: People) -> None:
    """What a step says of what is in its way is what people read."""
    one = accounts[0]
    with pytest.raises(Refused, match="Not today"):
        as_person(Account(one.name, one.uid, one.gid, ""), refusing)


class TooLate(Exception):
    """The time of a call is over."""


def too_late(number: int, frame: object) -> None:
    """Say so."""
    raise TooLate


def test_nothing_is_left_of_what_takes_too_long(accounts: People) -> None:
    """A person may stop what runs as them: it ends with the call all the same."""
    one = accounts[0]

    def stopped() -> None:
        os.kill(os.getpid(), signal.SIGSTOP)

    before = signal.signal(signal.SIGALRM, too_late)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        with pytest.raises(TooLate):
            as_person(Account(one.name, one.uid, one.gid, ""), stopped)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert processes_of(one.uid) == []


def test_files_are_put_whole_and_past_no_link(tmp_path: Path) -> None:
    """A directory that is a link leads nowhere; an older file is replaced."""
    if os.geteuid() != 0:
        pytest.skip("only root makes private directories")
    place = tmp_path / "private"
    place.mkdir()
    directory = os.open(place, os.O_RDONLY)
    write_files(directory, {"a/b/kernel.json": "one", "config": "two"})
    write_files(directory, {"a/b/kernel.json": "three"})
    assert (place / "a/b/kernel.json").read_text() == "three"
    assert sorted(one.name for one in place.iterdir()) == ["a", "config"]
    (place / "link").symlink_to(tmp_path)
    with pytest.raises(OSError, match=r"Not a directory|Too many"):
        write_files(directory, {"link/planted": ""})
    assert not (tmp_path / "planted").exists()
    os.close(directory)
