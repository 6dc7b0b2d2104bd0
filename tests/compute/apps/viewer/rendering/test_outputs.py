"""What outputs are shown as."""

import base64

import pytest
from attrs import evolve

from aen.compute.apps.viewer.rendering.bounds import Bounds
from aen.compute.apps.viewer.rendering.links import Links
from aen.compute.apps.viewer.rendering.markdown import Writer
from aen.compute.apps.viewer.rendering.notebook import Data, Error, Output, Stream
from aen.compute.apps.viewer.rendering.outputs import Piece, Showing
from tests.compute.apps.viewer.rendering.notebooks import PLACE

WIDGET = "application/vnd.jupyter.widget-view+json"
SMALL = evolve(Bounds(), output=5, html=20, image=8)


def pieces(output: Output, bounds: Bounds | None = None) -> tuple[Piece, ...]:
    """Return what is to be seen of an output."""
    bounds = bounds or Bounds()
    return Showing(bounds, Writer(bounds), Links(PLACE)).pieces(output)


def of_types(**types: str) -> Data:
    """Return an output; types are named with underscores."""
    return Data({name.replace("_", "/", 1): text for name, text in types.items()})


@pytest.mark.parametrize(
    ("output", "piece"),
    [
        (Stream("stdout", "<b>\x1b[31mx"),
         Piece("text", '&lt;b&gt;<span class="fg1">x</span>')),
        (Stream("stderr", "x"), Piece("stderr", "x")),
        (Error("\x1b[0;31mE\x1b[0m"), Piece("error", '<span class="fg1">E</span>')),
        (of_types(text_plain="<x>"), Piece("text", "&lt;x&gt;")),
        (of_types(text_html="<b>x</b>", text_plain="x"), Piece("html", "<b>x</b>")),
        (of_types(text_html="<div></div>", text_plain="x"), Piece("text", "x")),
        (of_types(image_png="AA\nAA\n", text_plain="x"),
         Piece("picture", "data:image/png;base64,AAAA")),
        (of_types(text_latex="$x$"), None),
        (of_types(application_json="{}"), Piece("text", "{}")),
        (of_types(text_markdown="**x**"), Piece("html", "<p><strong>x</strong></p>\n")),
    ],
)  # fmt: skip
def test_the_best(output: Output, piece: Piece | None) -> None:
    """The richest of the types that can be shown."""
    (seen,) = pieces(output)
    assert seen == piece if piece else "<math" in seen.content


def test_svg_is_a_picture() -> None:
    """What is in it is data of a picture: it runs nothing."""
    svg = "<svg onload='alert(1)'><script>x</script></svg>"
    (seen,) = pieces(Data({"image/svg+xml": svg}))
    assert seen.kind == "picture"
    kind, _, data = seen.content.partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert base64.b64decode(data).decode() == svg


@pytest.mark.parametrize(
    ("output", "kinds", "said"),
    [
        (Data({WIDGET: "{}", "text/plain": "HBox()"}), ["note"], "widget"),
        (of_types(application_javascript="x", text_plain="<J>"), ["note"],
         "JavaScript"),
        (of_types(text_html="<script>x</script>", text_plain="<P>"), ["note"],
         "JavaScript"),
        (of_types(text_html="<script>x</script>", image_png="AAAA"),
         ["note", "picture"], "JavaScript"),
        (of_types(text_html="<iframe src=x></iframe><p>y</p>"), ["note", "html"],
         "JavaScript"),
        (of_types(image_png="no base64!"), ["note"], "broken"),
        (Data({"application/pdf": "AAAA"}), ["note"], "not shown"),
        (Data({}), ["note"], "not shown"),
    ],
)  # fmt: skip
def test_not_shown(output: Output, kinds: list[str], said: str) -> None:
    """What cannot be shown is said, and what can be is shown beside it."""
    seen = pieces(output)
    assert [one.kind for one in seen] == kinds
    assert said in seen[0].content


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (Stream("stdout", "123456789"), "12345\n… (4 more characters are left out)"),
        (of_types(text_html="<b>x</b>" * 9), "An output of HTML is too large"),
        (of_types(image_png="AAAA" * 9), "A picture is too large"),
        (of_types(application_json="123456789"), "12345"),
    ],
)
def test_bounds(output: Output, said: str) -> None:
    """What is too large is left out, and that is said."""
    assert said in pieces(output, SMALL)[0].content
