"""What can be set, and what is refused."""

from typing import Any

import pytest
from attrs import evolve

from aen.model.errors import Invalid
from aen.model.mail import Security, Smtp
from aen.model.projects import Visibility
from aen.model.site import Announcement, Level, Maintenance, SiteValues
from aen.server.site_values import NewAnnouncement, NewSmtp, SiteChanges, changed, zone

NOW = 1000.0
OLD = SiteValues("Ours")
KEPT = Smtp("mail.example", 587, "a@b.c", username="aen", password="hush")
SAME = NewSmtp("mail.example", 587, "a@b.c", username="aen")


def test_nothing_changes_nothing() -> None:
    """What is left out stays."""
    assert changed(OLD, SiteChanges(), NOW) == OLD


@pytest.mark.parametrize(
    ("changes", "part", "value"),
    [
        ({"site_name": "  The  Lab "}, "site_name", "The Lab"),
        ({"default_visibility": Visibility.PUBLIC}, "default_visibility",
         Visibility.PUBLIC),
        ({"open_registration": True}, "open_registration", True),
        ({"time_zone": "Europe/Berlin"}, "time_zone", "Europe/Berlin"),
        ({"announcement": NewAnnouncement("Tea", Level.URGENT, 2000.0)},
         "announcement", Announcement("Tea", Level.URGENT, 2000.0, NOW)),
        ({"announcement": NewAnnouncement(" ")}, "announcement", None),
        ({"maintenance": Maintenance(on=True, text=" Disks. ")}, "maintenance",
         Maintenance(on=True, text="Disks.")),
        ({"smtp": NewSmtp("")}, "smtp", None),
        ({"smtp": NewSmtp("m.x", 25, "a@b.c", Security.NONE)}, "smtp",
         Smtp("m.x", 25, "a@b.c", Security.NONE)),
        ({"smtp": evolve(SAME, password="new")}, "smtp",
         evolve(KEPT, password="new")),
        ({"smtp": evolve(SAME, sender="x@y.z")}, "smtp", evolve(KEPT, sender="x@y.z")),
    ],
)  # fmt: skip
def test_what_is_set(changes: dict[str, Any], part: str, value: object) -> None:
    """Each part alone; a password stays with its account."""
    old = evolve(OLD, smtp=KEPT)
    new = changed(old, SiteChanges(**changes), NOW)
    assert getattr(new, part) == value
    assert evolve(new, **{part: getattr(old, part)}) == old


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"site_name": " "}, "site_name"),
        ({"site_name": "x" * 101}, "site_name"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"announcement": NewAnnouncement("x" * 501)}, "text"),
        ({"announcement": NewAnnouncement("Tea", until=NOW)}, "until"),
        ({"announcement": NewAnnouncement("Tea", until=float("nan"))}, "until"),
        ({"maintenance": Maintenance(on=True, text="x" * 501)}, "text"),
        ({"smtp": NewSmtp("a b", sender="a@b.c")}, "host"),
        ({"smtp": NewSmtp("m", 0, "a@b.c")}, "port"),
        ({"smtp": NewSmtp("m", 25, "nobody")}, "sender"),
        ({"smtp": NewSmtp("m", 25)}, "sender"),
        ({"smtp": evolve(SAME, host="other.example")}, "password"),
        ({"smtp": evolve(SAME, security=Security.NONE)}, "password"),
        ({"smtp": evolve(SAME, security=Security.NONE, password="x")}, "security"),
        ({"smtp": evolve(SAME, password="a\r\nb")}, "password"),
    ],
)
def test_what_is_refused(changes: dict[str, Any], field: str) -> None:
    """With the part named; above all, a kept password goes nowhere else."""
    with pytest.raises(Invalid) as caught:
        changed(evolve(OLD, smtp=KEPT), SiteChanges(**changes), NOW)
    assert list(caught.value.fields) == [field]


def test_utc_is_there() -> None:
    """On every machine."""
    assert zone("UTC").key == "UTC"
