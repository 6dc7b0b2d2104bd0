"""What stands in the way of listening, and what is only in the way."""

import socket
from pathlib import Path

import pytest
from twisted.internet.error import CannotListenError

from aen.runtime.sockets import Occupied, remove_stale_socket, why_not


def test_a_socket_that_was_left_behind_goes(tmp_path: Path) -> None:
    """Nobody listens on it any more; where there is none there is nothing to do."""
    path = tmp_path / "a.sock"
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))
    remove_stale_socket(path)
    assert not path.exists()
    remove_stale_socket(path)


def test_another_listener_is_not_pushed_aside(tmp_path: Path) -> None:
    """A live socket stays its owner's."""
    path = tmp_path / "a.sock"
    with socket.socket(socket.AF_UNIX) as live:
        live.bind(str(path))
        live.listen()
        with pytest.raises(Occupied, match="another process already listens"):
            remove_stale_socket(path)
    assert path.is_socket()


def test_a_plain_file_is_never_removed(tmp_path: Path) -> None:
    """It is somebody's, whatever its name."""
    file = tmp_path / "a.sock"
    file.write_text("precious")
    with pytest.raises(Occupied, match="not a socket"):
        remove_stale_socket(file)
    assert file.read_text() == "precious"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(98, "Address already in use"), "Address already in use"),
        (socket.gaierror("no such name"), "no such name"),
    ],
)
def test_the_system_says_why(error: OSError, words: str) -> None:
    """Also where the error has no text of the kind that most have."""
    assert why_not(CannotListenError("127.0.0.1", 1, error)) == words
