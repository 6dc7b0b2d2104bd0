"""All kinds of records of one installation, together."""

from collections.abc import Callable

from attrs import frozen

from aen.model.periods import DAY
from aen.server.store.attempts import AttemptCounts
from aen.server.store.audit import AuditRecords
from aen.server.store.centers import CenterRecords
from aen.server.store.codes import Codes
from aen.server.store.collection import Database
from aen.server.store.event_log import EventLog
from aen.server.store.exceptions import ExceptionRecords
from aen.server.store.familiar import FamiliarPlaces
from aen.server.store.kept_answers import KeptAnswers
from aen.server.store.letters import Letters
from aen.server.store.project_search import ProjectSearch
from aen.server.store.projects import ProjectRecords
from aen.server.store.resets import Resets
from aen.server.store.schedule import ScheduleRecords
from aen.server.store.searches import SavedSearches
from aen.server.store.sessions import Sessions
from aen.server.store.signups import Signups
from aen.server.store.site_settings import SiteRecords
from aen.server.store.ssh_keys import SshKeyRecords
from aen.server.store.stars import Stars
from aen.server.store.tasks import TaskRecords
from aen.server.store.tokens import Tokens
from aen.server.store.user_search import UserSearch
from aen.server.store.users import Users


@frozen
class Archive:
    """One repository for each kind of record."""

    users: Users
    sessions: Sessions
    tokens: Tokens
    attempts: AttemptCounts
    resets: Resets
    projects: ProjectRecords
    tasks: TaskRecords
    centers: CenterRecords
    codes: Codes
    events: EventLog
    audit: AuditRecords
    schedule: ScheduleRecords
    site: SiteRecords
    ssh_keys: SshKeyRecords
    user_search: UserSearch
    project_search: ProjectSearch
    exceptions: ExceptionRecords
    kept_answers: KeptAnswers
    letters: Letters
    signups: Signups
    familiar: FamiliarPlaces
    stars: Stars
    searches: SavedSearches

    @classmethod
    def of(cls, database: Database, now: Callable[[], float]) -> "Archive":
        """Return the repositories over *database*; *now* tells the time."""
        return cls(
            users=Users(database),
            sessions=Sessions(database),
            tokens=Tokens(database),
            attempts=AttemptCounts(database),
            resets=Resets(database),
            projects=ProjectRecords(database, now),
            tasks=TaskRecords(database),
            centers=CenterRecords(database),
            codes=Codes(database),
            events=EventLog(database),
            audit=AuditRecords(database),
            schedule=ScheduleRecords(database),
            site=SiteRecords(database),
            ssh_keys=SshKeyRecords(database),
            user_search=UserSearch(database),
            project_search=ProjectSearch(database, now),
            exceptions=ExceptionRecords(database),
            kept_answers=KeptAnswers(database),
            letters=Letters(database),
            signups=Signups(database),
            familiar=FamiliarPlaces(database),
            stars=Stars(database),
            searches=SavedSearches(database),
        )

    async def trim(
        self, now: float, *, events: int, history: float, audit: float
    ) -> None:
        """Forget what has expired or is only history; once in a while is enough.

        :param events: how many events to keep.
        :param history: seconds ended tasks are kept.
        :param audit: seconds the log of acts is kept.
        """
        await self.sessions.trim(now)
        await self.tokens.trim(now)
        await self.attempts.trim(now - DAY)
        await self.resets.trim(now)
        await self.kept_answers.trim(now)
        await self.codes.trim(now - DAY)
        await self.tasks.trim(now - history)
        await self.audit.trim(now - audit)
        await self.letters.trim(now - history)
        await self.signups.trim(now)
        await self.familiar.trim(now - audit)
        await self.events.trim(keep=events, before=now - DAY)
