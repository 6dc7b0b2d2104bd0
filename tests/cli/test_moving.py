"""Files that break off on the way are gone on with."""

import io
import os
from pathlib import Path
from typing import Any

import pytest

from aen.cli.desk import Desk
from aen.cli.filesapp import FilesApp, Lost
from aen.cli.moving import Gauge, fetch_file, fetch_stream, send_file, send_stream
from aen.cli.problems import Refused
from tests.cli.files import PREFIX, Files

SIZE = 6 * 1024 * 1024
NEW = {"If-None-Match": "*"}


class Terminal(io.StringIO):
    """A stream that looks like a terminal's."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def app_of(files: Files) -> FilesApp:
    """Return the app; pauses take no time."""
    return FilesApp(f"{files.url}{PREFIX}/", "aen_t", lambda _: None)


def gauge() -> Gauge:
    """Return one that says nothing."""
    nobody: Any = None
    return Gauge(Desk(nobody, io.StringIO(), io.StringIO(), False, print), "a", None)


@pytest.fixture
def big(tmp_path: Path) -> Path:
    """Return a file that is sent under a name."""
    path = tmp_path / "big"
    path.write_bytes(os.urandom(SIZE))
    return path


def test_an_upload_goes_on(files: Files, big: Path) -> None:
    """What has come is not sent again, however often it breaks."""
    app = app_of(files)
    files.cut_after += [SIZE // 2, SIZE // 4]
    send_file(app, big, "big", NEW, gauge())
    app.close()
    assert (files.project / "big").read_bytes() == big.read_bytes()
    assert [one.name for one in files.project.iterdir()] == ["big"]


def test_an_upload_goes_on_another_day(files: Files, big: Path) -> None:
    """Also by another command, later."""
    files.cut_after += [SIZE // 2, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500]
    first = app_of(files)
    with pytest.raises(Lost):
        send_file(first, big, "big", NEW, gauge())
    first.close()
    files.cut_after.clear()
    [part] = files.project.iterdir()
    assert part.name.startswith(".aen-upload-")
    assert part.stat().st_size > SIZE // 4
    second = app_of(files)
    send_file(second, big, "big", NEW, gauge())
    second.close()
    assert (files.project / "big").read_bytes() == big.read_bytes()


def test_a_download_goes_on(files: Files, tmp_path: Path, big: Path) -> None:
    """What is here is not asked for again; the file is there when it is whole."""
    (files.project / "big").write_bytes(big.read_bytes())
    app, target = app_of(files), tmp_path / "got"
    found = app.stat("big")
    assert found is not None
    app.close()
    files.cut_after += [SIZE // 2, SIZE // 4]
    fetch_file(app, "big", found, target, gauge())
    app.close()
    assert target.read_bytes() == big.read_bytes()
    assert not list(tmp_path.glob(".got*"))


def test_a_file_that_changes(files: Files, tmp_path: Path) -> None:
    """Two versions are never put together."""
    (files.project / "a").write_text("one")
    app = app_of(files)
    found = app.stat("a")
    assert found is not None
    (files.project / "a").write_text("another")
    with pytest.raises(Refused, match="changed"):
        fetch_file(app, "a", found, tmp_path / "got", gauge())
    app.close()
    assert not (tmp_path / "got").exists()


def test_streams(files: Files) -> None:
    """What nobody knows the length of goes and comes, too."""
    app, content = app_of(files), os.urandom(SIZE)
    send_stream(app, io.BytesIO(content), "stream", NEW, gauge())
    got = io.BytesIO()
    fetch_stream(app, "stream", got, gauge())
    app.close()
    assert got.getvalue() == content


def test_a_gauge_is_for_terminals() -> None:
    """How far it is is said there, on one line that is clean in the end."""
    nobody: Any = None
    terminal = Terminal()
    shown = Gauge(Desk(nobody, terminal, terminal, False, print), "a.csv", 2048)
    shown.add(1024)
    shown.end()
    assert "a.csv: 1.0 KiB of 2.0 KiB" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\033[K")
    silent = io.StringIO()
    Gauge(Desk(nobody, silent, silent, False, print), "a.csv", 2048).add(1024)
    assert silent.getvalue() == ""
