"""What the platform takes while nobody does anything."""

import time
from collections import Counter

from aen.local.processes import belonging
from bench.bars import MB
from bench.kinds import kind
from bench.measured import Measured, Pace
from bench.stage import Stage
from tests.installed import SERVICES

_SETTLE = 3.0


def memory(stage: Stage, pace: Pace) -> Measured:
    """Measure the resident memory of the three roles and the store, added up.

    What the first project needs is built by then, so nothing is under way.
    """
    stage.project.wait("running")
    platform = stage.platform
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
