"""What of a list is in its address."""

from aen.server.web.listing import Asked
from aen.server.web.visit import Fields


def asked(**given: str) -> Asked:
    """Return what an address asks for."""
    return Asked.of("/x", Fields(tuple(given.items())), ("q", "state"), "name")


def test_addresses() -> None:
    """Keep what narrows; begin anew when something changes."""
    found = asked(q="  a  b ", cursor="c", other="x")
    assert found["q"] == "a b"
    assert found.narrowed
    assert found.address() == "/x?q=a+b"
    assert found.address(cursor="d&e") == "/x?q=a+b&cursor=d%26e"
    assert asked().address() == "/x"
    assert not asked().narrowed
    assert len(asked(q="x" * 999)["q"]) == 100


def test_sorting() -> None:
    """A heading turns its column; the usual order is not told."""
    first = asked()
    assert first.sorted_by("name") == "ascending"
    assert first.turned("name") == "/x?order=-name"
    assert first.turned("age", "-") == "/x?order=-age"
    down = asked(order="-age", q="a")
    assert down.sorted_by("age") == "descending"
    assert down.sorted_by("name") == "none"
    assert down.turned("age", "-") == "/x?q=a&order=age"
    assert down.turned("name") == "/x?q=a"
