"""The rooms together: one story through all of them."""

from pytest_twisted import ensureDeferred

from aen.server.records import ProjectChanges
from tests.server.furnished import at, furnished


@ensureDeferred
async def test_two_processes_over_one_store() -> None:
    """What one process changes the other sees, with nothing kept in between."""
    here = await furnished()
    there = await furnished(here.clock, here.database)
    await here.center()
    ada = await here.person("ada")
    await there.project(ada)
    lab = at("ada/lab")
    await here.rooms.projects.edit(ada, lab, ProjectChanges(summary="Stars."))
    assert (await there.rooms.projects.at(ada, lab)).summary == "Stars."
    first = await here.rooms.projects.start(ada, lab)
    assert (await there.rooms.projects.start(ada, lab)).id == first.id
    await there.rooms.access.sign_out(ada)
    assert await here.rooms.access.caller_of_session_id(ada.session or "") is None
