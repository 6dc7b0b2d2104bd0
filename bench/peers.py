"""The peers: how each is told to stand before the same app. Pure."""

from pathlib import Path

from tests.pem import Pair

HERE = Path(__file__).parent / "peers"
CHP_PROGRAM = HERE / "node_modules/configurable-http-proxy/bin/configurable-http-proxy"
ECHO_PROGRAM = HERE / "echo.mjs"
TWISTED_PROGRAM = HERE / "reverse_proxy.py"


def nginx_settings(folder: Path, port: int, upstream: str, pair: Pair | None) -> str:
    """Return nginx.conf of one worker that proxies to *upstream*.

    Its access log is on, as ours is, and written in batches, as ours is.
    """
    return f"""\
daemon off;
master_process off;
worker_rlimit_nofile 16384;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 8192; }}
http {{
  access_log {folder}/access.log combined buffer=64k flush=1s;
  keepalive_requests 1000000000;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  map $http_upgrade $upgrading {{ default upgrade; "" ""; }}
  upstream app {{ server {upstream}; keepalive 64; keepalive_requests 1000000000; }}
{_nginx_server(port, pair)}
}}
"""


def _nginx_server(port: int, pair: Pair | None) -> str:
    tls = " ssl" if pair else ""
    secret = (
        f"    ssl_certificate {pair.certificate};\n"
        f"    ssl_certificate_key {pair.key};\n"
        if pair
        else ""
    )
    return f"""\
  server {{
    listen 127.0.0.1:{port}{tls} backlog=4096;
{secret}    location / {{
      proxy_pass http://app;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $upgrading;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
    }}
  }}"""


def chp_command(
    node: Path, ports: tuple[int, int], upstream: int, pair: Pair | None
) -> tuple[str, ...]:
    """Return the command of configurable-http-proxy.

    :param ports: the door's and its API's.
    """
    secret = (f"--ssl-cert={pair.certificate}", f"--ssl-key={pair.key}") if pair else ()
    return (
        *(str(node), str(CHP_PROGRAM), "--ip=127.0.0.1", f"--port={ports[0]}"),
        *("--api-ip=127.0.0.1", f"--api-port={ports[1]}", "--log-level=error"),
        *(f"--default-target=http://127.0.0.1:{upstream}", *secret),
    )
