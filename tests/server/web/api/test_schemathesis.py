"""The description is true: schemathesis calls whatever it describes, well and badly."""

import re
import sys
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_twisted
from attrs import frozen
from pytest_twisted import ensureDeferred
from twisted.internet.defer import maybeDeferred
from twisted.internet.utils import getProcessOutputAndValue

from aen.runtime.assets import Assets
from aen.server.web.http import bounded_site
from aen.server.web.site import site
from tests.reactor import reactor
from tests.server.web.example import everything_answered, example, signed_in
from tests.waiting import eventually

pytestmark = pytest.mark.system
SECONDS = 25
REAL = """
[parameters]
"path.owner" = "ada"
"path.project" = "climate-atlas"
"path.app" = "jupyterlab"
"path.user" = "bob"
"path.name" = "default"
"""
"""What is there: without it the program guesses names, and hits nothing."""
CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance"
    ",response_headers_conformance,response_schema_conformance,unsupported_method"
    ",allow_header_conformance,missing_required_header,negative_data_rejection"
    ",ignored_auth"
)


@frozen
class Listening:
    """A server that listens, and a token of its administrator."""

    url: str
    token: str


def timers() -> set[int]:
    """Return what still waits in the reactor."""
    return {id(one) for one in reactor.getDelayedCalls() if one.active()}


@pytest_twisted.async_yield_fixture
async def listening() -> AsyncIterator[Listening]:
    """Give a server of one's own, with people and projects in it."""
    before = timers()
    world = await example(reactor, api_rate=1_000_000, api_rate_address=1_000_000)
    everything_answered(world)
    _, ada = await signed_in(world.rooms, "ada")
    _, token = await world.rooms.api_tokens.add_token(ada, "schemathesis")
    root = site(world.rooms, assets=Assets(defaultdict(str), {}))
    port: Any = reactor.listenTCP(0, bounded_site(root, 65_536), interface="127.0.0.1")
    yield Listening(f"http://127.0.0.1:{port.getHost().port}", token)
    await maybeDeferred(port.stopListening)
    # Whoever waits for a project to start learns that it is gone.
    await world.database.collection("projects").delete({})
    await eventually(lambda: timers() <= before, "the last calls have ended")


@pytest.mark.parametrize(
    "asking", ["superuser", "superuser for what is there", "nobody"]
)
@ensureDeferred
async def test_description_is_true(
    listening: Listening, asking: str, tmp_path: Path
) -> None:
    """No answer is a failure of ours, and none is undeclared."""
    arguments = [
        "run", f"{listening.url}/api/v1/openapi.json",
        f"--url={listening.url}/api/v1", f"--checks={CHECKS}",
        f"--max-time={SECONDS}", "--max-examples=15", "--continue-on-failure",
        "--suppress-health-check=all", "--request-timeout=10", "--no-shrink",
        "--seed=1", "--no-color",
        # A stream goes on until its reader leaves, which this reader never does.
        "--exclude-path-regex=/events$",
    ]  # fmt: skip
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(REAL if asking.endswith("there") else "")
    phases = "examples,coverage"
    if asking != "nobody":  # whose every call is refused, whatever is in it
        phases += ",fuzzing"
        arguments.append(f"--header=Authorization: Bearer {listening.token}")
    arguments.append(f"--phases={phases}")
    program = str(Path(sys.executable).with_name("st"))
    out, problems, status = await getProcessOutputAndValue(
        program, arguments, env={"PATH": "/usr/bin:/bin"}, path=str(tmp_path)
    )
    said = re.sub(r"aen_[\w-]+", "aen_…", (out + problems).decode(errors="replace"))
    assert status == 0, said
