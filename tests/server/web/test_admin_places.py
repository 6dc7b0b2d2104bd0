"""Administration: data centers, nodes, the server itself."""

from aen.wire.messages import NodeStatus
from tests.server.furnished import World
from tests.server.web.browser import Browser


def test_centers(ada: Browser, bob: Browser) -> None:
    """All of them with their health; one more is added."""
    words = ada.get("/admin/data-centers").words
    for told in ("main", "Gateway connected", "node1", "Answers"):
        assert told in words
    wrong = ada.post("/admin/data-centers", {"name": "west", "url": "nowhere"})
    assert wrong.status == 400
    assert 'id="field-url-wrong"' in wrong.text
    fields = {"name": "west", "url": "https://west.example"}
    made = ada.post("/admin/data-centers", fields)
    assert "aen-gateway-configure" in ada.get(made.location).words
    assert ada.post("/admin/data-centers", fields).status == 409
    gone = ada.post("/admin/data-centers/west/remove")
    assert "taken out" in ada.get(gone.location).words
    assert ada.get("/admin/data-centers/west").status == 404
    assert bob.get("/admin/data-centers").status == 403


def test_one(ada: Browser) -> None:
    """With its status as programs see it, and refused while projects are there."""
    page = ada.get("/admin/data-centers/main")
    assert "&#34;status&#34;: &#34;ok&#34;" in page.text
    refused = ada.post("/admin/data-centers/main/remove")
    assert refused.status == 409
    assert "delete or move them first" in refused.words


def test_nodes(ada: Browser, world: World) -> None:
    """Are added, emptied, filled again, asked, and taken out."""
    here = "/admin/data-centers/main"
    wrong = ada.post(f"{here}/nodes", {"name": "n2", "url": "nowhere"})
    assert wrong.status == 400
    assert ada.post(f"{here}/nodes", {"name": "n2", "url": "http://n2:1"}).status == 303
    drained = ada.get(ada.post(f"{here}/nodes/n2/drain").location)
    assert "No new projects" in drained.words
    assert "Undo" in drained.words
    assert ada.post(f"{here}/nodes/n2/fill").status == 303
    status = NodeStatus("n2", "7", single_user=False, projects=0)
    world.nodes.answers[NodeStatus] = status
    assert "nothing is wrong" in ada.post(f"{here}/nodes/n2/check").words
    assert ada.post(f"{here}/nodes/n2/remove").status == 303
    assert ada.post(f"{here}/nodes/n2/remove").status == 404


def test_system(ada: Browser, bob: Browser) -> None:
    """What is good, what is not, and which versions."""
    words = ada.get("/admin/system").words
    for told in ("answers in", "Twisted", "embedded", "does not protect against"):
        assert told in words
    assert bob.get("/admin/system").status == 403
