"""An embedded store with very many people and projects, before its first start."""

import random
from collections.abc import Iterator
from pathlib import Path

from argon2 import PasswordHasher

from aen.model.names import (
    PlaceName,
    UserName,
    parse_project_path,
    parse_user_name,
)
from aen.model.projects import Member, Project, Visibility
from aen.model.users import User
from aen.server.store.journal import DatabaseJournal, SqliteFile
from aen.server.store.memory import MemoryDatabase
from aen.server.store.opening import DATABASE
from aen.server.store.places import StorePlaces
from aen.server.store.projects import ProjectRecords
from aen.server.store.schema import INDEXES
from aen.server.store.users import Users

PEOPLE, PROJECTS = 50_000, 10_000
WORDS = (
    "tide harbour climate atlas river survey glacier rain model forecast energy grid"
    " market price churn fraud image speech protein genome cell patient trial sensor"
    " engine flight route traffic parcel census income housing school poem archive"
).split()
_SEED = 4
_TEAM = 4
_DAY = 86_400.0


def person(number: int) -> UserName:
    """Return the name of one of the people."""
    return parse_user_name(f"person{number:05}")


async def fill(directory: Path, password: str, now: float) -> None:
    """Write the store in *directory*, which is not there yet.

    :param password: of everybody.
    :param now: seconds since the epoch.
    """
    places = StorePlaces(directory)
    places.prepare()
    file = SqliteFile(places.records)
    database = MemoryDatabase(DatabaseJournal(file, DATABASE))
    chance = random.Random(_SEED)  # noqa: S311 -- the same every time
    try:
        await database.prepare(INDEXES)
        with file.at_once():
            users, hashed = Users(database), PasswordHasher().hash(password)
            for one in _people(now):
                await users.add(one, hashed)
            projects = ProjectRecords(database, lambda: now)
            for project in _projects(chance, now):
                await projects.add(project)
    finally:
        file.close()


def _people(now: float) -> Iterator[User]:
    for number in range(PEOPLE):
        name = person(number)
        title = f"{WORDS[number % len(WORDS)].title()} Person {number}"
        yield User(f"u{number:05}", name, title, f"{name}@example.org", created=now)


def _projects(chance: random.Random, now: float) -> Iterator[Project]:
    for number in range(PROJECTS):
        # A few people have many projects, most have one or none.
        owner = person(int(chance.random() ** 3 * PEOPLE))
        team = {person(chance.randrange(PEOPLE)) for _ in range(_TEAM)} - {owner}
        if number % 100 == 0:
            team.add(person(0))
        words = chance.sample(WORDS, 8)
        yield Project(
            id=f"p{number:05}",
            path=parse_project_path(owner, f"{words[0]}-{words[1]}-{number}"),
            data_center=PlaceName("main"),
            visibility=chance.choice(tuple(Visibility)),
            summary=f"{' '.join(words[2:6]).capitalize()}, number {number}",
            description=" ".join(chance.choices(WORDS, k=60)),
            tags=tuple(sorted(words[6:])),
            team=tuple(Member(one) for one in sorted(team - {owner})),
            created=now - 2 * _DAY,
            updated=now - chance.random() * _DAY,
        )
