"""Templates and clones by conda: the scripted one, and a real one if there is one."""

import os
from pathlib import Path

import pytest
import pytest_twisted

from aen.compute.environments.conda import addresses, is_conda
from aen.compute.environments.settings import CloneBy
from aen.model.errors import Failed
from aen.model.projects import Progress
from tests.compute.conda_world import CondaWorld
from tests.compute.digests import digest, names_in
from tests.compute.fakes import unheard
from tests.compute.small_programs import running
from tests.waiting import eventually

pytestmark = pytest.mark.system


@pytest.fixture(params=["scripted", "real"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> CondaWorld:
    """Return a node with the scripted conda, then one with the real one."""
    return CondaWorld(tmp_path, real=request.param == "real")


def places(world: CondaWorld, name: str = "default") -> dict[str, Path]:
    """Return where a clone is staged and where it will be."""
    staged = world.root / ".staging" / "p1.1"
    staged.mkdir(parents=True, exist_ok=True)
    prefix = world.root / "ada" / "lab" / "envs" / name
    return {"target": staged / "environment", "prefix": prefix}


def check(prefix: Path, at: Path) -> None:
    """Assert that what is at *at* is an environment for *prefix*."""
    share = at / "share" / "tiny"
    assert (share / "text").read_text() == f"{prefix}/share"
    content = (share / "binary").read_bytes()
    assert content.startswith(b"\0" + os.fsencode(prefix) + b"/lib\0")
    assert is_conda(at)


@pytest_twisted.ensureDeferred
async def test_a_template_and_its_clones(world: CondaWorld) -> None:
    """Built once; staged, it is one for its place already; nothing else changes."""
    told: list[Progress] = []
    template = await world.provider.ready("default", told.append)
    assert told[0].step == "Building the environment template"
    check(template, template)
    before = digest(template)
    assert await world.provider.ready("default", unheard) == template
    where = places(world)
    await world.provider.clone(template, **where, report=told.append)
    check(where["prefix"], where["target"])
    where["prefix"].parent.mkdir(parents=True)
    where["target"].rename(where["prefix"])
    other = places(world, "a-second-one-with-a-longer-name")
    await world.provider.clone(template, **other, report=told.append)
    check(other["prefix"], other["target"])
    assert digest(template) == before
    assert sorted(one.name for one in (world.root / ".envs").iterdir()) == sorted(
        (template.name, f".complete-{template.name}", ".lock-conda", ".conda")
    )
    assert await world.provider.problems() == ()


@pytest_twisted.ensureDeferred
async def test_the_administrators_default(world: CondaWorld) -> None:
    """Cloned from where it is; what is no environment is told to the administrator."""
    template = await world.provider.ready("default", unheard)
    own = world.directory / "own"
    world.settings = {"default_environment": str(own)}
    with pytest.raises(Failed, match="is no conda environment"):
        await world.provider.ready("default", unheard)
    assert "is no conda environment" in (await world.provider.problems())[0]
    await world.provider._create(
        await world.provider.conda(), own, ("--clone", str(template)), "made"
    )
    assert await world.provider.ready("default", unheard) == own
    where = places(world)
    await world.provider.clone(own, **where, report=unheard)
    check(where["prefix"], where["target"])


@pytest_twisted.ensureDeferred
async def test_what_pip_installed_is_cloned(tmp_path: Path) -> None:
    """Its path inside becomes that of the clone."""
    world = CondaWorld(tmp_path, real=False)
    template = await world.provider.ready("default", unheard)
    (template / "bin" / "by-pip").write_text(f"#!{template}/bin/python\n")
    where = places(world)
    await world.provider.clone(template, **where, report=unheard)
    script = (where["target"] / "bin" / "by-pip").read_text()
    assert script == f"#!{where['prefix']}/bin/python\n"


@pytest.mark.parametrize("mode", ["partial", "silent"])
@pytest_twisted.ensureDeferred
async def test_what_fails_leaves_nothing(mode: str, tmp_path: Path) -> None:
    """Neither a template nor a clone; an exit status of 0 alone proves nothing."""
    world = CondaWorld(tmp_path, real=False)
    world.mode(mode)
    for _ in range(2):
        with pytest.raises(Failed, match="environment could not be built"):
            await world.provider.ready("default", unheard)
    world.mode("")
    template = await world.provider.ready("default", unheard)
    kept = names_in(world.root / ".envs")
    world.mode(mode)
    where = places(world)
    with pytest.raises(Failed, match="environment could not be cloned") as caught:
        await world.provider.clone(template, **where, report=unheard)
    assert caught.value.log
    assert not where["target"].exists()
    assert names_in(world.root / ".envs") == kept


@pytest_twisted.ensureDeferred
async def test_what_hangs_is_ended(tmp_path: Path) -> None:
    """After its time, with all that it started, and nothing is left."""
    world = CondaWorld(tmp_path, real=False)
    template = await world.provider.ready("default", unheard)
    world.mode("hang")
    world.timeout = 1.0
    where = places(world)
    with pytest.raises(Failed, match="it took too long"):
        await world.provider.clone(template, **where, report=unheard)
    await eventually(lambda: not running(world.exe), "it has ended")
    assert not [one for one in names_in(world.root / ".envs") if len(one) > 60]


@pytest_twisted.ensureDeferred
async def test_it_is_driven_as_was_found_out(tmp_path: Path) -> None:
    """Never without -y, offline for a clone, registered nowhere, told its file."""
    world = CondaWorld(tmp_path, real=False, settings={"clone_by": CloneBy.COPY})
    template = await world.provider.ready("default", unheard)
    await world.provider.clone(template, **places(world), report=unheard)
    built, cloned = (call for call in world.calls if "-y" in call[0])
    assert built[0] == [
        *("create", "-p", str(template), "-y", "-q"),
        *("python", "tiny=1.0", "ipykernel"),
    ]
    assert cloned[0][3:] == [
        *("-y", "-q", "--offline", "--copy", "--clone", str(template)),
    ]
    assert len(cloned[0][2]) == len(str(places(world)["prefix"]))
    environment: dict[str, str] = cloned[1]
    assert environment["CONDA_REGISTER_ENVS"] == "false"
    assert environment["CONDARC"].endswith(".yml")
    assert not {"SECRET", "CONDA_PREFIX"} & environment.keys()


@pytest_twisted.ensureDeferred
async def test_what_is_there_is_never_replaced(tmp_path: Path) -> None:
    """Conda would, without a word: we look ourselves."""
    world = CondaWorld(tmp_path, real=False)
    template = await world.provider.ready("default", unheard)
    provider = world.provider
    provider.new_token = lambda size: "x" * size
    where = places(world)
    (provider._place(where["prefix"])).mkdir()
    with pytest.raises(Failed, match="There is something at"):
        await provider.clone(template, **where, report=unheard)
    assert len([call for call in world.calls if "--clone" in call[0]]) == 0


@pytest_twisted.ensureDeferred
async def test_without_clone(tmp_path: Path) -> None:
    """The addresses of its packages make the same; that pip's are lost is told."""
    world = CondaWorld(tmp_path, real=False)
    world.mode("no-clone")
    template = await world.provider.ready("default", unheard)
    where = places(world)
    await world.provider.clone(template, **where, report=unheard)
    check(where["prefix"], where["target"])
    assert "cannot clone environments" in (await world.provider.problems())[0]


@pytest_twisted.ensureDeferred
async def test_the_rest(tmp_path: Path) -> None:
    """Other templates are others' work; a path can be too short; conda can be none."""
    world = CondaWorld(tmp_path, real=False, settings={"default_packages": ("tiny",)})
    provider = world.provider
    assert (await provider.ready("jupyter", unheard)).name == "default-1"
    with pytest.raises(Failed, match="too short"):
        provider._place(Path("/e"))
    assert await provider.works(await provider.ready("default", unheard))
    assert not await provider.works(tmp_path)
    Path(world.exe).unlink()
    assert "There is no conda" in (await world.provider.problems())[0]
    await provider.stop()


def test_addresses_are_picked_out() -> None:
    """Comments and marks are not."""
    lines = ["# https://comment", "@EXPLICIT", "https://c/noarch/a-1-0.conda#abc", ""]
    assert addresses(lines) == ("https://c/noarch/a-1-0.conda#abc",)
