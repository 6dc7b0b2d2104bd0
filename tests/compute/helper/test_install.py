"""The installer, and the installed helper through sudo."""

import json
import os
import shutil
import subprocess
import sysconfig
import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import define
from twisted.internet import reactor  # noqa: TID251 -- real children need it
from twisted.internet.defer import Deferred

from aen.compute.command import AppCommand
from aen.compute.disk.walk import Refused
from aen.compute.helper import install
from aen.compute.programs.attendant import Attendant, HelperSteps
from aen.compute.programs.steps import HelperCall
from aen.compute.spawn import Order, Spawned
from aen.compute.spawn_accounts import Accounts, AccountSpawner, AccountTool
from aen.model.errors import Failed
from aen.model.names import UserName, parse_project_path
from tests.compute.accounts import Person, processes_of
from tests.compute.helper.helped import L1, P1, PYTHON, Helped
from tests.waiting import eventually

REACTOR: Any = reactor
ROOT = Path(__file__).resolve().parents[3]


def test_the_rule_for_sudo() -> None:
    """One account, one program, no arguments; no name that sudo reads otherwise."""
    text = install.sudoers("wakari", "/usr/local/libexec/aen-helper")
    rule = 'wakari ALL=(root) NOPASSWD: /usr/local/libexec/aen-helper ""'
    assert text.splitlines()[-1] == rule
    for account, program in (
        ("ALL", "/x"), ("%wheel", "/x"), ("a b", "/x"), ("a\nb", "/x"),
        ("wakari", "/a b"), ("wakari", "/a,b"), ("wakari", "x"), ("wakari", "/x\n"),
    ):  # fmt: skip
        with pytest.raises(Refused, match="sudo cannot be told"):
            install.sudoers(account, program)


def test_what_is_in_the_program(tmp_path: Path) -> None:
    """The helper and the disk, compiled too; nothing else of the platform."""
    path = tmp_path / "program"
    path.write_bytes(b"#!/usr/bin/python3 -IS\n" + install.archive("/etc/x.json"))
    with zipfile.ZipFile(path) as found:
        names = set(found.namelist())
        start = found.read("__main__.py").decode()
    assert "main('/etc/x.json', *sys.argv[1:])" in start
    packages = {name.rsplit("/", 1)[0] for name in names if "/" in name}
    assert packages == {"aen", "aen/compute", "aen/compute/helper", "aen/compute/disk"}
    assert {f"{name}c" for name in names if name.endswith(".py")} <= names
    assert "aen/compute/helper/install.py" not in names


def test_only_root_installs(capsys: pytest.CaptureFixture[str]) -> None:
    """Others are told so."""
    if os.geteuid() == 0:
        pytest.skip("this is root")
    assert install.main([]) == 1
    assert "Only root" in capsys.readouterr().err


@pytest.mark.root
def test_an_interpreter_that_others_could_change(tmp_path: Path) -> None:
    """Whoever changes it is root: so it is refused."""
    if os.geteuid() != 0:
        pytest.skip("only root installs")
    assert install.interpreter("/usr/bin/python3").startswith("/")
    copy = tmp_path / "python"
    shutil.copy("/usr/bin/python3", copy)
    copy.chmod(0o777)
    with pytest.raises(Refused, match="others may change it"):
        install.interpreter(str(copy))
    with pytest.raises(Refused, match="older than"):
        install.interpreter("/bin/true")


@define
class Installed:
    """The helper where sudo finds it, under names of the test's own."""

    helped: Helped
    program: str
    sudoers: str

    def argv(self, account: Person, *more: str) -> list[str]:
        """Return the command by which an account calls it through sudo."""
        groups = f"--regid={account.gid}", "--init-groups"
        as_it = ["setpriv", f"--reuid={account.uid}", *groups]
        return [*as_it, "/usr/bin/sudo", "-n", "--", self.program, *more]

    def call(self, account: Person, verb: str, **arguments: Any) -> dict[str, Any]:
        """Call it and return what it says last."""
        request = json.dumps({"verb": verb, **arguments}).encode()
        done = subprocess.run(
            self.argv(account), input=request, capture_output=True, check=False,
            env={}, cwd="/",
        )  # fmt: skip
        assert done.stdout, done.stderr.decode()
        said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return said


@pytest.fixture
def installed(helped: Helped) -> Iterator[Installed]:
    """Install it, and take it away."""
    if shutil.which("sudo") is None or shutil.which("visudo") is None:
        pytest.skip("sudo is not installed on this machine")
    mark = uuid.uuid4().hex[:8]
    made = Installed(
        helped, f"/usr/local/libexec/aen-helper-{mark}", f"/etc/sudoers.d/aen-{mark}"
    )
    try:
        assert install.main([
            "--program", made.program, "--sudoers", made.sudoers,
            "--settings", str(helped.settings),
        ]) == 0  # fmt: skip
        yield made
    finally:
        for path in (made.program, made.sudoers):
            Path(path).unlink(missing_ok=True)


@pytest.mark.root
def test_the_service_account_through_sudo(installed: Installed) -> None:
    """It is known by its own uid, owns what is staged, and gives no arguments."""
    service = installed.helped.people.service
    found = installed.call(service, "probe")["result"]
    assert found["uid"] == service.uid
    assert "result" in installed.call(service, "prepare")
    assert (installed.helped.projects / ".staging").stat().st_uid == service.uid
    assert installed.helped.audit[-1]["caller"] == service.name
    done = subprocess.run(
        installed.argv(service, "/tmp/other.json"), capture_output=True, check=False
    )
    assert done.returncode != 0
    assert done.stdout == b""
    mode = Path(installed.sudoers).stat().st_mode & 0o777
    assert (mode, Path(installed.program).stat().st_mode & 0o777) == (0o440, 0o755)


@pytest.mark.root
def test_nobody_else_through_sudo(installed: Installed) -> None:
    """Sudo has no rule for them; with one of their own the helper refuses them."""
    other = installed.helped.people[0]
    done = subprocess.run(
        installed.argv(other), input=b"{}", capture_output=True, check=False
    )
    assert done.returncode != 0
    assert done.stdout == b""
    Path(installed.sudoers).chmod(0o640)
    with Path(installed.sudoers).open("a") as file:
        file.write(f"{other.name} ALL=(ALL) NOPASSWD: ALL\n")
    Path(installed.sudoers).chmod(0o440)
    assert "not for you to run" in installed.call(other, "probe")["error"]


@pytest.mark.root
@pytest_twisted.ensureDeferred
async def test_apps_of_the_service_account(
    installed: Installed, tmp_path: Path
) -> None:
    """A node's own classes, called as the service account would, start, ask and end."""
    helped, one = installed.helped, installed.helped.people[0]
    helper = HelperCall(tuple(installed.argv(helped.people.service)))
    attendant = Attendant(REACTOR, helper)
    accounts = Accounts(REACTOR, attendant)
    assert await accounts.home(UserName(one.name)) == one.home
    spawner = AccountSpawner(REACTOR, attendant, helped.runtime)
    path = parse_project_path(one.name, "lab")
    source = "import os, signal, sys, time\nsignal.signal(15, lambda *_: sys.exit(7))\n"
    source += "print(os.getuid(), flush=True)\ntime.sleep(100)"
    command = AppCommand(
        (PYTHON, "-S", "-c", source), {"AEN_LAUNCH": L1, "PATH": "/usr/bin"}, "/"
    )
    log, private = tmp_path / "log/app.log", helped.runtime / L1
    order = Order(L1, UserName(one.name), P1, path, command, log, private)
    ended: Deferred[int | None] = Deferred()
    root = await spawner.spawn(order, ended.callback)
    running = Spawned(L1, P1, one.name, root)
    await eventually(lambda: log.read_text() == f"{one.uid}\n", "the app is up")
    assert len(spawner.pids([running])) == 2
    await spawner.ask(running)
    assert await ended == 7
    assert await spawner.hunt(running).round() == 0
    await spawner.forget(running)
    assert not private.exists()
    place = helped.project(one)
    tool = AccountTool(REACTOR, helper, accounts, helped.projects)
    lines: list[str] = []
    done = await tool.run(
        UserName(one.name), path, ("/bin/sh", "-c", "pwd; id -un; exit 3"), {},
        lines.append,
    )  # fmt: skip
    assert (done.status, lines) == (3, [str(place), one.name])
    with pytest.raises(Failed, match="is the administrator's"):
        await HelperSteps(attendant, 60).run("account", {"user": "root"})


@pytest.mark.root
def test_a_node_of_the_service_account(installed: Installed) -> None:
    """Without privilege of its own it runs, reaches and ends people's apps."""
    helped, service = installed.helped, installed.helped.people.service
    user, other = helped.people[0], helped.people[1]
    helped.project(user).chmod(0o775)
    place = helped.directory / "node"
    place.mkdir()
    os.chown(place, service.uid, service.gid)
    packages = (sysconfig.get_path("purelib"), str(ROOT))
    as_it = ("setpriv", f"--reuid={service.uid}", f"--regid={service.gid}",
             "--init-groups", "--")  # fmt: skip
    environment = {"PYTHONPATH": os.pathsep.join(packages), "PATH": "/usr/bin:/bin"}
    trial = (
        *as_it,
        PYTHON,
        "-c",
        "import twisted.internet.reactor, aen.compute, psutil",
    )
    if subprocess.run(trial, env=environment, check=False).returncode:
        pytest.skip("the checkout or its packages cannot be used by other accounts")
    program = Path(__file__).with_name("as_service.py")
    given = (str(place), installed.program, str(helped.projects), user.name, other.name)
    done = subprocess.run(
        (*as_it, PYTHON, str(program), *given), env=environment, cwd="/",
        capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "uid": service.uid,
        "adopted": 0,
        user.name: ["running", user.uid],
        other.name: ["running", other.uid],
        "left": [user.name],
        "root": "The user name “root” is reserved; choose another.",
    }
    assert processes_of(user.uid) + processes_of(other.uid) == []
    assert not list(helped.runtime.glob("[0-9a-f]*"))
