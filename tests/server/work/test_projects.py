"""What happens to a project: start, stop, reset, delete, and when parts fail."""

from attrs import AttrsInstance
from pytest_twisted import ensureDeferred
from twisted.internet.defer import Deferred

from aen.model.errors import Failed, Forbidden, Unavailable
from aen.model.names import PlaceName
from aen.model.projects import Progress, State, TeamRole
from aen.model.tasks import TaskState
from aen.model.users import Caller
from aen.server.events import gateway_topic
from aen.server.work.worker import Worker
from aen.wire.client import OnLine
from aen.wire.messages import Line, ProjectOnDisk
from tests.server.furnished import GATEWAY, LAB, World, furnished, task_of


def hire(world: World, name: str = "w1") -> Worker:
    """Return a worker that has begun."""
    worker = world.worker(name)
    worker.start()
    return worker


async def lab() -> tuple[World, Caller]:
    """Return a world with a project that has not been started."""
    world = await furnished(task_pauses=(1.0, 2.0))
    await world.center()
    ada = await world.person("ada")
    await world.project(ada)
    return world, ada


def teams(world: World) -> list[tuple[str, ...]]:
    """Return the teams that nodes were sent, one a message."""
    sent = (one for one in world.nodes.followed if isinstance(one, ProjectOnDisk))
    return [tuple(member.user for member in one.team) for one in sent]


@ensureDeferred
async def test_start_and_stop() -> None:
    """The node is asked through its gateway; watchers hear each state."""
    world, ada = await lab()
    worker = hire(world)
    heard, told = await world.watch(), world.hear(gateway_topic("east"))
    projects = world.rooms.projects
    await projects.start(ada, LAB)
    project = await projects.at(ada, LAB)
    assert (project.state, project.node) == (State.RUNNING, "n1")
    await projects.stop(ada, LAB)
    assert (await projects.at(ada, LAB)).state is State.STOPPED
    assert world.nodes.asked == [
        (f"{GATEWAY}/_aen/wire/nodes/n1", "/launcher/projects/start"),
        (f"{GATEWAY}/_aen/wire/nodes/n1", "/launcher/projects/stop"),
    ]
    states = [one.data["state"] for one in heard if one.kind == "state"]
    assert states == ["starting", "running", "stopping", "stopped"]
    assert told[1].data["node"] == {"name": "n1", "url": "http://n1:5002"}
    await worker.stop()


@ensureDeferred
async def test_progress_is_written_and_told() -> None:
    """The newest a few times a second; it is gone when the project runs."""
    world, ada = await lab()
    worker = hire(world)
    told = await world.watch()
    world.nodes.wait = Deferred()

    def story(message: AttrsInstance, on_line: OnLine) -> None:
        for done in range(100):
            on_line(Line(progress=Progress("Cloning", done, 100)))

    world.nodes.story = story
    await world.rooms.projects.start(ada, LAB)
    world.clock.advance(0.3)
    project = await world.rooms.projects.at(ada, LAB)
    assert project.progress == Progress("Cloning", 99, 100)
    steps = [one.data["done"] for one in told if one.kind == "progress"]
    assert steps == [0, 99]
    world.nodes.wait.callback(None)
    project = await world.rooms.projects.at(ada, LAB)
    assert (project.state, project.progress) == (State.RUNNING, None)
    await worker.stop()


@ensureDeferred
async def test_a_failed_start_says_why_and_reset_retries() -> None:
    """The page has the sentence and the last lines; a reset ends in a start."""
    world, ada = await lab()
    worker = hire(world)
    world.nodes.errors.append(Failed("No network.", log=("pip: timed out",)))
    task = await world.rooms.projects.start(ada, LAB)
    project = await world.rooms.projects.at(ada, LAB)
    assert project.state is State.FAILED
    assert project.problem is not None
    assert project.problem.message == "No network."
    assert project.problem.log == ("pip: timed out",)
    ended = await task_of(world.rooms, task.id)
    assert (ended.state, ended.problem) == (TaskState.FAILED, "No network.")
    await world.rooms.projects.reset(ada, LAB)
    project = await world.rooms.projects.at(ada, LAB)
    assert (project.state, project.problem) == (State.RUNNING, None)
    assert world.nodes.routes == ["start", "reset", "start"]
    await worker.stop()


@ensureDeferred
async def test_resetting_a_stopped_project_leaves_it_stopped() -> None:
    """Only what ran, or should have, is started again."""
    world, ada = await lab()
    worker = hire(world)
    await world.rooms.projects.start(ada, LAB)
    await world.rooms.projects.stop(ada, LAB)
    await world.rooms.projects.reset(ada, LAB)
    assert (await world.rooms.projects.at(ada, LAB)).state is State.STOPPED
    await worker.stop()


@ensureDeferred
async def test_a_data_center_that_is_away_is_waited_for() -> None:
    """For a while, and people see that; then it goes on."""
    world, ada = await lab()
    worker = hire(world)
    world.nodes.errors += [Unavailable("The data center “east” does not answer.")] * 2
    await world.rooms.projects.start(ada, LAB)
    project = await world.rooms.projects.at(ada, LAB)
    assert project.progress == Progress("Waiting for the data center")
    world.clock.advance(1.0)
    world.clock.advance(2.0)
    assert (await world.rooms.projects.at(ada, LAB)).state is State.RUNNING
    await worker.stop()


@ensureDeferred
async def test_a_data_center_that_stays_away_fails_the_start() -> None:
    """With the sentence of the last attempt; nothing waits for ever."""
    world, ada = await lab()
    worker = hire(world)
    world.nodes.errors += [Unavailable("The data center “east” does not answer.")] * 3
    await world.rooms.projects.start(ada, LAB)
    world.clock.advance(1.0)
    world.clock.advance(2.0)
    project = await world.rooms.projects.at(ada, LAB)
    assert project.state is State.FAILED
    assert project.problem is not None
    assert "does not answer" in project.problem.message
    await worker.stop()


@ensureDeferred
async def test_a_refusal_is_not_tried_again() -> None:
    """What a gateway refuses it refuses; people read why."""
    world, ada = await lab()
    worker = hire(world)
    world.nodes.errors.append(Forbidden("The ticket is for another call."))
    await world.rooms.projects.start(ada, LAB)
    project = await world.rooms.projects.at(ada, LAB)
    assert project.problem is not None
    assert "refuses: The ticket is for another call." in project.problem.message
    await worker.stop()


@ensureDeferred
async def test_without_a_node_the_start_says_what_to_do() -> None:
    """The sentence names the command that adds one."""
    world, ada = await lab()
    await world.rooms.centers.remove_node(None, "east", "n1")
    worker = hire(world)
    await world.rooms.projects.start(ada, LAB)
    project = await world.rooms.projects.at(ada, LAB)
    assert project.problem is not None
    assert "add-enterprise-resource" in project.problem.message
    await worker.stop()


@ensureDeferred
async def test_our_own_mistake_fails_the_project_politely(
    logged_failures: list[object],
) -> None:
    """The traceback is for the log."""
    world, ada = await lab()
    worker = hire(world)
    world.nodes.errors.append(KeyError("oops"))
    await world.rooms.projects.start(ada, LAB)
    project = await world.rooms.projects.at(ada, LAB)
    assert project.problem is not None
    assert "logged" in project.problem.message
    assert len(logged_failures) == 1
    logged_failures.clear()
    await worker.stop()


@ensureDeferred
async def test_stopping_a_start() -> None:
    """The start is interrupted, and what it would still write comes too late."""
    world, ada = await lab()
    worker = hire(world)
    world.nodes.wait = Deferred()
    projects = world.rooms.projects
    await projects.start(ada, LAB)
    assert (await projects.at(ada, LAB)).state is State.STARTING
    waits, world.nodes.wait = world.nodes.wait, None
    await projects.stop(ada, LAB)
    world.clock.advance(0.5)
    assert waits.called
    assert (await projects.at(ada, LAB)).state is State.STOPPED
    assert world.nodes.routes == ["start", "stop"]
    await worker.stop()


@ensureDeferred
async def test_a_worker_that_stops_in_the_middle_loses_nothing() -> None:
    """The next one begins the start again and ends it."""
    world, ada = await lab()
    first = hire(world, "w1")
    world.nodes.wait = Deferred()
    await world.rooms.projects.start(ada, LAB)
    await first.stop()
    assert (await world.rooms.projects.at(ada, LAB)).state is State.STARTING
    world.nodes.wait = None
    second = hire(world, "w2")
    assert (await world.rooms.projects.at(ada, LAB)).state is State.RUNNING
    await second.stop()


@ensureDeferred
async def test_deleting() -> None:
    """The node removes the files, then the record goes; the name is free."""
    world, ada = await lab()
    worker = hire(world)
    await world.rooms.projects.start(ada, LAB)
    await world.rooms.projects.delete(ada, LAB)
    assert await world.rooms.projects.mine(ada) == ()
    assert world.nodes.routes == ["start", "stop", "remove"]
    await world.project(ada)
    await world.rooms.projects.delete(ada, LAB)
    assert world.nodes.routes == ["start", "stop", "remove"]
    await worker.stop()


@ensureDeferred
async def test_a_delete_that_fails_keeps_the_project() -> None:
    """It is there to be deleted again."""
    world, ada = await lab()
    worker = hire(world)
    await world.rooms.projects.start(ada, LAB)
    world.nodes.errors.append(Failed("A file cannot be removed."))
    await world.rooms.projects.delete(ada, LAB)
    assert (await world.rooms.projects.at(ada, LAB)).state is State.FAILED
    await world.rooms.projects.delete(ada, LAB)
    assert await world.rooms.projects.mine(ada) == ()
    await worker.stop()


@ensureDeferred
async def test_a_changed_team_reaches_a_running_project() -> None:
    """Nobody sees it go down; a failure leaves it running."""
    world, ada = await lab()
    worker = hire(world)
    await world.person("bob")
    await world.rooms.projects.start(ada, LAB)
    await world.rooms.projects.set_member(ada, LAB, "bob", TeamRole.MEMBER)
    assert teams(world) == [(), ("bob",)]
    assert world.nodes.routes == ["start", "team"]
    world.nodes.errors.append(Failed("No such account."))
    await world.rooms.projects.remove_member(ada, LAB, "bob")
    project = await world.rooms.projects.at(ada, LAB)
    assert project.state is State.RUNNING
    assert project.problem is not None
    assert "No such account." in project.problem.message
    await world.rooms.projects.set_member(ada, LAB, "bob", TeamRole.VIEWER)
    assert (await world.rooms.projects.at(ada, LAB)).problem is None
    await worker.stop()


@ensureDeferred
async def test_a_changed_team_reaches_a_stopped_project() -> None:
    """It stays stopped; one without files yet has nothing to change."""
    world, ada = await lab()
    worker = hire(world)
    await world.person("bob")
    projects = world.rooms.projects
    await projects.set_member(ada, LAB, "bob", TeamRole.VIEWER)
    assert world.nodes.routes == []
    await projects.start(ada, LAB)
    await projects.stop(ada, LAB)
    await projects.remove_member(ada, LAB, "bob")
    assert world.nodes.routes == ["start", "stop", "team"]
    project = await projects.at(ada, LAB)
    assert (project.state, project.problem) == (State.STOPPED, None)
    await worker.stop()


@ensureDeferred
async def test_a_node_that_is_away_is_asked_again_for_the_team() -> None:
    """As often as for a start; then the project says that its files do not follow."""
    world, ada = await lab()
    worker = hire(world)
    await world.person("bob")
    projects = world.rooms.projects
    await projects.start(ada, LAB)
    world.nodes.silent = True
    await projects.set_member(ada, LAB, "bob", TeamRole.VIEWER)
    world.clock.advance(1.0)
    assert (await projects.at(ada, LAB)).problem is None
    world.clock.advance(2.0)
    project = await projects.at(ada, LAB)
    assert project.state is State.RUNNING
    assert project.problem is not None
    assert "do not follow the changed team yet" in project.problem.message
    assert world.nodes.routes == ["start", "team", "team", "team"]
    await worker.stop()


@ensureDeferred
async def test_teams_changed_one_after_the_other() -> None:
    """What the node hears last is the team that holds."""
    world, ada = await lab()
    worker = hire(world)
    for name in ("bob", "eve"):
        await world.person(name)
    projects = world.rooms.projects
    await projects.start(ada, LAB)
    world.nodes.followed.clear()
    world.nodes.wait = Deferred()
    await projects.set_member(ada, LAB, "bob", TeamRole.MEMBER)
    waits, world.nodes.wait = world.nodes.wait, None
    await projects.set_member(ada, LAB, "eve", TeamRole.MEMBER)
    assert teams(world) == [("bob",), ("bob", "eve")]
    waits.callback(None)
    assert teams(world) == [("bob",), ("bob", "eve"), ("bob", "eve")]
    await worker.stop()


@ensureDeferred
async def test_a_team_changed_during_the_start_is_sent_again() -> None:
    """The node knows the team that holds at the end."""
    world, ada = await lab()
    worker = hire(world)
    await world.person("bob")
    world.nodes.wait = Deferred()
    await world.rooms.projects.start(ada, LAB)
    await world.rooms.projects.set_member(ada, LAB, "bob", TeamRole.MEMBER)
    waits, world.nodes.wait = world.nodes.wait, None
    waits.callback(None)
    assert world.nodes.routes == ["start", "team", "start"]
    assert (await world.rooms.projects.at(ada, LAB)).state is State.RUNNING
    await worker.stop()


@ensureDeferred
async def test_a_silent_node_shows() -> None:
    """A running project stays running, and says what is with its node."""
    world, ada = await lab()
    worker = hire(world)
    await world.app()
    await world.rooms.projects.start(ada, LAB)
    await world.rooms.centers.heard_silence("east", PlaceName("n1"))
    project = await world.rooms.projects.at(ada, LAB)
    assert project.state is State.RUNNING
    assert project.problem is not None
    assert "does not answer" in project.problem.message
    await world.app()
    assert (await world.rooms.projects.at(ada, LAB)).problem is None
    await worker.stop()
