"""Names of workers."""

import os

from aen.server.work.names import gone_from, is_alive, worker_name


def test_the_dead_are_known_on_their_own_machine_only() -> None:
    """A process number means nothing elsewhere."""
    gone = gone_from("here", lambda pid: pid == 7)
    assert not gone(worker_name("here", 7, "t"))
    assert gone(worker_name("here", 8, "t"))
    assert not gone(worker_name("there", 8, "t"))
    assert not gone("something else")
    assert not gone("")


def test_processes() -> None:
    """We live; nobody has the number beyond the kernel's greatest."""
    assert is_alive(os.getpid())
    assert not is_alive(2**22 + 1)
