"""Apps as people write them: a program that answers, and a manifest for the node."""

import json
from pathlib import Path

from tests.installed import Installed

_SERVING = """\
import http.server, socketserver, sys

class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = answer(self)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self):
        return "-"

class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    pass

Server(sys.argv[1], Answer).serve_forever()
"""


def socket_app(answer: str) -> str:
    """Return a program that serves HTTP at the socket its first argument names.

    :param answer: the source of ``answer(request)``, which returns the body as bytes;
        the request has ``path`` and ``headers``.
    """
    return f"{answer}\n{_SERVING}"


def add_app(platform: Installed, name: str, command: list[str], **more: str) -> Path:
    """Put a manifest on the node, as its operator would; return where it is.

    It is known at once.

    :param more: what else the manifest says.
    """
    folder = platform.one.compute_prefix / "etc/wakari/apps"
    folder.mkdir(exist_ok=True)
    manifest = {"name": name, "title": name, "command_list": command, **more}
    path = folder / f"{name}.json"
    path.write_text(json.dumps(manifest))
    platform.restart_node()
    return path
