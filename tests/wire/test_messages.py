"""Messages arrive as they left, and secrets in them are not shown."""

from typing import Any

import attrs
import pytest

from aen.model.apps import AppSummary, Instance, Permission
from aen.model.names import AppName, PlaceName, UserName
from aen.model.places import Node
from aen.model.projects import Member, Problem, Progress, State
from aen.runtime.structure import structure, unstructure
from aen.wire import messages
from aen.wire.messages import Credential, Down, Drop, LaunchRequest, NodeStatus, Up

NODE = Node(PlaceName("n1"), "http://n1:5002")
ON_DISK = messages.ProjectOnDisk("p", "ada", "lab", (Member(UserName("ben")),))
LAUNCH = messages.Launch(
    "l", "p", "ada", "lab", "jupyterlab", "ada", "JupyterLab", "user", "write",
    strip_prefix=False, started=1.5, socket="/s",
)  # fmt: skip
STATUS = NodeStatus(
    "n1", "1", single_user=True, projects=1, messages=("x",),
    apps=(AppSummary(AppName("a"), "A", "i", Permission.READ, Instance.PROJECT),),
)  # fmt: skip


@pytest.mark.parametrize(
    "message",
    [
        messages.GrantQuestion(Credential(session="s"), "ada", "lab"),
        messages.Grant(
            "p", "ada", "lab", "ada", "u", ("view",), State.FAILED, NODE,
            Progress("x", 1, 2), Problem("y", ("z",)),
        ),
        messages.Opening(State.RUNNING, NODE, app_token="t"),
        LaunchRequest(ON_DISK, "jupyterlab", "ada", "token"),
        messages.LaunchList((LAUNCH,)),
        messages.Line(status=STATUS),
        Down(nodes=(NODE,)),
        Down(drop=Drop(project_id="p")),
        Up(launch=LAUNCH),
    ],
)  # fmt: skip
def test_a_message_comes_back(message: Any) -> None:
    """Writing and reading is the identity."""
    assert structure(unstructure(message), type(message)) == message


def test_every_message_is_a_value() -> None:
    """None can be changed once it is made."""
    for one in vars(messages).values():
        if isinstance(one, type) and one.__module__ == messages.__name__:
            assert attrs.has(one)
            assert one.__setattr__ is not object.__setattr__, one


def test_a_token_is_not_shown() -> None:
    """A request in a log or a traceback does not hold it."""
    assert "hush" not in repr(LaunchRequest(ON_DISK, "a", "ada", "hush"))
