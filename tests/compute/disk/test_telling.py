"""What a step says of itself."""

import errno

import pytest

from aen.compute.disk.telling import Counter, failure
from aen.compute.disk.walk import Refused


def test_tells_little_and_the_end() -> None:
    """Twenty thousand files make a handful of reports; the last is complete."""
    told: list[tuple[int, int]] = []
    counter = Counter(20_000, lambda done, total: told.append((done, total)))
    for _ in range(20_000):
        counter.one()
    assert told[0] == (1, 20_000)
    assert told[-1] == (20_000, 20_000)
    assert len(told) < 100


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (Refused("“ada” is a link."), "refused", "“ada” is a link."),
        (OSError(errno.ENOSPC, "No space", "/p"), "full", "No space: /p"),
        (OSError(errno.EDQUOT, "Quota", "/p"), "full", "Quota: /p"),
        (OSError(errno.EIO, "I/O error", "/p"), "disk", "I/O error: /p"),
    ],
)
def test_a_failure_is_of_a_kind(
    error: Refused | OSError, kind: str, words: str
) -> None:
    """About a full disk people can do something; other errors are told as they are."""
    assert failure(error) == {"error": words, "kind": kind}
