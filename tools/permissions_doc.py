"""Write ``docs/permissions.md`` from the mounted addresses; ``--check`` compares."""

import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from attrs import evolve
from twisted.internet.task import Clock

from aen.model.names import PlaceName, UserName, parse_project_path
from aen.model.permissions import GRANTS, SCOPES, Action
from aen.model.projects import Member, Project, TeamRole, Visibility
from aen.model.rights import Right, outcome, words
from aen.model.users import Caller, Role, User
from aen.runtime.assets import Assets
from aen.server.passwords import Passwords
from aen.server.rooms import Parts, furnish
from aen.server.settings import ServerSettings
from aen.server.store.memory import MemoryDatabase
from aen.server.web.addresses import Address
from aen.server.web.site import site
from aen.wire.tickets import SigningKey

PAGE = Path(__file__).resolve().parent.parent / "docs" / "permissions.md"
HEAD = """\
# Who may what

Generated from the pages and calls themselves: `make permissions-doc`. What the words
mean is in `aen/model/permissions.py` and `aen/model/rights.py`; a test tries every line
as everybody ([api.md](api.md)).
"""
MEANING = (
    "In a private project, and after the stroke in a public one. “Sign in”: pages lead"
    " there, calls answer 401; “no” is 403; “not there” is 404."
)
WHO = (
    *("visitor", "stranger", "viewer", "member", "maintainer", "owner"),
    *("staff", "superuser"),
)


def main() -> None:
    """Write the page, or with ``--check`` fail when it is not what it should be."""
    text = page(mounted())
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(text, "utf-8")
    elif not PAGE.exists() or PAGE.read_text("utf-8") != text:
        sys.exit("docs/permissions.md is not up to date; run: make permissions-doc")


def mounted() -> tuple[Address, ...]:
    """Return every page and call, of a server that is only put together."""
    nobody: Any = None  # nothing is asked of it
    parts = Parts(
        settings=ServerSettings(public_url="http://aen.example"),
        clock=Clock(),
        database=MemoryDatabase(),
        passwords=Passwords(nobody),
        key=SigningKey(bytes(32)),
        nodes=nobody,
        mailer=nobody,
    )
    return site(furnish(parts), assets=Assets(defaultdict(str), {})).addresses


def page(addresses: Iterable[Address]) -> str:
    """Return the whole page."""
    known = tuple(addresses)
    rights = sorted({words(one.right): one.right for one in known}.items())
    lines = [HEAD, "## What one may do to a project", ""]
    lines += _table(
        ("who", *(one.value for one in Action)),
        (
            (standing.value, *("yes" if one in may else "" for one in Action))
            for standing, may in GRANTS.items()
        ),
    )
    lines += ["", "## What tokens may do to projects", ""]
    lines += _table(
        ("scope", *(one.value for one in Action)),
        (
            (f"`{name}`", *("yes" if one in may else "" for one in Action))
            for name, may in SCOPES.items()
        ),
    )
    lines += [
        "",
        "## What comes of it",
        "",
        MEANING,
        "",
    ]
    lines += _table(("for", *WHO), ((name, *_row(right)) for name, right in rights))
    for title, calls in (("Pages", False), ("Calls", True)):
        lines += ["", f"## {title}", ""]
        lines += _table(
            ("address", "for", "scopes, one of"),
            (_line(one) for one in sorted(known, key=_order) if one.calls is calls),
        )
    return "\n".join([*lines, ""])


def _order(one: Address) -> tuple[str, str]:
    return one.path, one.method


def _line(one: Address) -> tuple[str, ...]:
    scopes = one.right.scopes if one.calls else ()
    listed = "any" if len(scopes) == len(SCOPES) else ", ".join(sorted(scopes))
    return f"`{one.method} {one.path}`", words(one.right), listed


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [head, ("---",) * len(head), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def _row(right: Right) -> tuple[str, ...]:
    private = Project(
        "p", parse_project_path("olga", "lab"), PlaceName("east"), team=_TEAM
    )
    public = evolve(private, visibility=Visibility.PUBLIC)
    cells = []
    for caller in _callers():
        found = [outcome(right, caller, where) for where in (private, public)]
        both = [one.value for one in found]
        cells.append(both[0] if both[0] == both[1] else " / ".join(both))
    return tuple(cells)


_TEAM = (
    Member(UserName("vic"), TeamRole.VIEWER),
    Member(UserName("max"), TeamRole.MEMBER),
    Member(UserName("mia"), TeamRole.MAINTAINER),
)


def _callers() -> tuple[Caller | None, ...]:
    people = [
        *((name, Role.USER) for name in ("sid", "vic", "max", "mia", "olga")),
        *(("stan", Role.STAFF), ("sue", Role.SUPERUSER)),
    ]
    return None, *(
        Caller(User(name, UserName(name), role=role), session="s")
        for name, role in people
    )


if __name__ == "__main__":
    main()
