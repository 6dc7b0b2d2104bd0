"""The scopes of tokens, in words."""

from aen.model.permissions import SCOPES
from aen.model.scopes import WORDS, offered, titles


def test_every_scope_has_words() -> None:
    """Nobody has to choose what they do not understand."""
    assert set(SCOPES) <= set(WORDS)
    assert all(one.title and one.explanation for one in WORDS.values())


def test_what_is_offered() -> None:
    """Only what is there; not what is for apps or for others."""
    people, superusers = offered(superuser=False), offered(superuser=True)
    assert set(people) <= set(superusers)
    assert all(one.scope in SCOPES for one in superusers)
    assert not any(one.app for one in superusers)
    assert not any(one.superuser for one in people)


def test_titles() -> None:
    """In the order of the list; what we do not know stands as it is."""
    found = titles(["project:state", "old:scope", "user:username"])
    assert found == ("Who you are", "Run projects", "old:scope")
