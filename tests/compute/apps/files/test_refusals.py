"""What the system says, for people."""

import errno
import os

import pytest

from aen.compute.apps.files.refusals import Refusal, of_system


@pytest.mark.parametrize(
    ("number", "status", "words"),
    [
        (errno.ENOENT, 404, "There is no a.csv."),
        (errno.EACCES, 403, "rights do not let you"),
        (errno.ENOSPC, 507, "a.csv was not written, and what was there before"),
        (errno.EDQUOT, 507, "The disk is full"),
        (errno.ENOTEMPTY, 409, "not empty"),
        (errno.EEXIST, 409, "A.csv is there already."),
        (errno.EMFILE, 503, "try again"),
        (errno.EIO, 500, "Input/output error"),
    ],
)
def test_of_system(number: int, status: int, words: str) -> None:
    """Each error has a status and says what is wrong."""
    found = of_system(OSError(number, os.strerror(number)), "a.csv")
    assert found.status == status
    assert words in found.message


def test_json() -> None:
    """Programs get the shape of the platform's API."""
    said = Refusal(409, "Go on.", offset=7).to_json()
    assert said["error"] == {
        "code": "conflict", "message": "Go on.", "fields": {}, "offset": 7,
    }  # fmt: skip
