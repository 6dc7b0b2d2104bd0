"""What people and programs are shown."""

import json

from aen.cli.objects import Member
from aen.cli.showing import as_json, pairs, table


def test_tables() -> None:
    """Columns are as wide as what is in them; nothing trails."""
    shown = table(("A", "LONGER"), [("one", ""), ("two", ("x", "y"))])
    assert shown == "A    LONGER\none\ntwo  x, y"


def test_pairs() -> None:
    """What is empty is left out."""
    assert pairs([("Name", "x"), ("Tags", ()), ("No", None)]) == "Name  x"


def test_terminals_are_not_steered() -> None:
    """What others have written prints as text."""
    assert "\x1b" not in table(("A",), [("\x1b[31mred",)])
    assert "\n" not in pairs([("A", "two\nlines")])


def test_json() -> None:
    """Values of ours are objects."""
    assert json.loads(as_json([Member("a", "b")])) == [{"user": "a", "role": "b"}]
