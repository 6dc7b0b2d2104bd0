"""Which pages there are to look at. A page that is not here fails a test."""

import re
from collections.abc import Iterable

from attrs import frozen

from tests.browser.scene import LONGEST_PROJECT


@frozen
class Sight:
    """A page as somebody sees it."""

    path: str
    """Its address; ``{…}`` are words of the scene."""
    who: str = "ada"
    """Who looks; empty: nobody who has signed in."""
    scene: str = "full"
    status: int = 200
    opens: str = ""
    """What is clicked before it is looked at, as a selector; all that match."""
    sends: str = ""
    """The form that is sent empty or as it is, as a selector: what comes is looked
    at."""

    @property
    def name(self) -> str:
        """Its name in a picture's file and in the name of its test."""
        path = self.path.lower().replace(LONGEST_PROJECT, "long")
        where = re.sub(r"[^a-z0-9]+", "-", path).strip("-") or "home"
        parts = (self.scene, self.who or "visitor", where)
        more = ("opened" if self.opens else "") + ("sent" if self.sends else "")
        return "-".join(filter(None, (*parts, more)))


def _by(who: str, *paths: str, scene: str = "full") -> Iterable[Sight]:
    return (Sight(path, who, scene) for path in paths)


ATLAS = "/ada/climate-atlas"
LONG = f"/ada/{LONGEST_PROJECT}"
SETTINGS = f"{ATLAS}/settings"

PEOPLE: tuple[Sight, ...] = (
    # Whoever has not signed in.
    *_by("", "/", "/login", "/register", "/account/request_reset", "/search"),
    *_by("", "/account/reset/{reset}", "/account/confirm/some-secret", "/ada"),
    Sight("/login?done=signed-out", ""),
    Sight("/login", "", status=401, sends="form"),
    Sight("/register", "", status=400, sends="form"),
    Sight("/account/confirm/some-secret", "", status=404, sends="form"),
    Sight("/account/request_reset", "", sends="form"),
    Sight("/account/request_reset", "", "bare"),
    # What one has oneself.
    *_by("ada", "/", "/logout", "/search", "/search?q=climate", "/search?q=zzz"),
    *_by("ada", "/search?in=people", "/search?in=people&q=zzz"),
    *_by("ada", "/ada", "/bob", "/account/", "/account/security", "/account/tokens"),
    *_by("ada", "/account/ssh-keys", "/account/log"),
    *_by("bob", "/account/close"),
    Sight("/account/close", status=409),
    *_by("eve", "/", "/eve", "/account/", "/account/close", scene="bare"),
    *_by("eve", "/account/tokens", "/account/ssh-keys", "/account/log", scene="bare"),
    *_by("eve", "/search", scene="bare"),
    Sight("/", opens=".menu > summary"),
    Sight("/account/tokens", status=400, sends="main form[action='/account/tokens']"),
    Sight("/account/ssh-keys", status=400, sends="main form[autocomplete=off]"),
    Sight("/account/close", "bob", status=400, sends="main form"),
    Sight("/account/security", status=400, sends="form#password"),
)
"""Signing in, accounts, what one has, other people."""

PROJECTS: tuple[Sight, ...] = (
    # A new one.
    *_by("ada", "/projects/new"),
    *_by("eve", "/projects/new", scene="bare"),
    Sight("/projects/new", status=400, sends="main form"),
    # In each state, for each role.
    *_by("ada", ATLAS, f"{ATLAS}/activity", f"{ATLAS}/duplicate", "/ada/archive"),
    *_by("ada", "/ada/engine-notes", "/ada/survival", "/ada/scratch", "/ada/warned"),
    *_by("ada", LONG, f"{LONG}/settings/team", f"{LONG}/activity"),
    *_by("eve", ATLAS, f"{SETTINGS}/info", f"{SETTINGS}/resources"),
    *_by("bob", ATLAS, "/bob/forecast"),
    *_by("", ATLAS, f"{LONG}/activity"),
    *_by("ada", f"{SETTINGS}/", f"{SETTINGS}/team", f"{SETTINGS}/admin"),
    *_by("ada", f"{SETTINGS}/info", f"{SETTINGS}/resources"),
    *_by("ada", f"{SETTINGS}/resources?log=terminal-bob&q=numpy"),
    *_by("ada", "/ada/scratch/settings/resources"),
    Sight(f"{SETTINGS}/resources", opens="#environments .sure > summary"),
    Sight(f"{SETTINGS}/team", status=400, sends="main form.card"),
    Sight(f"{SETTINGS}/admin", status=400, sends="main form[action$='/delete']"),
    # For whoever works on the pages.
    Sight("/static/examples", ""),
    Sight("/static/examples", opens=".sure > summary"),
    # What cannot be shown.
    Sight("/nobody/nothing", "", status=404),
    Sight("/ada/nothing", "eve", status=404),
    Sight("/login", "", "closed"),
    Sight("/", "eve", "closed", status=503),
    Sight("/", "", "away", status=503),
)
"""Projects, the parts that all pages are made of, what cannot be shown."""

ADMINISTRATION: tuple[Sight, ...] = (
    # With much in it, and with nothing.
    *_by("ada", "/admin/", "/admin/report", "/admin/exceptions", "/admin/users"),
    *_by("ada", "/admin/exceptions/{exception}", "/admin/resets", "/admin/log"),
    *_by("ada", "/admin/users/new", "/admin/users/ada", "/admin/users/student-07"),
    *_by("ada", "/admin/users/bob/leave", "/admin/users/student-02/leave"),
    *_by(
        "ada", "/admin/users?q=zzz", "/admin/projects", "/admin/projects?state=failed"
    ),
    *_by("ada", "/admin/apps", "/admin/tasks", "/admin/tasks/{task}"),
    *_by("ada", "/admin/schedule", "/admin/data-centers", "/admin/data-centers/main"),
    *_by("ada", "/admin/data-centers/east", "/admin/settings", "/admin/announcement"),
    *_by("ada", "/admin/notification", "/admin/system"),
    *_by("stan", "/admin/", "/admin/report", "/admin/notification"),
    *_by("ada", "/", "/admin/", "/admin/report", "/admin/exceptions", scene="bare"),
    *_by("ada", "/admin/users", "/admin/projects", "/admin/apps", scene="bare"),
    *_by("ada", "/admin/tasks", "/admin/schedule", "/admin/log", scene="bare"),
    *_by("ada", "/admin/data-centers", "/admin/announcement", scene="bare"),
    *_by("ada", "/admin/notification", scene="bare"),
    Sight("/admin/users/bob", opens=".sure > summary"),
    Sight("/admin/resets", status=404, sends="main form"),
    Sight("/admin/users/new", status=400, sends="main form"),
    # Refused; while nobody else gets in.
    Sight("/admin/", "eve", status=403),
    *_by("ada", "/admin/", "/admin/announcement", scene="closed"),
)

SIGHTS = (*PEOPLE, *PROJECTS, *ADMINISTRATION)

NO_PAGES = {
    "/account/announcement": "a part of every page",
    "/account/events": "a stream",
    "/account/people": "a part of forms",
    "/admin/log/export": "a file",
    "/favicon.ico": "leads to the mark",
    "/healthz": "for machines",
    "/oauth/authorize": "leads to a gateway",
    "/robots.txt": "for machines",
    "/static/built/<name>": "files",
    "/<owner>/<name>/events": "a stream",
    "/<owner>/<name>/live": "a part of a project's page",
    "/<owner>/<name>/team": "a part of a project's page",
    "/<owner>/<name>/settings/resources/part/<part>": "a part of the page",
    "/<owner>/<name>/settings/resources/apps/<launch>/log": "a part of the page",
    "/<owner>/<name>/settings/resources/environments/<environment>/search": (
        "a part of the page"
    ),
    "/<owner>/<name>/settings/resources/environments/<environment>/export": "a file",
}
"""What can be reached by GET and is nothing to look at, and what it is instead."""
