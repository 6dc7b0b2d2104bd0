"""What can be reached, as values."""

import pytest

from aen.model.rights import PERSON
from aen.server.web.addresses import Address


@pytest.mark.parametrize(
    ("path", "calls", "of_project", "of_project_name"),
    [
        ("/login", False, False, False),
        ("/<user>", False, False, False),
        ("/<owner>/<name>/start", False, True, True),
        ("/api/v1/projects/<owner>/<project>/environments/<name>", True, True, False),
        ("/api/v1/users/<user>", True, False, False),
    ],
)
def test_what_a_path_says(
    path: str, *, calls: bool, of_project: bool, of_project_name: bool
) -> None:
    """Whether it is a call, whether it names a project, and how."""
    one = Address("GET", path, PERSON, "x")
    assert (one.calls, one.of_project) == (calls, of_project)
    assert one.of_project_name is of_project_name
