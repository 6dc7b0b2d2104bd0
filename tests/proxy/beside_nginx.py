"""A real nginx that tells what it reads, by passing it on to a recorder."""

import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import h11
from attrs import define, field

from tests.proxy.observing import STATUS, Message
from tests.waiting import until

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin")
CONFIGURATION = """\
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log crit;
events {{ worker_connections 128; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  large_client_header_buffers 8 128k;
  client_max_body_size 0;
  underscores_in_headers on;
  ignore_invalid_headers off;
  merge_slashes off;
  lingering_close off;
  server {{
    listen unix:{folder}/in;
    location / {{
      proxy_pass http://unix:{folder}/out;
      proxy_http_version 1.1;
      proxy_request_buffering off;
      proxy_set_header Host $http_host;
      proxy_set_header Connection "";
    }}
  }}
}}
"""


@define
class Nginx:
    """What is said to it, and what it has read of that."""

    folder: Path
    read: list[Message] = field(factory=list)

    def tell(self, data: bytes, count: int) -> tuple[list[int], list[Message]]:
        """Send *data* on one connection; return *count* statuses and the requests."""
        self.read.clear()
        statuses: list[int] = []
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(self.folder / "in"))
            connection.sendall(data)
            answer = b""
            while len(statuses) < count:
                more = connection.recv(65536)
                if not more:
                    break
                answer += more
                statuses = [int(status) for status in STATUS.findall(answer)]
        return statuses, list(self.read)

    def record(self, server: socket.socket) -> None:
        """Answer everything with 200; ends when *server* is closed."""
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                with connection, suppress(OSError, h11.RemoteProtocolError):
                    connection.settimeout(5)
                    self._read_one(connection)

    def _read_one(self, connection: socket.socket) -> None:
        parser = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 20)
        head, body = None, b""
        while True:
            event = parser.next_event()
            if event is h11.NEED_DATA:
                parser.receive_data(connection.recv(65536))
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += bytes(event.data)
            else:
                break
        if head is None or not isinstance(event, h11.EndOfMessage):
            return
        headers = tuple((bytes(name), bytes(value)) for name, value in head.headers)
        self.read.append(Message(bytes(head.method), bytes(head.target), headers, body))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


@contextmanager
def nginx(folder: Path) -> Iterator[Nginx]:
    """Give a running nginx, and end it."""
    assert NGINX is not None
    (folder / "conf").write_text(CONFIGURATION.format(folder=folder))
    one = Nginx(folder)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "out"))
        server.listen(64)
        (folder / "out").chmod(0o777)
        recorder = threading.Thread(target=one.record, args=(server,), daemon=True)
        recorder.start()
        running = subprocess.Popen((NGINX, "-c", str(folder / "conf")))
        try:
            until((folder / "in").exists, "nginx starts", 10)
            yield one
        finally:
            running.terminate()
            running.wait(10)
            server.shutdown(socket.SHUT_RDWR)
    recorder.join(10)
