"""``/tasks``: all of them to administrators, one's own to everybody."""

from tests.server.web.api.program import Program


def test_tasks(adas: Program, bobs: Program) -> None:
    """Lists are narrowed; somebody else's task is not there."""
    task = bobs.ask("POST", "/projects/bob/secret/start")[1]
    listed = adas.ask("GET", "/tasks?state=queued&kind=start%20project&by=bob")[1]
    assert task["id"] in [one["id"] for one in listed["items"]]
    assert adas.ask("GET", f"/tasks/{task['id']}")[0] == 200
    theirs = adas.ask("POST", "/projects/ada/scratch/start")[1]
    assert bobs.ask("GET", f"/tasks/{theirs['id']}")[0] == 404
    assert adas.ask("GET", "/tasks?state=odd")[0] == 400


def test_cancelling_and_doing_anew(adas: Program, bobs: Program) -> None:
    """One's own start; what is somebody else's or has not ended is refused."""
    task = bobs.ask("POST", "/projects/bob/secret/start")[1]
    assert (task["tries"], task["next"], task["cancelling"]) == (0, None, False)
    status, cancelled = bobs.ask("DELETE", f"/tasks/{task['id']}")
    assert (status, cancelled["cancelling"]) == (202, True)
    assert bobs.ask("POST", f"/tasks/{task['id']}/retry")[0] == 403
    assert adas.ask("POST", f"/tasks/{task['id']}/retry")[0] == 409
    theirs = adas.ask("POST", "/projects/ada/scratch/start")[1]
    assert bobs.ask("DELETE", f"/tasks/{theirs['id']}")[0] == 404


def test_others_may_not_list(bobs: Program, nobody: Program) -> None:
    """A person gets 403, nobody 401."""
    assert bobs.ask("GET", "/tasks")[0] == 403
    assert nobody.ask("GET", "/tasks")[0] == 401


def test_the_schedule(adas: Program, bobs: Program) -> None:
    """Administrators see it; what is not there cannot be done now."""
    assert "items" in adas.ask("GET", "/schedule")[1]
    assert adas.ask("POST", "/schedule/nothing/run")[0] == 404
    assert bobs.ask("GET", "/schedule")[0] == 403
    assert bobs.ask("POST", "/schedule/trim/run")[0] == 403
