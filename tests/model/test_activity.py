"""What is shown of a project's acts, to whom, in which words."""

import pytest

from aen.model.activity import Topic, said, shown_acts, shown_entry
from aen.model.audit import About, Act, Entry
from aen.model.permissions import Standing


def test_each_act_is_about_one_thing() -> None:
    """None is left out, none is in two."""
    every = [act for topic in Topic for act in topic.acts]
    assert sorted(every, key=str) == sorted(About.PROJECTS.acts, key=str)


SHOWN = [
    (Standing.OWNER, Act.APP_OPENED, True),
    (Standing.MEMBER, Act.APP_OPENED, True),
    (Standing.ADMINISTRATOR, Act.APP_OPENED, True),
    (Standing.VIEWER, Act.APP_OPENED, False),
    (Standing.VIEWER, Act.PROJECT_STARTED, True),
    (Standing.VISITOR, Act.PROJECT_STARTED, False),
    (Standing.VISITOR, Act.MEMBER_PUT, False),
    (Standing.VISITOR, Act.PROJECT_CHANGED, True),
]


@pytest.mark.parametrize(("who", "act", "shown"), SHOWN)
def test_who_sees_which_acts(who: Standing, act: Act, *, shown: bool) -> None:
    """The team sees all; viewers not who runs what; visitors nothing of people."""
    acts = shown_acts(who, None)
    assert acts is not None
    assert (not acts or act in acts) is shown


def test_a_topic_narrows_what_may_be_seen() -> None:
    """What is left is nothing, rather than everything."""
    assert shown_acts(Standing.VISITOR, Topic.TEAM) is None
    assert shown_acts(Standing.MEMBER, Topic.TEAM) == Topic.TEAM.acts
    assert shown_acts(Standing.VIEWER, Topic.USE) == (
        Act.PROJECT_STARTED,
        Act.PROJECT_STOPPED,
        Act.PROJECT_RESET,
    )


def test_nobody_sees_addresses_and_visitors_no_words() -> None:
    """A summary from before a project became public is not theirs."""
    entry = Entry(
        "e", 1.0, Act.PROJECT_CHANGED, "ada", project="p", path="ada/old",
        address="192.0.2.1", details={"summary": "Secret plan"},
    )  # fmt: skip
    inside = shown_entry(Standing.VIEWER, entry)
    assert (inside.address, inside.details) == ("", {"summary": "Secret plan"})
    outside = shown_entry(Standing.VISITOR, entry)
    assert (outside.by, outside.path, outside.details) == ("ada", "", {})


SENTENCES: list[tuple[Act, str, dict[str, str], str]] = [
    (Act.PROJECT_MADE, "", {}, "made the project"),
    (Act.PROJECT_STARTED, "", {}, "started the project"),
    (Act.APP_OPENED, "", {"app": "terminal"}, "opened terminal"),
    (Act.APP_STOPPED, "ada", {"app": "terminal"}, "ended terminal"),
    (Act.APP_STOPPED, "bob", {"app": "terminal"}, "ended terminal of bob"),
    (Act.MEMBER_PUT, "bob", {"role": "viewer"}, "made bob viewer of the team"),
    (
        Act.MEMBER_PUT, "bob", {"role": "viewer", "until": "9"},
        "made bob viewer of the team, as a guest",
    ),
    (Act.MEMBER_DROPPED, "bob", {}, "took bob out of the team"),
    (Act.MEMBER_DROPPED, "ada", {}, "left the team"),
    (
        Act.ENVIRONMENT_CHANGED, "", {"environment": "gpu", "change": "install torch"},
        "changed the environment gpu: install torch",
    ),
    (Act.ENVIRONMENT_CHANGED, "", {}, "changed the environment"),
]  # fmt: skip


@pytest.mark.parametrize(("act", "user", "details", "words"), SENTENCES)
def test_an_act_is_a_sentence(
    act: Act, user: str, details: dict[str, str], words: str
) -> None:
    """It begins with who did it: “ada …”."""
    told = said(Entry("e", 1.0, act, "ada", user, details=details))
    assert " ".join(filter(None, (told.before, told.user, told.after))) == words


def test_what_the_sentence_leaves_out_stands_below() -> None:
    """Each detail once."""
    entry = Entry("e", 1.0, Act.PROJECT_CHANGED, "ada", details={"tags": "maps"})
    assert said(entry).more == (("tags", "maps"),)
