"""A kernel of JupyterLab, spoken to through the gateway as a browser would."""

import json
import secrets
from http.cookies import SimpleCookie
from typing import Any

from attrs import frozen
from websockets.sync.client import ClientConnection, connect

from tests.asking import Client
from tests.installed import Installed

PATIENCE = 60.0
"""Seconds an answer of the kernel may take."""


@frozen
class Kernel:
    """One running kernel."""

    gate: Client
    prefix: str
    """Path of the app, e.g. ``/ada/study/jupyterlab``."""
    id: str

    def execute(self, code: str) -> str:
        """Run *code* over a new connection and return what it printed."""
        with self.connect() as channel:
            number = secrets.token_hex(8)
            channel.send(json.dumps(execute_request(number, code)))
            return "".join(printed(channel, number))

    def connect(self, **more: Any) -> ClientConnection:
        """Open the kernel's WebSocket."""
        site = self.gate.url.replace("http://", "ws://", 1)
        made: ClientConnection = connect(
            f"{site}{self.prefix}/api/kernels/{self.id}/channels",
            additional_headers=dict(self.gate.headers),
            proxy=None,
            open_timeout=PATIENCE,
            **more,
        )
        return made


def execute_request(number: str, code: str) -> dict[str, object]:
    """Return the message that asks a kernel to run *code* (Jupyter messaging 5.3)."""
    return {
        "channel": "shell",
        "header": {
            "msg_id": number,
            "msg_type": "execute_request",
            "session": number,
            "username": "",
            "version": "5.3",
        },
        "parent_header": {},
        "metadata": {},
        "content": {"code": code, "silent": False, "store_history": False},
    }


def printed(channel: ClientConnection, number: str) -> list[str]:
    """Return what request *number* prints until the kernel is idle again."""
    texts: list[str] = []
    while True:
        message = json.loads(channel.recv(PATIENCE))
        if message["parent_header"].get("msg_id") != number:
            continue
        content = message["content"]
        if message["msg_type"] == "stream":
            texts.append(content["text"])
        assert message["msg_type"] != "error", content
        if content.get("execution_state") == "idle":
            return texts


def new_kernel(platform: Installed, prefix: str) -> Kernel:
    """Start a kernel in the JupyterLab that runs at *prefix*."""
    gate = platform.apps()
    page = gate.get(f"{prefix}/lab", Accept="text/html")
    assert page.status == 200, page.text[:500]
    cookies = SimpleCookie("; ".join(page.headers.get_all("Set-Cookie", [])))
    token = cookies["_xsrf"].value
    sent = {"Cookie": f"_xsrf={token}", "X-XSRFToken": token}
    answer = gate.ask("POST", f"{prefix}/api/kernels", {}, sent)
    assert answer.status == 201, answer.text
    return Kernel(gate, prefix, answer.json["id"])
