"""A task ends in one of two ways."""

from aen.model.tasks import TaskState


def test_two_states_are_ends() -> None:
    """Waiting and being worked on are not."""
    assert {state for state in TaskState if state.ended} == {
        TaskState.DONE,
        TaskState.FAILED,
    }
