"""Administration: tasks."""

from tests.server.web.browser import Browser


def test_tasks_name_their_project(ada: Browser) -> None:
    """A task is told by its project's name, as long as there is that project."""
    ada.post("/ada/scratch/start")
    assert 'href="/ada/scratch"' in ada.get("/admin/tasks").text
