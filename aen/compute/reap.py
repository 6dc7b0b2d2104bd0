"""``python -m aen.compute.reap --runtime DIR``: end every app of an installation.

For when no aen-compute runs that could be asked: an installation that is taken down.
Root ends apps of people's real accounts too; ``--helper`` names the helper's settings.
"""

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from aen.compute.cgroups import groups_of_machine
from aen.compute.helper.ending import sweep
from aen.compute.helper.private import Runtime
from aen.compute.helper.processes import Hunt, alive, boot_id, signal_all
from aen.compute.helper.settings import load
from aen.compute.records import Record, Records

_PAUSE = 0.05
_KILL_SECONDS = 15.0


def _wait(over: Callable[[], bool], seconds: float) -> bool:
    """Return whether *over* came true within *seconds*."""
    end = time.monotonic() + seconds
    while not over():
        if time.monotonic() > end:
            return False
        time.sleep(_PAUSE)
    return True


def _ask(records: Sequence[Record], patience: float) -> None:
    here = boot_id()
    roots = [one.root for one in records if one.root and one.boot == here]
    signal_all((root.pid for root in roots if alive(root)), signal.SIGTERM)
    _wait(lambda: not any(alive(root) for root in roots), patience)


def _kill(record: Record) -> bool:
    root = record.root if record.boot == boot_id() else None
    launch, groups = record.launch, groups_of_machine()
    hunt = Hunt(launch.id, root)
    groups.kill(launch.project_id, launch.id)
    if not _wait(lambda: hunt.round() == 0, _KILL_SECONDS):
        return False
    groups.remove(launch.project_id, launch.id)
    return True


def reap_helped(settings: str) -> None:
    """End all that the helper has started and remove what it made for that.

    :param settings: the path of the helper's settings.
    :raises Refused: they cannot be used.
    """
    place = load(settings).runtime
    if os.geteuid() == 0 and Path(place).is_dir():
        runtime = Runtime(place)
        sweep(runtime, groups_of_machine(), ())
        runtime.clear()
        runtime.close()


def reap(runtime: Path, patience: float) -> int:
    """End all launches recorded in *runtime*; return how many could not be ended.

    :param patience: seconds between the polite signal and the strong one.
    """
    records = Records(runtime, Path("/tmp"))  # noqa: S108 -- nothing is made there
    found = records.read()
    _ask(found, patience)
    left = 0
    for record in found:
        if _kill(record):
            records.remove(record.launch.id)
        else:
            left += 1
    if not left:
        records.clear()
    return left


def main(argv: Sequence[str] | None = None) -> int:
    """Read the command line; return 0 when nothing is left."""
    parser = argparse.ArgumentParser(prog="aen.compute.reap", description=__doc__)
    parser.add_argument("--runtime", type=Path, required=True)
    parser.add_argument("--patience", type=float, default=3.0)
    parser.add_argument("--helper", default="", help="settings of the helper")
    given = parser.parse_args(argv)
    left = reap(given.runtime, given.patience)
    if given.helper:
        reap_helped(given.helper)
    if left:
        sys.stderr.write(f"{left} apps have processes that cannot be killed.\n")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
