"""Finding packages."""

import sys
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from twisted.internet import reactor  # noqa: TID251 -- real children need it

from aen.compute.environments.provider import FoundOne
from aen.compute.environments.search import (
    IndexSearch,
    Places,
    newest_first,
    places,
)
from aen.model.errors import Failed, Invalid
from tests.compute.package_index import filled

REACTOR: Any = reactor


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({}, Places((), (), ())),
        (
            {"UV_DEFAULT_INDEX": "https://a/simple", "UV_INDEX": "inner=https://b"},
            Places(("https://a/simple", "https://b"), (), ()),
        ),
        (
            {
                "UV_INDEX_URL": "https://a?x=y",
                "UV_EXTRA_INDEX_URL": "https://b https://c",
            },
            Places(("https://a?x=y", "https://b", "https://c"), (), ()),
        ),
        (
            {"UV_FIND_LINKS": "/wheels,file:///more https://page", "UV_OFFLINE": "1"},
            Places((), ("/wheels", "/more"), (), only_links=True),
        ),
        ({"UV_INSECURE_HOST": "a b"}, Places((), (), ("a", "b"))),
    ],
)
def test_places_are_uvs(environment: dict[str, str], found: Places) -> None:
    """What uv is told holds for the search."""
    assert places(environment) == found


def test_versions_are_ordered() -> None:
    """As numbers; those for trials last, what is none left out."""
    given = ["1.9", "1.10", "2.0rc1", "not one", "1.10.post1"]
    assert newest_first(given) == ("1.10.post1", "1.10", "1.9", "2.0rc1")
    assert len(newest_first(map(str, range(100)))) == 50


@pytest.mark.parametrize("text", ["", " ", "a b", "--x y", "ü", "a/b", "x" * 101])
@pytest_twisted.ensureDeferred
async def test_what_is_no_name(text: str, tmp_path: Path) -> None:
    """Nothing is asked for it."""
    with pytest.raises(Invalid, match="beginning of a package's name"):
        await IndexSearch(REACTOR, {}, tmp_path).find(text)


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_a_search(tmp_path: Path) -> None:
    """In a child; the list is kept."""
    index = filled(tmp_path / "index")
    search = IndexSearch(REACTOR, index.environ, tmp_path / "cache")
    assert await search.find("tin") == (FoundOne("tinier"), FoundOne("tiny"))
    assert await search.find("tiny") == (FoundOne("tiny", ("2.0", "1.0")),)
    assert len(list((tmp_path / "cache").iterdir())) == 1


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_what_cannot_be_searched(tmp_path: Path) -> None:
    """No index, or one that does not answer: a sentence."""
    with pytest.raises(Failed, match="knows no package index"):
        await IndexSearch(REACTOR, {}, tmp_path).find("six")
    nowhere = {"UV_DEFAULT_INDEX": "http://127.0.0.1:1/simple"}
    with pytest.raises(Failed, match="cannot be reached"):
        await IndexSearch(REACTOR, nowhere, tmp_path).find("six")


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_pips_own_index_is_pips_business(tmp_path: Path) -> None:
    """Where nobody has set one, pip is asked; once, and without a pip in vain."""
    index = filled(tmp_path / "index")
    fake = tmp_path / "python"
    log = tmp_path / "log"
    fake.write_text(f"#!/bin/sh\necho asked >> {log}\necho {index.url}\n")
    fake.chmod(0o755)
    search = IndexSearch(REACTOR, {}, tmp_path / "c", lambda: str(fake))
    for _ in range(2):
        assert await search.find("tinier") == (FoundOne("tinier", ("0.1",)),)
    assert log.read_text() == "asked\n"
    fake.write_text("#!/bin/sh\nexit 1\n")
    other = IndexSearch(REACTOR, {}, tmp_path / "c", lambda: sys.executable + "-none")
    with pytest.raises(Failed):
        await other.find("six")
