"""Rights as they are sent."""

import json
from typing import Any

import pytest

from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.wishes import May, Named, Wishes, parse_wishes


def test_wishes() -> None:
    """What is not said is no; what is left out stays as it is."""
    sent = {"people": [{"name": "ben", "read": True}], "others": {"run": True}}
    found = parse_wishes(json.dumps(sent).encode())
    assert found == Wishes((Named(True, name="ben"),), May(run=True))
    assert found.people is not None
    assert [one.bits for one in found.people] == [4]
    assert parse_wishes(b"{}") == Wishes()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"people": {}}, "people"),
        ({"people": [{"name": 1}]}, "name"),
        ({"people": [{"name": "a", "write": "yes"}]}, "write"),
        ({"group": {}}, "group"),
        ({"others": {"write": True}}, "others may read at most"),
        ({"people": [{"name": "a"}, {"name": "a"}]}, "named twice"),
        ({"people": [{"name": str(one)} for one in range(201)]}, "At most 200"),
        ([], "object"),
    ],
)
def test_refused(sent: Any, said: str) -> None:
    """It is said what is wrong with it."""
    with pytest.raises(Refusal, match=said) as caught:
        parse_wishes(json.dumps(sent).encode())
    assert caught.value.status == 400


def test_not_readable() -> None:
    """Neither what is no JSON, however deep, nor what is too long."""
    for body in (b"\xff", b"{", b"[" * 100_000):
        with pytest.raises(Refusal, match="no JSON"):
            parse_wishes(body)
    with pytest.raises(Refusal) as caught:
        parse_wishes(None)
    assert caught.value.status == 413
