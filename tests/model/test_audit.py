"""Acts, and which of them one should look at twice."""

import pytest

from aen.model.audit import About, Act, Entry


def test_acts_have_titles() -> None:
    """As people read them."""
    assert Act.SIGNED_IN.title == "Signed in"
    assert Act.KEY_ADDED.title == "SSH key added"


def test_each_act_is_about_one_thing() -> None:
    """Nothing is left out when one looks at one kind after another."""
    found = [act for about in About for act in about.acts]
    assert sorted(found, key=list(Act).index) == list(Act)
    assert Act.MEMBER_PUT in About.PROJECTS.acts
    assert Act.SESSION_ENDED in About.ACCOUNT.acts


@pytest.mark.parametrize(
    ("act", "by", "user", "details", "expected"),
    [
        (Act.SIGN_IN_REFUSED, "", "ada", {}, True),
        (Act.TOKEN_MADE, "ada", "ada", {}, True),
        (Act.PASSWORD_RESET, "", "ada", {}, True),
        (Act.RESET_LINK_MADE, "root", "ada", {}, True),
        (Act.ACCOUNT_CHANGED, "root", "ada", {}, True),
        (Act.ACCOUNT_CHANGED, "ada", "ada", {}, False),
        (Act.SIGNED_IN, "ada", "", {}, False),
        (Act.SIGNED_IN, "ada", "", {"new": "address"}, True),
        (Act.SIGNED_OUT, "ada", "", {}, False),
        (Act.PROJECT_STARTED, "ada", "", {}, False),
        (Act.TOKEN_MADE, "bob", "bob", {}, False),
    ],
)
def test_what_stands_out(
    *, act: Act, by: str, user: str, details: dict[str, str], expected: bool
) -> None:
    """What gives access, comes from a new place, or was done by somebody else."""
    entry = Entry("1", 0.0, act, by=by, user=user, details=details)
    assert entry.stands_out("ada") is expected
