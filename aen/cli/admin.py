"""Commands of those who administer: what runs, what went wrong, links, the report."""

from argparse import Namespace
from collections.abc import Iterator
from urllib.parse import quote

from aen.cli.desk import Desk
from aen.cli.objects import BusyProject, Fault, Report, Reset, made
from aen.cli.showing import pairs, table

Row = tuple[object, ...]


def running(desk: Desk, asked: Namespace) -> None:
    """Show what runs everywhere."""
    items = list(desk.client.every("/apps", {"owner": asked.owner}))
    rows = [row for one in items for row in _rows(made(BusyProject, one))]
    head = ("PROJECT", "USER", "APP", "CPU %", "MEMORY", "TO STOP IT")
    desk.tell(items, table(head, rows))


def _rows(busy: BusyProject) -> Iterator[Row]:
    path = f"{busy.owner}/{busy.name}"
    if busy.problem:
        yield (path, "", busy.problem, "", "", "")
    for one in busy.apps:
        memory = f"{one.memory / 1e6:.0f} MB"
        yield (path, one.user, one.app, f"{one.cpu:.0f}", memory,
               f"{busy.id} {one.launch}")  # fmt: skip


def stop_app(desk: Desk, asked: Namespace) -> None:
    """Stop an app of anybody."""
    parts = (quote(asked.project_id, safe=""), quote(asked.launch, safe=""))
    desk.client.ask("DELETE", "/apps/{}/{}".format(*parts))
    desk.tell({"stopped": asked.launch}, f"{asked.launch} has been stopped.")


def reset(desk: Desk, asked: Namespace) -> None:
    """Make a link under which somebody chooses a new password."""
    content = desk.client.ask("POST", f"/users/{quote(asked.user, safe='')}/reset")
    link = made(Reset, content)
    desk.tell(content, link.url)
    desk.note(f"It is shown this once, and good for {link.hours:g} hours.")


def exceptions(desk: Desk, asked: Namespace) -> None:
    """Show errors of the platform's own; mark them as read where that is asked."""
    items = list(desk.client.every("/exceptions"))
    found = (made(Fault, one) for one in items)
    rows = (
        (one.last, one.count, "" if one.read else "new", one.kind, one.message)
        for one in found
    )
    desk.tell(items, table(("LAST", "TIMES", "", "ERROR", "MESSAGE"), rows))
    if asked.read:
        desk.client.ask("POST", "/exceptions/read")


def report(desk: Desk, asked: Namespace) -> None:
    """Show what people did today, or in another time."""
    content = desk.client.ask("GET", "/report", query={"period": asked.period})
    found = made(Report, content)
    counts = sorted(found.counts.items())
    rows = (
        ("from", found.since),
        ("until", found.until),
        ("accounts", found.users),
        ("projects", found.projects),
        ("people active", found.active),
        *((name, count) for name, count in counts if count),
    )
    desk.tell(content, pairs(rows))
