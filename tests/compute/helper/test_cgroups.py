"""Control groups, as text and as this machine has them."""

import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import define, field

from aen.compute.helper import supervise
from aen.compute.helper.cgroups import (
    Cgroups,
    Limit,
    Mounts,
    _nested,
    parse_mounts,
    read_mounts,
    rlimits,
)
from tests.waiting import until

HYBRID = """\
22 27 0:20 / /proc rw,relatime - proc proc rw
35 30 0:30 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory
36 30 0:31 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
37 30 0:32 / /sys/fs/cgroup/pids ro,relatime - cgroup cgroup rw,pids
38 30 0:33 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
39 30 0:34 / /a\\040b rw,relatime - cgroup2 cgroup2 rw,nsdelegate
"""


def test_mounts() -> None:
    """Both versions side by side; what is read-only is of no use."""
    assert parse_mounts(HYBRID) == Mounts(
        "/a b",
        {
            "memory": "/sys/fs/cgroup/memory",
            "cpu": "/sys/fs/cgroup/cpu,cpuacct",
            "cpuacct": "/sys/fs/cgroup/cpu,cpuacct",
        },
    )
    assert parse_mounts("") == Mounts()


def test_no_inner_cpu_above_an_outer_one() -> None:
    """Version 1 refuses such a quota; the outer one holds anyhow."""
    limits = {"node": Limit(cpu=2), "project": Limit(cpu=4), "app": Limit(cpu=1.5)}
    assert [one.cpu for one in _nested(limits)] == [2, 2, 1.5]
    assert [one.cpu for one in _nested({"app": Limit(cpu=1)})] == [0, 0, 1]
    assert [one.cpu for one in _nested({"node": Limit(cpu=1)})] == [1, 1, 1]


@pytest.mark.parametrize(
    ("limit", "flavour", "expected"),
    [
        (Limit(), "cgroup v2", "CORE=0"),
        (Limit(7, 1, 8, 9), "cgroup v1", "CORE=0,NOFILE=9"),
        (Limit(7, 1, 8, 9), "rlimits", "CORE=0,NOFILE=9,DATA=7,NPROC=8"),
    ],
)
def test_rlimits_stand_in(limit: Limit, flavour: str, expected: str) -> None:
    """Files always; memory and processes where no group holds them."""
    assert rlimits(limit, flavour) == expected


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """A hierarchy of version 2 as plain files, which take anything."""
    base = tmp_path / "aen"
    group = base / "p1/l1"
    group.mkdir(parents=True)
    for place in (tmp_path, base):
        (place / "cgroup.subtree_control").write_text("overwritten: memory cpu pids")
    for name in ("memory.max", "memory.swap.max", "cpu.max", "pids.max"):
        (group / name).write_text("")
    (group / "cgroup.kill").write_text("0")
    (group / "cgroup.procs").write_text("7\n0\n8\n")
    (group / "memory.current").write_text("5000\n")
    (group / "memory.stat").write_text("anon 1\ninactive_file 2000\n")
    (group / "cpu.stat").write_text("usage_usec 1500000\nuser_usec 1\n")
    (group / "pids.current").write_text("2\n")
    return tmp_path


def test_version_two(second: Path) -> None:
    """What is written where; plain files stand in for a kernel that has it."""
    groups = Cgroups(Mounts(str(second)))
    assert groups.flavour() == "cgroup v2"
    limits = {"app": Limit(memory=1000, cpu=0.5, processes=7)}
    group = second / "aen/p1/l1"
    (group / "cgroup.procs").write_text("7\n0\n8\n")
    assert groups.make("p1", "l1", limits) == [str(group)]
    # writing does not cut a plain file: only the beginning counts
    found = {p.name: p.read_text() for p in group.glob("*.max")}
    assert found == {
        "memory.max": "1000",
        "memory.swap.max": "0",
        "cpu.max": "50000 100000",
        "pids.max": "7",
    }
    use = groups.usage("p1", "l1")
    assert use is not None
    assert (use.cpu_seconds, use.memory, use.processes) == (1.5, 3000, 2)
    assert groups.pids("p1", "l1") == {7, 8}
    assert groups.kills() is False  # of the base, which has no such file here
    groups.kill("p1", "l1")
    assert (group / "cgroup.kill").read_text() == "1"


def test_nothing_is_mounted(tmp_path: Path) -> None:
    """Launches run without groups, and everything says so."""
    groups = Cgroups(Mounts())
    assert groups.flavour() == "rlimits"
    assert not groups.kills()
    assert groups.make("p1", "l1", {}) == []
    assert groups.usage("p1", "l1") is None
    groups.kill("p1", "l1")
    groups.remove("p1", "l1")
    (tmp_path / "file").write_text("")
    broken = Cgroups(Mounts(str(tmp_path / "file"), {"memory": "/proc/none"}))
    assert broken.flavour() == "rlimits"
    assert broken.make("p1", "l1", {}) == []


@define
class Machine:
    """Control groups of this machine, below a name of the test's own."""

    groups: Cgroups
    project: str = field(factory=lambda: uuid.uuid4().hex[:8])
    started: list["subprocess.Popen[str]"] = field(factory=list)

    def run(self, source: str, limit: Limit) -> "subprocess.Popen[str]":
        """Run Python source as a launch."""
        joined = self.groups.make(self.project, "l1", {"app": limit})
        limits = rlimits(limit, self.groups.flavour())
        argv = (sys.executable, "-I", "-S", supervise.__file__, "/", limits)
        whole = (*argv, ":".join(joined), "--", sys.executable, "-S", "-c", source)
        pipe = subprocess.PIPE
        found = subprocess.Popen(whole, stdout=pipe, stderr=pipe, text=True)
        self.started.append(found)
        return found


@pytest.fixture
def machine() -> Iterator[Machine]:
    """Groups that can be written, or no test."""
    base = f"aen-test-{uuid.uuid4().hex[:8]}"
    mounts = read_mounts()
    made = Machine(Cgroups(mounts, base))
    if made.groups.flavour() == "rlimits":
        pytest.skip("this machine's control groups cannot be written")
    yield made
    made.groups.kill(made.project, "l1")
    for one in made.started:
        one.communicate(timeout=20)
    made.groups.remove(made.project, "l1")
    for place in {mounts.unified, *mounts.first.values()} - {""}:
        Path(place, base).rmdir()


@pytest.mark.root
def test_memory_is_held(machine: Machine) -> None:
    """Who takes more than the limit is killed, however it is written."""
    text = "x = bytearray(200 * 1024 * 1024); print(len(x))"
    done = machine.run(text, Limit(memory=64 * 1024 * 1024))
    assert done.wait(60) == 137
    assert machine.run(text, Limit(memory=512 * 1024 * 1024)).wait(60) == 0


@pytest.mark.root
def test_processes_are_held(machine: Machine) -> None:
    """One more than allowed cannot be started."""
    text = (
        "import os, sys, time\n"
        "for number in range(20):\n"
        "    try:\n"
        "        if os.fork() == 0:\n"
        "            time.sleep(100)\n"
        "    except BlockingIOError:\n"
        "        print(number)\n"
        "        break\n"
    )
    # supervisor and app are two of the five
    out = machine.run(text, Limit(processes=5)).communicate(timeout=60)[0]
    assert out == "3\n"


@pytest.mark.root
def test_cpu_is_held(machine: Machine) -> None:
    """Two seconds of work at a quarter of a core take no more than half a second."""
    text = (
        "import time; end = time.monotonic() + 2\n"
        "while time.monotonic() < end: pass\n"
        "print(time.process_time())"
    )
    spent = float(machine.run(text, Limit(cpu=0.25)).communicate(timeout=60)[0])
    assert 0.1 < spent < 1.0


@pytest.mark.root
def test_files_are_held(machine: Machine) -> None:
    """By a limit of each process."""
    text = "import resource; print(resource.getrlimit(resource.RLIMIT_NOFILE))"
    out = machine.run(text, Limit(files=99)).communicate(timeout=60)[0]
    assert out == "(99, 99)\n"


HOPPER = """
import os, sys, time
print("up", flush=True)
while True:
    if os.fork() == 0:
        os.setsid()
        time.sleep(0.002)
    else:
        os._exit(0)
"""


@pytest.mark.root
def test_use_is_told_and_nothing_escapes_the_end(machine: Machine) -> None:
    """CPU counts also of those that have ended; one that flees by forking is caught."""
    app = f"import os\nif os.fork() == 0: exec({HOPPER!r})\nimport time; time.sleep(99)"
    running = machine.run(app, Limit())
    assert running.stdout is not None
    running.stdout.readline()

    def works() -> bool:
        use = machine.groups.usage(machine.project, "l1")
        assert use is not None
        return use.cpu_seconds > 0 and use.memory > 0 and use.processes > 1

    until(works, "it has used something", 10)
    pids = machine.groups.pids(machine.project, "l1")
    assert running.pid in pids
    assert os.getpid() not in pids
    machine.groups.kill(machine.project, "l1")
    assert running.wait(20) == -signal.SIGKILL
    until(lambda: not machine.groups.pids(machine.project, "l1"), "all are gone", 5)
