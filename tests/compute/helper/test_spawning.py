"""Apps and tools as somebody else."""

import grp
import json
import stat
import subprocess
import time
from pathlib import Path

import pytest

from aen.compute.helper.processes import read_process
from aen.compute.programs.steps import by_root
from tests.compute.accounts import processes_of
from tests.compute.helper.helped import L1, L2, L3, PYTHON, Helped
from tests.waiting import until

pytestmark = pytest.mark.root

SHOW = """
import json, os, signal
print(json.dumps({
    "uids": os.getresuid(), "gids": os.getresgid(), "groups": sorted(os.getgroups()),
    "environment": dict(os.environ), "directory": os.getcwd(),
    "descriptors": sorted(map(int, os.listdir("/proc/self/fd"))),
    "input": os.read(0, 10).decode(), "umask": os.umask(0),
    "session": os.getsid(0) == os.getppid(), "group": os.getpgrp() == os.getpid(),
    "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, ())),
    "ignored": signal.getsignal(signal.SIGTERM) == signal.SIG_IGN,
}), flush=True)
"""


def python(source: str) -> tuple[str, ...]:
    """Return a command that everybody can run."""
    return (PYTHON, "-S", "-c", source)


def ended(helped: Helped, launch: str) -> str:
    """Wait for the end of an app and return the status that its supervisor left."""
    path = helped.runtime / launch / "exit"
    return until(lambda: path.read_text() if path.exists() else "", "its end")


def test_an_app_is_its_users_and_nothing_of_ours(helped: Helped) -> None:
    """All ids, the account's groups, exactly the environment, a session of its own."""
    one = helped.people[0]
    place = helped.project(one)
    environment = {"AEN_LAUNCH": L1, "LANG": "C.UTF-8", "ODD": "a=b\n"}
    said = helped.spawn(
        L1, one, *python(SHOW), environment=environment, directory=str(place),
        files={"kernels/default/kernel.json": "{}"},
    )  # fmt: skip
    assert set(said["result"]) == {"pid", "started"}
    assert ended(helped, L1) == "0"
    found = json.loads(helped.output(L1))
    assert found.pop("environment") == environment
    assert found == {
        "uids": [one.uid] * 3,
        "gids": [one.gid] * 3,
        "groups": sorted({one.gid, grp.getgrnam(helped.people.group).gr_gid}),
        "directory": str(place),
        "descriptors": [0, 1, 2, 3],  # the last one lists them
        "input": "",
        "umask": 0o007,
        "session": True,
        "group": True,
        "blocked": [],
        "ignored": False,
    }
    about = (helped.runtime / f"{L1}/kernels/default/kernel.json").stat()
    assert (about.st_uid, stat.S_IMODE(about.st_mode) & 0o007) == (one.uid, 0)


def test_the_supervisor_is_the_users_too(helped: Helped) -> None:
    """It outlives the helper, cannot be looked into, and holds nothing of root's."""
    one = helped.people[0]
    pid = helped.spawn(L1, one, *python("import time; time.sleep(100)"))["result"][
        "pid"
    ]
    about = read_process(pid)
    assert about is not None
    assert about.session == pid
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    fields = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    assert fields["Uid"].split() == [str(one.uid)] * 4
    assert int(fields["CapEff"], 16) == 0
    assert int(fields["CapPrm"], 16) == 0
    links = [str(one.readlink()) for one in Path(f"/proc/{pid}/fd").iterdir()]
    assert not [link for link in links if "helper.log" in link or ".launches" in link]
    peek = ("setpriv", f"--reuid={one.uid}", f"--regid={one.gid}", "--clear-groups",
            "cat", f"/proc/{pid}/environ")  # fmt: skip
    assert subprocess.run(peek, capture_output=True, check=False).returncode != 0


def test_exit_statuses(helped: Helped) -> None:
    """As they are; a signal as a shell tells it; what cannot be run is in the log."""
    one = helped.people[0]
    helped.spawn(L1, one, *python("raise SystemExit(5)"))
    helped.spawn(L2, one, *python("import os; os.kill(os.getpid(), 9)"))
    helped.spawn(L3, one, "/nonexistent/app")
    assert [ended(helped, name) for name in (L1, L2, L3)] == ["5", "137", "127"]
    assert "/nonexistent/app cannot be run" in helped.output(L3)


def test_where_the_user_may_not_go(helped: Helped) -> None:
    """The directory is entered with the user's rights; nothing is left of the start."""
    owner, other = helped.people[0], helped.people[1]
    place = helped.project(owner)
    said = helped.spawn(L1, other, *python(SHOW), directory=str(place))
    assert said["kind"] == "refused"
    assert f"“{other.name}” cannot enter {place}: Permission denied" in said["error"]
    assert not (helped.runtime / L1).exists()
    assert helped.output(L1) == ""
    assert processes_of(other.uid) == []
    assert helped.spawn(L1, other, *python("")).keys() == {"result"}


def test_killed_at_any_moment(helped: Helped) -> None:
    """What the helper has started is remembered, or does not run."""
    one = helped.people[0]
    for number in range(20):
        launch = f"l{number}"
        order = helped.order(launch, one, *python("import time; time.sleep(100)"))
        with _open(helped) as program:
            assert program.stdin is not None
            program.stdin.write(json.dumps(order).encode() + b"\n")
            program.stdin.flush()
            time.sleep(number * 0.02)
            program.kill()
    remembered = [path.name for path in (helped.runtime / ".launches").iterdir()]
    assert 0 < len(remembered) <= 20
    helped.call("sweep", keep=[])
    until(lambda: not processes_of(one.uid), "nothing runs", 5)
    assert not list(helped.runtime.glob("l*"))


def test_limits_reach_the_app(helped: Helped) -> None:
    """Open files by a limit of the process, here as anywhere."""
    text = "import resource; print(resource.getrlimit(resource.RLIMIT_NOFILE))"
    helped.spawn(L1, helped.people[0], *python(text), limits={"app": {"files": 77}})
    ended(helped, L1)
    assert helped.output(L1) == "(77, 77)\n"


def test_a_tool_tells_its_output_as_it_comes(helped: Helped) -> None:
    """Line by line, then its status; nothing of it is left, daemons included."""
    one = helped.people[0]
    text = (
        "import os, sys, time; print('one', flush=True); sys.stderr.write('two\\n')\n"
        "if os.fork() == 0:\n"
        "    os.setsid(); os.close(1); os.close(2); time.sleep(100)\n"
        "print('three'); sys.exit(3)"
    )
    order = {**helped.order(L1, one, *python(text)), "verb": "tool", "timeout": 60}
    with _open(helped) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdin.write(json.dumps(order).encode() + b"\n")
        program.stdin.flush()
        lines = [json.loads(line) for line in program.stdout]
    assert sorted(str(line["output"]) for line in lines[:-1]) == ["one", "three", "two"]
    assert lines[-1] == {"result": {"status": 3}}
    assert processes_of(one.uid) == []
    assert not (helped.runtime / L1).exists()


@pytest.mark.parametrize("how", ["leaves", "waits"])
def test_a_tool_ends_with_whoever_asked_or_in_its_time(
    helped: Helped, how: str
) -> None:
    """A node that goes away leaves no program behind that nobody knows."""
    one = helped.people[0]
    text = "import signal, time; signal.signal(15, signal.SIG_IGN);"
    text += " print(1, flush=True); time.sleep(100)"
    order = helped.order(L1, one, *python(text))
    seconds = 60 if how == "leaves" else 1
    began = time.monotonic()
    with _open(helped) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        asked = {**order, "verb": "tool", "timeout": seconds}
        program.stdin.write(json.dumps(asked).encode() + b"\n")
        program.stdin.flush()
        assert json.loads(program.stdout.readline()) == {"output": "1"}
        if how == "leaves":
            program.stdin.close()
        last = json.loads(program.stdout.readlines()[-1])
    if how == "leaves":
        assert last == {"result": {"status": 137}}
    else:
        assert "too long" in last["error"]
    assert time.monotonic() - began < 20
    assert processes_of(one.uid) == []


def _open(helped: Helped) -> "subprocess.Popen[bytes]":
    argv = by_root(str(helped.settings)).argv
    pipe = subprocess.PIPE
    return subprocess.Popen(argv, env={}, stdin=pipe, stdout=pipe)
