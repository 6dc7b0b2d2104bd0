"""The rights that somebody wishes for a file, as they are sent. Pure."""

import json

from attrs import frozen

from aen.compute.apps.files.access import bits
from aen.compute.apps.files.refusals import Refusal
from aen.model.errors import Invalid
from aen.runtime.structure import structure

_MOST = 200


@frozen
class May:
    """What others may."""

    read: bool = False
    write: bool = False
    run: bool = False

    @property
    def bits(self) -> int:
        """It, as the kernel has it."""
        return bits(read=self.read, write=self.write, run=self.run)


@frozen
class Named(May):
    """What a person may."""

    name: str = ""


@frozen
class Wishes:
    """Who shall be named, and what all others may; None: as it is."""

    people: tuple[Named, ...] | None = None
    others: May | None = None
    recursive: bool = False
    """Whether it is for all that is below, too."""


def parse_wishes(body: bytes | None) -> Wishes:
    """Return what the body of a request says; None: it was too long.

    :raises Refusal: it says nothing that can be wished.
    """
    if body is None:
        raise Refusal(413, "So many people are not named at once.")
    try:
        wishes = structure(json.loads(body), Wishes)
    except (ValueError, RecursionError):
        raise Refusal(400, "What was sent is no JSON.") from None
    except Invalid as invalid:
        raise Refusal(400, invalid.message) from None
    names = [one.name for one in wishes.people or ()]
    if len(names) > _MOST:
        raise Refusal(400, f"At most {_MOST} people can be named.")
    if twice := {one for one in names if names.count(one) > 1}:
        raise Refusal(400, f"“{min(twice)[:40]}” is named twice.")
    if wishes.others is not None and wishes.others.write:
        raise Refusal(400, "Who may write has to be named; others may read at most.")
    return wishes
