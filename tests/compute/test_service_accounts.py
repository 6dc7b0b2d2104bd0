"""A real node of real accounts: the role, the helper, projects and apps of people."""

import json
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_twisted

from aen.model.errors import AenError, Failed
from aen.model.names import UserName
from aen.model.projects import Member, TeamRole
from aen.wire import routes
from aen.wire.messages import Launch, LaunchRequest, ProjectOnDisk
from tests.compute.accounts import Person, processes_of
from tests.compute.helper.helped import PYTHON, Helped
from tests.compute.small_programs import NASTY, running
from tests.compute.test_service import KEY, RealNode
from tests.installed import free_ports

pytestmark = [pytest.mark.root, pytest.mark.system]


@pytest.fixture
def node(helped: Helped, tmp_path: Path) -> Iterator[RealNode]:
    """A node that root runs with a helper's settings, and one app."""
    (port,) = free_ports(1)
    made = RealNode(tmp_path, port)
    settings = {
        "name": "n1",
        "gateway_key": KEY.public,
        "prefix": str(tmp_path / "node"),
        "projectRoot": str(helped.projects),
        "listen": [f"tcp:{port}:interface=127.0.0.1"],
        "default_packages": ["pip"],
        "jupyter_packages": ["pip"],
        "python": PYTHON,
        "multiuser": True,
        "helper_settings": str(helped.settings),
        "limits": {"app": {"files": 500}},
    }
    (tmp_path / "settings.json").write_text(json.dumps(settings))
    yield made
    for one in made.processes:
        one.terminate()  # it ends the building of templates
        one.wait(30)


def install(node: RealNode, helped: Helped, mark: str) -> None:
    """Give the node an app that spreads its processes, readable by everybody."""
    program = helped.directory / "nasty.py"
    program.write_text(NASTY)
    apps = node.directory / "node/etc/wakari/apps"
    apps.mkdir(parents=True)
    argv = [PYTHON, "-S", str(program), "%(socket)s", "0", mark]
    content = {"name": "nasty", "title": "Nasty", "command_list": argv}
    (apps / "nasty.json").write_text(json.dumps(content))


async def launched(node: RealNode, project: ProjectOnDisk, user: str) -> Launch:
    """Run the app as somebody."""
    asked = LaunchRequest(project, "nasty", user)
    return await node.client.ask(node.at, routes.LAUNCH, asked, Launch, 120.0)


async def follow(node: RealNode, route: routes.Route, project: ProjectOnDisk) -> None:
    """Do something to the project."""
    await node.client.follow(node.at, route, project, lambda _: None)


async def started(node: RealNode, owner: Person, member: Person) -> ProjectOnDisk:
    """Start a project of two people."""
    team = (Member(UserName(member.name), TeamRole.MEMBER),)
    project = ProjectOnDisk("p1", owner.name, "lab", team)
    try:
        await follow(node, routes.START_PROJECT, project)
    except AenError as error:
        if "could not be built" in error.message:
            pytest.skip(f"no template: {error.message}")
        raise
    return project


@pytest_twisted.ensureDeferred
async def test_people_work_as_themselves(node: RealNode, helped: Helped) -> None:
    """Each app is its user's; a restart adopts it; a stop leaves nothing of it."""
    mark, owner, member = uuid.uuid4().hex, helped.people[0], helped.people[1]
    install(node, helped, mark)
    node.begin()
    status = await node.status()
    assert not status.single_user
    assert status.refused == ("root", helped.people.service.name)
    project = await started(node, owner, member)
    assert (helped.projects / owner.name / "lab").stat().st_uid == owner.uid
    first = await launched(node, project, owner.name)
    second = await launched(node, project, member.name)
    for launch, one in ((first, owner), (second, member)):
        assert Path(launch.socket).lstat().st_uid == one.uid
        assert len(processes_of(one.uid)) == 5
    node.end(signal.SIGKILL)
    assert len(running(mark)) == 8  # supervisors do not bear it
    node.begin()
    assert (await node.status()).projects == 1
    assert await launched(node, project, member.name) == second
    with pytest.raises(Failed, match="runs the platform"):
        await launched(node, project, helped.people.service.name)
    await follow(node, routes.STOP_PROJECT, project)
    assert running(mark) == []
    assert processes_of(owner.uid) + processes_of(member.uid) == []
    assert list(helped.runtime.glob("[0-9a-f]*")) == []
