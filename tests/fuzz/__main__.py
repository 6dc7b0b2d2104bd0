"""``python -m tests.fuzz proxy --seconds 600``: look for bytes that break a rule.

Bounded in time; says its seed, how much it has tried, and the first findings. Ends
with status 1 when there are any.
"""

import argparse
import random
import secrets
import sys
import time

from twisted.logger import ILogObserver, LogEvent, globalLogPublisher
from zope.interface import implementer

from tests.fuzz.rules import RULES, Finding

MOST_FINDINGS = 10


def main() -> int:
    """Run one fuzzer."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("what", choices=RULES)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    asked = parser.parse_args()
    tried, found = run(asked.what, asked.seconds, asked.seed)
    print(f"{asked.what}: seed {asked.seed}, {tried} tried, {len(found)} found")  # noqa: T201
    for finding in found:
        print(finding)  # noqa: T201
    return 1 if found else 0


def run(what: str, seconds: float, seed: int) -> tuple[int, list[str]]:
    """Try for *seconds*; return how often, and what was found."""
    chance = random.Random(seed)
    failures: list[str] = []

    @implementer(ILogObserver)
    def observe(event: LogEvent) -> None:
        if event.get("log_failure") is not None:
            failures.append(event["log_failure"].getTraceback())

    globalLogPublisher.addObserver(observe)
    found: list[str] = []
    tried, end = 0, time.monotonic() + seconds
    while time.monotonic() < end and len(found) < MOST_FINDINGS:
        tried += 1
        try:
            chance.choice(RULES[what])(chance)
        except Finding as finding:
            found.append(str(finding))
        found += failures
        failures.clear()
    globalLogPublisher.removeObserver(observe)
    return tried, found


if __name__ == "__main__":
    sys.exit(main())
