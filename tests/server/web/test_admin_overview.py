"""Administration: at one look."""

from tests.server.furnished import GATEWAY
from tests.server.web.browser import Browser


def test_overview(ada: Browser) -> None:
    """Data centers and nodes are shown with their health and what they say."""
    words = ada.get("/admin/").words
    for told in ("main", GATEWAY, "Gateway connected", "node1", "Answers"):
        assert told in words
    assert words.count("Single-user mode") == 1
