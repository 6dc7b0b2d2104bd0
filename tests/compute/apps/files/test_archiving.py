"""Archives that are made while they are read."""

import io
import os
import socket
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest

from aen.compute.apps.files.archiving import EXPORTED, LEFT_OUT, Source, archive
from aen.compute.apps.files.inside import Inside

AS_ROOT = os.geteuid() == 0


def made(inside: Inside, kind: str, *, environments: bool = False) -> bytes:
    """Return the archive of a whole project."""
    source = Source(inside, inside.top, "lab", top=True, environments=environments)
    return b"".join(archive(source, kind))


def read(content: bytes, kind: str) -> dict[str, bytes]:
    """Return the files of an archive by their names; links as what they lead to."""
    if kind == "zip":
        with zipfile.ZipFile(io.BytesIO(content)) as found:
            assert found.testzip() is None
            names = [one for one in found.namelist() if not one.endswith("/")]
            return {name: found.read(name) for name in names}
    contents = {}
    with tarfile.open(fileobj=io.BytesIO(content)) as packed:
        for one in packed:
            if one.isfile():
                file = packed.extractfile(one)
                assert file is not None
                contents[one.name] = file.read()
            elif one.issym():
                contents[one.name] = one.linkname.encode()
    return contents


@pytest.mark.parametrize("kind", ["tar", "tar.gz", "zip"])
def test_all_of_it(project: Path, inside: Inside, kind: str) -> None:
    """Every file, whatever its size; links as links, never what they lead to."""
    big = os.urandom(300_001)
    (project / "big").write_bytes(big)
    (project / "empty").touch()
    (project / ("long" * 50)).write_text("long")
    (project / "é").write_text("accent")
    (project / "out").symlink_to("../outside/secret")
    (project / ".aen-upload-x").write_text("half a file")
    found = read(made(inside, kind), kind)
    assert found == {
        "lab/big": big,
        "lab/empty": b"",
        "lab/" + "long" * 50: b"long",
        "lab/é": b"accent",
        "lab/notes.txt": b"some notes",
        "lab/data/one.csv": b"1,2,3",
        "lab/out": b"../outside/secret",
    }


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_environments(project: Path, inside: Inside, kind: str) -> None:
    """Left out and exported, unless they are asked for."""
    packages = project / "envs/default/lib/python3.11/site-packages"
    for name in ("numpy-2.1.0.dist-info", "a_b-1.dist-info", "numpy", "__pycache__"):
        (packages / name).mkdir(parents=True)
    (project / "envs/conda/conda-meta").mkdir(parents=True)
    (project / "envs/conda/conda-meta/python-3.11.2-h1_0.json").touch()
    (project / "envs/conda/conda-meta/history").touch()
    found = read(made(inside, kind), kind)
    assert found[f"lab/{EXPORTED}/default.txt"] == b"a-b==1\nnumpy==2.1.0\n"
    assert b"python=3.11.2=h1_0" in found[f"lab/{EXPORTED}/conda.yml"]
    assert not any(name.startswith("lab/envs/") for name in found)
    assert b"envs/default: environments are left out" in found[f"lab/{LEFT_OUT}"]
    whole = read(made(inside, kind, environments=True), kind)
    assert "lab/envs/conda/conda-meta/history" in whole
    assert f"lab/{LEFT_OUT}" not in whole


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_what_is_no_file(project: Path, inside: Inside, kind: str) -> None:
    """It is left out, without being opened, and named."""
    os.mkfifo(project / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(project / "socket"))
    found = read(made(inside, kind), kind)
    said = found[f"lab/{LEFT_OUT}"].decode()
    assert "pipe: it is no file" in said
    assert "socket: it is no file" in said


NOBODYS = """
import os, sys
from pathlib import Path
from aen.compute.apps.files.archiving import Source, archive
from aen.compute.apps.files.inside import Inside
os.setgroups([]); os.setgid(65534); os.setuid(65534)
inside = Inside(Path(sys.argv[1]))
source = Source(inside, inside.top, "lab", top=True)
sys.stdout.buffer.write(b"".join(archive(source, "tar")))
"""


@pytest.mark.root
@pytest.mark.skipif(not AS_ROOT, reason="becomes somebody else: needs root")
def test_what_may_not_be_read() -> None:
    """It is left out and named; the rest is there."""
    with tempfile.TemporaryDirectory(prefix="aen") as place:
        project = Path(place)
        project.chmod(0o755)
        for name, mode in (("hidden", 0o600), ("notes.txt", 0o644)):
            (project / name).write_text(name)
            (project / name).chmod(mode)
        (project / "closed").mkdir(mode=0o700)
        (project / "closed/inner").touch()
        done = subprocess.run(
            (sys.executable, "-c", NOBODYS, place), capture_output=True, check=False
        )
    assert done.returncode == 0, done.stderr
    found = read(done.stdout, "tar")
    said = found[f"lab/{LEFT_OUT}"].decode()
    assert "hidden: Permission denied" in said
    assert "closed: Permission denied" in said
    assert found["lab/notes.txt"] == b"notes.txt"
    assert "lab/hidden" not in found


def test_a_file_that_becomes_shorter(project: Path, inside: Inside) -> None:
    """The archive stays whole, and says so."""
    (project / "a").write_bytes(b"x" * 500_000)
    (project / "b").write_bytes(b"y" * 500_000)
    source = Source(inside, inside.top, "lab", top=True)
    parts = archive(source, "tar")
    content = [next(parts)]
    os.truncate(project / "a", 10)
    content += parts
    found = read(b"".join(content), "tar")
    assert len(found["lab/a"]) == 500_000
    assert found["lab/b"] == b"y" * 500_000
    assert b"a: it became shorter" in found[f"lab/{LEFT_OUT}"]
