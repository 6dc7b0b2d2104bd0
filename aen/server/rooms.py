"""The server's use cases, together: what pages, API and wire are built on."""

from attrs import frozen
from twisted.internet.interfaces import IReactorTime

from aen.server.access import Access
from aen.server.accounts import Accounts
from aen.server.activity import Activity
from aen.server.administration import Administration
from aen.server.api_tokens import ApiTokens
from aen.server.app_tokens import AppTokens
from aen.server.audit import Audit
from aen.server.centers import Centers
from aen.server.directories.directory import Directory
from aen.server.directories.door import Door, DoorParts
from aen.server.environments import Environments
from aen.server.events import Events
from aen.server.familiar import Familiar
from aen.server.finding import Finding
from aen.server.launching import Launching
from aen.server.leaving import Leaving
from aen.server.mail.post import Mail
from aen.server.mail.sending import Mailer
from aen.server.oauth import OAuth
from aen.server.password_changes import PasswordChanges
from aen.server.passwords import Passwords
from aen.server.people import People
from aen.server.projects import ProjectParts, Projects
from aen.server.recovery import Recovery
from aen.server.registration import Registration
from aen.server.related import Related
from aen.server.running import Nodes, Running
from aen.server.schedule import Schedule
from aen.server.settings import ServerSettings
from aen.server.site_settings import SiteSettings
from aen.server.slow_down import SlowDown
from aen.server.ssh_keys import SshKeys
from aen.server.store.archive import Archive
from aen.server.store.collection import Database
from aen.server.task_desk import TaskDesk
from aen.server.tasks import Tasks
from aen.server.visitors import Visitors
from aen.wire.tickets import SigningKey


@frozen
class Rooms:
    """Everything the outside of the server may use."""

    access: Access
    accounts: Accounts
    api_tokens: ApiTokens
    password_changes: PasswordChanges
    projects: Projects
    running: Running
    environments: Environments
    centers: Centers
    tasks: Tasks
    events: Events
    oauth: OAuth
    settings: ServerSettings
    clock: IReactorTime
    database: Database
    archive: Archive
    key: SigningKey
    nodes: Nodes
    tokens: AppTokens
    launching: Launching
    audit: Audit
    site: SiteSettings
    task_desk: TaskDesk
    ssh_keys: SshKeys
    schedule: Schedule
    admin: Administration
    mail: Mail
    recovery: Recovery
    registration: Registration
    leaving: Leaving
    finding: Finding
    visitors: Visitors

    @property
    def door(self) -> Door:
        """Who asks the back end of accounts."""
        return self.access.door

    @property
    def related(self) -> Related:
        """What projects have in common."""
        return Related(self.archive.projects.finder)

    @property
    def activity(self) -> Activity:
        """What happened in projects."""
        return Activity(self.projects, self.audit)


@frozen
class Parts:
    """What the rooms are made of that differs between a server and a test."""

    settings: ServerSettings
    clock: IReactorTime
    database: Database
    passwords: Passwords
    key: SigningKey
    nodes: Nodes
    mailer: Mailer
    directory: Directory | None = None
    """The back end of accounts besides the store."""


@frozen
class Ground:
    """What every use case may stand on."""

    archive: Archive
    events: Events
    audit: Audit
    site: SiteSettings
    tasks: Tasks
    mail: Mail
    door: Door
    visitors: Visitors

    @classmethod
    def of(cls, parts: Parts) -> "Ground":
        """Return it, over the store of *parts*."""
        settings, clock = parts.settings, parts.clock
        archive = Archive.of(parts.database, clock.seconds)
        events, audit = Events(archive.events, clock), Audit(archive.audit, clock)
        seal = parts.key.derive("site secrets")
        site = SiteSettings(archive.site, events, audit, settings, clock, seal)
        tasks = Tasks(archive.tasks, events, clock)
        mail = Mail(archive.letters, tasks, site, parts.mailer, settings, clock)
        door = Door(
            DoorParts(
                archive.users, parts.passwords, parts.directory, settings, clock, audit
            )
        )
        visitors = Visitors(archive.users, settings)
        return cls(archive, events, audit, site, tasks, mail, door, visitors)


def furnish(parts: Parts) -> Rooms:
    """Return the rooms, each given what it needs."""
    settings, clock, ground = parts.settings, parts.clock, Ground.of(parts)
    site, tasks, mail = ground.site, ground.tasks, ground.mail
    archive, events, audit = ground.archive, ground.events, ground.audit
    access, passwords = _access(parts, ground), parts.passwords
    accounts = Accounts(
        archive, passwords, settings, clock, audit, site, mail, tasks, access
    )
    api_tokens = ApiTokens(archive, settings, clock, audit, access)
    people = People(archive, clock, access, accounts, api_tokens)
    centers = _centers(parts, ground)
    projects = Projects(_project_parts(parts, ground, centers, tasks))
    running = Running(projects, centers, parts.nodes, audit)
    app_tokens = AppTokens(api_tokens, archive, settings, clock, audit)
    changes = PasswordChanges(archive, passwords, settings, clock, audit, access)
    return Rooms(
        access=access, accounts=accounts, api_tokens=api_tokens,
        password_changes=changes, projects=projects, running=running,
        environments=Environments(projects, running, tasks, audit),
        centers=centers, tasks=tasks, events=events,
        oauth=OAuth(archive.codes, access, centers, ground.visitors, clock),
        visitors=ground.visitors, settings=settings, clock=clock,
        database=parts.database, archive=archive, key=parts.key, nodes=parts.nodes,
        tokens=app_tokens, audit=audit, site=site, mail=mail,
        launching=Launching(projects, running, app_tokens, clock),
        ssh_keys=SshKeys(archive, audit, mail, settings, clock),
        task_desk=TaskDesk(archive.tasks, archive.projects, events, clock, audit),
        schedule=Schedule(archive.schedule, clock, audit),
        recovery=Recovery.over(archive, audit, mail),
        registration=Registration.over(archive, accounts, mail),
        leaving=Leaving(accounts, access, projects, archive, tasks, audit, mail),
        admin=Administration.of(ground, people, projects, running, centers, parts),
        finding=Finding(projects, archive, clock, settings.searches_per_user),
    )  # fmt: skip


def _project_parts(
    parts: Parts, ground: Ground, centers: Centers, tasks: Tasks
) -> ProjectParts:
    return ProjectParts(
        archive=ground.archive,
        centers=centers,
        tasks=tasks,
        events=ground.events,
        settings=parts.settings,
        clock=parts.clock,
        audit=ground.audit,
        site=ground.site,
    )


def _centers(parts: Parts, ground: Ground) -> Centers:
    archive, account = ground.archive, parts.settings.service_account
    return Centers(
        archive.centers, archive.projects, ground.events, parts.clock, account
    )


def _access(parts: Parts, ground: Ground) -> Access:
    settings, clock, archive = parts.settings, parts.clock, ground.archive
    return Access(
        archive=archive,
        events=ground.events,
        settings=settings,
        clock=clock,
        audit=ground.audit,
        site=ground.site,
        mail=ground.mail,
        door=ground.door,
        slow=SlowDown(archive.attempts, settings, clock),
        familiar=Familiar(archive.familiar, clock),
        csrf_secret=parts.key.derive("anti-forgery"),
    )
