"""What the platform takes while nobody does anything."""

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from aen.local.processes import belonging
from bench.bars import MB
from bench.measured import Measured
from bench.stage import Pace, Stage
from tests.installed import SERVICES
from tests.waiting import until

_SETTLE = 3.0


_PATIENCE = 180.0
_KINDS = {"supervisord": "supervisord", "aen.server.store": "store", "twistd": "role"}
_OTHERS = "others"


def memory(stage: Stage, pace: Pace) -> Measured:
    """Measure the resident memory of the three roles and the store, added up.

    What the first project needs is built by then, so nothing is under way.
    """
    stage.project.wait("running")  # the first one builds the template
    platform = stage.platform
    until(lambda: not _busy(platform.one.prefix), "nothing is under way", _PATIENCE)
    time.sleep(_SETTLE)
    names = {platform.pid(role): role for role in SERVICES}
    sizes: Counter[str] = Counter()
    for process in belonging(platform.one.prefix):
        name = names.get(process.pid) or kind(process.cmdline())
        sizes[name] += process.memory_info().rss
    aside = sizes.pop("supervisord", 0)
    parts = [f"{name} {size / MB:.0f} MB" for name, size in sorted(sizes.items())]
    note = f"{', '.join(parts)}; not counted: supervisord {aside / MB:.0f} MB"
    return Measured({"platform": [{"bytes": sizes.total()}]}, (note,))


def kind(command: Sequence[str]) -> str:
    """Return what a process is that is no service of its own, by its command."""
    for word, name in _KINDS.items():
        if any(word in one for one in command):
            return name
    return _OTHERS


def _busy(prefix: Path) -> bool:
    """Tell whether something runs that is there only for a while."""
    return any(kind(one.cmdline()) == _OTHERS for one in belonging(prefix))
