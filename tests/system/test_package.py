"""What people get when they install the package instead of a checkout."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout"),
]


def run(*command: str | Path, cwd: Path, **extra: str) -> str:
    """Run a command and return what it printed; its words are the failure's."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **extra},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy of the checkout, so that nothing is left in it."""
    place = tmp_path_factory.mktemp("wheel")
    tree = place / "tree"
    listed = run("git", "ls-files", "-co", "--exclude-standard", cwd=ROOT).splitlines()
    built = [
        str(path.relative_to(ROOT))
        for path in ROOT.glob("aen/**/static/built/**/*")
        if path.is_file()
    ]
    for name in [*listed, *built]:
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_bytes((ROOT / name).read_bytes())
    pip = (sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(place))
    run(*pip, ".", cwd=tree)
    (made,) = place.glob("aen-*.whl")
    return made


def shipped(pattern: str) -> set[str]:
    """Return the files of the checkout that must be in the wheel."""
    return {
        str(path.relative_to(ROOT))
        for path in ROOT.glob(pattern)
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_wheel_holds_everything(wheel: Path) -> None:
    """Modules, templates, static files, manifests and plugins are inside."""
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = shipped("aen/**/*") | shipped("twisted/plugins/aen_*.py")
    assert wanted - names == set()


def test_wheel_holds_the_skeleton(wheel: Path) -> None:
    """The first files of a project land below the prefix's share/aen/skeleton."""
    names = zipfile.ZipFile(wheel).namelist()
    mark = ".data/data/share/aen/"
    inside = {name.partition(mark)[2] for name in names if mark in name}
    assert inside == shipped("skeleton/**/*")


def test_wheel_shadows_nothing(wheel: Path) -> None:
    """Nothing of Twisted's, and neither tests nor tools, is inside."""
    names = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in names if name.startswith(("tests", "tools"))]
    assert not [
        name for name in names if name.startswith("twisted/") and "/aen_" not in name
    ]


def test_roles_are_listed(wheel: Path, tmp_path: Path) -> None:
    """An installed package teaches ``twistd`` the three roles, from any folder."""
    target = tmp_path / "site"
    pip = (sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target")
    run(*pip, target, wheel, cwd=tmp_path)
    twistd = Path(sysconfig.get_path("scripts"), "twistd")
    said = run(twistd, "--help", cwd=tmp_path, PYTHONPATH=str(target))
    for role in ("aen-server", "aen-gateway", "aen-compute"):
        assert role in said
    where = run(
        *(sys.executable, "-c", "import aen; print(aen.__file__)"),
        cwd=tmp_path,
        PYTHONPATH=str(target),
    )
    assert where.startswith(str(target))
