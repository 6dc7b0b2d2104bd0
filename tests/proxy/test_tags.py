"""Tags of open connections."""

from attrs import define, field

from aen.proxy.tags import Tags


@define(eq=False)
class Open:
    closed: list[tuple[int, str]] = field(factory=list)

    def close(self, code: int, reason: str) -> None:
        self.closed.append((code, reason))


def test_closing_by_tag() -> None:
    """Everything that has the tag is closed, whatever else it has."""
    tags = Tags()
    one, two, gone = Open(), Open(), Open()
    tags.add(("a", "b"), one)
    tags.add(("b",), two)
    tags.add(("a", "b"), gone)
    tags.discard(("a", "b"), gone)
    tags.discard(("a",), gone)
    assert tags.close("a", 1008, "x") == 1
    assert tags.close("b", 1000, "") == 2
    assert tags.close("c", 1000, "") == 0
    assert one.closed == [(1008, "x"), (1000, "")]
    assert two.closed == [(1000, "")]
    assert gone.closed == []


def test_nothing_is_left_of_what_is_gone() -> None:
    """Tags are as many as there are projects, over time: they must not pile up."""
    tags, one = Tags(), Open()
    tags.add(("a", "b"), one)
    tags.discard(("a", "b"), one)
    assert tags._tagged == {}
