"""Teams: who works in a project, as what, and until when."""

from aen.model.audit import Act
from aen.model.counting import counted
from aen.model.errors import Conflict, Invalid, NotFound
from aen.model.names import ProjectPath
from aen.model.periods import DAY
from aen.model.permissions import Action
from aen.model.projects import Member, Project, TeamRole
from aen.model.users import Caller
from aen.server.events import project_topic
from aen.server.project_desk import ProjectDesk, no_account, still

_AT_ONCE = 100
_LONGEST = 10 * 366 * DAY
"""Seconds: who stays longer is no guest."""
_OVER = "The time of a guest is over."


class Teams(ProjectDesk):
    """Puts people into teams and takes them out."""

    async def set_member(
        self,
        caller: Caller,
        path: ProjectPath,
        user: str,
        role: TeamRole,
        until: float | None = None,
    ) -> Project:
        """Put somebody in the team, or give them another role or end.

        :param until: when a guest's time is over; None: they stay.
        """
        project = await self.allowed(caller, path, Action.MANAGE_TEAM)
        found = await self._archive.users.named(user)
        if found is None:
            raise no_account("user", user)
        if found.name == project.path.owner:
            raise Conflict(f"“{user}” owns the project and needs no place in its team.")
        await self._centers.demand_person(project.data_center, found.name, "user")
        self._demand_place(project, Member(found.name, role, until))
        return await self._put(caller, project, Member(found.name, role, until))

    def _demand_place(self, project: Project, member: Member) -> None:
        if member.until is not None and member.until <= self._now:
            message = "That day is over; choose a later one."
            raise Invalid(message, fields={"until": message})
        if member.until is not None and member.until > self._now + _LONGEST:
            message = "A guest stays ten years at most; leave the day empty to let"
            message += " somebody stay."
            raise Invalid(message, fields={"until": message})
        known = project.member(member.user) is not None
        if not known and len(project.team) >= self._settings.team_size:
            raise Conflict(
                f"A team has at most {self._settings.team_size} members;"
                " remove somebody first."
            )

    async def _put(self, caller: Caller, project: Project, member: Member) -> Project:
        changed = still(await self._records.put_member(project.id, member, self._now))
        known = project.member(member.user)
        if known == member:
            return changed
        await self._audit.note(
            Act.MEMBER_PUT,
            caller,
            user=member.user,
            project=changed,
            facts=_facts(member),
        )
        if known is not None and known.role is member.role:
            # Another end: the files know nothing of it, gateways have to.
            await self._told(changed, "The team of the project has changed.")
            return changed
        return await self._team_changed(caller.user.name, changed)

    async def remove_member(
        self, caller: Caller, path: ProjectPath, user: str
    ) -> Project:
        """Take somebody out of the team; anybody may leave by themselves."""
        leaves = caller.user.name == user and caller.scopes is None
        action = Action.VIEW if leaves else Action.MANAGE_TEAM
        project = await self.allowed(caller, path, action)
        if all(one.user != user for one in project.team):
            raise NotFound(f"“{user}” is not in the team.")
        changed = await self._records.drop_member(project.id, user, self._now)
        await self._end_apps(project, user)
        await self._audit.note(Act.MEMBER_DROPPED, caller, user=user, project=project)
        return await self._team_changed(caller.user.name, still(changed or project))

    async def end_guests(self) -> str:
        """Take out of their teams whose time is over; return what was done.

        They may do nothing from that moment on, whether they are out already or not.
        """
        ended = 0
        for project, over in await self._records.over(self._now, _AT_ONCE):
            now = project
            for user in over:
                changed = await self._records.drop_member(project.id, user, self._now)
                if changed is None:
                    continue
                now, ended = changed, ended + 1
                await self._end_apps(project, user)
                await self._audit.note(
                    Act.MEMBER_DROPPED, None, user=user, project=project, why=_OVER
                )
            await self._team_changed("", now, _OVER)
            await self._records.ended_guests(project.id, self._now)
        return f"The time of {counted(ended, 'guest')} is over." if ended else ""

    async def _end_apps(self, project: Project, user: str) -> None:
        gone = await self._archive.users.named(user)
        if gone is not None:
            await self._archive.tokens.end_apps(gone.id, project.id)

    async def _team_changed(
        self,
        by: str,
        project: Project,
        why: str = "The team of the project has changed.",
    ) -> Project:
        await self._told(project, why)
        if project.node is not None:
            # Beside a start or stop under way: the files follow at once.
            await self._tasks.apply_team(project.id, by)
        return project

    async def _told(self, project: Project, why: str) -> None:
        await self._drop(project, why)
        team = [{"user": one.user, "role": one.role.value} for one in project.team]
        topic = project_topic(project.id)
        await self._events.publish(topic, "team", {"team": team})


def _facts(member: Member) -> dict[str, str]:
    facts = {"role": member.role.value}
    if member.until is not None:
        facts["until"] = str(int(member.until))
    return facts
