"""A template that cannot be built: the reason on the page, and Reset that works."""

import json

import pytest

from tests.installed import Installed
from tests.projects import new_project

pytestmark = pytest.mark.system


def configure(platform: Installed, *packages: str) -> None:
    """Have the node make environments of *packages*, as its operator would."""
    path = platform.one.compute_settings
    settings = json.loads(path.read_text())
    path.write_text(json.dumps(settings | {"default_packages": packages}))
    platform.control("restart", "compute")


def test_reset_works_once_the_cause_is_gone(fragile: Installed) -> None:
    """The project fails with the reason and the output; Reset then really retries."""
    configure(fragile, "./no-such-folder-of-packages")
    project = new_project(fragile, "unbuilt")
    assert project.api.post(f"{project.path}/start").status == 202
    project.wait("failed", 60)
    found = project.now()
    assert "environment" in found["problem"]
    assert "no-such-folder-of-packages" in " ".join(found["problem_log"])
    page = fragile.api().get(f"/api/v1/projects/{project.owner}/{project.name}/apps")
    assert page.status == 200

    configure(fragile, "pip")
    assert project.api.post(f"{project.path}/reset").status == 202
    project.wait("running", 120)
    assert project.now()["problem"] is None
