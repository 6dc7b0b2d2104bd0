"""Kinds of tasks and what holds of each."""

import pytest

from aen.model.tasks import Kind, Nature, Retries, Stopping, TaskState


def test_three_states_are_ends() -> None:
    """Waiting and being worked on are not."""
    assert {state for state in TaskState if state.ended} == {
        TaskState.DONE,
        TaskState.FAILED,
        TaskState.CANCELLED,
    }


@pytest.mark.parametrize(
    ("tries", "pause"),
    [(1, 2.0), (2, 4.0), (3, 8.0), (4, 10.0), (5, 10.0), (6, None), (999, None)],
)
def test_pauses_grow_and_end(tries: int, pause: float | None) -> None:
    """Twice as long each time, up to the longest, and not for ever."""
    assert Retries(first=2.0, longest=10.0, most=5).pause(tries) == pause


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_found_by_its_words(kind: Kind) -> None:
    """What is in the store says what it is."""
    assert Kind.called(str(kind.value)) is kind
    assert kind.title[1:] == str(kind.value)[1:]
    assert isinstance(kind.nature, Nature)


def test_a_team_that_has_changed_cannot_be_kept_from_the_files() -> None:
    """Whoever has left must lose what they could reach."""
    assert Kind.APPLY_TEAM.nature.stopping is Stopping.NEVER
