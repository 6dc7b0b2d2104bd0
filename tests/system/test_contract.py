"""The public contract, asked by a program that knows nothing else."""

import json
import stat
from pathlib import Path

import pytest

from tests.installed import Installed
from tests.projects import FIRST_START, Project, new_name, new_person, new_project
from tests.waiting import until

pytestmark = pytest.mark.system

MALFORMED = (
    *("", "..", ".", "a" * 300, "a/b", "a b", "-a", "a\x00b", "a\nb", "über"),
    *("\u0430da", "\uff41da", "ada\u200b", "<script>"),
)
"""Empty, dots, long, separators, look-alikes (Cyrillic, full width, invisible)."""
RESERVED = ("login", "admin", "api", "static")
"""What an owner's name would hide: the first part of an address."""


def test_ready(platform: Installed) -> None:
    """Server and gateway say that they are well."""
    assert platform.web.get("/healthz").status == 200
    healthy = {"status": "ok", "messages": []}
    until(
        lambda: platform.gate.get("/_aen/status").json == healthy,
        "the gateway has heard from its node",
    )


def test_files_below_the_prefix(platform: Installed) -> None:
    """Settings, logs, commands and projects are where the contract says."""
    prefix = platform.one.prefix
    for name in (
        "wakari-server/etc/wakari/wk-server-config.json",
        "wakari-server/var/log/wakari/server.log",
        "wakari-server/var/log/wakari/worker.log",
        "wakari-server/var/run/wakari-server.sock",
        "wakari-gateway/etc/wakari/wk-gateway-config.json",
        "wakari-gateway/var/log/wakari/gateway.log",
        "wakari-gateway/var/log/wakari/gateway.application.log",
        "wakari-compute/var/log/wakari/compute-launcher.application.log",
        "projects",
        "bin/aen-server-admin",
        "bin/aen-gateway-configure",
        "bin/supervisorctl",
    ):
        # A log of requests is there with the first ones, which wait to be more.
        until((prefix / name).exists, f"{name} is there", 10)
    settings = prefix / "wakari-gateway/etc/wakari/wk-gateway-config.json"
    assert stat.S_IMODE(settings.stat().st_mode) == 0o600


def test_no_password_is_kept(platform: Installed) -> None:
    """The administrator's password is nowhere on disk but as a hash."""
    for path in platform.files():
        if path != platform.said:
            assert platform.password.encode() not in path.read_bytes(), path


def test_services(platform: Installed) -> None:
    """Supervisor knows the services by the names operators know."""
    said = platform.command_below_bin("supervisorctl", "status")
    for name in ("wakari-server", "wakari-worker", "wakari-gateway", "wakari-compute"):
        assert name in said


def test_token_is_needed(platform: Installed) -> None:
    """Without a token the API says so in its own words and no page."""
    for client in (platform.web, platform.api("wrong"), platform.api(" ")):
        answer = client.get("/api/v1/me")
        assert answer.status == 401
        assert answer.json["error"]["message"]
        assert answer.headers["Content-Type"].startswith("application/json")


def test_me(platform: Installed) -> None:
    """A token made by an operator's command is its owner's."""
    assert platform.api().get("/api/v1/me").json["username"] == "wakari"


def test_description_is_true(platform: Installed) -> None:
    """The description of the API names the paths of the contract."""
    described = platform.api().get("/api/v1/openapi.json").json
    names = {path.removeprefix("/api/v1") for path in described["paths"]}
    for wanted in ("/me", "/users", "/projects", "/tokens", "/tasks", "/nodes"):
        assert wanted in names, sorted(names)
    assert described["openapi"].startswith("3.")


def test_lists(platform: Installed) -> None:
    """Lists have items and a cursor."""
    for name in ("projects", "users", "data-centers", "nodes", "tasks", "tokens"):
        answer = platform.api().get(f"/api/v1/{name}")
        assert answer.status == 200, f"{name}: {answer.text}"
        assert set(answer.json) == {"items", "next"}, name
    centers = platform.api().get("/api/v1/data-centers").json["items"]
    assert [center["name"] for center in centers] == ["local"]
    nodes = platform.api().get("/api/v1/nodes").json["items"]
    assert [node["name"] for node in nodes] == ["node1"]


@pytest.mark.parametrize("name", MALFORMED + RESERVED)
def test_bad_names(platform: Installed, name: str) -> None:
    """A name that is no good is refused with the field and the reason."""
    asked = {"username": name, "password": "long enough a password"}
    answer = platform.api().post("/api/v1/users", asked)
    assert answer.status == 400, answer.text
    assert answer.json["error"]["fields"]


@pytest.mark.parametrize("name", MALFORMED)
def test_bad_project_names(platform: Installed, name: str) -> None:
    """The same holds for projects, and nothing is left half made."""
    answer = platform.api().post("/api/v1/projects", {"name": name})
    assert answer.status == 400, answer.text
    assert answer.json["error"]["fields"]
    made = platform.api().get("/api/v1/projects?owner=wakari&limit=200").json["items"]
    assert name not in {one["name"] for one in made}


def test_names_are_taken_once(platform: Installed) -> None:
    """Two projects of one owner, or two accounts, cannot share a name."""
    person = new_person(platform)
    asked = {"username": person.name, "password": "long enough a password"}
    again = platform.api().post("/api/v1/users", asked)
    assert again.status == 409, again.text
    project = new_project(platform, person=person)
    again = project.api.post("/api/v1/projects", {"name": project.name})
    assert again.status == 409, again.text


def test_unknown_fields(platform: Installed) -> None:
    """A field the API does not know is refused by name."""
    asked = {"name": new_name("x"), "colour": "red"}
    answer = platform.api().post("/api/v1/projects", asked)
    assert answer.status == 400
    assert "colour" in json.dumps(answer.json["error"], ensure_ascii=False)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b'{"name": 5}']
)
def test_broken_bodies(platform: Installed, body: bytes) -> None:
    """A body that is no JSON object is answered in words, not with a 500."""
    json_type = {"Content-Type": "application/json"}
    answer = platform.api().ask("POST", "/api/v1/projects", body, json_type)
    assert answer.status in (400, 413, 415, 422), answer.text
    assert answer.json["error"]["message"]


def test_huge_body(platform: Installed) -> None:
    """A body beyond every limit is refused."""
    body = b'{"name": "' + b"x" * 2_000_000 + b'"}'
    try:
        answer = platform.api().ask("POST", "/api/v1/projects", body)
    except ConnectionError:
        return  # refused before we had sent it all
    assert answer.status == 413


def test_life_of_a_project(platform: Installed) -> None:
    """A project is made, shown, found, changed and removed."""
    person = new_person(platform)
    project = new_project(platform, person=person)
    shown = project.now()
    for key in (
        *("owner", "name", "state", "visibility", "summary", "description", "tags"),
        *("team", "data_center", "nodes", "environment", "created", "updated"),
        *("progress", "problem"),
    ):
        assert key in shown, key
    assert (shown["state"], shown["visibility"]) == ("stopped", "private")
    changed = project.api.ask("PATCH", project.path, {"summary": "Tides"})
    assert changed.status == 200, changed.text
    found = project.api.get(f"/api/v1/projects?owner={person.name}").json["items"]
    assert [one["summary"] for one in found] == ["Tides"]
    assert project.api.ask("DELETE", project.path).status in (200, 202, 204)


def test_others_do_not_even_know(platform: Installed) -> None:
    """A private project does not exist for strangers, at the server or the gateway."""
    project = new_project(platform, person=new_person(platform))
    stranger = new_person(platform, "eve")
    assert platform.api(stranger.token).get(project.path).status == 404
    where = f"/{project.owner}/{project.name}/jupyterlab/"
    assert platform.apps(stranger.token).get(where).status in (403, 404)


def test_only_administrators(platform: Installed) -> None:
    """Administration is not for everybody."""
    api = platform.api(new_person(platform).token)
    for name in ("data-centers", "nodes", "tasks"):
        assert api.get(f"/api/v1/{name}").status == 403, name


def test_gateway_sends_pages_to_sign_in(platform: Installed) -> None:
    """A page load without a pass goes to the server; anything else gets 401."""
    where = "/wakari/some/jupyterlab/lab?x=1"
    page = platform.gate.get(
        where, Accept="text/html", Sec_Fetch_Mode="navigate", Sec_Fetch_Dest="document"
    )
    assert page.status in (302, 303, 307)
    assert page.headers["Location"].startswith(platform.one.url + "/oauth/authorize")
    other = platform.gate.get(where, Accept="application/json")
    assert other.status == 401
    assert other.json["error"]["message"]
    posted = platform.gate.post(where)
    assert posted.status == 401


def test_sign_in_page(platform: Installed) -> None:
    """The form has the words checks look for, and a strict policy around it."""
    page = platform.web.get("/login", Accept="text/html")
    assert page.status == 200
    for word in ("Username", "Password", "Sign in"):
        assert word in page.text
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_team(platform: Installed) -> None:
    """A member sees the project; one who is removed does not."""
    project = new_project(platform, person=new_person(platform))
    member = new_person(platform, "bob")
    place = f"{project.path}/team/{member.name}"
    assert project.api.ask("PUT", place, {}).status in (200, 201, 204)
    assert platform.api(member.token).get(project.path).status == 200
    assert project.api.ask("DELETE", place).status in (200, 204)
    assert platform.api(member.token).get(project.path).status == 404


def test_events(platform: Installed) -> None:
    """A change of a project's state comes as an event at once."""
    project = new_project(platform, "lively")
    with project.api.stream(f"{project.path}/events") as lines:
        assert project.api.post(f"{project.path}/start").status == 202
        event = next(line for line in lines if line.startswith("event:"))
        data = next(line for line in lines if line.startswith("data:"))
    assert event.removeprefix("event:").strip() == "state"
    assert json.loads(data.removeprefix("data:"))["state"] == "starting"
    project.wait("running", FIRST_START)


def test_jupyterlab_through_the_gateway(platform: Installed, project: Project) -> None:
    """JupyterLab answers behind the gateway to an API token's owner."""
    url = project.launch("jupyterlab")
    assert url.startswith(
        f"{platform.one.gateway_url}/wakari/{project.name}/jupyterlab"
    )
    where = url.removeprefix(platform.one.gateway_url)
    page = platform.apps().get(where, Accept="text/html")
    if page.status in (301, 302, 303, 307, 308):
        target = page.headers["Location"].removeprefix(platform.one.gateway_url)
        page = platform.apps().get(target, Accept="text/html")
    assert page.status == 200
    assert "JupyterLab" in page.text


def test_admin_commands_refuse_in_words(platform: Installed) -> None:
    """A command that cannot do what it is told says why."""
    words = ("add-token", "nobody-here", "--note", "x")
    done = platform.run_below_bin("aen-server-admin", *words)
    assert done.returncode == 1
    assert "no such account" in done.stderr
    assert "Traceback" not in done.stderr


def test_projects_have_directories(platform: Installed, project: Project) -> None:
    """A started project has its directory, made from the skeleton."""
    place: Path = platform.one.projects / project.owner / project.name
    assert place.is_dir()
    assert any(place.iterdir())
