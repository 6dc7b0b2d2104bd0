"""What the API answers, as values."""

from typing import Any

import pytest

from aen.cli.objects import Launch, Member, Progress, Project, Task, Token, made
from aen.cli.problems import Refused
from tests.cli.fake import PROJECT


def test_a_project() -> None:
    """Lists and parts are made too; what is not known is left aside."""
    one = made(Project, {**PROJECT, "progress": {"step": "Cloning", "done": 1}})
    assert one.path == "ada/lab"
    assert one.team == (Member("bob", "member"),)
    assert one.progress == Progress("Cloning", 1)
    assert made(Project, PROJECT).progress is None


def test_what_may_be_null() -> None:
    """It stays None."""
    token = made(Token, {"id": "1", "note": "x", "scopes": None, "project": "a/b"})
    assert (token.scopes, token.project) == (None, "a/b")
    assert made(Token, {"id": "1", "note": "x", "scopes": ["a"]}).scopes == ("a",)
    assert made(Task, {"id": "1", "kind": "x", "state": "done"}).output == ()


@pytest.mark.parametrize("content", [None, [], "x", {}, {"url": "x"}])
def test_other_answers_are_refused(content: Any) -> None:
    """In words, for whoever typed the address of something else."""
    with pytest.raises(Refused, match="answer"):
        made(Launch, content)
