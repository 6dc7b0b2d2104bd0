"""The browser of the browser tests itself."""

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser


def test_shows_a_page(page: Page) -> None:
    """Pages are shown and scripts in them run."""
    page.set_content("<h1>tides</h1><script>document.title = 6 * 7</script>")
    assert page.get_by_role("heading").inner_text() == "tides"
    assert page.title() == "42"
