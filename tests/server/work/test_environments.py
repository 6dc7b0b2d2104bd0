"""Environments change step by step; what the tool prints is heard as it comes."""

from attrs import AttrsInstance
from pytest_twisted import ensureDeferred
from twisted.internet.defer import Deferred

from aen.model.environments import Verb
from aen.model.errors import Failed
from aen.model.projects import Progress, State
from aen.model.tasks import Task, TaskState
from aen.server.environments import EnvironmentChanges
from aen.wire.client import OnLine
from aen.wire.environments import EnvironmentChange
from aen.wire.messages import Line
from tests.server.furnished import LAB, World, running, task_of

BOTH = EnvironmentChanges(remove=("scipy",), install=("numpy>=2",), active=True)


async def changed(world: World, wanted: EnvironmentChanges = BOTH) -> Task:
    """Return the task of a change that a worker has done to its end."""
    caller = (await world.rooms.access.sign_in("ada", "correct horse", "", ""))[1]
    worker = world.worker()
    worker.start()
    task = await world.rooms.environments.change(caller, LAB, "gpu", wanted)
    ended = await task_of(world.rooms, task.id)
    await worker.stop()
    return ended


@ensureDeferred
async def test_steps_output_and_end() -> None:
    """Each is asked of the node as the user; the project follows the active one."""
    world, ada, _ = await running()
    told = await world.watch()
    asked: list[EnvironmentChange] = []

    def story(message: AttrsInstance, on_line: OnLine) -> None:
        if isinstance(message, EnvironmentChange):
            asked.append(message)
            on_line(Line(progress=Progress("Resolving", 1, 3)))
            on_line(Line(output=f"{message.verb} it"))

    world.nodes.story = story
    task = await changed(world)
    assert (task.state, task.output[-1]) == (TaskState.DONE, "activate it")
    assert [(one.verb, one.packages) for one in asked] == [
        (Verb.REMOVE.value, ("scipy",)),
        (Verb.INSTALL.value, ("numpy>=2",)),
        (Verb.ACTIVATE.value, ()),
    ]
    assert {(one.user, one.name) for one in asked} == {("ada", "gpu")}
    assert (await world.rooms.projects.at(ada, LAB)).environment == "gpu"
    news = [one.data for one in told if one.kind == "environment"]
    assert news[0] == {
        "name": "gpu",
        "verb": "remove",
        "progress": {"step": "Resolving", "done": 1, "total": 3},
    }
    lines = "\n".join(str(one["line"]) for one in news if "line" in one)
    assert lines == "remove it\ninstall it\nactivate it"
    end = {"name": "gpu", "verb": "activate", "done": True, "problem": None}
    assert news[-1] == end


@ensureDeferred
async def test_a_step_that_fails_ends_it() -> None:
    """The task says why, with the tool's last lines; the project goes on running."""
    world, ada, _ = await running()
    told = await world.watch()
    await changed(world, EnvironmentChanges(update=("numpy",)))
    world.nodes.errors.append(Failed("There is no package “zzz”.", log=("error: zzz",)))
    task = await changed(world)
    assert (task.state, task.problem) == (
        TaskState.FAILED, "There is no package “zzz”.",
    )  # fmt: skip
    assert task.output == ("error: zzz",)
    assert world.nodes.routes.count("change") == 2
    project = await world.rooms.projects.at(ada, LAB)
    assert (project.state, project.problem, project.environment) == (
        State.RUNNING, None, "default",
    )  # fmt: skip
    (*_, last) = [one.data for one in told if one.kind == "environment"]
    assert last["problem"] == "There is no package “zzz”."


@ensureDeferred
async def test_what_stops_meanwhile_is_not_changed() -> None:
    """A stopped project's environments never change."""
    world, ada, _ = await running()
    environments = world.rooms.environments
    task = await environments.change(ada, LAB, "gpu", BOTH)
    records = world.rooms.archive.projects
    project = await world.rooms.projects.at(ada, LAB)
    await records.begin(project.id, "m", None, 0.0)
    await records.finish(project.id, "m", State.STOPPED, None, 0.0)
    worker = world.worker()
    worker.start()
    ended = await task_of(world.rooms, task.id)
    await worker.stop()
    assert "does not run any more" in ended.problem
    assert "change" not in world.nodes.routes


@ensureDeferred
async def test_a_cancelled_change_ends_after_the_step_under_way() -> None:
    """Who watches is told; what was done stays done."""
    world, ada, _ = await running()
    told = await world.watch()
    worker = world.worker()
    worker.start()
    world.nodes.wait = Deferred()
    task = await world.rooms.environments.change(ada, LAB, "gpu", BOTH)
    waits, world.nodes.wait = world.nodes.wait, None
    await world.rooms.task_desk.cancel(ada, task.id)
    assert not waits.called
    waits.callback(None)
    ended = await task_of(world.rooms, task.id)
    assert ended.state is TaskState.CANCELLED
    assert world.nodes.routes.count("change") == 1
    news = [one.data for one in told if one.kind == "environment"]
    assert (news[-1]["done"], news[-1]["problem"]) == (True, "Cancelled by “ada”.")
    await worker.stop()
