"""The text frames, taken strictly."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aen.compute.apps.terminal.messages import (
    Ack,
    Attach,
    Attached,
    Close,
    Restart,
    Summary,
    Terminals,
    Title,
    View,
    parse,
    render,
)
from aen.model.errors import Invalid


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"type": "attach", "columns": 80, "rows": 24}', Attach(80, 24)),
        (
            '{"type": "attach", "columns": 80, "rows": 24, "focused": true}',
            Attach(80, 24, focused=True),
        ),
        (
            '{"type": "attach", "columns": 2, "rows": 1, "terminal": "a"}',
            Attach(2, 1, "a"),
        ),
        (
            '{"type": "attach", "columns": 2, "rows": 1, "received": 5}',
            Attach(2, 1, received=5),
        ),
        (
            '{"type":"view","columns":2,"rows":1,"focused":true,"visible":true}',
            View(2, 1, focused=True, visible=True),
        ),
        ('{"type": "ack", "received": 7}', Ack(7)),
        ('{"type": "restart"}', Restart()),
        ('{"type": "close"}', Close()),
        ('{"type": "title", "title": "Größe"}', Title("Größe")),
    ],
)
def test_parse(text: str, message: object) -> None:
    """Each message is understood."""
    assert parse(text.encode()) == message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        '{"type": 1}',
        '{"type": ["ack"]}',
        '{"type": "nonsense"}',
        '{"type": "ack"}',
        '{"type": "ack", "received": "7"}',
        '{"type": "ack", "received": 7, "more": 1}',
        '{"type": "restart", "more": 1}',
        '{"type": "attach", "columns": 1, "rows": 24}',
        '{"type": "attach", "columns": 80, "rows": 0}',
        '{"type": "attach", "columns": 100000, "rows": 24}',
        '{"type": "attach", "columns": 80.5, "rows": 24}',
        '{"type": "attach", "columns": 80, "rows": 24, "terminal": 1}',
        '{"type": "title", "title": ""}',
        '{"type": "title", "title": "\\u001b[31m"}',
        '{"type": "title", "title": "' + "x" * 81 + '"}',
        "[" * 4000,
        '{"type": "title", "title": "' + "x" * 5000 + '"}',
    ],
)
def test_refused(text: str) -> None:
    """Anything else is refused in a sentence."""
    with pytest.raises(Invalid):
        parse(text.encode())


@given(st.binary(max_size=200))
def test_any_bytes(text: bytes) -> None:
    """No bytes do worse than being refused."""
    with pytest.raises(Invalid):
        parse(text)


def test_render() -> None:
    """A message to a viewer says its type."""
    told = json.loads(render(Attached("a", 1, 2, reset=True, modes="\x1b[?25l")))
    assert told == {
        "type": "attached",
        "terminal": "a",
        "offset": 1,
        "live": 2,
        "reset": True,
        "modes": "\x1b[?25l",
    }


def test_render_list() -> None:
    """The list of terminals has its summaries in it."""
    told = json.loads(render(Terminals((Summary("a", "One", ended=False),))))
    assert told["terminals"] == [{"terminal": "a", "title": "One", "ended": False}]
