"""Markdown of files and cells."""

import pytest
from attrs import evolve

from aen.compute.apps.viewer.rendering.bounds import Bounds
from aen.compute.apps.viewer.rendering.jobs import View
from aen.compute.apps.viewer.rendering.links import Links
from aen.compute.apps.viewer.rendering.markdown import CUT, Writer, render_markdown
from tests.compute.apps.viewer.rendering.notebooks import PLACE, job


def write(text: str) -> str:
    """Return Markdown as it is shown."""
    return Writer(Bounds()).write(text, Links(PLACE))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# A *b*", '<h2 id="A-*b*">A <em>b</em></h2>'),
        ("###### F", '<h6 id="F">F</h6>'),
        ("- [ ] a\n- [x] b\n", "<li>☐ a</li>\n<li>☑ b</li>"),
        ("[ ] a", "<p>[ ] a</p>"),
        ("```python\nimport x\n```", '<pre><code><span class="k">import </span>'),
        ("```{r}\nx\n```", "<pre><code>x\n</code></pre>"),
        ("```nonsense\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"),
        ("    <b>", "<pre><code>&lt;b&gt;\n</code></pre>"),
        ("`<b>`", "<code>&lt;b&gt;</code>"),
        ("~~x~~", "<s>x</s>"),
        ("![a](b.png)", '<img src="/ada/lab/viewer/raw/data/b.png" alt="a">'),
        ("<b>x</b> <script>y</script>", "<p><b>x</b> </p>"),
        ("|a|\n|--:|\n|1|", '<td style="text-align:right">1</td>'),
        ("5$ or 6 $ a day", "5$ or 6 $ a day"),
        ("$5 or $6", "$5 or $6"),
    ],
)  # fmt: skip
def test_written(text: str, html: str) -> None:
    """What people use: tasks, colours, pictures of the project, money."""
    assert html in write(text)


@pytest.mark.parametrize(
    ("text", "display"),
    [
        ("so $x^2$ is", "inline"),
        ("# $x^2$", "inline"),
        ("|a|\n|-|\n|$x^2$|", "inline"),
        ("so $$x^2$$ is", "block"),
        ("$$\nx^2\n$$", "block"),
        (r"\begin{align} x^2 &= 1 \end{align}", "block"),
    ],
)
def test_formulas(text: str, display: str) -> None:
    """Formulas, in text and on their own."""
    html = write(text)
    assert f'display="{display}"' in html
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in html


def test_a_file() -> None:
    """What is for programs at its beginning is left out; what is cut is said."""
    text = b"---\ntitle: x\n---\n# Head\n"
    done = render_markdown(job(text, View.MARKDOWN), Bounds())
    assert done.html == '<div class="prose"><h2 id="Head">Head</h2>\n</div>'
    assert done.notes == ()
    short = evolve(Bounds(), markdown=10)
    assert render_markdown(job(text, View.MARKDOWN), short).notes == (CUT,)


@pytest.mark.parametrize(
    "text",
    [
        "> " * 5000 + "x",
        "- " * 5000 + "x",
        "*a **b " * 5000,
        "[" * 20_000,
        "![" * 20_000 + "](x)",
        "`" * 20_000,
        "$" * 20_001,
        "<div>" * 5000,
        "|" * 20_000 + "\n" + "|-" * 10_000,
    ],
)
def test_deep(text: str) -> None:
    """What is nested without end is shown, or not, but at once."""
    assert len(write(text)) < 20 * len(text) + 100
