"""The page of compute resources, as a browser without a script sees it."""

import pytest
from twisted.internet.defer import Deferred

from aen.model.tasks import Task
from aen.server.rooms import Rooms
from aen.server.web.resources import typed
from aen.wire.environments import EnvironmentFile, FoundPackage, FoundPackages
from aen.wire.messages import Log
from tests.outcomes import now
from tests.server.furnished import World, at
from tests.server.web.browser import Browser
from tests.server.web.example import signed_in

BASE = "/ada/climate-atlas/settings/resources"


def last(rooms: Rooms) -> Task:
    """Return the newest change of an environment."""

    async def find() -> Task | None:
        _, ada = await signed_in(rooms, "ada")
        return await rooms.environments.last(ada, at("ada/climate-atlas"))

    found = now(Deferred.fromCoroutine(find()))
    assert found is not None
    return found


def test_what_is_shown(ada: Browser) -> None:
    """Use, limits, apps, environments and packages; in the words of people."""
    page = ada.get(BASE)
    assert page.status == 200
    for told in (
        "Memory 700.0 MiB of 4.0 GiB",
        "Disk 2.0 GiB of 10.0 GiB",
        "Held by cgroup v2",
        "Each app: at most 2.0 GiB of memory, 2 cores.",
        "JupyterLab ada",
        "Terminal bob",
        "Packages of “default”",
        "numpy 2.1.0",
        "Reset permissions",
    ):
        assert told in page.words, told
    assert 'data-stream="/ada/climate-atlas/events"' in page.text
    assert 'aria-current="page">Resources' in page.text
    other = ada.get(f"{BASE}?env=gpu")
    assert "Packages of “gpu”" in other.words
    assert "Install into “gpu”" in other.words


def test_the_parts_that_move(ada: Browser) -> None:
    """Each is a part of the page, not a page."""
    for part in ("now", "environments", "work"):
        answered = ada.get(f"{BASE}/part/{part}", hx_request="true")
        assert answered.status == 200
        assert "<!doctype" not in answered.text
    assert ada.get(f"{BASE}/part/other").status == 400


def test_install_with_a_form(ada: Browser, rooms: Rooms) -> None:
    """It is a task, and the page says what goes on."""
    path = f"{BASE}/environments/gpu/change"
    sent = {"verb": "install", "packages": "numpy >= 2, <3 pandas"}
    answered = ada.post(path, sent)
    assert answered.location == f"{BASE}?env=gpu#work"
    (step,) = last(rooms).arguments["steps"]
    assert step["packages"] == ["numpy>=2,<3", "pandas"]
    words = ada.get(answered.location).words
    assert "Installing into “gpu” Under way" in words
    again = ada.post(path, {"verb": "update", "package": ["numpy", "scipy"]})
    assert again.status == 409
    assert "“gpu” is being changed" in again.words


@pytest.mark.parametrize(
    ("form", "verb", "part"),
    [
        ({"name": "a", "from": "default", "source": "gpu", "file": "x"}, "create", ""),
        ({"name": "a", "from": "copy", "source": "gpu"}, "clone", "gpu"),
        ({"name": "a", "from": "file", "file": "numpy\r\nscipy"}, "create", "numpy"),
    ],
)
def test_create(
    ada: Browser, rooms: Rooms, form: dict[str, str], verb: str, part: str
) -> None:
    """Only what was chosen counts of what is in the form."""
    answered = ada.post(f"{BASE}/environments", form)
    assert answered.location == f"{BASE}?env=a#work"
    (step,) = last(rooms).arguments["steps"]
    assert step["verb"] == verb
    assert (step["source"] + step["file"]).partition("\n")[0] == part


@pytest.mark.parametrize(
    ("path", "form", "status", "wrong"),
    [
        ("", {"name": "../x"}, 400, "environment name"),
        ("", {"name": "a", "from": "file"}, 400, "Paste the text of a file"),
        ("/gpu/change", {"verb": "install"}, 400, "Name at least one package"),
        ("/gpu/change", {"verb": "odd", "packages": "a"}, 400, "Name at least one"),
        ("/default/change", {"verb": "delete"}, 409, "make another one active"),
    ],
)
def test_refusals_are_on_the_page(
    ada: Browser, path: str, form: dict[str, str], status: int, wrong: str
) -> None:
    """With the form as it was."""
    answered = ada.post(f"{BASE}/environments{path}", form)
    assert answered.status == status
    assert wrong in answered.words
    assert f'value="{form.get("name", "")}"' in answered.text


def test_delete_and_activate(ada: Browser, rooms: Rooms) -> None:
    """Each by its button."""
    path = f"{BASE}/environments/gpu/change"
    assert ada.post(path, {"verb": "activate"}).location.endswith("?env=gpu#work")
    assert last(rooms).arguments["steps"][0]["verb"] == "activate"


def test_delete(ada: Browser, rooms: Rooms) -> None:
    """Its page is not shown afterwards."""
    path = f"{BASE}/environments/gpu/change"
    assert ada.post(path, {"verb": "delete"}).location == f"{BASE}#work"
    assert last(rooms).arguments["steps"][0]["verb"] == "delete"


def test_search_and_export(ada: Browser, world: World) -> None:
    """With and without the page's script."""
    found = FoundPackage("numpy", ("2.1", "2.0"), "Arrays")
    world.nodes.answers |= {
        FoundPackages: FoundPackages((found,)),
        EnvironmentFile: EnvironmentFile("requirements.txt", "a==1\n"),
    }
    assert "numpy Arrays" in ada.get(f"{BASE}?env=gpu&q=num").words
    part = ada.get(f"{BASE}/environments/gpu/search?q=num", hx_request="true")
    assert 'value="numpy==2.0"' in part.text
    assert "<!doctype" not in part.text
    file = ada.get(f"{BASE}/environments/gpu/export")
    assert file.text == "a==1\n"
    assert "attachment" in file.header("content-disposition")
    world.nodes.answers[FoundPackages] = FoundPackages()
    assert "No package begins with “zz”" in ada.get(f"{BASE}?q=zz").words


def test_apps_are_read_and_ended(ada: Browser, bob: Browser, world: World) -> None:
    """One's own by everybody, all of them by those who manage the team."""
    world.nodes.answers[Log] = Log(("Serving & listening",))
    words = ada.get(f"{BASE}?log=jupyterlab-ada").words
    assert "Output of JupyterLab ada" in words
    assert "Serving & listening" in words
    assert "Serving" in ada.get(f"{BASE}/apps/terminal-bob/log").text
    assert "Serving" not in bob.get(f"{BASE}/apps/jupyterlab-ada/log").text
    assert "does not run" in ada.get(f"{BASE}/apps/gone/log").text
    ended = ada.post(f"{BASE}/apps/terminal-bob/stop")
    assert ended.location == f"{BASE}?done=stopped"
    assert bob.post(f"{BASE}/apps/jupyterlab-ada/stop").status == 403


def test_without_a_node(ada: Browser, world: World) -> None:
    """A project never started, one that is stopped, a node that is silent."""
    fresh = ada.get("/ada/scratch/settings/resources").words
    assert "has not been started yet" in fresh
    assert "Start the project" in fresh
    world.nodes.silent = True
    silent = ada.get(BASE)
    assert silent.status == 200
    assert "The data center does not answer." in silent.words


def test_who_sees_what(visitor: Browser, bob: Browser, pages_of_eve: Browser) -> None:
    """Viewers look; members change; strangers and visitors do not get here."""
    assert visitor.get(BASE).status == 303
    assert "Install into" in bob.get(BASE).words
    words = pages_of_eve.get(BASE).words
    assert "Packages of “default”" in words
    assert "Install into" not in words
    assert "Running apps" not in words
    assert pages_of_eve.get("/bob/secret/settings/resources").status == 404


@pytest.fixture
def pages_of_eve(visitor: Browser) -> Browser:
    """A browser in which Eve, a viewer, is signed in."""
    return Browser(visitor.resource).sign_in("eve")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        ("numpy pandas", ("numpy", "pandas")),
        ("numpy,pandas\nscipy", ("numpy", "pandas", "scipy")),
        ("numpy >= 2, < 3 , pandas", ("numpy>=2,<3", "pandas")),
        ("a == 1.0 b ~= 2", ("a==1.0", "b~=2")),
    ],
)
def test_packages_as_people_type_them(text: str, found: tuple[str, ...]) -> None:
    """A condition belongs to the name before it."""
    assert typed(text) == found


def test_cancelling_a_change(ada: Browser, rooms: Rooms) -> None:
    """Who asked for it ends it; the page says so, and there is nothing to end twice."""
    assert "being changed" in ada.post(f"{BASE}/work/cancel", {}).words
    ada.post(f"{BASE}/environments/gpu/change", {"verb": "delete"})
    assert "Cancel the change" in ada.get(BASE).words
    assert ada.post(f"{BASE}/work/cancel", {}).location == f"{BASE}#work"
    assert last(rooms).cancelling == "ada"
    page = ada.get(BASE)
    assert "ends after the step" in page.words
    assert "Cancel the change" not in page.words
