"""As whom apps run: whoever opens them, the owner, all visitors."""

import pytest
from attrs import evolve

from aen.compute.runs_as import runs_for
from aen.model.apps import Instance, Manifest, Permission
from aen.model.errors import Forbidden, Invalid, Unavailable
from aen.model.names import AppName
from aen.wire.messages import LaunchRequest
from tests.compute.ground import PROJECT

READS = Manifest(AppName("look"), "Look", ("x",), permission=Permission.READ)
WRITES = evolve(READS, permission=Permission.WRITE)
SHARED = evolve(READS, instance=Instance.PROJECT)
BOBS = LaunchRequest(PROJECT, "look", "bob")
VISIT = LaunchRequest(PROJECT, "look", "anonymous", visitor=True)


@pytest.mark.parametrize(
    ("manifest", "asked", "visitors", "runs_as"),
    [
        (READS, VISIT, "anonymous", "anonymous"),
        (SHARED, VISIT, "anonymous", PROJECT.owner),
        (READS, BOBS, "anonymous", "bob"),
        (WRITES, BOBS, None, "bob"),
    ],
)
def test_who_an_app_runs_as(
    manifest: Manifest, asked: LaunchRequest, visitors: str | None, runs_as: str
) -> None:
    """Whoever opens it, the owner where it is shared, the visitors' account."""
    assert runs_for(manifest, asked, visitors) == runs_as


@pytest.mark.parametrize(
    ("manifest", "asked", "visitors", "error"),
    [
        (WRITES, VISIT, "anonymous", Forbidden),
        (WRITES, evolve(VISIT, visitor=False), "anonymous", Forbidden),
        (READS, VISIT, None, Unavailable),
        (READS, evolve(BOBS, visitor=True), "anonymous", Unavailable),
        (READS, evolve(VISIT, visitor=False), None, Invalid),
    ],
)
def test_visitors_run_nothing_else(
    manifest: Manifest,
    asked: LaunchRequest,
    visitors: str | None,
    error: type[Exception],
) -> None:
    """Not what writes, not as anybody else, nothing on a node without the setting."""
    with pytest.raises(error):
        runs_for(manifest, asked, visitors)
