"""Blocking clients of a gateway that runs elsewhere; call them in a thread."""

import http.client
from typing import Any

from attrs import frozen
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.gateway.grown import TOKEN, Around

APP = "/ada/lab/jupyterlab/"


@frozen
class Answered:
    """What came back."""

    status: int
    body: bytes
    headers: dict[str, str]


def ask(gate: Around, path: str = APP, timeout: float = 10.0) -> Answered:
    """Ask once, on a connection of its own."""
    connection = http.client.HTTPSConnection(
        "localhost", gate.port, timeout=timeout, context=gate.trust()
    )
    try:
        connection.request("GET", path, headers=TOKEN)
        response = connection.getresponse()
        return Answered(response.status, response.read(), dict(response.headers))
    finally:
        connection.close()


def ask_often(gate: Around, times: int) -> list[str]:
    """Ask so often; return which worker answered each time."""
    return [ask(gate).body.decode().split()[0] for _ in range(times)]


def talk(gate: Around) -> Any:
    """Open a WebSocket to the app."""
    talking: Any = connect(
        f"wss://localhost:{gate.port}{APP}ws",
        ssl=gate.trust(),
        additional_headers=TOKEN,
        origin=Origin(f"https://localhost:{gate.port}"),
        max_size=None,
        legacy=True,
    )
    return talking
