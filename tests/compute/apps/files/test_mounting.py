"""The files app below another app's address."""

from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet.threads import deferToThread

from aen.compute.apps.files.delivering import deliver
from aen.compute.apps.files.limits import Limits
from aen.compute.apps.files.mounting import mount
from aen.compute.apps.files.replies import of_json
from aen.compute.apps.files.requests import FilesRequest
from aen.compute.apps.files.site import FilesSite
from aen.model.errors import Invalid
from tests.asking import Client
from tests.compute.apps.files.conftest import listening

PREFIX = "/ada/lab/workbench"


@pytest_twisted.ensureDeferred
async def test_below_another_app(tmp_path: Path, project: Path, reactor: Any) -> None:
    """It answers what is below its prefix; the project keeps its name."""
    socket = tmp_path / "s"
    files = mount(f"{PREFIX}/files", project, socket, Limits(), reactor)

    def answer(request: FilesRequest) -> None:
        if request.path.startswith(f"{PREFIX}/files/".encode()):
            files.answer(request)
        else:
            deliver(request, of_json(200, "the other app"))

    client = Client("http://localhost", socket=socket)

    def ask(path: str) -> Any:
        return client.ask("GET", PREFIX + path, None, {"AEN-May": "write"})

    async with listening(FilesSite(files, answer), socket, reactor):
        found = await deferToThread(ask, "/files/?archive=tar")
        assert "lab.tar" in found.headers["content-disposition"]
        assert (await deferToThread(ask, "/")).json == "the other app"
        assert (await deferToThread(ask, "/files/notes.txt")).text == "some notes"
        page = (await deferToThread(ask, "/files/.aen-app/import")).text
        assert '<p class="project">ada/lab</p>' in page
        assert f'action="{PREFIX}/files/?import=1' in page


def test_no_project(tmp_path: Path) -> None:
    """It is said which."""
    with pytest.raises(Invalid, match="nothing: No such file"):
        mount("/ada/lab/files", tmp_path / "nothing", tmp_path / "s", Limits(), None)
