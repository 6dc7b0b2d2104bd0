"""What a request to write means; how it is done is in `test_site`, `test_writing`."""

from typing import Any

import pytest

from aen.compute.apps.files.addresses import Address
from aen.compute.apps.files.conditions import Conditions, Part
from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.limits import Limits
from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.storing import Storing
from aen.compute.apps.files.writing import Wanted
from tests.compute.apps.files.test_streaming import here

NAMED = {"upload": "token-of-mine"}
WHOLE = Part(0, 10, 10)
REST = Part(4, 6, 10)
ANY = Conditions()


@pytest.mark.parametrize(
    ("query", "part", "size", "wanted"),
    [
        ({}, None, 5, Wanted("made", ANY, 5, 0, 5)),
        ({}, None, None, Wanted("made", ANY, None, 0, None)),
        ({"executable": "1"}, None, 5, Wanted("made", ANY, 5, 0, 5, executable=True)),
        (NAMED, WHOLE, 10, Wanted("token-of-mine", ANY, 10, 0, 10, kept=True)),
        (NAMED, REST, 6, Wanted("token-of-mine", ANY, 6, 4, 10, kept=True)),
        (NAMED, None, 5, Wanted("token-of-mine", ANY, 5, 0, 5, kept=True)),
    ],
)
def test_wanted(
    inside: Inside,
    query: dict[str, str],
    part: Part | None,
    size: int | None,
    wanted: Wanted,
) -> None:
    """Only what has a name can be gone on with."""
    storing: Any = Storing(inside, Limits(), here, lambda: "made")
    address = Address(("a",), folder=False, query=query)
    assert storing._wanted(address, ANY, part, size) == wanted


def test_a_part_needs_a_name(inside: Inside) -> None:
    """Else nobody could send the others."""
    storing: Any = Storing(inside, Limits(), here)
    with pytest.raises(Refusal, match="upload"):
        storing._wanted(Address(("a",), folder=False), ANY, REST, 6)
