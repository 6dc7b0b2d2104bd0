"""What a worker does to environments: each step on the node, its output heard live."""

from typing import Any

from aen.model.environments import Verb
from aen.model.errors import Failed
from aen.model.projects import State
from aen.model.tasks import Task
from aen.server.events import project_topic
from aen.server.running import on_disk
from aen.server.work.hands import Lost
from aen.server.work.output import OutputWriter
from aen.server.work.turn import Means, Turn
from aen.wire import routes
from aen.wire.client import OnLine
from aen.wire.environments import EnvironmentChange
from aen.wire.messages import Line


async def change_environment(turn: Turn) -> None:
    """Do the steps of the task one after the other; the first that fails ends it.

    :raises Failed: a step did not succeed, or the project does not run.
    :raises Lost: nobody wants the steps that are left.
    """

    async def write(new: tuple[str, ...], last: tuple[str, ...]) -> None:
        await turn.work.archive.tasks.say(turn.holder, last)
        told = {**turn.about, "line": "\n".join(new)}
        await turn.work.events.publish(topic, "environment", told)

    topic = project_topic(turn.project.id)
    output = OutputWriter(turn.work.clock, write)

    def hear(line: Line) -> None:
        if line.output:
            output(line.output)

    try:
        for step in turn.task.arguments["steps"]:
            if not await turn.work.archive.tasks.wanted(turn.holder):
                raise Lost
            await _take(turn, step, hear)
    except Failed as error:
        if not output.heard:
            for text in error.log:
                output(text)
        raise
    finally:
        await output.stop()


async def _take(turn: Turn, step: dict[str, Any], hear: OnLine) -> None:
    project = turn.project
    if project.state is not State.RUNNING or project.node is None:
        raise Failed("The project does not run any more; start it and try again.")
    name, verb = str(turn.task.arguments["name"]), Verb(step["verb"])
    turn.about = {"name": name, "verb": verb.value}
    change = EnvironmentChange(
        project=on_disk(project),
        user=str(turn.task.arguments["user"]),
        verb=verb.value,
        name=name,
        packages=tuple(step["packages"]),
        source=str(step["source"]),
        file=str(step["file"]),
    )
    await turn.follow(routes.CHANGE_ENVIRONMENT, project.node, change, hear)
    now = turn.work.clock.seconds()
    projects = turn.work.archive.projects
    if verb is Verb.ACTIVATE:
        await projects.edit(project.id, {"environment": name}, now)
    found = await projects.with_id(project.id)
    if found is None:
        raise Lost
    turn.project = found


async def tell_end(work: Means, task: Task, problem: str) -> None:
    """Tell those who watch that the change *task* stands for has ended."""
    topic = project_topic(str(task.arguments["project"]))
    told = {
        "name": task.arguments["name"],
        "verb": task.arguments["steps"][-1]["verb"],
        "done": True,
        "problem": problem or None,
    }
    await work.events.publish(topic, "environment", told)
