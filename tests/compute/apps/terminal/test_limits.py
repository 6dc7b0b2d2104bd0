"""Limits that fit together."""

from aen.compute.apps.terminal.limits import Limits

LIMITS = Limits()


def test_what_is_kept_covers_what_is_under_way() -> None:
    """A viewer that counts is never overtaken by what is forgotten."""
    assert LIMITS.piece <= LIMITS.window < LIMITS.scrollback / 2


def test_input_is_told_in_time() -> None:
    """A viewer that keeps 128 KB ahead always hears before it is cut off."""
    assert LIMITS.input_told < 128 * 1024 < LIMITS.input_waiting


def test_closing_has_time() -> None:
    """Autobahn's timers may be a second short: shorter ones end at once."""
    assert min(LIMITS.close_within, LIMITS.attach_within, LIMITS.ping_answer) > 1
