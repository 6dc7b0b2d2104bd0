"""What is done inside a project's directory."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from aen.compute.environments import inside
from aen.compute.environments.copying import Refused
from aen.compute.environments.inside import main
from aen.compute.environments.tool import inside_program
from tests.compute.digests import names_in


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project with an environment of a few files."""
    home = tmp_path / "ada" / "lab"
    prefix = home / "envs" / "default"
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin" / "python").symlink_to("/bin/sh")
    (prefix / "bin" / "tool").write_text(f"#!{prefix}/bin/python\n")
    (prefix / "bin" / "tool").chmod(0o770)
    (prefix / "bin" / "raw").write_bytes(b"\0" + os.fsencode(prefix) + b"\0\0")
    (prefix / "other").write_text(f"{prefix}2/bin {prefix}/bin {prefix}-x {prefix}")
    (prefix / "sealed").write_text("shared")
    (prefix / "sealed").chmod(0o444)
    (prefix / ".lock").touch(mode=0o666)
    return home


def do(verb: str, project: Path, **more: Any) -> Any:
    """Do a step here and now."""
    return inside.VERBS[verb](project=str(project), **more)


def test_a_copy_from_a_base(project: Path) -> None:
    """A clone that has the shared files already: whoever copies need not link them."""
    do("copy", project, source="default", name="default", staged=".aen-0123456")
    base = project / "envs" / "_aen-0123456"
    (project / ".aen-0123456").rename(base)
    (base / "bin" / "tool").write_text("other")
    (base / "bin" / "more").touch()
    (base / "lib").mkdir()
    do(
        "copy",
        project,
        source="default",
        name="default",
        staged=".aen-7",
        base=base.name,
    )
    copy, prefix = project / ".aen-7", project / "envs" / "default"
    assert (copy / "sealed").samefile(prefix / "sealed")
    assert (copy / "bin" / "tool").read_text() == f"#!{prefix}/bin/python\n"
    assert names_in(copy / "bin") == ["python", "raw", "tool"]
    assert not (copy / "lib").exists()
    assert not base.exists()


def test_a_copy_is_what_the_source_is(project: Path) -> None:
    """Content, kinds and times; what nobody can change is shared."""
    prefix = project / "envs" / "default"
    os.utime(prefix / "bin" / "tool", ns=(10**18, 10**18))
    found = do("copy", project, source="default", name="default", staged=".aen-0123456")
    copy = project / ".aen-0123456"
    assert (found["shared"], found["copied"]) == (1, 3)
    assert (copy / "sealed").samefile(prefix / "sealed")
    assert not (copy / "bin" / "tool").samefile(prefix / "bin" / "tool")
    assert (copy / "bin" / "tool").read_text() == f"#!{prefix}/bin/python\n"
    assert (copy / "bin" / "tool").stat().st_mtime_ns == 10**18
    assert os.access(copy / "bin" / "tool", os.X_OK)
    assert str((copy / "bin" / "python").readlink()) == "/bin/sh"
    assert not (copy / ".lock").exists()


def test_a_clone_knows_its_name(project: Path) -> None:
    """In texts, where the path ends there; binaries are left alone."""
    do("copy", project, source="default", name="two", staged=".aen-012")
    copy, old, new = (project / p for p in (".aen-012", "envs/default", "envs/two"))
    assert (copy / "bin" / "tool").read_text() == f"#!{new}/bin/python\n"
    assert (copy / "other").read_text() == f"{old}2/bin {new}/bin {old}-x {new}"
    assert os.fsencode(old) in (copy / "bin" / "raw").read_bytes()
    do("end", project, name="two", staged=".aen-012", mark=0, new=True)
    assert names_in(project / "envs") == ["default", "two"]
    do("copy", project, source="default", name="two", staged=".aen-013")
    with pytest.raises(Refused, match="already"):
        do("end", project, name="two", staged=".aen-013", mark=0, new=True)


def test_the_copy_takes_the_place(project: Path) -> None:
    """In one step; its own path in what was changed becomes that of the place."""
    staged = ".aen-0123456"
    copied = do("copy", project, source="default", name="default", staged=staged)
    (project / staged / "new").write_bytes(
        b"\0" + os.fsencode(project / staged) + b"\0"
    )
    (project / staged / "new").chmod(0o555)
    (project / staged / "linked").write_text(str(project / staged))
    (project / staged / "linked2").hardlink_to(project / staged / "linked")
    mark = copied["mark"]
    done = do("end", project, name="default", staged=staged, mark=mark, new=False)
    prefix = project / "envs" / "default"
    assert done == {"renamed": 1}
    assert (prefix / "new").read_bytes() == b"\0" + os.fsencode(prefix) + b"\0"
    assert (prefix / "new").stat().st_mode & 0o777 == 0o555
    assert (prefix / "linked").read_text() == str(project / staged)
    assert not (project / staged).exists()


def test_without_an_exchange(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two renames; what breaks between them is put back by the next change."""
    monkeypatch.setattr("ctypes.CDLL", lambda *_, **__: object())
    staged = ".aen-0123456"
    do("copy", project, source="default", name="default", staged=staged)
    (project / staged / "new").touch()
    do("end", project, name="default", staged=staged, mark=0, new=False)
    assert (project / "envs" / "default" / "new").exists()
    (project / "envs" / "default").rename(project / ".aen-01.old.default")
    (project / "envs" / "other").mkdir()
    (project / ".aen-02.old.other").mkdir()
    do("clear", project, keep=[])
    assert (project / "envs" / "default" / "new").exists()
    assert names_in(project) == ["envs"]


def test_leftovers(project: Path) -> None:
    """Of others that are under way nothing is touched."""
    for name in (".aen-1", ".aen-2", ".mine"):
        (project / name).mkdir()
    do("clear", project, keep=[".aen-2"])
    assert names_in(project) == [".aen-2", ".mine", "envs"]
    for name in ("_aen-1", "_aen-2", "_mine"):
        (project / "envs" / name).mkdir()
    do("clear", project, keep=[".aen-2"])
    left = names_in(project / "envs")
    assert left == ["_aen-2", "_mine", "default"]
    with pytest.raises(Refused, match="something at envs/default already"):
        do("clear", project, keep=[], free="default")


def test_removal(project: Path) -> None:
    """Out of sight at once; a link is removed and what it names stays."""
    outside = project.parent / "outside"
    outside.mkdir()
    (outside / "thesis").touch()
    (project / "envs" / "default" / "link").symlink_to(outside)
    (project / "envs" / "evil").symlink_to(outside)
    do("withdraw", project, name="default", staged=".aen-1")
    do("withdraw", project, name="evil", staged=".aen-2")
    assert names_in(project) == ["envs"]
    assert names_in(project / "envs") == []
    assert (outside / "thesis").exists()
    with pytest.raises(Refused, match="no environment “default”"):
        do("withdraw", project, name="default", staged=".aen-1")
    do("drop", project, staged=".aen-9")


@pytest.mark.parametrize("where", ["envs", "envs/default"])
def test_links_lead_nowhere(where: str, project: Path) -> None:
    """Whose rights a step has does not let a teammate's link use them."""
    real = project / where
    real.rename(project.parent / "real")
    real.symlink_to(project.parent / "real")
    with pytest.raises(Refused, match="is a link"):
        do("copy", project, source="default", name="default", staged=".aen-0123456")
    assert not (project / ".aen-0123456").exists()


def test_a_link_inside_is_copied_as_a_link(project: Path) -> None:
    """What it names, perhaps the reader's own secret, is not."""
    secret = project.parent / "secret"
    secret.write_text("s3cret")
    (project / "envs" / "default" / "link").symlink_to(secret)
    do("copy", project, source="default", name="default", staged=".aen-0123456")
    assert (project / ".aen-0123456" / "link").is_symlink()


def test_paths_of_unequal_length_are_refused(project: Path) -> None:
    """Nothing in a file may move."""
    (project / ".aen-1").mkdir()
    with pytest.raises(Refused, match="path would get longer"):
        do("end", project, name="default", staged=".aen-1", mark=0, new=True)


def test_moving(project: Path) -> None:
    """For the node's own: made at one path, to be used at another."""
    source = project / "envs" / "default"
    target, prefix = project / "target", str(project / "envs" / "another")
    inside.move(str(source), str(target), prefix)
    assert (target / "bin" / "tool").read_text() == f"#!{prefix}/bin/python\n"
    assert os.fsencode(prefix) in (target / "bin" / "raw").read_bytes()


def test_kernels(tmp_path: Path) -> None:
    """Exactly those that are given; a link in their place is not followed."""
    inside.kernels(str(tmp_path), {"a": "1", "b": "2"})
    inside.kernels(str(tmp_path), {"b": "3", "c": "4"})
    found = {one.parent.name: one.read_text() for one in tmp_path.rglob("kernel.json")}
    assert found == {"b": "3", "c": "4"}
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "kernels").rename(tmp_path / "gone")
    (tmp_path / "kernels").symlink_to(outside)
    with pytest.raises(Refused):
        inside.kernels(str(tmp_path), {"b": "3"})
    assert list(outside.iterdir()) == []


def test_answers_are_lines(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A result, what was refused, or what the disk said."""
    given = {"project": str(project), "keep": []}
    assert main("clear", json.dumps(given)) == 0
    assert main("clear", json.dumps({**given, "free": "default"})) == 1
    paths = {"source": str(tmp_path / "none"), "target": "/t", "prefix": "/p"}
    assert main("move", json.dumps(paths)) == 1
    lines = [json.loads(one) for one in capsys.readouterr().out.splitlines()]
    assert [one.get("kind") for one in lines] == [None, "refused", "disk"]


def test_its_text_is_the_whole_program(project: Path) -> None:
    """An interpreter that sees nothing of ours does the same."""
    given = json.dumps({"project": str(project), "keep": []})
    done = subprocess.run(
        (*inside_program(), "clear", given),
        cwd="/",
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.returncode) == ('{"result": null}\n', 0)
    assert sum(map(len, inside_program())) < 24 * 1024
