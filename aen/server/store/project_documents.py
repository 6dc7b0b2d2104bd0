"""Projects as documents: what `projects` keeps and reads."""

from collections.abc import Iterable
from typing import Any

from attrs import evolve

from aen.model.names import (
    EnvironmentName,
    PlaceName,
    ProjectName,
    ProjectPath,
    UserName,
)
from aen.model.projects import (
    Member,
    Problem,
    Progress,
    Project,
    Shipment,
    State,
    TeamRole,
    Visibility,
)
from aen.server.store.collection import Document
from aen.server.store.project_words import derived

_MOST_FORMER = 20
"""Paths that a project is still found by."""


def moved(found: Document, path: ProjectPath, stays: Member | None) -> dict[str, Any]:
    """Return the fields of a document once its project is at *path*."""
    before = f"{found['owner']}/{found['name']}"
    former = [one for one in found.get("former", ()) if one != before.lower()]
    team, until = dict(found.get("team", {})), dict(found.get("until", {}))
    for mapping in (team, until):
        mapping.pop(path.owner, None)
    if stays is not None:
        team[stays.user] = stays.role.value
    # Until the files have moved this is where they are, however often it is renamed.
    home = found.get("home") or before
    return {
        "key": path.key,
        "owner": path.owner,
        "name": path.name,
        "former": [*former, before.lower()][-_MOST_FORMER:],
        "home": home,
        "home_key": home.lower(),
        "team": team,
        "members": sorted(team),
        "until": until,
        **derived({**found, "owner": path.owner, "name": path.name}),
    }


def over(document: Document, now: float) -> tuple[str, ...]:
    """Return the names of guests whose time is over by *now*."""
    ends = document.get("until", {})
    return tuple(name for name, end in sorted(ends.items()) if end <= now)


def progress_document(progress: Progress | None) -> dict[str, Any] | None:
    """Return *progress* as it is stored."""
    if progress is None:
        return None
    return {"step": progress.step, "done": progress.done, "total": progress.total}


def progress_of(document: dict[str, Any] | None) -> Progress | None:
    """Return what `progress_document` made, as a value again."""
    return None if document is None else Progress(**document)


def problem_document(problem: Problem | None) -> dict[str, Any] | None:
    """Return *problem* as it is stored."""
    if problem is None:
        return None
    return {"message": problem.message, "log": list(problem.log)}


def document_of(project: Project) -> Document:
    """Return a new project as it is stored."""
    document = {
        "_id": project.id,
        "key": project.path.key,
        "owner": project.path.owner,
        "name": project.path.name,
        "data_center": project.data_center,
        "state": project.state.value,
        "visibility": project.visibility.value,
        "summary": project.summary,
        "description": project.description,
        "tags": list(project.tags),
        "team": {one.user: one.role.value for one in project.team},
        "members": [one.user for one in project.team],
        "node": project.node,
        "environment": project.environment,
        "created": project.created,
        "updated": project.updated,
        "progress": None,
        "problem": None,
        "source": project.source,
        "rev": 0,
        "mark": "",
        "stars": 0,
    }
    return {**document, **derived(document)}


def project_of(document: Document, now: float = 0.0) -> Project:
    """Return the project a document holds, without those whose time is over."""
    problem = document["problem"]
    project = Project(
        id=document["_id"],
        path=ProjectPath(UserName(document["owner"]), ProjectName(document["name"])),
        data_center=PlaceName(document["data_center"]),
        state=State(document["state"]),
        visibility=Visibility(document["visibility"]),
        summary=document["summary"],
        description=document["description"],
        tags=tuple(document["tags"]),
        team=tuple(_team(document, now)),
        former=tuple(document.get("former", ())),
        home=_home(document),
        source=document.get("source", ""),
        node=document["node"],
        environment=EnvironmentName(document["environment"]),
        created=document["created"],
        updated=document["updated"],
        progress=progress_of(document["progress"]),
        stars=max(0, document.get("stars", 0)),
        bound=_shipment(document.get("bound")),
        left=_shipment(document.get("left")),
    )
    if problem is None:
        return project
    return evolve(project, problem=Problem(problem["message"], tuple(problem["log"])))


def _team(document: Document, now: float) -> Iterable[Member]:
    ends = document.get("until", {})
    for name, role in sorted(document.get("team", {}).items()):
        end = ends.get(name)
        if end is None or end > now:
            yield Member(UserName(name), TeamRole(role), end)


def shipment_document(shipment: Shipment) -> dict[str, str]:
    """Return *shipment* as it is stored."""
    return {
        "id": shipment.id,
        "data_center": shipment.data_center,
        "node": shipment.node,
    }


def _shipment(found: dict[str, str] | None) -> Shipment | None:
    if not found:
        return None
    places = (PlaceName(found[one]) for one in ("data_center", "node"))
    return Shipment(found["id"], *places)


def _home(document: Document) -> ProjectPath | None:
    owner, _, name = (document.get("home") or "").partition("/")
    return ProjectPath(UserName(owner), ProjectName(name)) if owner else None
