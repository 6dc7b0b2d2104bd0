"""Formulas."""

import re

import pytest
from attrs import evolve

from aen.compute.apps.viewer.rendering.bounds import Bounds
from aen.compute.apps.viewer.rendering.maths import Formulas


def show(tex: str, bounds: Bounds | None = None) -> str:
    """Return a formula as it is shown."""
    return Formulas(bounds or Bounds()).show(tex, display=False)


@pytest.mark.parametrize(
    ("tex", "part"),
    [
        (
            r"\frac{a}{b}",
            "<mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac>",
        ),
        ("x < y", "<mo>&lt;</mo>"),
        (r"\sum_{i=1}^n i", "<mo>∑</mo>"),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", "<mtable>"),
        (r"\text{if } x", "<mtext>if"),
    ],
)
def test_shown(tex: str, part: str) -> None:
    """TeX becomes MathML."""
    shown = show(tex)
    assert shown.startswith('<math xmlns="http://www.w3.org/1998/Math/MathML"')
    assert part in shown


def test_display() -> None:
    """A formula on its own is set larger."""
    assert 'display="block"' in Formulas(Bounds()).show("x", display=True)


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\text{<script>alert(1)</script>}",
        r"\text{&lt;script&gt;alert(1)&lt;/script&gt;}",
        r"\color{red;background:url(x)}{x}",
        r'\color{"onload=alert(1)}{x}',
        r"\style{position:fixed}{x}",
        r"\class{top}{x}",
    ],
)
def test_hostile(tex: str) -> None:
    """Nothing but elements and attributes of formulas comes of one."""
    tags = re.findall("<[^>]*>", show(tex))
    assert tags
    for tag in tags:
        assert re.fullmatch(r"</?(?:m[a-z]+|code)(?: [a-z]+=\"[^\"]*\")*>", tag), tag
        assert not re.search('href|style=|class=(?!"tex")|color|onload', tag), tag


@pytest.mark.parametrize(
    "tex", ["x_{", r"\frac", r"\begin{matrix}", r"\newcommand{\a}{\a\a}\a", "{" * 3000]
)
def test_unreadable(tex: str) -> None:
    """What is no formula stays as it was written."""
    assert show(tex) == f'<code class="tex">{tex}</code>'


def test_bounds() -> None:
    """Long ones, and too many, stay as they were written."""
    bounds = evolve(Bounds(), formula=10, formulas=2)
    assert show("x" * 11, bounds).startswith("<code")
    formulas = Formulas(bounds)
    shown = [formulas.show("x", display=False)[:5] for _ in range(3)]
    assert shown == ["<math", "<math", "<code"]
