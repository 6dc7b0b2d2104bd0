"""``…/activity``."""

from twisted.internet.task import Clock

from tests.server.web.api.program import Program

SCRATCH = "/projects/ada/scratch"


def test_what_happened(adas: Program, bobs: Program, clock: Clock) -> None:
    """The newest first, page by page, for those who may see the project."""
    adas.ask("PATCH", SCRATCH, {"summary": "Sketches"})
    clock.advance(1)
    adas.ask("POST", f"{SCRATCH}/start")
    status, found = adas.ask("GET", f"{SCRATCH}/activity?limit=1")
    assert status == 200
    (entry,) = found["items"]
    assert (entry["act"], entry["by"]) == ("project started", "ada")
    assert "address" not in entry
    more = adas.ask("GET", f"{SCRATCH}/activity?cursor={found['next']}")[1]
    assert more["items"][0]["details"] == {"summary": "Sketches"}
    changes = adas.ask("GET", f"{SCRATCH}/activity?topic=changes")[1]
    assert [one["act"] for one in changes["items"]] == ["project changed"]
    assert adas.ask("GET", f"{SCRATCH}/activity?topic=weather")[0] == 400
    assert bobs.ask("GET", f"{SCRATCH}/activity")[0] == 404
