"""Templates built by the real uv."""

import os
from pathlib import Path
from typing import Any

import attrs
import pytest
import pytest_twisted
from twisted.internet import reactor  # noqa: TID251 -- real children need it
from twisted.internet.defer import Deferred, gatherResults

from aen.compute.environments.builtin import BuiltinEnvironments, Recipe
from aen.compute.environments.interpreter import Interpreter
from aen.compute.environments.settings import EnvironmentSettings
from aen.compute.programs.children import Command, Ended, run
from aen.compute.programs.steps import ChildSteps
from aen.model.errors import Failed, NotFound
from aen.model.projects import Progress
from tests.compute.digests import digest
from tests.compute.fakes import unheard
from tests.compute.package_index import filled

REACTOR: Any = reactor
PYTHON = Interpreter("/usr/bin/python3", "3.11.2")
SMALL = EnvironmentSettings(default_packages=("six", "pip"), build_timeout=120)


def environments(
    root: Path, environ: dict[str, str] | None = None, **changes: Any
) -> BuiltinEnvironments:
    """Return the provider for *root*, told of indexes as this machine is."""
    settings = attrs.evolve(SMALL, **changes)
    steps = ChildSteps(REACTOR, 60)
    given = dict(os.environ) if environ is None else environ
    return BuiltinEnvironments(REACTOR, settings, root, steps, given)


async def pip(prefix: Path, *words: str) -> Ended:
    """Run the pip of an environment."""
    argv = (str(prefix / "bin" / "python"), "-I", "-m", "pip", *words)
    return await run(REACTOR, Command(argv), lambda _: None)


@pytest.mark.parametrize(
    "other",
    [
        Recipe("default", ("six", "pip"), PYTHON),
        Recipe("default", ("six",), attrs.evolve(PYTHON, version="3.12.0")),
        Recipe("default", ("six",), attrs.evolve(PYTHON, path="/opt/python3")),
        Recipe("jupyter", ("six",), PYTHON),
        Recipe("default", ("six",), PYTHON, ("lark",)),
    ],
)
def test_another_content_is_another_template(other: Recipe) -> None:
    """Packages, interpreter and name are in the name of the directory."""
    recipe = Recipe("default", ("six",), PYTHON)
    assert recipe.name == Recipe("default", ("six",), PYTHON).name
    assert recipe.name != other.name


@pytest_twisted.ensureDeferred
async def test_unknown_templates(tmp_path: Path) -> None:
    """Only those of the node's settings are built."""
    with pytest.raises(NotFound, match="“other”"):
        await environments(tmp_path).ready("other", unheard)


def trees(root: Path) -> list[str]:
    """Return the names of all templates, finished or not."""
    return [one.name for one in (root / ".envs").iterdir() if one.is_dir()]


@pytest.mark.system
@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"UV_OFFLINE": "1"}, "cannot be reached"),
        ({"UV_DEFAULT_INDEX": "http://127.0.0.1:1/simple"}, "cannot be reached"),
        ({"UV_DEFAULT_INDEX": "file:///proc/1/nothing"}, "not in the package index"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_without_packages(
    setting: dict[str, str], words: str, tmp_path: Path
) -> None:
    """The reason is told with uv's words, nothing is left, a retry really tries."""
    home = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "UV_HTTP_RETRIES": "0"}
    broken = environments(tmp_path, home | setting)
    for _ in range(2):
        with pytest.raises(Failed, match=words) as caught:
            await broken.ready("default", unheard)
        assert caught.value.log
        assert "Reset" in caught.value.message
        assert trees(tmp_path) == []


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_settings_around_the_root_have_no_say(tmp_path: Path) -> None:
    """A uv.toml above the project root may be anybody's."""
    (tmp_path / "uv.toml").write_text("no-index = true\n")
    (tmp_path / "root").mkdir()
    provider = environments(tmp_path / "root", default_packages=("six",))
    assert (await provider.ready("default", unheard)).is_dir()


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_what_is_taken_out(tmp_path: Path) -> None:
    """An optional part is gone; one that was never there is no mistake."""
    provider = environments(
        tmp_path, jupyter_packages=("six", "pip"), jupyter_without=("six", "lark")
    )
    prefix = await provider.ready("jupyter", unheard)
    packages = [one.name for one in prefix.glob("lib/*/site-packages/*.dist-info")]
    assert [one.partition("-")[0] for one in packages] == ["pip"]
    assert not list(prefix.glob("lib/*/site-packages/six.py"))


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_too_slow(tmp_path: Path) -> None:
    """A build has its time; what it left goes."""
    slow = environments(tmp_path, build_timeout=0.01)
    with pytest.raises(Failed, match="took too long"):
        await slow.ready("default", unheard)
    assert trees(tmp_path) == []


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_a_template_and_its_clones(tmp_path: Path) -> None:
    """Built once for all who ask; pip in one clone changes nothing elsewhere."""
    provider, told = environments(tmp_path), list[Progress]()
    asked = [
        Deferred.fromCoroutine(one.ready("default", told.append))
        for one in (provider, provider, environments(tmp_path))
    ]
    prefixes = await gatherResults(asked)
    template = prefixes[0]
    assert set(prefixes) == {template}
    assert trees(tmp_path) == [template.name]
    assert Progress("Building the environment template", 2, 2) in told

    (tmp_path / "p").mkdir()
    one, other = tmp_path / "p" / "one", tmp_path / "p" / "other"
    for target in (one, other):
        await provider.clone(template, target, target, unheard)
    before = digest(template), digest(other)
    for package in ("six", "pip"):
        assert (await pip(one, "uninstall", "-y", package)).ok
    assert (digest(template), digest(other)) == before
    assert await environments(tmp_path, default_packages=("six",)).works(other)
    (one / "pyvenv.cfg").unlink()
    (one / "bin" / "python").unlink()
    assert not await provider.works(one)
    assert await provider.problems() == ()


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_the_administrators_own_default(tmp_path: Path) -> None:
    """Copied as it is: what is done to it later is another template, for new projects.

    Neither side can change the other by writing into a file in place.
    """
    index, own = filled(tmp_path / "index"), tmp_path / "own"
    given = dict(os.environ) | index.environ
    source = environments(tmp_path, given, default_packages=("tiny==1.0",))
    made = await source.ready("default", unheard)
    await source.clone(made, own, own, unheard)
    (tmp_path / "root").mkdir()
    provider = environments(tmp_path / "root", given, default_environment=str(own))
    assert await provider.problems() == ()
    first = await provider.ready("default", unheard)
    assert next(first.glob("lib/*/site-packages/tiny/old.py")).stat().st_nlink == 1
    one = tmp_path / "root" / "one"
    await provider.clone(first, one, one, unheard)
    before = digest(first), digest(one)
    (changed,) = own.glob("lib/*/site-packages/tiny/__init__.py")
    changed.chmod(0o660)
    changed.write_text("version = 'mine'\n")
    assert await provider.ready("default", unheard) == first
    provider._looked = -60.0
    second = await provider.ready("default", unheard)
    assert second != first
    assert (digest(first), digest(one)) == before
    assert await provider.works(one)
    (own / "pyvenv.cfg").unlink()
    provider._looked = -60.0
    with pytest.raises(Failed, match="is no Python environment"):
        await provider.ready("default", unheard)
    assert "is no Python environment" in (await provider.problems())[0]


@pytest.mark.system
@pytest_twisted.ensureDeferred
async def test_a_python_that_has_pip(tmp_path: Path) -> None:
    """For what only pip knows."""
    index = filled(tmp_path / "index")
    given = dict(os.environ) | index.environ
    provider = environments(tmp_path, given, default_packages=("tiny",))
    assert provider.python_with_pip() == ""
    await provider.ready("default", unheard)
    assert provider.python_with_pip() == ""
    with_pip = environments(tmp_path, given, default_packages=("pip",))
    prefix = await with_pip.ready("default", unheard)
    assert provider.python_with_pip() == str(prefix / "bin" / "python")
