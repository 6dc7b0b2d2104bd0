"""A project goes where its files are, else where there is room."""

import pytest

from aen.model.errors import Unavailable
from aen.model.names import PlaceName
from aen.model.places import Node, NodeHealth, choose_node

ONE, TWO, SIX = (Node(PlaceName(name), f"http://{name}") for name in ("n1", "n2", "n6"))


def health(name: str, projects: int, *, answering: bool = True) -> NodeHealth:
    """Return what is known of a node."""
    return NodeHealth(PlaceName(name), answering, projects)


def choose(before: str | None, *known: NodeHealth) -> Node:
    """Choose among three nodes."""
    last = PlaceName(before) if before else None
    return choose_node([SIX, TWO, ONE], {one.name: one for one in known}, last)


def test_files_decide() -> None:
    """A project returns to its node however busy that is, unless it is gone."""
    assert choose("n6", health("n6", 100)) == SIX
    assert choose("n9") == ONE


def test_the_emptiest_that_answers() -> None:
    """Silent nodes come last, whatever they said before."""
    known = [health("n1", 5), health("n2", 0, answering=False), health("n6", 4)]
    assert choose(None, *known) == SIX


def test_nothing_known_is_no_obstacle() -> None:
    """Right after a start the first node by name is taken."""
    assert choose(None) == ONE


def test_draining() -> None:
    """A node that is emptied gets nothing new; what was there stays there."""
    drained = frozenset({ONE.name, SIX.name})
    assert choose_node([ONE, TWO, SIX], {}, None, drained) == TWO
    assert choose_node([ONE, TWO, SIX], {}, ONE.name, drained) == ONE
    with pytest.raises(Unavailable, match="being emptied"):
        choose_node([ONE, SIX], {}, None, drained)


def test_no_node_is_said_plainly() -> None:
    """The person learns what an administrator must do."""
    with pytest.raises(Unavailable, match="add-enterprise-resource"):
        choose_node([], {}, None)
