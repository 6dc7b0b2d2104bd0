"""The files app on a real platform: who may do what by which request."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from aen.cli.filesapp import FilesApp
from aen.cli.problems import Refused
from tests.asking import Answer, Client
from tests.installed import ROOT, Installed
from tests.projects import Project, new_name, new_person
from tests.waiting import until

pytestmark = pytest.mark.system


def opened(client: Client, path: str) -> Answer:
    """Return the answer of an app that may have to be started first."""
    return until(
        lambda: found if (found := client.get(path)).status != 503 else None,
        f"{path} answers",
    )


def test_a_file_there_and_back(platform: Installed, project: Project) -> None:
    """By one address, with conditions, as the contract of the gateway has it."""
    files = f"/{project.owner}/{project.name}/files"
    client = platform.apps()
    url = project.launch("files")
    assert url == f"{platform.one.gateway_url}{files}/"
    content = b"4,5,6\n" * 200_000
    made = client.ask("PUT", f"{files}/new.csv", content, {"If-None-Match": "*"})
    assert made.status == 201, made.text
    again = client.ask("PUT", f"{files}/new.csv", b"x", {"If-None-Match": "*"})
    assert again.status == 412
    found = client.get(f"{files}/new.csv")
    assert (found.status, found.body) == (200, content)
    on_disk = platform.one.projects / project.owner / project.name / "new.csv"
    assert on_disk.read_bytes() == content
    assert client.ask("DELETE", f"{files}/new.csv").status == 204
    assert not on_disk.exists()


def test_a_long_upload_that_is_not_wanted(
    platform: Installed, project: Project
) -> None:
    """The refusal is heard, though the connection ends before everything was sent."""
    app = FilesApp(f"{project.launch('files')}", platform.token, time.sleep)
    with pytest.raises(Refused, match="public is there, and is no file"):
        app.ask("PUT", "public", b"x" * 4_000_000)
    app.close()


def test_readers_read(platform: Installed, project: Project) -> None:
    """A viewer, and a token that may only read, change nothing by any request."""
    files = f"/{project.owner}/{project.name}/files/"
    viewer = new_person(platform, "viewer")
    put = project.api.ask(
        "PUT", f"{project.path}/team/{viewer.name}", {"role": "viewer"}
    )
    assert put.status in (200, 201, 204), put.text
    made = project.api.post(
        "/api/v1/tokens", {"note": "reads", "scopes": ["project:files"]}
    )
    assert made.status == 201, made.text
    for token in (viewer.token, made.json["token"]):
        client = platform.apps(token)
        listed = opened(client, files)
        assert listed.status == 200, listed.text
        assert "public" in {one["name"] for one in listed.json["items"]}
        for method, path in (
            ("PUT", "new"), ("DELETE", "README.md"), ("POST", "README.md?move=x"),
            ("PUT", "folder/"), ("PATCH", "README.md"),
        ):  # fmt: skip
            found = client.ask(method, files + path, b"")
            assert found.status == 403, (method, found.text)
            assert "change nothing" in found.text


def test_no_tile(platform: Installed, project: Project) -> None:
    """The app is an address, not something to choose on a project's page."""
    listed = project.api.get(f"{project.path}/apps").json["items"]
    by_name = {one["name"]: one["hidden"] for one in listed}
    assert by_name["files"]
    assert not by_name["terminal"]
    page = project.api.get(f"/{project.owner}/{project.name}")
    assert not re.search(r'aria-label="Files"', page.text)


def test_a_project_from_an_archive(
    platform: Installed, project: Project, tmp_path: Path
) -> None:
    """Downloaded by one command and made anew by another, environments aside."""
    path = f"{project.owner}/{project.name}"
    environment = {
        **os.environ,
        "AEN_URL": platform.one.url,
        "AEN_TOKEN": platform.token,
        "PYTHONPATH": str(ROOT),
    }

    def aen(*words: str) -> str:
        program = "from aen.cli.main import console; console()"
        done = subprocess.run(
            (sys.executable, "-c", program, *words),
            capture_output=True, text=True, check=False, env=environment, cwd=tmp_path,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    (tmp_path / "big.bin").write_bytes(os.urandom(9_000_000))
    aen("cp", "big.bin", f"{path}:big.bin")
    aen("archive", path, "lab.tar.gz")
    name = new_name("again")
    assert "entries" in aen("import", "lab.tar.gz", name)
    there = f"{project.owner}/{name}"
    aen("cp", f"{there}:big.bin", "back.bin")
    assert (tmp_path / "back.bin").read_bytes() == (tmp_path / "big.bin").read_bytes()
    assert "exported-environments/" in aen("ls", there)
    page = platform.apps().get(f"/{there}/files/.aen-app/import", Accept="text/html")
    assert (page.status, "<form" in page.text) == (200, True)
