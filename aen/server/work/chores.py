"""What the platform does by the clock, all of it: one line each."""

from pathlib import Path

from aen.model.periods import DAY
from aen.model.schedule import Daily, Every
from aen.server.backup import keeping
from aen.server.backup.making import BackupMaker
from aen.server.directories.looks import Looks
from aen.server.rooms import Rooms
from aen.server.work.clockwork import Chore
from aen.server.work.late_teams import LateTeams
from aen.server.work.survivors import Survivors

_SURVIVORS_EVERY = 10.0


def chores(rooms: Rooms) -> tuple[Chore, ...]:
    """Return what a worker does by the clock, with the times of the settings."""
    settings = rooms.settings
    teams = LateTeams(rooms.archive, rooms.tasks, rooms.clock)

    survivors = Survivors(
        rooms.archive.projects, rooms.running, rooms.tasks, rooms.clock
    )
    looks = Looks(
        rooms.archive.users, rooms.accounts, rooms.door, settings, rooms.clock
    )

    async def trim() -> str:
        await rooms.archive.trim(
            rooms.clock.seconds(),
            events=settings.events_kept,
            history=settings.history_days * DAY,
            audit=settings.audit_days * DAY,
        )
        return ""

    return (
        Chore("late-teams", "Apply teams to files", Every(settings.teams_every),
              teams.look),
        Chore("survivors", "Take up what ran on through a restore",
              Every(_SURVIVORS_EVERY), survivors.look),
        Chore("guests", "End the time of guests", Every(settings.guests_every),
              rooms.projects.end_guests),
        Chore("moves", "Move files of renamed projects", Every(settings.moves_every),
              rooms.projects.settle_moves),
        Chore("left", "Remove what moved projects left", Every(settings.moves_every),
              rooms.projects.clear_left),
        Chore("accounts", "Look for people in the directory",
              Every(settings.accounts_look), looks.look, limit=300.0),
        Chore("trim", "Forget what has expired", Every(settings.trim_every), trim,
              limit=300.0),
        *_backups(rooms),
    )  # fmt: skip


def _backups(rooms: Rooms) -> tuple[Chore, ...]:
    """Return the chore of making backups, where the settings want any."""
    settings = rooms.settings
    if settings.backup_folder is None:
        return ()
    folder = Path(settings.backup_folder)

    async def back_up() -> str:
        phrase = keeping.passphrase_of(settings)
        now = rooms.clock.seconds
        maker = BackupMaker(rooms.database, settings, now, passphrase=phrase)
        return await keeping.make_and_keep(maker, folder)

    when = Daily(settings.backup_at)
    limit = settings.backup_seconds
    return (Chore(keeping.NAME, "Make a backup", when, back_up, limit=limit),)
