"""The private directory of a launch."""

import os
import socket
import stat
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from aen.compute.disk.walk import Refused
from aen.compute.helper.accounts import Account
from aen.compute.helper.persons import as_person
from aen.compute.helper.private import Record, Runtime, access_list
from aen.compute.helper.processes import Root, boot_id
from tests.compute.accounts import People, Person

pytestmark = [
    pytest.mark.root,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root makes them"),
]


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that everybody can enter."""
    with tempfile.TemporaryDirectory(prefix="aen-r-", dir="/tmp") as made:
        Path(made).chmod(0o755)
        yield Path(made) / "run"


def account(one: Person) -> Account:
    """Return an account as the helper knows it."""
    return Account(one.name, one.uid, one.gid, str(one.home))


def bind(path: Path, mask: int) -> str:
    """Make a socket there with some umask."""
    os.umask(mask)
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))
        made.listen()
    return "made"


def reach(path: Path) -> str:
    """Say whether a socket can be reached: nobody listens there any more."""
    with socket.socket(socket.AF_UNIX) as made:
        try:
            made.connect(str(path))
        except OSError as error:
            return type(error).__name__
    return "connected"


def test_for_the_user_and_the_service_alone(place: Path, accounts: People) -> None:
    """Nobody else enters; the service opens the sockets that the user makes."""
    runtime = Runtime(str(place))
    os.close(runtime.make("l1", accounts[0].uid, accounts.service.uid))
    owner, service, other = (
        account(one) for one in (accounts[0], accounts.service, accounts[1])
    )
    for mask in (0o007, 0o117):
        sock = place / f"l1/app{mask}.sock"
        assert as_person(owner, partial(bind, sock, mask)) == "made"
        assert as_person(service, partial(reach, sock)) == "ConnectionRefusedError"
        assert as_person(other, partial(reach, sock)) == "PermissionError"
    questions: tuple[Callable[[str], object], ...] = (os.listdir, os.mkdir, os.rmdir)
    for question in questions:
        with pytest.raises(Refused, match=r"denied|not permitted"):
            as_person(other, partial(question, f"{place}/l1/x"))
    with pytest.raises(Refused, match="denied"):
        as_person(other, partial(os.listdir, place))
    runtime.close()


def test_the_user_does_not_own_it(place: Path, accounts: People) -> None:
    """It cannot be opened to others, moved, or have what is the service's removed."""
    runtime = Runtime(str(place))
    os.close(runtime.make("l1", accounts[0].uid, accounts.service.uid))
    about = (place / "l1").stat()
    assert (about.st_uid, stat.S_IMODE(about.st_mode)) == (0, 0o1772)
    assert stat.S_IMODE(place.stat().st_mode) == 0o711
    owner = account(accounts[0])
    (place / "l1/roots").write_text("")
    for work in (
        lambda: (place / "l1").chmod(0o711),
        lambda: (place / "l1").rename(place / "l2"),
        (place / "l1/roots").unlink,
    ):
        with pytest.raises(Refused):
            as_person(owner, work)
    runtime.close()


def test_each_launch_once(place: Path, accounts: People) -> None:
    """An id is not given out again while there is something of it."""
    runtime = Runtime(str(place))
    os.close(runtime.make("l1", accounts[0].uid, 0))
    with pytest.raises(Refused, match="already"):
        runtime.make("l1", accounts[1].uid, 0)
    with pytest.raises(Refused, match="no such launch"):
        runtime.open("l2")
    (place / "l1/deep").mkdir()
    (place / "l1/link").symlink_to("/etc")
    runtime.forget("l1")
    runtime.forget("l1")
    assert not (place / "l1").exists()
    assert Path("/etc/passwd").exists()
    os.close(runtime.make("l1", accounts[1].uid, 0))
    runtime.forget("l1")
    assert runtime.has_lists()
    runtime.clear()
    assert not place.exists()
    runtime.close()


def test_what_is_remembered(place: Path) -> None:
    """Only root reads it; a pid of an earlier boot is nobody's."""
    runtime = Runtime(str(place))
    record = Record("ada", 1000, 1000, "p1", boot_id(), 7, 8)
    runtime.write("l1", record)
    runtime.write("l2", Record("ada", 1000, 1000, "p1", "earlier", 7, 8))
    assert runtime.read("l1") == record
    assert runtime.read("l1").root == Root(7, 8)
    assert runtime.read("l2").root is None
    assert runtime.launches() == ["l1", "l2"]
    assert stat.S_IMODE((place / ".launches").stat().st_mode) == 0o700
    (place / ".launches/l1").write_text("{")
    for name in ("l1", "l3"):
        with pytest.raises(Refused, match="no such launch"):
            runtime.read(name)
    runtime.close()


def test_one_directory_for_all_is_roots(place: Path) -> None:
    """Others could swap what is in it."""
    place.mkdir(mode=0o700)
    os.chown(place, 65534, 0)
    with pytest.raises(Refused, match="belong to root"):
        Runtime(str(place))


def test_the_acl_is_the_kernels(tmp_path: Path) -> None:
    """In the order that the kernel wants: named users by number."""
    directory = tmp_path / "d"
    directory.mkdir()
    wanted = access_list([2000, 1000, 2000], 2)
    os.setxattr(directory, "system.posix_acl_access", wanted)
    assert os.getxattr(directory, "system.posix_acl_access") == wanted
    assert len(wanted) == 4 + 8 * 6
