"""What has been done in a project, as its team reads it. Pure."""

import enum

from attrs import evolve, frozen

from aen.model.audit import About, Act, Entry
from aen.model.permissions import Standing

_USE = (
    Act.APP_OPENED,
    Act.APP_STOPPED,
    Act.PROJECT_STARTED,
    Act.PROJECT_STOPPED,
    Act.PROJECT_RESET,
)
_TEAM = (Act.MEMBER_PUT, Act.MEMBER_DROPPED)
_FOR_VISITORS = frozenset({Act.PROJECT_MADE, Act.PROJECT_CHANGED})
_FOR_VIEWERS = frozenset(About.PROJECTS.acts) - {Act.APP_OPENED, Act.APP_STOPPED}
_TOLD = frozenset({"app", "environment", "change", "role", "until"})
"""Details that are in the sentence already, or say nothing to people."""


class Topic(enum.Enum):
    """What a project's acts are about, to look at one kind only."""

    CHANGES = "changes"
    TEAM = "team"
    USE = "use"

    @property
    def acts(self) -> tuple[Act, ...]:
        """The acts about this; each act is about one thing."""
        known = {Topic.TEAM: _TEAM, Topic.USE: _USE}
        if self in known:
            return known[self]
        return tuple(
            act for act in About.PROJECTS.acts if act not in _TEAM and act not in _USE
        )


@frozen
class Said:
    """What somebody did, in words around the name of whom they did it to."""

    before: str
    user: str = ""
    after: str = ""
    more: tuple[tuple[str, str], ...] = ()
    """Details that are not in the sentence: name and text."""


def shown_acts(who: Standing, topic: Topic | None) -> tuple[Act, ...] | None:
    """Return the acts to show to *who*; all of them: nothing; none of them: None.

    What people do in a project, and who they are, is for its team; who runs which
    app is not for its viewers, as on the page of resources.
    """
    acts = topic.acts if topic is not None else ()
    limits = {Standing.VISITOR: _FOR_VISITORS, Standing.VIEWER: _FOR_VIEWERS}
    if who not in limits:
        return acts
    wanted = acts or About.PROJECTS.acts
    return tuple(act for act in wanted if act in limits[who]) or None


def shown_entry(who: Standing, entry: Entry) -> Entry:
    """Return as much of *entry* as *who* may read.

    Addresses are between people and administrators. What a project was called, or
    said of itself, before it became public is its team's.
    """
    if who is not Standing.VISITOR:
        return evolve(entry, address="")
    return evolve(entry, address="", user="", path="", details={})


def said(entry: Entry) -> Said:
    """Return *entry* as the rest of a sentence that begins with who did it."""
    before, user, after = _sentence(entry)
    more = tuple(
        (name, text) for name, text in entry.details.items() if name not in _TOLD
    )
    return Said(before, user, after, more)


def _sentence(entry: Entry) -> tuple[str, str, str]:
    another = entry.user if entry.user != entry.by else ""
    if entry.act in _TEAM:
        return _of_team(entry, another)
    details = entry.details
    if entry.act is Act.ENVIRONMENT_CHANGED:
        words = f"changed the environment {details.get('environment', '')}".rstrip()
        return ": ".join(filter(None, (words, details.get("change")))), "", ""
    app = details.get("app", "an app")
    if entry.act is Act.APP_OPENED:
        return f"opened {app}", "", ""
    if entry.act is Act.APP_STOPPED:
        return f"ended {app}" + (" of" if another else ""), another, ""
    thing, _, done = entry.act.value.partition(" ")
    return f"{done} the {thing}", another, ""


def _of_team(entry: Entry, another: str) -> tuple[str, str, str]:
    if entry.act is Act.MEMBER_PUT:
        role = entry.details.get("role", "member")
        guest = ", as a guest" if "until" in entry.details else ""
        return "made", entry.user, f"{role} of the team{guest}"
    return ("took", another, "out of the team") if another else _LEFT


_LEFT = ("left the team", "", "")
