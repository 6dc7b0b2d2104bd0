"""The templates, and what they can do besides showing values."""

import functools
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from attrs import frozen
from jinja2 import Environment

from aen.model.activity import said
from aen.model.counting import counted
from aen.model.periods import DAY, HOUR
from aen.runtime.assets import Assets
from aen.runtime.templates import templates_in
from aen.server.browsers import browser_name
from aen.server.site_values import zone
from aen.server.web.faces import hue, initials, picture
from aen.server.web.markdown import render as markdown

HERE = Path(__file__).parent
BUILT = HERE / "static" / "built"
BUILT_URL = "/static/built/"
_STEPS = (
    (60.0, 1.0, "second"),
    (HOUR, 60.0, "minute"),
    (DAY, HOUR, "hour"),
    (30 * DAY, DAY, "day"),
    (365 * DAY, 30 * DAY, "month"),
)
_MOMENT = 10


def stamp(seconds: float) -> str:
    """Return a time in the form of ISO 8601, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(seconds: float) -> str:
    """Return a time as people write it, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%-d %B %Y, %H:%M UTC")


def day_in(seconds: float, place: str) -> str:
    """Return the day of a time as people write it, in the zone called *place*."""
    return datetime.fromtimestamp(seconds, zone(place)).strftime("%-d %B %Y")


def span(seconds: float) -> str:
    """Return a stretch of time in one unit: ``3 minutes``."""
    for below, size, unit in _STEPS:
        if seconds < below:
            return counted(max(1, int(seconds / size)), unit)
    return counted(int(seconds / (365 * DAY)), "year")


def ago(then: float, now: float) -> str:
    """Return how long ago (or ahead) *then* is, in words."""
    if abs(now - then) < _MOMENT:
        return "just now"
    return f"{span(now - then)} ago" if now > then else f"in {span(then - now)}"


def percent(done: int, total: int) -> int | None:
    """Return progress in percent; None when the end is not known."""
    return min(100, max(0, done * 100 // total)) if total > 0 else None


def _environment() -> Environment:
    made = templates_in(HERE / "templates")
    made.filters.update(stamp=stamp, day=day, markdown=markdown, ago=ago)
    made.filters.update(browser=browser_name, initials=initials, said=said)
    made.filters.update(day_in=day_in, counted=counted)
    made.globals.update(percent=percent, hue=hue)
    return made


_ENVIRONMENT = _environment()


@frozen
class Templates:
    """Renders pages; *assets* knows the addresses of the built files."""

    assets: Assets
    pictures: str = ""
    """The service that has pictures of people; empty: none is asked."""

    def render(self, template: str, values: dict[str, Any]) -> bytes:
        """Return the page *template* makes of *values*."""
        common = {
            "asset": self._asset,
            "picture": functools.partial(picture, self.pictures),
        }
        made = _ENVIRONMENT.get_template(template).render({**common, **values})
        return made.encode()

    def _asset(self, name: str) -> str:
        return BUILT_URL + self.assets.url(name)
