"""What is done to one environment."""

import json
from pathlib import Path

import pytest
import pytest_twisted

from aen.compute.environment_ground import Notebooks
from aen.compute.environment_verbs import parse_verb
from aen.compute.environment_work import EnvironmentWork
from aen.model.environments import Verb
from aen.model.errors import Conflict, Failed, Invalid, NotFound, Taken
from aen.model.names import UserName
from tests.compute.workshop import LAB, Workshop


@pytest_twisted.async_fixture
async def shop(tmp_path: Path) -> Workshop:
    """Return a node where ada/lab runs."""
    made = Workshop(tmp_path)
    await made.start()
    return made


def test_verbs_are_read() -> None:
    """Those of the model, no others."""
    assert [parse_verb(one.value) for one in Verb] == list(Verb)
    with pytest.raises(Invalid, match="“drop”"):
        parse_verb("drop")


@pytest_twisted.ensureDeferred
async def test_packages_are_changed_in_a_copy(shop: Workshop) -> None:
    """The tool works elsewhere; the path it worked at is the environment's after."""
    await shop.change(Verb.INSTALL, "default", "six", "attrs>=25", user="bob")
    ((verb, packages),) = shop.packages.done
    assert (verb, packages) == ("install", ("six", "attrs>=25"))
    prefix = shop.home / "envs" / "default"
    assert (prefix / "has-six").read_text() == str(prefix)
    assert shop.staged == []
    assert shop.names == ["default"]
    assert shop.tool.steps == ["clear", "copy", "end"]
    assert set(shop.tool.users) == {"bob"}
    assert shop.said == ["install six attrs>=25"]
    assert shop.told == [
        "Copying the environment",
        "Changing packages",
        "Putting the environment in its place",
    ]


@pytest_twisted.ensureDeferred
async def test_where_users_cannot_link(shop: Workshop) -> None:
    """The node gives them a clone of the template to begin with; it is no environment.

    Where it cannot, all is copied.
    """
    shop.work = EnvironmentWork(shop.ground(links=False))
    (shared,) = (shop.home / "envs" / "default").rglob("six.py")
    before = shared.stat()
    await shop.change(Verb.INSTALL, "default", "six")
    after = shared.stat()
    assert (after.st_ino, after.st_nlink) == (before.st_ino, before.st_nlink)
    assert shop.names == ["default"]
    shop.templates.refusal = Failed("There is no template.")
    await shop.change(Verb.INSTALL, "default", "attrs")
    assert (shop.home / "envs/default/has-attrs").exists()
    assert (shop.staged, shop.names) == ([], ["default"])


@pytest.mark.parametrize("verb", [Verb.INSTALL, Verb.REMOVE, Verb.UPDATE])
@pytest_twisted.ensureDeferred
async def test_a_change_that_fails_changes_nothing(verb: Verb, shop: Workshop) -> None:
    """However far it had come."""
    before = sorted(str(one) for one in shop.home.rglob("*"))
    shop.packages.refusal = Failed("It did not work.")
    with pytest.raises(Failed, match="did not work"):
        await shop.change(verb, "default", "six")
    assert sorted(str(one) for one in shop.home.rglob("*")) == before


@pytest_twisted.ensureDeferred
async def test_update_of_everything(shop: Workshop) -> None:
    """No package named: all that are there."""
    await shop.change(Verb.UPDATE, "default")
    assert shop.packages.done == [("update", ("six",))]


@pytest_twisted.ensureDeferred
async def test_create_from_the_default(shop: Workshop) -> None:
    """A clone of the template, in its place at once; with more packages if wished."""
    await shop.change(Verb.CREATE, "r2")
    prefix = shop.home / "envs" / "r2"
    assert (prefix / "bin/tool").read_text() == f"#!{prefix}/bin/python\n"
    assert shop.packages.done == []
    await shop.change(Verb.CREATE, "r3", "six")
    assert (shop.home / "envs/r3/has-six").exists()
    with pytest.raises(Taken, match="“r2” already"):
        await shop.change(Verb.CREATE, "r2")
    shop.packages.refusal = Failed("It did not work.")
    with pytest.raises(Failed, match="did not work"):
        await shop.change(Verb.CREATE, "r4", "six")
    assert shop.names == ["default", "r2", "r3"]
    assert shop.staged == []


@pytest_twisted.ensureDeferred
async def test_create_from_a_file(shop: Workshop) -> None:
    """By the node's provider; nothing appears before it is whole."""
    shop.packages.refusal = Failed("It did not work.")
    with pytest.raises(Failed, match="did not work"):
        await shop.change(Verb.CREATE, "r2", file="six")
    assert shop.names == ["default"]
    shop.packages.refusal = None
    await shop.change(Verb.CREATE, "r2", file="six attrs")
    prefix = shop.home / "envs" / "r2"
    assert (prefix / "has-attrs").read_text() == str(prefix)
    assert shop.staged == []


@pytest_twisted.ensureDeferred
async def test_what_is_there_is_not_replaced(shop: Workshop) -> None:
    """A directory that is no environment may be somebody's work."""
    (shop.home / "envs" / "data").mkdir()
    (shop.home / "envs" / "data" / "thesis").write_text("ten years")
    for file in ("", "six"):
        with pytest.raises(Failed, match="something at envs/data already"):
            await shop.change(Verb.CREATE, "data", file=file)
    assert (shop.home / "envs" / "data" / "thesis").exists()


@pytest_twisted.ensureDeferred
async def test_clone(shop: Workshop) -> None:
    """A copy that knows its own place; the source stays as it is."""
    await shop.change(Verb.INSTALL, "default", "attrs")
    await shop.change(Verb.CLONE, "copy", source="default")
    copy = shop.home / "envs" / "copy"
    assert (copy / "bin/tool").read_text() == f"#!{copy}/bin/python\n"
    assert (copy / "has-attrs").exists()
    with pytest.raises(NotFound, match="“none”"):
        await shop.change(Verb.CLONE, "c2", source="none")
    with pytest.raises(Taken):
        await shop.change(Verb.CLONE, "copy", source="default")


@pytest_twisted.ensureDeferred
async def test_activate_and_delete(shop: Workshop) -> None:
    """Never the active one: “default” can go once another is active."""
    await shop.change(Verb.CREATE, "r2")
    with pytest.raises(Conflict, match="is the active environment"):
        await shop.change(Verb.DELETE, "default")
    with pytest.raises(NotFound):
        await shop.change(Verb.ACTIVATE, "none")
    await shop.change(Verb.ACTIVATE, "r2")
    assert shop.directories.active_name(LAB.id) == "r2"
    with pytest.raises(Conflict):
        await shop.change(Verb.DELETE, "r2")
    await shop.change(Verb.DELETE, "default")
    assert shop.names == ["r2"]
    assert shop.staged == []
    with pytest.raises(Failed, match="no environment “default”"):
        await shop.change(Verb.DELETE, "default")


@pytest_twisted.ensureDeferred
async def test_leftovers_go_with_the_next_change(shop: Workshop) -> None:
    """A node that was killed half-way has left a copy."""
    (shop.home / ".aen-0123").mkdir()
    (shop.home / ".aen-0123" / "half").touch()
    (shop.home / ".hidden").mkdir()
    await shop.change(Verb.INSTALL, "default", "six")
    assert shop.staged == []
    assert (shop.home / ".hidden").is_dir()


@pytest_twisted.ensureDeferred
async def test_a_running_jupyter_sees_new_kernels(shop: Workshop) -> None:
    """And those that are gone no more; written by the one whose Jupyter it is."""
    private = shop.directory / "private"
    private.mkdir()
    shop.notebooks.append(Notebooks(UserName("bob"), private))
    shop.notebooks.append(Notebooks(UserName("eve"), shop.directory / "gone"))
    infos = "lib/python3.11/site-packages/ipykernel-7.0.dist-info"
    (shop.home / "envs" / "default" / infos).mkdir()
    await shop.change(Verb.CLONE, "r2", source="default")
    found = sorted(one.parent.name for one in private.rglob("kernel.json"))
    assert found == ["default", "r2"]
    spec = json.loads((private / "kernels/r2/kernel.json").read_text())
    assert spec["argv"][0] == str(shop.home / "envs/r2/bin/python")
    (shop.home / "envs/r2" / infos).rmdir()
    await shop.change(Verb.INSTALL, "r2", "six")
    assert [one.name for one in (private / "kernels").iterdir()] == ["default"]
    assert shop.tool.users[-2:] == ["bob", "eve"]


@pytest_twisted.ensureDeferred
async def test_another_providers_environment(shop: Workshop) -> None:
    """What this node has no tools for is left alone."""
    prefix = shop.home / "envs" / "c"
    (prefix / "conda-meta").mkdir(parents=True)
    (prefix / "conda-meta" / "python-3.12.1-h1_0.json").touch()
    with pytest.raises(Conflict, match="was made by conda"):
        await shop.change(Verb.INSTALL, "c", "six")
