"""What is set for the whole installation."""

import pytest

from aen.model.mail import Smtp
from aen.model.site import Announcement, Maintenance, SiteValues

MAIL = Smtp("mail.example", 587, "aen@example.org", username="aen", password="hush")


@pytest.mark.parametrize(
    ("until", "now", "shown"),
    [(None, 1e12, True), (10.0, 9.9, True), (10.0, 10.0, False)],
)
def test_an_announcement_ends_by_itself(
    until: float | None, now: float, *, shown: bool
) -> None:
    """When it has an end."""
    told = Announcement("Tea at four", until=until)
    values = SiteValues("Ours", announcement=told)
    assert (values.announced(now) == told) is shown


def test_maintenance_always_says_why() -> None:
    """Also where nobody wrote a reason."""
    assert Maintenance(on=True, text="New disks.").reason == "New disks."
    assert "back soon" in Maintenance(on=True).reason


def test_the_password_is_not_for_eyes() -> None:
    """Neither in what is printed nor in what is shown."""
    assert "hush" not in repr(MAIL)
    values = SiteValues("Ours", smtp=MAIL)
    assert "hush" not in repr(values)
    shown = values.without_secrets().smtp
    assert shown is not None
    assert (shown.username, shown.password) == ("aen", "")
    assert SiteValues("Ours").without_secrets().smtp is None
