"""Which announcement a browser is shown."""

import pytest
from twisted.web.test.requesthelper import DummyRequest

from aen.model.site import Announcement, SiteValues
from aen.server.web.announcing import mark, to_read

TOLD = Announcement("Tea", until=50.0, since=10.4)
SITE = SiteValues("Ours", announcement=TOLD)


@pytest.mark.parametrize(
    ("site", "now", "cookie", "shown"),
    [
        (SITE, 20.0, "", True),
        (SITE, 50.0, "", False),
        (SITE, 20.0, "aen-read=10", False),
        (SITE, 20.0, "aen-read=9", True),
        (SITE, 20.0, "aen-read=10; aen-read=10", True),
        (SiteValues("Ours"), 20.0, "", False),
    ],
)
def test_shown(site: SiteValues, now: float, cookie: str, *, shown: bool) -> None:
    """While it lasts, to those who have not dismissed this very one."""
    request = DummyRequest([b""])
    if cookie:
        request.requestHeaders.setRawHeaders("cookie", [cookie])
    assert (to_read(site, now, request) is not None) is shown  # type: ignore[arg-type]
    assert mark(TOLD) == "10"
