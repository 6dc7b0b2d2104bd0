"""Whole notebooks as HTML."""

import re

import pytest
from attrs import evolve

from aen.compute.apps.viewer.rendering.bounds import Bounds
from aen.compute.apps.viewer.rendering.cells import render_notebook
from aen.compute.apps.viewer.rendering.jobs import Unreadable
from tests.compute.apps.viewer.rendering.notebooks import (
    code,
    job,
    markdown,
    new,
    result,
)


def rendered(content: bytes, bounds: Bounds | None = None) -> str:
    """Return a notebook as it is shown."""
    return render_notebook(job(content), bounds or Bounds()).html


def test_all_of_it() -> None:
    """Cells with their prompts, outputs under them, in their order."""
    printed = {"output_type": "stream", "name": "stdout", "text": "printed"}
    html = rendered(
        new(
            markdown("# Title"),
            code(
                "import os", printed, result({"text/plain": "4"}, 3), execution_count=3
            ),
            code("%%bash\necho"),
            {"cell_type": "raw", "source": "<raw>"},
        )
    )
    order = (
        r'<h2 id="Title">Title</h2>.*In&nbsp;\[3\]:.*<span class="k">import </span>'
        r".*>printed</pre>.*Out\[3\]:.*>4</pre>.*In&nbsp;\[\xa0\]:.*&lt;raw&gt;"
    )
    assert re.search(order, html, re.DOTALL)
    assert 'aria-label="Output of cell 2"' in html


def test_attachments() -> None:
    """A cell's own pictures are in the page, and nobody else's are."""
    own = {"a.png": {"image/png": "AAAA"}}
    text = "![x](attachment:a.png)"
    html = rendered(new(markdown(text, attachments=own), markdown(text)))
    assert html.count('src="data:image/png;base64,AAAA"') == 1
    assert html.count("<img") == 2


def test_hostile() -> None:
    """Nothing of what is in it becomes markup of the page."""
    bad = '"><script>alert(1)</script><p class="'
    outputs = [
        result({"text/html": bad, "text/plain": bad, "image/png": bad}, None),
        result({"image/png": bad}),
        result({"text/plain": bad}) | {"output_type": "execute_result",
                                       "execution_count": bad},
        {"output_type": "stream", "name": bad, "text": bad},
        {"output_type": "error", "ename": bad, "traceback": [bad]},
    ]  # fmt: skip
    html = rendered(
        new(
            code(bad, *outputs, execution_count=bad),
            markdown(bad, attachments={bad: {bad: bad}}),
            markdown("![x](attachment:" + bad + ")", attachments={"x": {bad: bad}}),
            {"cell_type": "raw", "source": bad},
            metadata={"kernelspec": {"language": bad}},
        )
    )
    assert "<script" not in html
    assert 'class=""' not in html


def test_told() -> None:
    """What was left out is said once, above all of it."""
    remote = markdown("![x](https://evil.example/x.png)")
    done = render_notebook(
        job(new(remote, remote, code(), code())), evolve(Bounds(), cells=3)
    )
    assert done.notes == (
        "Pictures of other sites are not loaded.",
        "Only the first 3 cells are shown.",
    )
    assert "nothing in this notebook" in rendered(new())
    assert "2 more outputs" in rendered(
        new(code("", *[result({"text/plain": "x"})] * 3)), evolve(Bounds(), outputs=1)
    )


def test_no_notebook() -> None:
    """Broken ones are refused with the reason."""
    with pytest.raises(Unreadable, match="no notebook"):
        rendered(b"{")
