"""The helper as the node asks it, by real programs."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
import pytest_twisted
from twisted.internet import reactor  # noqa: TID251 -- real children need it
from twisted.internet.defer import DeferredList

from aen.compute.helper.processes import process_table
from aen.compute.programs import attendant as module
from aen.compute.programs.attendant import Attendant, HelperSteps
from aen.compute.programs.steps import HelperCall, by_root
from aen.model.errors import Failed
from aen.runtime.tasks import pause, start
from tests.compute.accounts import processes_of
from tests.compute.helper.helped import L1, PYTHON, Helped
from tests.waiting import eventually

pytestmark = [pytest.mark.root, pytest.mark.system]
REACTOR: Any = reactor


@pytest.fixture
def asked(helped: Helped) -> Iterator[Attendant]:
    """How a node asks the helper."""
    made = helped.attendant()
    yield made
    pytest_twisted.blockon(made.stopService())


def programs(helped: Helped) -> list[int]:
    """Return the pids of our children that are this helper."""
    mark = str(helped.settings)
    return [
        one.pid
        for one in psutil.Process().children()
        if one.status() != psutil.STATUS_ZOMBIE and mark in one.cmdline()
    ]


@pytest_twisted.ensureDeferred
async def test_one_program_for_all(helped: Helped, asked: Attendant) -> None:
    """Many at once while it is not up, and later; refusals are sentences."""
    name = helped.people[0].name
    work = [start(asked.ask("account", {"user": name}, 60)) for _ in range(20)]
    found = await DeferredList(work, fireOnOneErrback=True, consumeErrors=True)
    assert {one["uid"] for _, one in found} == {helped.people[0].uid}
    (program,) = programs(helped)
    with pytest.raises(Failed, match="is the administrator's"):
        await HelperSteps(asked, 60).run("account", {"user": "root"})
    with pytest.raises(Failed, match="no such verb"):
        await asked.ask("nonsense", {}, 60)
    assert programs(helped) == [program]
    assert [line["verb"] for line in helped.audit].count("attend") == 1


@pytest_twisted.ensureDeferred
async def test_killed_in_the_middle(helped: Helped, asked: Attendant) -> None:
    """What is under way was killed; the next request has another attendant."""
    text = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(100)"
    helped.spawn(L1, helped.people[0], PYTHON, "-S", "-c", text)
    await asked.ask("probe", {}, 60)
    (program,) = programs(helped)
    os.kill(program, signal.SIGSTOP)  # it has not even read what comes now
    work = start(asked.ask("kill", {"launches": [L1]}, 60))
    os.kill(program, signal.SIGKILL)
    with pytest.raises(Failed, match="The step “kill” was killed; try again"):
        await work
    assert (await asked.ask("kill", {"launches": [L1]}, 60)) == {"left": 0}
    assert programs(helped) != [program]
    assert not processes_of(helped.people[0].uid)


@pytest_twisted.ensureDeferred
async def test_a_child_that_is_killed(helped: Helped, asked: Attendant) -> None:
    """That request alone has failed."""
    await asked.ask("probe", {}, 60)
    (program,) = programs(helped)
    arguments = {"owner": helped.people[0].name, "name": "lab"}
    place = helped.project(helped.people[0])
    for number in range(3000):
        (place / str(number)).touch()

    async def killed() -> bool:
        work = start(asked.ask("measure", arguments, 60))
        while not work.called:
            for pid, one in process_table().items():
                if one.parent == program:
                    with suppress(ProcessLookupError):  # too quick for us
                        os.kill(pid, signal.SIGKILL)
            await pause(REACTOR, 0.001)
        try:
            await work
        except Failed as error:
            return "was killed" in error.message
        return False

    for _ in range(100):  # some are too quick for us
        if await killed():
            break
    else:
        pytest.fail("none was killed")
    assert (await asked.ask("probe", {}, 60))["uid"] == 0
    assert programs(helped) == [program]


@pytest_twisted.ensureDeferred
async def test_too_many_at_once(
    helped: Helped, asked: Attendant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One more is a call by itself, so that nothing waits for what takes long."""
    monkeypatch.setattr(module, "MOST", 0)
    assert (await asked.ask("probe", {}, 60))["uid"] == 0
    assert (await asked.ask("probe", {}, 60))["uid"] == 0
    assert [line["verb"] for line in helped.audit].count("probe") == 2


@pytest.mark.parametrize(
    "does",
    [
        "import sys; sys.exit(3)",
        'print(\'{"error": "There is no such verb.", "kind": "refused"}\')',
        "import sys; sys.stderr.write('sudo: a password is required\\n')",
    ],
)
@pytest_twisted.ensureDeferred
async def test_a_helper_that_does_not_stay(tmp_path: Path, does: str) -> None:
    """An older one, or none: each request is a call by itself, as ever."""
    program = tmp_path / "helper"
    program.write_text(
        f"#!{sys.executable}\nimport json, sys\n"
        "if json.loads(sys.stdin.readline())['verb'] == 'attend':\n"
        f"    {does}\n"
        "else:\n    print('{\"result\": 7}')\n"
    )
    program.chmod(0o755)
    made = Attendant(REACTOR, HelperCall((str(program),)))
    for _ in range(2):
        assert await made.ask("probe", {}, 60) == 7
    await made.stopService()


@pytest_twisted.ensureDeferred
async def test_no_program(tmp_path: Path) -> None:
    """The sentence is that of a call by itself."""
    made = Attendant(REACTOR, HelperCall((str(tmp_path / "none"),)))
    with pytest.raises(Failed, match="step “probe” broke"):
        await made.ask("probe", {}, 60)
    await made.stopService()


@pytest_twisted.ensureDeferred
async def test_it_ends_with_the_node(helped: Helped) -> None:
    """Later requests are calls by themselves: some come while a node ends."""
    made = Attendant(REACTOR, by_root(str(helped.settings)))
    await made.ask("probe", {}, 60)
    assert len(programs(helped)) == 1
    await made.stopService()
    await eventually(lambda: not programs(helped), "it has ended")
    assert (await made.ask("probe", {}, 60))["uid"] == 0
    assert not programs(helped)
    await made.stopService()
