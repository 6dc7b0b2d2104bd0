"""What is noted of things in the trash: anybody of the team may write anything."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from aen.compute.apps.files.refusals import Refusal
from aen.compute.apps.files.trash_items import (
    Item,
    Note,
    check_id,
    is_id,
    new_id,
    read_note,
    time_of,
    write_note,
)

TOKEN = "0123456789abcdef"
ZEROS = "0" * 12


def test_ids_tell_when() -> None:
    """Later ones sort behind; each says its time."""
    first, second = new_id(1_800_000_000.25, TOKEN), new_id(1_800_000_000.5, TOKEN)
    assert first < second
    assert time_of(first) == 1_800_000_000.25
    assert check_id(first) == first


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "../x", f"0-{TOKEN}", f"{ZEROS}-{TOKEN}/", f"{ZEROS}-{TOKEN}\n",
     f"\u0660{ZEROS[1:]}-{TOKEN}", f"going-{ZEROS}-{TOKEN}", f"{ZEROS}-{TOKEN}x"],
)  # fmt: skip
def test_no_ids(text: str) -> None:
    """Nothing else is looked for in the trash's folder."""
    assert not is_id(text)
    with pytest.raises(Refusal) as caught:
        check_id(text)
    assert caught.value.status == 404


@given(some.lists(some.binary(min_size=1, max_size=9), min_size=1, max_size=5))
def test_notes_come_back(raw: list[bytes]) -> None:
    """Any name that a file can have."""
    odd = {b".", b".."}
    names = tuple(
        one.replace(b"/", b"-").replace(b"\0", b"-").decode("utf-8", "surrogateescape")
        for one in raw
        if one not in odd
    )
    if not any(one.startswith(".aen-") for one in names):
        assert read_note(write_note(Note(names, "ada"))) == Note(names, "ada")


@pytest.mark.parametrize(
    "note",
    [
        b"", b"\xff", b"[]", b"{}", b"null", b"[" * 100_000,
        json.dumps({"path": 1, "by": "x"}).encode(),
        json.dumps({"path": "x", "by": 1}).encode(),
        json.dumps({"path": "../x", "by": ""}).encode(),
        json.dumps({"path": ".aen-trash/x", "by": ""}).encode(),
        json.dumps({"path": "a\0", "by": ""}).encode(),
        json.dumps({"path": "x" * 300, "by": ""}).encode(),
    ],
)  # fmt: skip
def test_notes_of_no_use(note: bytes) -> None:
    """They say nothing: no way that leads elsewhere is ever gone."""
    assert read_note(note) == Note()


def test_shown() -> None:
    """What is no character is marked; so is what would hide others."""
    note = read_note(
        json.dumps({"path": "a\udcff\u202e", "by": "\u202eada" * 50}).encode()
    )
    said = Item(new_id(0, TOKEN), note, note.by, "file", 7, 0.0).to_json()
    assert said["path"] == "a\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}"
    assert (said["at"], said["size"], len(said["by"])) == (
        "1970-01-01T00:00:00Z",
        7,
        100,
    )
    assert "\u202e" not in said["by"]
