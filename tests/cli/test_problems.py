"""Exit statuses."""

from aen.cli import problems


def test_each_problem_has_its_status() -> None:
    """Scripts tell by it what to do."""
    found = {
        one.__name__: one.status
        for one in (
            problems.Problem,
            problems.Refused,
            problems.Wrong,
            problems.NotSignedIn,
            problems.Unreachable,
        )
    }
    assert found == {
        "Problem": 1, "Refused": 1, "Wrong": 2, "NotSignedIn": 3, "Unreachable": 4,
    }  # fmt: skip
