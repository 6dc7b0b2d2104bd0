"""The fuzzers themselves work; their long runs are started by hand."""

import random

import pytest
from twisted.logger import LogEvent, Logger
from twisted.python.failure import Failure

from tests.fuzz.__main__ import MOST_FINDINGS, run
from tests.fuzz.rules import RULES, Finding


@pytest.mark.parametrize("what", ["proxy", "frames"])
def test_a_moment_of_fuzzing(what: str) -> None:
    """They try something and find nothing."""
    tried, found = run(what, 0.5, 1)
    assert tried > 5
    assert found == []


def test_what_is_found_is_told(
    monkeypatch: pytest.MonkeyPatch, logged_failures: list[LogEvent]
) -> None:
    """A broken rule and a failure in the log alike; enough of them end the run."""

    def broken(chance: random.Random) -> None:
        raise Finding("it does not hold")

    def stumbling(chance: random.Random) -> None:
        Logger().failure("oh", Failure(ValueError("stumbled")))

    for rule, words in ((broken, "it does not hold"), (stumbling, "stumbled")):
        monkeypatch.setitem(RULES, "proxy", (rule,))
        tried, found = run("proxy", 60, 1)
        assert tried == MOST_FINDINGS
        assert all(words in finding for finding in found)
    logged_failures.clear()
