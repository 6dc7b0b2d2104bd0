"""An installation to look at: every list filled, every state there, names too long.

It stands on what the tests of the pages stand on (`tests.server.web.example`), in
memory, so that a page looks the same each time and no state has to be waited for.
"""

from typing import Any

from attrs import evolve, frozen
from twisted.internet.task import Clock

from aen.model.audit import Act
from aen.model.faults import Frame
from aen.model.mail import Security
from aen.model.names import UserName, parse_project_path
from aen.model.permissions import SCOPES
from aen.model.projects import (
    Member,
    Problem,
    Progress,
    Project,
    State,
    TeamRole,
    Visibility,
)
from aen.model.site import Level, Maintenance
from aen.model.tasks import Kind, TaskState
from aen.model.users import Caller, Role
from aen.server.records import AccountChanges
from aen.server.rooms import Rooms
from aen.server.site_values import NewAnnouncement, NewSmtp, SiteChanges
from aen.server.store.exceptions import Seen
from aen.server.store.schedule import Outcome
from aen.server.store.tasks import End, Holder
from aen.server.store.tokens import Token
from aen.wire.environments import FoundPackage, FoundPackages
from aen.wire.messages import LaunchList, Log, Resources
from tests.server.furnished import GATEWAY_KEY, PASSWORD, World, furnished
from tests.server.web.example import ATLAS, BOB, EVE, example, project
from tests.ssh_keys import ed25519_line

HOUR, DAY = 3600.0, 86_400.0
LONGEST_USER = "maximiliane-of-the-northern-sea"
LONGEST_PROJECT = "a-project-whose-name-somebody-made-as-long-as-a-name-may-ever-be"
BROWSERS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15"
        " (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1"
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"
        " (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0"
    ),
)


@frozen
class Scene:
    """A server with somebody signed in for each name."""

    rooms: Rooms
    cookies: dict[str, str]
    """The value of the session's cookie, by user name."""
    words: dict[str, str]
    """What stands in addresses and is made anew each time, by name."""


async def full(clock: Clock, **settings: Any) -> Scene:
    """Return an installation where everything happens that can."""
    world = await example(clock, open_registration=True, **settings)
    rooms = world.rooms
    ada = await _signed_in(rooms, "ada")
    await _answers(world)
    await _people(rooms, ada[1])
    await _projects(rooms, ada[1])
    await _center(rooms)
    await _site(rooms, ada[1])
    words = {"task": await _tasks(rooms, ada[1])}
    words["exception"] = await _exceptions(rooms)
    await _chores(rooms)
    await _own(rooms, ada[1])
    await _acts(rooms, ada[1])
    words["reset"] = await rooms.password_changes.make_reset(None, "eve")
    cookies = {"ada": ada[0]}
    for name in ("bob", "eve", "stan"):
        cookies[name] = (await _signed_in(rooms, name))[0]
    return Scene(rooms, cookies, words)


async def bare(clock: Clock, **settings: Any) -> Scene:
    """Return an installation as it is on its first day, with an announcement."""
    rooms = (await furnished(clock, **settings)).rooms
    root, cookies = await _somebody(rooms)
    text = "On Saturday from 8:00 the disks are replaced; nothing can be started then."
    told = NewAnnouncement(text, Level.WARNING)
    await rooms.site.change(root, SiteChanges(announcement=told))
    return Scene(rooms, cookies, {})


async def closed(clock: Clock, **settings: Any) -> Scene:
    """Return an installation that is closed for maintenance."""
    rooms = (await furnished(clock, **settings)).rooms
    root, cookies = await _somebody(rooms)
    closing = Maintenance(on=True, text="The disks are being replaced.")
    urgent = NewAnnouncement("We are back by 18:00.", Level.URGENT)
    changes = SiteChanges(maintenance=closing, announcement=urgent)
    await rooms.site.change(root, changes)
    return Scene(rooms, cookies, {})


async def _somebody(rooms: Rooms) -> tuple[Caller, dict[str, str]]:
    await rooms.accounts.add_user(None, "ada", PASSWORD, role=Role.SUPERUSER)
    await rooms.accounts.add_user(None, "eve", PASSWORD)
    ada, eve = await _signed_in(rooms, "ada"), await _signed_in(rooms, "eve")
    return ada[1], {"ada": ada[0], "eve": eve[0]}


async def _signed_in(rooms: Rooms, name: str, browser: int = 0) -> tuple[str, Caller]:
    where = f"192.0.2.{10 + browser}"
    return await rooms.access.sign_in(name, PASSWORD, where, BROWSERS[browser])


async def _answers(world: World) -> None:
    found = (
        FoundPackage("numpy", ("2.1.0", "2.0.2", "1.26.4"), "Arrays of numbers."),
        FoundPackage("numpy-financial", ("1.0.0",), "Simple financial functions."),
    )
    lines = tuple(f"[I 12:{n:02}:05 LabApp] GET /lab/api {n} ms" for n in range(30))
    began = world.clock.seconds() - 2 * HOUR
    told = world.nodes.answers[Resources]
    uses = tuple(
        evolve(one, launch=evolve(one.launch, started=began)) for one in told.apps
    )
    world.nodes.answers |= {
        FoundPackages: FoundPackages(found),
        Log: Log(lines),
        Resources: evolve(told, apps=uses),
        LaunchList: LaunchList(tuple(one.launch for one in uses)),
    }


async def _people(rooms: Rooms, ada: Caller) -> None:
    add = rooms.accounts.add_user
    await add(None, "stan", PASSWORD, "stan@example.org", "Stan", Role.STAFF)
    await add(None, LONGEST_USER, PASSWORD, f"{LONGEST_USER}@mail.example.org")
    for number in range(1, 31):
        await add(None, f"student-{number:02}", PASSWORD, f"s{number}@example.org")
    about = AccountChanges(
        url="https://ada.example.org/engines",
        company="Analytical Engines",
        location="London",
    )
    await rooms.accounts.change_user(ada, "ada", about)
    off = AccountChanges(disabled=True)
    await rooms.accounts.change_user(ada, "student-07", off)
    for browser in (1, 2):
        await _signed_in(rooms, "ada", browser)


async def _projects(rooms: Rooms, ada: Caller) -> None:
    now = rooms.clock.seconds()
    guest = Member(UserName("student-01"), TeamRole.VIEWER, until=now + 3 * DAY)
    long = Member(UserName(LONGEST_USER), TeamRole.MAINTAINER)
    await project(
        rooms,
        f"ada/{LONGEST_PROJECT}",
        summary="A summary that goes on and on, as somebody who has much to say about"
        " what they do may write it, until the field lets them write no more of it.",
        tags=("maps", "very-long-tag-that-somebody-found-useful"),
        team=(BOB, EVE, guest, long),
        visibility=Visibility.PUBLIC,
    )
    await project(rooms, "ada/archive", state=State.STOPPING, node="node1")
    warned = Problem("The team could not be applied; it is tried again.")
    await project(
        rooms, "ada/warned", state=State.RUNNING, node="node1", problem=warned
    )
    for number in range(1, 25):
        await project(
            rooms, f"student-{number:02}/exercise", visibility=Visibility.PUBLIC
        )
    for one in ("climate-atlas", "scratch"):
        await rooms.finding.star(ada, parse_project_path("ada", one))
    await rooms.finding.save(ada, "Maps of ours", "tag:maps owner:ada")


async def _center(rooms: Rooms) -> None:
    centers = rooms.centers
    url, key = "https://east.example.org:8089", GATEWAY_KEY.public
    await centers.add(None, "east", url, key, "The new building")
    await centers.add_node(None, "east", "node7", "http://node7.example.org:5002")
    await centers.heard_silence("east", "node7")


async def _site(rooms: Rooms, ada: Caller) -> None:
    smtp = NewSmtp(
        "mail.example.org", 587, "aen@example.org", Security.STARTTLS, "aen", "x" * 12
    )
    await rooms.site.change(ada, SiteChanges(smtp=smtp, time_zone="Europe/Berlin"))


async def _tasks(rooms: Rooms, ada: Caller) -> str:
    """Add a task in each state; return the id of the one that has failed."""
    records, now = rooms.archive.tasks, rooms.clock.seconds()
    made = await rooms.tasks.add(
        Kind.RESET_PROJECT, "project:survival", {"project": "ada-survival"}, "ada"
    )
    lines = tuple(f"error: try {n}: connection refused" for n in range(12))
    why = "The package index did not answer."
    await records.claim("machine/1", Kind, now, 30.0)
    holder = Holder(made.id, "machine/1", 1, Kind.RESET_PROJECT)
    await records.finish(holder, End(TaskState.FAILED, why, lines), now)
    arguments = {
        "project": ATLAS,
        "user": "ada",
        "name": "default",
        "steps": [{"verb": "install", "packages": ["xarray", "netcdf4"]}],
    }
    key = f"environments:{ATLAS}"
    kind = Kind.CHANGE_ENVIRONMENT
    work = await rooms.tasks.add(kind, key, arguments, "ada")
    await records.claim("machine/1", Kind, now, 30.0)
    holder = Holder(work.id, "machine/1", 1, kind)
    await records.step(holder, Progress("Downloading", 3, 8))
    await records.say(holder, ("Resolved 14 packages in 310ms", "Downloading netcdf4"))
    for number in range(30):
        await rooms.tasks.add(Kind.SEND_MAIL, f"mail:{number}", {}, "")
    return made.id


async def _exceptions(rooms: Rooms) -> str:
    now = rooms.clock.seconds()
    frames = tuple(
        Frame(f"aen/server/{file}.py", 40 + number, function)
        for number, (file, function) in enumerate(
            (("web/view", "_answer"), ("projects", "create"), ("store/mongo", "insert"))
        )
    )
    for kind, count in (("AutoReconnect", 12), ("KeyError", 1)):
        seen = Seen(
            id=kind.lower(),
            kind=kind,
            message="the store closed the connection while it was asked for a project",
            doing="GET /ada/climate-atlas",
            frames=frames,
            process="machine/4711",
            count=count,
            first=now - DAY,
            last=now - HOUR,
        )
        await rooms.archive.exceptions.add(seen)
    await rooms.archive.exceptions.read("keyerror")
    return "autoreconnect"


async def _chores(rooms: Rooms) -> None:
    records, now = rooms.archive.schedule, rooms.clock.seconds()
    for name, title, good in (
        ("trim", "Forget what has expired", True),
        ("guests", "End the time of guests", True),
        ("moves", "Move files of renamed projects", False),
    ):
        await records.put(name, title, "every 10 minutes", now - 1)
        turn = await records.claim(name, "machine/1", now, 30.0)
        assert turn is not None
        words = "12 documents" if good else "node7 does not answer"
        end = Outcome(good, words)
        await records.end(turn, "machine/1", end, now, now + 600)
    await records.put("accounts", "Look for people who are gone", "every day", now - 1)
    await records.claim("accounts", "machine/1", now, 30.0)


async def _own(rooms: Rooms, ada: Caller) -> None:
    now = rooms.clock.seconds()
    for number, (note, scopes, expires, project_id) in enumerate(
        (
            ("Nightly run", ("user:username",), now + 90 * DAY, None),
            ("Everything, for the notebook server in the cellar", None, None, None),
            ("Sensors", tuple(SCOPES), now + 2 * DAY, ATLAS),
        )
    ):
        token = Token(
            f"token-{number}", ada.user.id, note, scopes, now, expires,
            project=project_id,
        )  # fmt: skip
        await rooms.api_tokens.keep_token(token)
    for seed, title in ((1, "Laptop"), (2, "The machine in the laboratory")):
        await rooms.ssh_keys.add(ada, ed25519_line(seed), title)


async def _acts(rooms: Rooms, ada: Caller) -> None:
    note = rooms.audit.note
    atlas = await rooms.archive.projects.with_id(ATLAS)
    assert isinstance(atlas, Project)
    await note(Act.SIGN_IN_REFUSED, None, user="ada", address="203.0.113.9")
    await note(
        Act.ACCOUNT_CHANGED, "stan", user="ada", facts={"fields": "e-mail, company"}
    )
    for number in range(30):
        await note(Act.PROJECT_STOPPED, None, project=atlas, facts={"why": "idle"})
        await note(Act.SIGNED_OUT, f"student-{number % 24 + 1:02}")
    for act, facts in (
        (Act.PROJECT_MADE, {}),
        (Act.PROJECT_STARTED, {}),
        (Act.APP_OPENED, {"app": "jupyterlab"}),
        (Act.PROJECT_CHANGED, {"summary": "Monthly anomalies"}),
        (Act.ENVIRONMENT_CHANGED, {"environment": "default", "install": "xarray"}),
    ):
        await note(act, ada, project=atlas, facts=facts)
    await note(Act.MEMBER_PUT, ada, user="bob", project=atlas, facts={"role": "member"})
