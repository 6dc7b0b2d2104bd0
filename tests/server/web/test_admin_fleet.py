"""Administration: all projects, and all that runs."""

from tests.server.web.browser import Browser


def test_projects(ada: Browser, bob: Browser) -> None:
    """Everybody's, narrowed and sorted."""
    words = ada.get("/admin/projects").words
    assert "bob/secret" in words
    only = ada.get("/admin/projects?owner=bob&state=stopped&q=secret").words
    assert "bob/secret" in only
    assert "ada/scratch" not in only
    assert "No project like that" in ada.get("/admin/projects?q=zzz").words
    assert ada.get("/admin/projects?order=odd").status == 400
    assert bob.get("/admin/projects").status == 403


def test_apps(ada: Browser, bob: Browser) -> None:
    """With who runs them and what they use; each can be ended."""
    page = ada.get("/admin/apps")
    for told in ("ada/climate-atlas", "JupyterLab", "500 MB", "Terminal"):
        assert told in page.words
    assert ada.get("/admin/apps?owner=eve").status == 200
    stop = "/admin/apps/ada-climate-atlas"
    assert ada.post(f"{stop}/terminal-bob/stop").location == "/admin/apps?done=ended"
    gone = ada.post(f"{stop}/no-such/stop")
    assert gone.status == 404
    assert "does not run" in gone.words
    assert bob.post(f"{stop}/stop").status == 403
    task = ada.post(f"{stop}/stop").location
    assert "Stop" in ada.get(task).words
