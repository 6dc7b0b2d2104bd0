"""Mail from the real platform, by a real mail server, to a new password."""

import re
import secrets
from typing import Any

import pytest

from aen.model.mail import Smtp
from tests.asking import Client
from tests.installed import Installed
from tests.projects import new_person
from tests.server.smtp_server import Postman, mail_server
from tests.visitor import Visitor
from tests.waiting import until

pytestmark = pytest.mark.system

LINK = re.compile(r"^(http://\S+/account/reset/\S+)$", re.MULTILINE)


def switch_on(api: Client, smtp: Smtp) -> None:
    """Have mail given to a server."""
    settings = {
        "host": smtp.host,
        "port": smtp.port,
        "sender": "aen@example.org",
        "security": smtp.security.value,
    }
    answer = api.ask("PATCH", "/api/v1/settings", {"smtp": settings})
    assert answer.status == 200, answer.text


def failed(api: Client) -> Any:
    """Return the letter that is tried no more, once there is one."""
    found = api.get("/api/v1/tasks?state=failed&kind=send%20mail").json["items"]
    return found[0] if found else None


def test_a_forgotten_password(platform: Installed) -> None:
    """A letter that was refused says why, and is sent anew; its link works."""
    person, postman = new_person(platform), Postman(to_recipient=["550 go away"])
    api, base = platform.api(), platform.one.url
    changes = {"email": f"{person.name}@example.org"}
    answer = api.ask("PATCH", f"/api/v1/users/{person.name}", changes)
    assert answer.status == 200, answer.text
    with mail_server(postman) as smtp:
        switch_on(api, smtp)
        visitor = Visitor(platform)
        asked = f"{base}/account/request_reset"
        # Another process may have to hear of it first.
        until(lambda: "Send the link" in visitor.open(asked)[1], "mail is on", 10)
        page = visitor.fill(asked, {"username": "nobody-at-all"})[1]
        assert visitor.fill(asked, {"username": person.name})[1] == page
        dead = until(lambda: failed(api), "the letter is dead", 30)
        assert "550 go away" in dead["problem"]
        answer = api.post(f"/api/v1/tasks/{dead['id']}/retry")
        assert answer.status in (200, 202), answer.text
        until(lambda: postman.taken, "the letter arrives", 30)
    api.ask("PATCH", "/api/v1/settings", {"reset": ["smtp"]})
    ((_, to, letter),) = postman.taken
    assert to == [f"{person.name}@example.org"]
    body = letter.get_body(("plain",))
    assert body is not None
    (link,) = LINK.findall(body.get_content().replace("\r\n", "\n"))
    new = secrets.token_urlsafe(12)
    visitor.fill(link, {"password": new, "again": new})
    Visitor(platform).sign_in(person.name, new)
    log = (platform.one.prefix / "wakari-server/var/log/wakari/server.log").read_text()
    assert link.rpartition("/")[2] not in log
