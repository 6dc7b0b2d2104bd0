"""What package indexes have."""

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from aen.compute.environments.index_names import Search, main, normal, packages
from tests.compute.package_index import filled

JSON = "application/vnd.pypi.simple.v1+json"


def search(tmp_path: Path, text: str, *indexes: str, **more: Any) -> dict[str, Any]:
    """Search here and now."""
    given = {
        "text": text,
        "indexes": indexes,
        "links": [],
        "insecure": [],
        "cache": str(tmp_path / "cache"),
        "most": 50,
        "age": 60.0,
        **more,
    }
    return Search(given).run()


def names(found: dict[str, Any]) -> list[str]:
    """Return the names that were found."""
    return [one["name"] for one in found["packages"]]


class Index(BaseHTTPRequestHandler):
    """An index that speaks JSON, to whom it knows."""

    projects: tuple[str, ...] = ("Zope.Interface", "zope-event", "six", "<bad>")
    versions: tuple[str, ...] = ("5.0", "6.0")
    asked: list[str] = []  # noqa: RUF012 -- shared by all requests on purpose
    broken = False

    def do_GET(self) -> None:
        """Answer one page."""
        self.asked.append(self.path)
        if self.headers["Authorization"] != "Basic YWRhOnMzY3JldA==":
            self.send_error(401)
        elif self.path == "/simple/":
            self.answer({"projects": [{"name": one} for one in self.projects]})
        elif self.path == "/simple/zope-interface/":
            self.answer({"versions": self.versions, "files": []})
        elif self.path == "/simple/six/":
            self.answer({"files": [{"filename": "six-1.17.0.tar.gz"}]})
        else:
            self.send_error(404)

    def answer(self, content: object) -> None:
        """Send JSON, or something else."""
        body = b"oops" if self.broken else json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", JSON)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Be quiet."""


@pytest.fixture
def index() -> Iterator[str]:
    """Give the address, with password, of an index on loopback."""
    Index.asked.clear()
    Index.broken = False
    server = HTTPServer(("127.0.0.1", 0), Index)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://ada:s3cret@127.0.0.1:{server.server_port}/simple"
    server.shutdown()
    thread.join()
    server.server_close()


def test_names_that_begin_so(tmp_path: Path) -> None:
    """The very one first, with its versions."""
    index = filled(tmp_path / "index")
    found = search(tmp_path, "tin", index.url)
    assert names(found) == ["tinier", "tiny"]
    found = search(tmp_path, "Tiny", index.url)
    assert found["packages"] == [{"name": "tiny", "versions": ["1.0", "2.0"]}]
    assert search(tmp_path, "none", index.url) == {"packages": [], "problems": []}
    assert names(search(tmp_path, "t", index.url, most=1)) == ["tinier"]


def test_an_index_that_speaks_json(tmp_path: Path, index: str) -> None:
    """With a password in its address; lists are fetched once."""
    found = search(tmp_path, "zope", index)
    assert names(found) == ["zope-event", "zope-interface"]
    found = search(tmp_path, "zope_interface", index)
    assert found["packages"][0]["versions"] == ["5.0", "6.0"]
    found = search(tmp_path, "six", index)
    assert found["packages"] == [{"name": "six", "versions": ["1.17.0"]}]
    assert Index.asked.count("/simple/") == 1


def test_lists_grow_old(tmp_path: Path, index: str) -> None:
    """They are fetched anew, and used as they are while the index is away."""
    search(tmp_path, "six", index)
    search(tmp_path, "six", index, age=0.0)
    assert Index.asked.count("/simple/") == 2
    Index.broken = True
    (file,) = (tmp_path / "cache").iterdir()
    os.utime(file, (1, 1))
    assert names(search(tmp_path, "zope-e", index)) == ["zope-event"]


def test_problems_are_sentences(tmp_path: Path, index: str) -> None:
    """What answers nonsense, refuses, or is not there; no password is told."""
    Index.broken = True
    stranger = index.replace("ada:s3cret", "eve:x")
    nowhere = "http://127.0.0.1:1/simple"
    found = search(tmp_path, "six", index, stranger, nowhere)
    assert found == {
        "packages": [],
        "problems": [
            "the package index answers something that is no list of packages",
            "the package index answers 401 Unauthorized",
            "the package index cannot be reached",
        ],
    }


def test_directories_of_packages(tmp_path: Path) -> None:
    """Wheels and sources that lie about."""
    for name in ("my_tool-1.0-py3-none-any.whl", "my.tool-1.1.tar.gz", "notes.txt"):
        (tmp_path / name).touch()
    found = search(tmp_path, "my-t", links=[str(tmp_path), "/none"])
    assert found["packages"] == [{"name": "my-tool", "versions": ["1.0", "1.1"]}]


def test_names_and_files() -> None:
    """As indexes compare and name them."""
    assert normal("Zope_.Interface") == "zope-interface"
    assert packages(["a-1.0-cp311-cp311-linux_x86_64.whl", "b", "c-2.zip"]) == {
        ("a", "1.0"),
        ("c", "2"),
    }


def test_the_answer_is_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """JSON in, JSON out."""
    given = {"text": "x", "indexes": [], "links": [], "insecure": [], "most": 1}
    assert main(json.dumps({**given, "cache": str(tmp_path), "age": 1})) == 0
    assert json.loads(capsys.readouterr().out) == {"packages": [], "problems": []}
