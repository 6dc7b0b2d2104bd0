"""Asking a project's files app."""

import pytest

from aen.cli.filesapp import FilesApp, Lost, open_files
from aen.cli.problems import Refused
from tests.cli.fake import Fake
from tests.cli.files import PREFIX, Files

APP = "/projects/ada/lab/apps/files"


def test_what_is_there(files: Files) -> None:
    """Files, folders, nothing."""
    (files.project / "folder").mkdir()
    (files.project / "file").write_text("abc")
    (files.project / "out").symlink_to("/etc")
    app = FilesApp(f"{files.url}{PREFIX}/", "aen_t", lambda _: None)
    folder, file = app.stat("folder"), app.stat("file")
    assert folder is not None
    assert folder.folder
    assert file is not None
    assert (file.folder, file.size) == (False, 3)
    assert app.stat("nothing") is None
    with pytest.raises(Refused):
        app.stat("out/passwd")
    assert [one["name"] for one in app.entries("")] == ["file", "folder", "out"]
    app.close()


def test_nobody_there() -> None:
    """A gateway that does not answer is named."""
    app = FilesApp("http://127.0.0.1:9/ada/lab/files/", "aen_t", lambda _: None)
    with pytest.raises(Lost, match=r"127\.0\.0\.1"):
        app.stat("a")


def test_it_is_started(fake: Fake) -> None:
    """By the API, and waited for."""
    url = f"{fake.url}{PREFIX}/"
    stopped = {"name": "files", "title": "Files", "state": "stopped", "url": url}
    fake.says(f"GET {APP}", (200, stopped))
    fake.says(
        f"POST {APP}",
        (202, {"url": url, "state": "starting"}),
        (202, {"url": url, "state": "running"}),
    )
    with open_files(fake.desk(), "ada/lab") as app:
        assert app.url == url
    assert [what for what, _ in fake.asked].count(f"POST {APP}") == 2


def test_a_reader_leaves_that_to_the_gateway(fake: Fake) -> None:
    """Who may only read may not ask the API for a start."""
    url = f"{fake.url}{PREFIX}/"
    stopped = {"name": "files", "title": "Files", "state": "stopped", "url": url}
    error = {"error": {"code": "forbidden", "message": "No.", "fields": {}}}
    fake.says(f"GET {APP}", (200, stopped))
    fake.says(f"POST {APP}", (403, error))
    with open_files(fake.desk(), "ada/lab") as app:
        assert app.url == url
    error["error"]["code"] = "conflict"
    with pytest.raises(Refused, match="No"), open_files(fake.desk(), "ada/lab"):
        pass


def test_one_that_is_still_starting(fake: Fake) -> None:
    """The gateway says so; it is asked again."""
    path = f"{PREFIX}/a"
    busy = {"error": {"code": "unavailable", "message": "Starting.", "fields": {}}}
    fake.says(f"GET {path}", (503, busy), (503, busy), (200, {"done": True}))
    app = FilesApp(f"{fake.url}{PREFIX}/", "aen_t", lambda _: None)
    assert app.json("GET", "a") == {"done": True}
    app.close()
