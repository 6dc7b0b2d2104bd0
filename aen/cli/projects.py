"""Commands about projects: finding, making, running, opening, teams, environments."""

import webbrowser
from argparse import Namespace
from urllib.parse import quote

from aen.cli.client import project_path
from aen.cli.desk import PAUSE, Desk
from aen.cli.objects import (
    App,
    Environment,
    Launch,
    Log,
    Project,
    Task,
    made,
)
from aen.cli.problems import Refused, Wrong
from aen.cli.showing import pairs, table

_OPENING = 600
"""Looks at an app that starts, before it is given up."""


def listing(desk: Desk, asked: Namespace) -> None:
    """Show the projects one may see."""
    query = {name: getattr(asked, name) for name in ("q", "owner", "tag", "visibility")}
    items = list(desk.client.every("/projects", query))
    found = [made(Project, one) for one in items]
    rows = ((one.path, one.state, one.visibility, one.summary) for one in found)
    desk.tell(items, table(("PROJECT", "STATE", "VISIBILITY", "SUMMARY"), rows))


def show(desk: Desk, asked: Namespace) -> None:
    """Show one project."""
    content = desk.client.ask("GET", project_path(asked.project))
    one = made(Project, content)
    team = tuple(f"{member.user} ({member.role})" for member in one.team)
    rows: tuple[tuple[str, object], ...] = (
        ("Project", one.path),
        ("State", one.state),
        ("Problem", one.problem),
        ("Visibility", one.visibility),
        ("Summary", one.summary),
        ("Tags", one.tags),
        ("Team", team),
        ("Environment", one.environment),
        ("Data center", one.data_center),
        ("Changed", one.updated),
    )
    desk.tell(content, pairs(rows))


def create(desk: Desk, asked: Namespace) -> None:
    """Make a project."""
    owner, _, name = asked.name.rpartition("/")
    wanted = {
        "name": name,
        "owner": owner or None,
        "visibility": asked.visibility,
        "summary": asked.summary,
    }
    body = {name: one for name, one in wanted.items() if one is not None}
    content = desk.client.ask("POST", "/projects", body)
    desk.tell(content, made(Project, content).path)


def delete(desk: Desk, asked: Namespace) -> None:
    """Delete a project with all its files."""
    path = project_path(asked.project)
    if not asked.yes:
        raise Wrong(
            f"This removes {asked.project} with all its files, for good."
            " Say it with --yes."
        )
    task = made(Task, desk.client.ask("DELETE", path))
    if not asked.no_wait:
        desk.follow(task, path)
    desk.tell({"deleted": asked.project}, f"{asked.project} is deleted.")


def move(desk: Desk, asked: Namespace) -> None:
    """Move a project to another data center, and wait for it."""
    path = project_path(asked.project)
    if not asked.yes:
        raise Wrong(
            f"This stops {asked.project} and brings its files to {asked.data_center}."
            " Say it with --yes."
        )
    body = {"data_center": asked.data_center}
    task = made(Task, desk.client.ask("POST", f"{path}/move", body))
    if not asked.no_wait:
        desk.follow(task, path)
    content = desk.client.ask("GET", path)
    desk.tell(content, f"{asked.project}: {made(Project, content).data_center}")


def control(desk: Desk, asked: Namespace) -> None:
    """Start, stop or reset a project, and wait for it."""
    path = project_path(asked.project)
    task = made(Task, desk.client.ask("POST", f"{path}/{asked.verb}"))
    if not asked.no_wait:
        desk.follow(task, path)
    content = desk.client.ask("GET", path)
    desk.tell(content, f"{asked.project}: {made(Project, content).state}")


def open_app(desk: Desk, asked: Namespace) -> None:
    """Give the address of a project, or of an app once it runs."""
    path = project_path(asked.project)
    url = f"{desk.client.url}/{desk.project(path).path}"
    if asked.app:
        url = launched(desk, f"{path}/apps/{quote(asked.app, safe='')}")
    desk.tell({"url": url}, url)
    if asked.browser:
        webbrowser.open(url)


def launched(desk: Desk, path: str) -> str:
    """Return the address of the app at *path* of the API, once it runs."""
    for _ in range(_OPENING):
        launch = made(Launch, desk.client.ask("POST", path))
        if launch.state == "running":
            return launch.url
        if launch.state == "failed":
            break
        desk.pause(PAUSE)
    raise Refused("The app has not come up; “aen projects show” may say why.")


def apps(desk: Desk, asked: Namespace) -> None:
    """Show the apps of a project."""
    items = list(desk.client.every(f"{project_path(asked.project)}/apps"))
    found = [made(App, one) for one in items]
    rows = ((one.name, one.title, one.state, one.url) for one in found)
    desk.tell(items, table(("APP", "TITLE", "STATE", "ADDRESS"), rows))


def logs(desk: Desk, asked: Namespace) -> None:
    """Show what one's own instance of an app has printed."""
    app = quote(asked.app, safe="")
    path = f"{project_path(asked.project)}/apps/{app}/log"
    content = desk.client.ask("GET", path)
    desk.tell(content, "\n".join(made(Log, content).lines))


def team(desk: Desk, asked: Namespace) -> None:
    """Show or change who works in a project."""
    path = project_path(asked.project)
    method, body = {"list": ("GET", None), "remove": ("DELETE", None)}.get(
        asked.verb, ("PUT", {"role": getattr(asked, "role", None)})
    )
    if asked.verb != "list":
        path = f"{path}/team/{quote(asked.user, safe='')}"
    one = made(Project, desk.client.ask(method, path, body))
    rows = [(one.owner, "owner"), *((each.user, each.role) for each in one.team)]
    desk.tell([{"user": user, "role": role} for user, role in rows],
              table(("USER", "ROLE"), rows))  # fmt: skip


def environments(desk: Desk, asked: Namespace) -> None:
    """Show the environments of a project."""
    items = list(desk.client.every(f"{project_path(asked.project)}/environments"))
    found = [made(Environment, one) for one in items]
    rows = (
        (one.name, one.python, "active" if one.active else "", len(one.packages))
        for one in found
    )
    desk.tell(items, table(("ENVIRONMENT", "PYTHON", "", "PACKAGES"), rows))


def install(desk: Desk, asked: Namespace) -> None:
    """Install packages into an environment, and wait for it."""
    path = project_path(asked.project)
    name = asked.env or desk.project(path).environment
    target = f"{path}/environments/{quote(name, safe='')}"
    body = {"install": asked.packages}
    task = made(Task, desk.client.ask("PATCH", target, body))
    if not asked.no_wait:
        task = desk.follow(task, path)
    desk.tell(task, f"{name}: {' '.join(asked.packages)}")
