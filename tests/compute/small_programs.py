"""Small programs that behave like apps, well and badly."""

import os
import sys
from contextlib import suppress
from pathlib import Path

from aen.compute.helper.processes import process_table

SERVER = """
import http.server, os, socketserver, sys, time

where, delay = sys.argv[1], float(sys.argv[2])
print("starting", os.environ["AEN_LAUNCH"], flush=True)
time.sleep(delay)

class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = (self.path + "\\n").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self):
        return "client"

class Server(socketserver.UnixStreamServer):
    pass

if where.startswith("/"):
    server = Server(where, Answer)
else:
    server = http.server.HTTPServer(("127.0.0.1", int(where)), Answer)
server.serve_forever()
"""

FAILING = """
import sys
print("\\x1b[31mno module named lab\\x1b[0m")
sys.exit(3)
"""

STUBBORN = (
    """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
"""
    + SERVER
)

# Children in the ways that are hard to find: a new session, a double fork, a cleaned
# environment, and both at once with a deaf ear for SIGTERM.
NASTY = (
    """
import os, signal, subprocess, sys

DEAF = "import signal,time; signal.signal(15, signal.SIG_IGN); time.sleep(1000)"
sleeper = [sys.executable, "-S", "-c", DEAF, sys.argv[3]]
subprocess.Popen(sleeper)
subprocess.Popen(sleeper, start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execve(sys.executable, sleeper, {})
    os._exit(0)
os.wait()
"""
    + SERVER
)


def running(text: str) -> list[int]:
    """Return the other processes that have *text* in their command line."""
    found = []
    for pid in process_table():
        with suppress(OSError):  # it has ended meanwhile
            line = Path(f"/proc/{pid}/cmdline").read_bytes()
            if text.encode() in line and pid != os.getpid():
                found.append(pid)
    return found


def write_app(directory: Path, source: str) -> Path:
    """Put a program into *directory* and return its path."""
    path = directory / "app.py"
    path.write_text(source)
    return path


def command(program: Path, where: str, *arguments: str) -> list[str]:
    """Return a command list that runs *program*."""
    return [sys.executable, "-S", str(program), where, *arguments]
