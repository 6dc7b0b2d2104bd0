"""Looking at a page as a judge would: rules, weight, rest, edges, errors, keyboard."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from attrs import define, field
from playwright.sync_api import (
    Browser,
    CDPSession,
    Page,
    ViewportSize,
)

from tests.browser.conftest import PATIENCE, PICTURES
from tests.installed import ROOT

LOOKS = PICTURES / "looks"
"""Where pictures of all pages are kept, and their figures."""
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
WIDE: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROWEST: ViewportSize = {"width": 320, "height": 640}
Scheme = Literal["light", "dark"]
ALL = {
    "type": "tag",
    "values": "wcag2a wcag2aa wcag21a wcag21aa wcag22aa best-practice".split(),
}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
MOST_BYTES = 150_000
"""What a page may weigh on its way to a browser that has nothing of it."""
MOST_SHIFT = 0.01

_WATCH = """
window.seen = {shift: 0, shifted: [], refused: []};
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    window.seen.shift += entry.value;
    for (const { node } of entry.sources) {
      window.seen.shifted.push(node?.outerHTML?.slice(0, 120) ?? String(node));
    }
  }
}).observe({ type: "layout-shift", buffered: true });
document.addEventListener("securitypolicyviolation", (event) => {
  window.seen.refused.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""
_SETTLE = """
async () => {
  const live = [...document.querySelectorAll("[data-live], [data-beat]")];
  await Promise.all(live.map((one) => new Promise((done, failed) => {
    const late = setTimeout(() => {
      failed(new Error(`not renewed: ${one.outerHTML.slice(0, 120)}`));
    }, PATIENCE);
    const settled = (event) => {
      const { elt, target } = event.detail;
      if (elt !== one && target !== one && one.isConnected) return;
      document.removeEventListener("htmx:afterRequest", settled);
      clearTimeout(late);
      done();
    };
    document.addEventListener("htmx:afterRequest", settled);
    one.dispatchEvent(new Event("refresh"));
  })));
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await document.fonts.ready;
  for (let number = 0; number < 3; number += 1) await frame();
}
""".replace("PATIENCE", str(PATIENCE))
_AXE = """
async (only) => {
  const found = await axe.run(document, {
    runOnly: only, resultTypes: ["violations"],
  });
  return found.violations.flatMap((one) => one.nodes.map((node) =>
    `${one.impact} ${one.id}: ${node.html.slice(0, 160)} | ${node.failureSummary
      .split("\\n").slice(1, 3).join(" ").trim().slice(0, 200)}`));
}
"""
_EDGES = """
() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const scrolls = (one) => one !== document.body && one !== document.documentElement
    && getComputedStyle(one).overflowX !== "visible";
  const inside = (one) => {
    for (let up = one.parentElement; up; up = up.parentElement) {
      if (scrolls(up)) return getComputedStyle(one).position !== "absolute";
    }
    return false;
  };
  const over = [...document.body.querySelectorAll("*")].filter((one) =>
    one.getBoundingClientRect().right > wide + 1 && !inside(one));
  return over.slice(0, 4).map((one) => one.outerHTML.slice(0, 140));
}
"""
_FOCUS = """
() => {
  const bar = document.querySelector("header.top")?.getBoundingClientRect().bottom ?? 0;
  const outlined = (one) => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  const found = [];
  const every = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  for (const one of document.querySelectorAll(`${every}, [tabindex="0"]`)) {
    const unseen = !one.checkVisibility({ visibilityProperty: true });
    if (unseen || one.disabled || one.closest("[inert]")) continue;
    if (one.matches(".xterm-helper-textarea")) continue; // the cursor in it tells
    one.focus();
    const told = one.outerHTML.slice(0, 120);
    const around = one.closest(".choice, .project");
    if (document.activeElement !== one) found.push(`takes no focus: ${told}`);
    else if (!outlined(one) && !(around && outlined(around))) {
      found.push(`focus is not seen: ${told}`);
    }
    const { bottom, height } = one.getBoundingClientRect();
    if (!one.closest("header, .skip") && bottom < bar + Math.min(height, 16)) {
      found.push(`focus is below the bar: ${told}`);
    }
  }
  document.activeElement?.blur();
  window.scrollTo(0, 0);
  return found;
}
"""


@define
class Look:
    """What was found on one page; empty where nothing is wrong."""

    page: Page
    told: list[str] = field(factory=list)
    """Errors in the console."""
    weight: int = 0
    """Bytes that came over the network."""
    worst_shift: float = 0.0

    def settle(self) -> None:
        """Have every live part fetch itself anew, and wait until all is still."""
        self.page.evaluate(_SETTLE)

    def broken_rules(self, scheme: Scheme) -> list[str]:
        """Return what axe finds in *scheme*."""
        self.page.evaluate(f"() => {{ {axe()} }}")
        return self._axe(scheme, ALL)

    def weak_colours(self, scheme: Scheme) -> list[str]:
        """Return what axe finds of colours in *scheme*, where it has looked before.

        No other rule has to do with them.
        """
        return self._axe(scheme, COLOURS)

    def _axe(self, scheme: Scheme, only: dict[str, Any]) -> list[str]:
        self.page.emulate_media(color_scheme=scheme)
        return [f"{scheme}: {line}" for line in self.page.evaluate(_AXE, only)]

    def moved(self) -> list[str]:
        """Return what moved under its reader's eyes, if that is more than a little."""
        seen = self.page.evaluate("window.seen")
        self.worst_shift = max(self.worst_shift, seen["shift"])
        return [
            f"moved: {one}" for one in seen["shifted"] if seen["shift"] > MOST_SHIFT
        ]

    def errors(self) -> list[str]:
        """Return errors in the console, and what the page's policy has refused."""
        return [*self.told, *self.page.evaluate("window.seen.refused")]

    def over_the_edge(self) -> list[str]:
        """Return what stands out at the right of the window."""
        return list(self.page.evaluate(_EDGES))

    def unseen_focus(self) -> list[str]:
        """Return what cannot be reached with the keyboard, or not seen when it is."""
        self.page.keyboard.press("Tab")  # from now on the focus is the keyboard's
        return list(self.page.evaluate(_FOCUS))

    def resize(self, size: ViewportSize) -> None:
        """Make the window as large as that."""
        self.page.set_viewport_size(size)

    def keep(self, path: Path, scheme: Scheme) -> None:
        """Keep a picture of the whole page."""
        self.page.emulate_media(color_scheme=scheme)
        self.page.screenshot(path=path, full_page=True)


@functools.cache
def axe() -> str:
    """Return the program that knows the rules."""
    assert AXE.is_file(), "run tools/assets.py: it fetches axe-core for this"
    return AXE.read_text("utf-8")


@contextmanager
def looked_at(
    browser: Browser, cookies: list[dict[str, str]], **options: Any
) -> Iterator[Look]:
    """Give a wide window whose browser has seen nothing yet."""
    # What fades from one scheme's colours to the other's would have neither of them.
    context = browser.new_context(viewport=WIDE, reduced_motion="reduce", **options)
    context.set_default_timeout(PATIENCE)
    context.add_cookies(cookies)  # type: ignore[arg-type]  # its type is private
    context.add_init_script(_WATCH)
    look = Look(context.new_page())
    _listen(look, context.new_cdp_session(look.page))
    try:
        yield look
    finally:
        context.close()


def _listen(look: Look, wire: CDPSession) -> None:
    def told(message: Any) -> None:
        # That a page has the status it is to have is no error of the page.
        if message.type == "error" and "the server responded" not in message.text:
            look.told.append(message.text)

    def loaded(event: Any) -> None:
        look.weight += int(event["encodedDataLength"])

    look.page.on("console", told)
    look.page.on("pageerror", lambda error: look.told.append(str(error)))
    wire.on("Network.loadingFinished", loaded)
    wire.send("Network.enable")


def cookie(url: str, name: str, value: str) -> dict[str, str]:
    """Return a cookie as a context takes it."""
    return {"name": name, "value": value, "url": url}


def judged(look: Look, name: str, again: Callable[[], None] | None = None) -> list[str]:
    """Return all that is wrong with a page, wide and on a phone; keep pictures of it.

    :param again: goes there once more, in the window of a phone.
    """
    weight = look.weight
    found = _looked_through(look, name, "wide", "light")
    found += [f"wide: {one}" for one in look.weak_colours("dark")]
    look.resize(PHONE)
    if again is not None:
        again()
    found += _looked_through(look, name, "phone", "dark")
    look.resize(NARROWEST)
    found += [f"320 px: {one}" for one in look.over_the_edge()]
    with (LOOKS / "figures.txt").open("a", encoding="utf-8") as file:
        file.write(f"{weight:7} {look.worst_shift:.4f} {name}\n")
    return [*found, *([f"too heavy: {weight}"] if weight > MOST_BYTES else [])]


def _looked_through(look: Look, name: str, size: str, scheme: Scheme) -> list[str]:
    look.settle()
    found = [*look.moved(), *look.over_the_edge(), *look.errors()]
    found += look.unseen_focus()
    LOOKS.mkdir(parents=True, exist_ok=True)
    look.keep(LOOKS / f"{name}-{size}.png", scheme)
    return [f"{size}: {one}" for one in (*found, *look.broken_rules(scheme))]
