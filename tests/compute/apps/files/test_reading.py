"""What is opened for reading; how it is answered is in `test_site`."""

import os
import stat
from pathlib import Path

import pytest

from aen.compute.apps.files.addresses import Address
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.limits import Limits
from aen.compute.apps.files.listing import Page
from aen.compute.apps.files.reading import Mode, NoSlash, Reading, open_file
from aen.compute.apps.files.refusals import Refusal
from tests.compute.apps.files.test_streaming import here


@pytest.mark.parametrize(
    ("names", "folder", "kind"),
    [
        (("notes.txt",), False, Mode),
        (("data",), True, Page),
        (("data",), False, NoSlash),
        ((), True, Page),
    ],
)
def test_look(
    inside: Inside, names: tuple[str, ...], kind: type, *, folder: bool
) -> None:
    """A file is open, a folder is listed."""
    found = Reading(inside, Limits(), here).look(Address(names, folder))
    assert isinstance(found, kind)
    if isinstance(found, Mode):
        assert os.read(found.file.descriptor, 100) == b"some notes"
        os.close(found.file.descriptor)


@pytest.mark.parametrize("kind", ["pipe", "socket"])
def test_no_file(project: Path, inside: Inside, kind: str) -> None:
    """Nothing is opened that would make us wait, or that does something."""
    path = project / "odd"
    os.mknod(path, 0o600 | (stat.S_IFIFO if kind == "pipe" else stat.S_IFSOCK))
    with inside.find(("odd",)) as found, pytest.raises(Refusal, match="no file"):
        open_file(found)
