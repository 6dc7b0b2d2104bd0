"""Whether the platform answers, and what its logs say when it does not."""

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from pathlib import Path

from aen.local.installation import Installation
from aen.model.errors import Failed

PATIENCE = 90.0
"""Seconds the parts get to come up."""
_POLL = 0.1
_LAST_BYTES = 4096
_LAST_LINES = 8

# A proxy of the environment is for the internet, not for this machine.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def answers(url: str) -> bool:
    """Tell whether *url* answers 200 within a few seconds."""
    try:
        with _direct.open(url, timeout=5.0) as response:
            return bool(response.status == http.client.OK)
    except (OSError, http.client.HTTPException):
        return False


def server_health(one: Installation) -> str:
    """Return the address that tells whether the server is well."""
    return f"{one.near_url}/healthz"


def gateway_health(one: Installation) -> str:
    """Return the address that tells whether the gateway is well."""
    return f"{one.near_gateway_url}/_aen/status"


def wait_for(
    urls: Iterable[str],
    logs: Iterable[Path],
    alive: Callable[[], bool],
    patience: float = PATIENCE,
) -> None:
    """Wait until every one of *urls* answers.

    :raises Failed: one did not, in time; has the last lines of *logs*.
    """
    deadline = time.monotonic() + patience
    for url in urls:
        while not answers(url):
            if not alive():
                raise Failed("supervisord ended unexpectedly:", log=last_words(logs))
            if time.monotonic() > deadline:
                raise Failed(
                    f"{url} did not answer within {patience:.0f} seconds. The last"
                    " lines of the logs:",
                    log=last_words(logs),
                )
            time.sleep(_POLL)


def logs(one: Installation) -> tuple[Path, ...]:
    """Return the logs that tell why something did not start."""
    return (
        one.server / "var/log/wakari/server.log",
        one.server / "var/log/wakari/worker.log",
        one.gateway_prefix / "var/log/wakari/gateway.application.log",
        one.compute_prefix / "var/log/wakari/compute-launcher.application.log",
        one.supervisor_log,
    )


def last_words(paths: Iterable[Path]) -> tuple[str, ...]:
    """Return the last lines of each of *paths* that has any, under its name."""
    said: list[str] = []
    for path in paths:
        lines = tail(path)
        if lines:
            said += [f"{path}:", *(f"  {line}" for line in lines)]
    return tuple(said)


def tail(path: Path) -> list[str]:
    """Return the last lines of a file; none when there is no such file."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _LAST_BYTES))
            text = file.read().decode(errors="replace")
    except OSError:
        return []
    return text.splitlines()[-_LAST_LINES:]
