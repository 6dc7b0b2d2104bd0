"""People have a name to show."""

from attrs import evolve

from aen.model.names import UserName
from aen.model.users import Caller, Role, User

ADA = User("u1", UserName("ada"))


def test_a_title_is_never_empty() -> None:
    """Who gave no other name is shown by the user name."""
    assert ADA.title == "ada"
    assert evolve(ADA, display_name="Ada L.").title == "Ada L."


def test_a_limited_token_is_no_superuser() -> None:
    """A superuser's token with scopes opens what the scopes say, and no more."""
    root = evolve(ADA, role=Role.SUPERUSER)
    assert Caller(root, session="s").is_superuser
    assert not Caller(root, token="t", scopes=frozenset()).is_superuser
    assert not Caller(root, token="t", project="p").is_superuser
    assert not Caller(ADA, session="s").is_superuser
