"""The app the HTTP rows open: nginx that serves two files, on the app's socket.

``bodies.py SOCKET PREFIX FOLDER PORT NEAR``: for the peers also on a port of 127.0.0.1
and on the socket NEAR.
"""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

SIZES = {"1k": 1024, "1m": 1024 * 1024}


def settings(sockets: Sequence[str], prefix: str, folder: Path, port: str) -> str:
    """Return nginx.conf."""
    listen = "".join(f"    listen unix:{one} backlog=4096;\n" for one in sockets)
    return f"""\
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  open_file_cache max=10;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
{listen}    listen 127.0.0.1:{port} backlog=4096;
    location {prefix}/ {{ alias {folder}/files/; }}
  }}
}}
"""


def main() -> None:
    """Write the files and be nginx."""
    socket, prefix, folder, port, near = sys.argv[1:]
    place = Path(folder)
    files = place / "files"
    files.mkdir(parents=True, exist_ok=True)
    for name, size in SIZES.items():
        (files / name).write_bytes(b"x" * size)
    written = place / "nginx.conf"
    written.write_text(settings((socket, near), prefix, place, port), "utf-8")
    for one in (socket, near):
        Path(one).unlink(missing_ok=True)
    program = shutil.which("nginx", path=f"{os.defpath}:/usr/sbin:/usr/local/sbin")
    if program is None:
        sys.exit("nginx is not installed.")
    os.execv(program, (program, "-p", folder, "-c", str(written)))  # noqa: S606


if __name__ == "__main__":
    main()
