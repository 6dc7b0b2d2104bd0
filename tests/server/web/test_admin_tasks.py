"""Administration: tasks, and what is done by the clock."""

from twisted.internet.defer import Deferred

from tests.outcomes import now
from tests.server.furnished import World
from tests.server.web.browser import Browser


def task_of(ada: Browser) -> str:
    """Return the address of a task that waits."""
    ada.post("/ada/scratch/start")
    page = ada.get("/admin/tasks?state=queued").text
    return "/admin/tasks/" + page.partition('href="/admin/tasks/')[2].partition('"')[0]


def test_tasks_name_their_project(ada: Browser) -> None:
    """A task is told by its project's name, as long as there is that project."""
    ada.post("/ada/scratch/start")
    assert 'href="/ada/scratch"' in ada.get("/admin/tasks").text
    assert "No task like that" in ada.get("/admin/tasks?by=nobody").words
    assert ada.get("/admin/tasks?order=odd").status == 400


def test_cancel_and_retry(ada: Browser, world: World) -> None:
    """A task is cancelled; one that has failed is done anew."""
    one = task_of(ada)
    assert "Queued" in ada.get(one).words
    done = ada.post(f"{one}/cancel")
    assert done.status == 303
    assert "Being cancelled" in ada.get(done.location).words
    again = ada.post(f"{one}/retry")
    assert again.status == 409
    assert 'role="alert"' in again.text
    key = one.rpartition("/")[2]
    failed = {"$set": {"state": "failed", "slot": key, "cancelling": ""}}
    tasks = world.database.collection("tasks")
    now(Deferred.fromCoroutine(tasks.update({"_id": key}, failed)))
    retried = ada.post(f"{one}/retry")
    assert retried.status == 303
    assert "done anew" in ada.get(retried.location).words
    assert ada.post("/admin/tasks/none/cancel").status == 404


def test_by_the_clock(ada: Browser, bob: Browser, world: World) -> None:
    """What is done, when, how it went; and now, when asked."""
    assert "Nothing yet" in ada.get("/admin/schedule").words
    put = world.rooms.archive.schedule.put("sweep", "Sweep the floor", "03:00", 9e9)
    now(Deferred.fromCoroutine(put))
    assert "Sweep the floor" in ada.get("/admin/schedule").words
    assert ada.post("/admin/schedule/sweep/run").location == "/admin/schedule?done=due"
    assert ada.post("/admin/schedule/none/run").status == 404
    assert bob.get("/admin/schedule").status == 403
