"""The end of launches, however they resist."""

from pathlib import Path

import pytest

from aen.compute.helper import ending
from aen.compute.helper.cgroups import Cgroups, Mounts, read_mounts
from aen.compute.helper.private import Runtime
from tests.compute.accounts import Person, processes_of
from tests.compute.helper.helped import L1, L2, L3, P1, PYTHON, Helped
from tests.compute.helper.test_cgroups import HOPPER
from tests.waiting import until

pytestmark = pytest.mark.root

POLITE = (
    "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(7));"
    " print('up', flush=True); time.sleep(100)"
)
DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(1000)"
NASTY = f"""
import os, signal, subprocess, sys, time
sleeper = [sys.executable, "-S", "-c", {DEAF!r}]
subprocess.Popen(sleeper)
subprocess.Popen(sleeper, start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execve(sys.executable, sleeper, {{}})
    os._exit(0)
os.wait()
signal.signal(15, signal.SIG_IGN)
print("up", flush=True)
time.sleep(1000)
"""
FLEEING = f"import os\nif os.fork() == 0: exec({HOPPER!r})\nimport time; time.sleep(99)"
MURDERER = f"""
import os, subprocess, sys, time
subprocess.Popen([sys.executable, "-S", "-c", {DEAF!r}], start_new_session=True)
os.kill(os.getppid(), 9)
print("up", flush=True)
time.sleep(1000)
"""


def up(helped: Helped, launch: str, user: Person, source: str) -> None:
    """Start an app and wait until it is up."""
    said = helped.spawn(launch, user, PYTHON, "-S", "-c", source)
    assert "result" in said, said
    until(lambda: "up" in helped.output(launch), "the app is up")


def test_an_app_is_asked(helped: Helped) -> None:
    """The supervisor hands the signal on, and the app decides how it ends."""
    up(helped, L1, helped.people[0], POLITE)
    assert helped.call("signal", launch=L1) == {"result": True}
    path = helped.runtime / f"{L1}/exit"
    until(lambda: path.exists() and path.read_text() == "7", "it has ended")
    assert helped.call("signal", launch=L1) == {"result": False}
    assert "no such launch" in helped.call("signal", launch=L2)["error"]


@pytest.mark.parametrize("groups", ["groups", "none"])
@pytest.mark.parametrize("source", [NASTY, FLEEING, MURDERER, POLITE])
def test_nothing_is_left(helped: Helped, source: str, groups: str) -> None:
    """However they hide and flee, with control groups and without.

    New sessions, double forks, clean environments, flight by forking each 2 ms, a
    supervisor that its own app has killed.
    """
    one, other = helped.people[0], helped.people[1]
    up(helped, L1, one, source)
    up(helped, L2, one, POLITE)
    up(helped, L3, other, POLITE)
    before = len(processes_of(one.uid))
    assert before >= 4
    if groups == "groups":
        assert helped.call("kill", launches=[L1]) == {"result": {"left": 0}}
    else:
        runtime = Runtime(str(helped.runtime))
        assert ending.end(runtime, Cgroups(Mounts()), L1) == 0
        runtime.close()
    assert len(processes_of(one.uid)) == 2  # the other app and its supervisor
    assert len(processes_of(other.uid)) == 2
    assert helped.call("forget", launch=L1) == {"result": None}
    assert not (helped.runtime / L1).exists()
    group = Path(f"/sys/fs/cgroup/pids/aen/{P1}")
    assert not (group / L1).exists()


def test_what_nobody_knows_is_swept_away(helped: Helped) -> None:
    """A node that begins keeps what it remembers, and nothing else."""
    one = helped.people[0]
    for launch in (L1, L2, L3):
        up(helped, launch, one, POLITE)
    assert helped.call("sweep", keep=[L2, "l9"]) == {"result": {"ended": 2}}
    assert len(processes_of(one.uid)) == 2
    assert [path.name for path in helped.runtime.glob("l*")] == [L2]


def test_a_pid_that_is_anothers_by_now(helped: Helped) -> None:
    """A number alone names no process."""
    one = helped.people[0]
    up(helped, L1, one, POLITE)
    runtime = Runtime(str(helped.runtime))
    record = runtime.read(L1)
    runtime.write(L1, type(record)(**{**record.__dict__, "started": 1}))
    assert not ending.ask(runtime, L1)
    assert ending.end(runtime, Cgroups(read_mounts()), "l9") == 0
    runtime.close()
