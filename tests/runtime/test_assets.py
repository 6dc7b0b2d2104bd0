"""Built front-end files, served from memory."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aen.model.errors import Invalid
from aen.runtime.assets import Asset, Assets

NAME = "app-ABCD1234.js"
CONTENT = {NAME: b"let a = 1", f"{NAME}.br": b"brotli", f"{NAME}.gz": b"gzip"}
BODIES = {None: b"let a = 1", b"br": b"brotli", b"gzip": b"gzip"}


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    """A script with compressed neighbours and a picture without."""
    for name, content in CONTENT.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "logo-1.png").write_bytes(b"\x89PNG")
    names = {"app.js": NAME, "logo.png": "logo-1.png"}
    (tmp_path / "manifest.json").write_text(json.dumps(names))
    return Assets.load(tmp_path)


def header(asset: Asset | None, name: bytes) -> bytes | None:
    """Return one header of an answer."""
    assert asset is not None
    return dict(asset.headers).get(name)


def test_url_is_the_hashed_name(assets: Assets) -> None:
    """A page names a file by what it is; the address changes with its content."""
    assert assets.url("app.js") == NAME


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (None, None),
        (b"", None),
        (b"identity", None),
        (b"gzip", b"gzip"),
        (b"gzip, deflate, br, zstd", b"br"),
        (b"GZIP", b"gzip"),
        (b"br;q=0, gzip;q=0.5", b"gzip"),
        (b"br ; q=0.001", b"br"),
        (b"br;q=nonsense", None),
        (b"*", b"br"),
        (b"*;q=0", None),
        (b"*;q=0, gzip", b"gzip"),
        (b"identity;q=0", None),
    ],
)
def test_coding(assets: Assets, accepted: bytes | None, coding: bytes | None) -> None:
    """The smallest variant the client accepts is sent, and says what it is."""
    found = assets.find(NAME, accepted)
    assert header(found, b"Content-Encoding") == coding
    assert found is not None
    assert found.body == BODIES[coding]


def test_no_neighbour(assets: Assets) -> None:
    """A file without compressed neighbours is sent as it is."""
    found = assets.find("logo-1.png", b"br, gzip")
    assert header(found, b"Content-Encoding") is None
    assert header(found, b"Content-Type") == b"image/png"


def test_headers(assets: Assets) -> None:
    """A hashed file may be kept for ever and is never guessed to be something else."""
    found = assets.find(NAME)
    assert header(found, b"Cache-Control") == b"public, max-age=31536000, immutable"
    assert header(found, b"Content-Type") == b"text/javascript; charset=utf-8"
    assert header(found, b"X-Content-Type-Options") == b"nosniff"
    assert header(found, b"Vary") == b"Accept-Encoding"


@pytest.mark.parametrize("form", [b"%s", b"W/%s", b'"other", %s', b"*"])
def test_unchanged(assets: Assets, form: bytes) -> None:
    """A client that has the variant gets 304 without a body."""
    etag = header(assets.find(NAME, b"br"), b"ETag") or b""
    given_tag = form % etag if b"%" in form else form
    found = assets.find(NAME, b"br", given_tag)
    assert found is not None
    assert (found.status, found.body) == (304, b"")
    assert header(found, b"ETag") == etag


def test_variants_have_their_own_tags(assets: Assets) -> None:
    """The tag of one coding does not stand for another."""
    etag = header(assets.find(NAME, b"br"), b"ETag")
    found = assets.find(NAME, b"gzip", etag)
    assert found is not None
    assert found.status == 200


@pytest.mark.parametrize(
    "name", ["", "app.js", "manifest.json", f"../{NAME}", f"{NAME}.br", "/etc/passwd"]
)
def test_only_what_the_manifest_names(assets: Assets, name: str) -> None:
    """Nothing but the files of the manifest is there."""
    assert assets.find(name) is None


@given(accept=st.binary(max_size=60), tag=st.binary(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_header(assets: Assets, accept: bytes, tag: bytes) -> None:
    """No value of a header makes it fail."""
    assert assets.find(NAME, accept, tag) is not None


@pytest.mark.parametrize("text", [None, "", "[]", "{", '{"a": 1}', '{"a": "../b"}'])
def test_not_built(tmp_path: Path, text: str | None) -> None:
    """Missing or strange files say what to run."""
    if text is not None:
        (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(Invalid, match="run make assets"):
        Assets.load(tmp_path)


def test_file_missing(tmp_path: Path) -> None:
    """A manifest whose files are gone is not a build."""
    (tmp_path / "manifest.json").write_text('{"app.js": "app-1.js"}')
    with pytest.raises(Invalid, match=r"app-1\.js"):
        Assets.load(tmp_path)
