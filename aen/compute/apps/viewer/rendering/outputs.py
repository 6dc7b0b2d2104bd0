"""What the outputs of a cell are shown as."""

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Final

from attrs import frozen
from markupsafe import Markup

from aen.compute.apps.viewer.rendering import ansi
from aen.compute.apps.viewer.rendering.bounds import Bounds
from aen.compute.apps.viewer.rendering.cleaning import clean, shows_something
from aen.compute.apps.viewer.rendering.colours import coloured, lexer_called
from aen.compute.apps.viewer.rendering.links import Links
from aen.compute.apps.viewer.rendering.markdown import Writer
from aen.compute.apps.viewer.rendering.notebook import Data, Error, Output, Stream

_PICTURES: Final = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif")
_SVG: Final = "image/svg+xml"
_WIDGET: Final = "application/vnd.jupyter.widget-view+json"
_SCRIPTS: Final = ("application/javascript", "text/javascript")
_NO_WIDGET: Final = "A widget is not shown: it needs the kernel that has made it."
_NO_SCRIPT: Final = "What needs JavaScript is not shown: nothing of a file is run here."
_NOTHING: Final = "There is an output of a kind that is not shown here."
_SCRIPT: Final = re.compile(r"<(?:script|iframe|object|embed)\b", re.IGNORECASE)
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]*={0,2}", re.ASCII)
_BROKEN: Final = "There is a picture that is broken."
_TOO_LARGE: Final = "{what} is too large to be shown here; it is in the file."
_CUT: Final = "\n… ({count} more characters are left out)"


@frozen
class Piece:
    """A part of what is to be seen of an output."""

    kind: str
    """``text``, ``stderr``, ``error``, ``html``, ``picture`` or ``note``."""
    content: str | Markup
    """Text, or HTML that can do nothing; of a picture, its address."""


@frozen
class Showing:
    """Shows the outputs of one notebook."""

    bounds: Bounds
    writer: Writer
    links: Links

    def pieces(self, output: Output) -> tuple[Piece, ...]:
        """Return what is to be seen of *output*."""
        match output:
            case Stream(name, text):
                kind = "stderr" if name == "stderr" else "text"
                return (Piece(kind, self._printed(text)),)
            case Error(text):
                return (Piece("error", self._printed(text)),)
            case Data(types, _):
                return tuple(self._data(types))

    def _data(self, types: Mapping[str, str]) -> Iterator[Piece]:
        """Give what cannot be shown, in words, and the best of what can."""
        note = self._note(types)
        if note:
            yield Piece("note", note)
        found = self._html(types) or self._picture(types) or self._written(types)
        if found is not None:
            yield found
        elif not note:  # else its text is but the name of what is not shown
            yield self._plain(types)

    def _note(self, types: Mapping[str, str]) -> str:
        if _WIDGET in types:
            return _NO_WIDGET
        scripts = any(kind in types for kind in _SCRIPTS)
        if scripts or _SCRIPT.search(types.get("text/html", "")):
            return _NO_SCRIPT
        return ""

    def _html(self, types: Mapping[str, str]) -> Piece | None:
        html = types.get("text/html", "")
        if len(html) > self.bounds.html:
            return Piece("note", _TOO_LARGE.format(what="An output of HTML"))
        cleaned = clean(html, self.links)
        return Piece("html", cleaned) if shows_something(cleaned) else None

    def _picture(self, types: Mapping[str, str]) -> Piece | None:
        kind = next((one for one in (*_PICTURES, _SVG) if one in types), None)
        if kind is None:
            return None
        data = types[kind]
        if kind == _SVG:
            data = base64.b64encode(data.encode("utf-8", "replace")).decode("ascii")
        if len(data) > self.bounds.image:
            return Piece("note", _TOO_LARGE.format(what="A picture"))
        data = "".join(data.split())
        if not _BASE64.fullmatch(data):
            return Piece("note", _BROKEN)
        return Piece("picture", f"data:{kind};base64,{data}")

    def _written(self, types: Mapping[str, str]) -> Piece | None:
        """Return what is Markdown or TeX."""
        text = types.get("text/markdown") or types.get("text/latex")
        if text is None:
            return None
        return Piece("html", self.writer.write(text, self.links))

    def _plain(self, types: Mapping[str, str]) -> Piece:
        if "text/plain" in types:
            return Piece("text", self._printed(types["text/plain"]))
        if "application/json" in types:
            text = types["application/json"][: self.bounds.output]
            return Piece("text", coloured(text, lexer_called("json")))
        return Piece("note", _NOTHING)

    def _printed(self, text: str) -> Markup:
        more = len(text) - self.bounds.output
        shown = ansi.shown(text[: self.bounds.output])
        return shown + (_CUT.format(count=more) if more > 0 else "")
