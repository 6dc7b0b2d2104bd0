"""Closing accounts."""

from attrs import field, frozen

from aen.model.rights import PERSON, SUPERUSER
from aen.server.choices import chosen
from aen.server.leaving import DELETE, Outcome, Then, Wishes
from aen.server.rooms import Rooms
from aen.server.web.api.operation import Call, Operation, operation


@frozen
class CloseBody:
    """Your password, and what becomes of each project you own.

    `projects` has for each `owner/name` who gets it, somebody of its team; null: it is
    deleted for good.
    """

    password: str
    projects: dict[str, str | None] = field(factory=dict)


@frozen
class LeaveBody:
    """What becomes of an account and of each project it owns.

    `then` is `disable` or `remove`. `projects` has for each `owner/name` who gets it;
    null: it is deleted for good. `rest` gets those of which nothing is said.
    """

    then: str = "disable"
    projects: dict[str, str | None] = field(factory=dict)
    rest: str | None = None


@frozen
class ClosedObject:
    """What was done; `removed` is false while projects are still being deleted."""

    given: int
    deleted: int
    removed: bool


@frozen
class LeavingCalls:
    """``/me/close`` and ``/users/{user}/leave``."""

    rooms: Rooms

    @operation(
        Operation(
            "POST", "/me/close", "Close your account", ClosedObject, CloseBody,
            right=PERSON,
        )
    )  # fmt: skip
    async def close(self, call: Call) -> ClosedObject:
        """Close your own account; nobody can bring it back."""
        body: CloseBody = call.body
        wishes = Wishes(_wished(body.projects))
        leaving = self.rooms.leaving
        return _closed(await leaving.close_own(call.person, body.password, wishes))

    @operation(
        Operation(
            "POST", "/users/{user}/leave", "Let somebody go", ClosedObject, LeaveBody,
            right=SUPERUSER,
        )
    )  # fmt: skip
    async def leave(self, call: Call, user: str) -> ClosedObject:
        """Disable or remove an account and hand its projects over, as one act."""
        body: LeaveBody = call.body
        wishes = Wishes(
            _wished(body.projects), body.rest, chosen(Then, body.then, "then")
        )
        return _closed(await self.rooms.leaving.close(call.person, user, wishes))


def _wished(projects: dict[str, str | None]) -> dict[str, str]:
    return {path: DELETE if to is None else to for path, to in projects.items()}


def _closed(done: Outcome) -> ClosedObject:
    return ClosedObject(done.given, done.deleted, done.removed)
