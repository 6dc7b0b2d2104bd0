"""Who listens on a port is found, and what it used is divided fairly."""

import os
import socket
import time

import pytest

from bench.measured import Missing, Sample
from bench.processes import costed, listening, listens, program


def test_who_listens() -> None:
    """The process with the listening socket, and nobody for a port without one."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        port = made.getsockname()[1]
        assert [one.pid for one in listening(port)] == [os.getpid()]
        assert listens(port)
    assert listening(port) == []
    assert not listens(port)


def test_cost() -> None:
    """A process busy all the time at 10 a second uses a tenth of a second for each."""

    def busy() -> Sample:
        end = time.thread_time() + 0.1
        while time.thread_time() < end:
            pass
        return {"rounds/s": 10.0}

    with socket.create_server(("127.0.0.1", 0)) as made:
        found = costed(made.getsockname()[1], "rounds/s", busy)
    # Others may have had the processor meanwhile: then it was less.
    assert 0 < found["cpu s"] < 0.15


def test_what_is_not_installed() -> None:
    """The sentence says how to get it."""
    with pytest.raises(Missing, match="apt-get install no-such-program"):
        program("no-such-program")
