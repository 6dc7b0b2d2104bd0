"""Answers with parts of an open file; over real sockets in `test_public`."""

import os
from pathlib import Path
from typing import Any

import pytest
from twisted.web.test.requesthelper import DummyRequest

from aen.compute.serving.files import OpenFile, send, version_of, wish_of
from aen.compute.serving.ranges import choose


def opened(path: Path) -> OpenFile:
    """Return *path* as a file to send."""
    descriptor = os.open(path, os.O_RDONLY)
    return OpenFile(path.name.encode(), descriptor, version_of(os.fstat(descriptor)))


@pytest.mark.parametrize(
    ("wanted", "status", "body"),
    [
        (None, 200, b"0123456789"),
        (b"bytes=2-4", 206, b"234"),
        (b"bytes=-3", 206, b"789"),
        (b"bytes=20-", 416, b""),
    ],
)
def test_parts(tmp_path: Path, wanted: bytes | None, status: int, body: bytes) -> None:
    """What was asked for is sent, and the file is closed."""
    (tmp_path / "file").write_bytes(b"0123456789")
    found = opened(tmp_path / "file")
    request: Any = DummyRequest([b""])
    if wanted is not None:
        request.requestHeaders.setRawHeaders(b"range", [wanted])
    send(request, found, choose(wish_of(request), found.version))
    assert (request.responseCode, b"".join(request.written)) == (status, body)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(found.descriptor)


def test_a_changed_file_is_another_version(tmp_path: Path) -> None:
    """Content of the same size, written anew, gets another tag."""
    path = tmp_path / "file"
    path.write_bytes(b"one")
    before = version_of(path.stat())
    os.utime(path, ns=(1, 1))
    assert version_of(path.stat()).etag != before.etag
