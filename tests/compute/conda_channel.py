"""A conda channel on disk, with packages made by hand: no network is needed."""

import bz2
import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

PLACEHOLDER = "/opt/placeholder_" + "x" * 200
PYTHON = '#!/bin/sh\nexec /usr/bin/python3 "$@"\n'


def _add(archive: tarfile.TarFile, name: str, content: bytes, mode: int) -> None:
    about = tarfile.TarInfo(name)
    about.size, about.mode = len(content), mode
    archive.addfile(about, io.BytesIO(content))


def _package(
    place: Path, name: str, version: str, files: dict[str, bytes]
) -> dict[str, Any]:
    index: dict[str, Any] = {
        "name": name,
        "version": version,
        "build": "0",
        "build_number": 0,
        "depends": [],
        "noarch": "generic",
        "subdir": "noarch",
    }
    paths = []
    for path, content in files.items():
        one: dict[str, Any] = {
            "_path": path,
            "path_type": "hardlink",
            "sha256": hashlib.sha256(content).hexdigest(),
            "size_in_bytes": len(content),
        }
        if PLACEHOLDER.encode() in content:
            binary = b"\0" in content
            one["prefix_placeholder"] = PLACEHOLDER
            one["file_mode"] = "binary" if binary else "text"
        paths.append(one)
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        _add(archive, "info/index.json", json.dumps(index).encode(), 0o644)
        about = {"paths": paths, "paths_version": 1}
        _add(archive, "info/paths.json", json.dumps(about).encode(), 0o644)
        _add(archive, "info/files", "\n".join(files).encode(), 0o644)
        for path, content in files.items():
            mode = 0o755 if path.startswith("bin/") else 0o644
            _add(archive, path, content, mode)
    content = bz2.compress(whole.getvalue())
    file = place / f"{name}-{version}-0.tar.bz2"
    file.write_bytes(content)
    return index | {
        "md5": hashlib.md5(content).hexdigest(),  # noqa: S324 -- conda's format
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
    }


def filled(directory: Path) -> Path:
    """Make a channel with the packages that tests ask for; return its directory."""
    noarch = directory / "noarch"
    noarch.mkdir(parents=True)
    (directory / "linux-64").mkdir()
    made = {}
    for name, version in (("tiny", "1.0"), ("tiny", "2.0"), ("tinier", "0.1")):
        prefix = PLACEHOLDER.encode()
        files = {
            f"share/{name}/shared": f"{name} {version}".encode(),
            f"share/{name}/text": prefix + b"/share",
            f"share/{name}/binary": b"\0" + prefix + b"/lib\0" + bytes(9),
        }
        made[f"{name}-{version}-0.tar.bz2"] = _package(noarch, name, version, files)
    for name in ("python", "pip", "ipykernel"):
        files = {f"share/{name}": b"", "bin/python": PYTHON.encode()}
        if name != "python":
            del files["bin/python"]
        made[f"{name}-3.11.4-0.tar.bz2"] = _package(noarch, name, "3.11.4", files)
    for place, packages in ((noarch, made), (directory / "linux-64", {})):
        subdir = {"subdir": place.name}
        data = {"info": subdir, "packages": packages, "packages.conda": {}}
        text = json.dumps({**data, "repodata_version": 1})
        (place / "repodata.json").write_text(text)
        (place / "repodata.json.bz2").write_bytes(bz2.compress(text.encode()))
    return directory
