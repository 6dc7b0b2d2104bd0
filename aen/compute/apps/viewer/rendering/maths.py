"""Formulas in TeX, as MathML, which browsers show by themselves."""

import html
from typing import Final
from xml.etree.ElementTree import Element

from attrs import define
from latex2mathml.converter import Converter
from markupsafe import Markup, escape

from aen.compute.apps.viewer.rendering.bounds import Bounds

_TAGS: Final = frozenset(
    "math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts"
    " mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder"
    " munderover none semantics".split()
)
_ATTRIBUTES: Final = frozenset(
    "accent accentunder columnalign columnlines columnspacing depth display"
    " displaystyle fence form height largeop linethickness lspace mathsize mathvariant"
    " maxsize minsize movablelimits notation rowlines rowspacing rspace scriptlevel"
    " separator stretchy symmetric voffset width xmlns".split()
)


@define
class Formulas:
    """Those of one page."""

    bounds: Bounds
    count: int = 0

    def show(self, tex: str, *, display: bool) -> Markup:
        """Return a formula; one that cannot be read stays as it was written."""
        self.count += 1
        short = len(tex) <= self.bounds.formula and self.count <= self.bounds.formulas
        if not short:
            return _as_written(tex)
        try:
            converter = Converter(display="block" if display else "inline")
            return _written(converter.convert_to_element(tex))
        except Exception:  # noqa: BLE001 -- it raises whatever comes of what it reads
            return _as_written(tex)


def _as_written(tex: str) -> Markup:
    return Markup('<code class="tex">{}</code>').format(tex)


def _written(element: Element) -> Markup:
    """Return an element as text; of one that is no formula's, only what it says.

    The converter's texts are escaped twice: it has entities in them.
    """
    inside = [escape(html.unescape(element.text or ""))]
    for child in element:
        inside += [_written(child), escape(html.unescape(child.tail or ""))]
    content = Markup("").join(inside)
    if element.tag not in _TAGS:
        return content
    said = [
        Markup(' {}="{}"').format(name, value)
        for name, value in element.attrib.items()
        if name in _ATTRIBUTES
    ]
    tag = Markup(element.tag)  # noqa: S704 -- one of the list
    return Markup("<{0}{1}>{2}</{0}>").format(tag, Markup("").join(said), content)
