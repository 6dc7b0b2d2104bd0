"""Files looked for by their names."""

import pytest
import pytest_twisted

from tests.compute.apps.viewer.conftest import PREFIX, App


@pytest.mark.parametrize(
    ("glob", "paths"),
    [
        ("*.csv", ["data/one.csv"]),
        ("TOOL", ["tool.py"]),
        ("d*", ["data", "data/deep", "drawing.svg"]),
        ("hidden", []),
        ("secret", []),
    ],
)
@pytest_twisted.ensureDeferred
async def test_found(app: App, glob: str, paths: list[str]) -> None:
    """By a part of the name, or by the whole of it; nothing hidden, nothing outside."""
    told = (await app.get(f"/search?glob={glob}")).json
    assert sorted(one["path"] for one in told["items"]) == paths
    assert told["complete"]
    page = await app.page(f"/search?glob={glob}")
    for one in told["items"]:
        assert f'href="{PREFIX}/view/{one["href"]}"' in page.text


@pytest_twisted.ensureDeferred
async def test_what_was_sought(app: App) -> None:
    """It stands in the form again, as text."""
    page = await app.page("/search?glob=%22%3E%3Cscript%3E")
    assert 'value="&#34;&gt;&lt;script&gt;"' in page.text
    assert "0 files and folders found" in page.text
