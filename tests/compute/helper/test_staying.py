"""What a program does before it stays: in a process of its own; its signals change."""

import os
import socket
import subprocess
import sys

PROGRAM = (
    "import os, signal; from aen.compute.helper.staying import get_ready;"
    "print(get_ready(), flush=True); os.kill(os.getpid(), signal.SIGINT);"
    "os.kill(os.getpid(), signal.SIGHUP); print('still here')"
)


def said_with(input_: int) -> str:
    """Return what the program says whose standard input is *input_*."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        stdin=input_,
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout


def test_descriptors_come_through_a_socket() -> None:
    """Only a socket passes descriptors; signals meant for the node end nothing."""
    here, there = socket.socketpair()
    with here, there:
        assert said_with(there.fileno()) == "True\nstill here\n"


def test_a_pipe_passes_none() -> None:
    """What sudo puts in between is a pipe."""
    reading, writing = os.pipe()
    try:
        assert said_with(reading) == "False\nstill here\n"
    finally:
        os.close(reading)
        os.close(writing)
