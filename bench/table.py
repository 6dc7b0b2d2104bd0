"""The table: every row by its name, in the order they are measured."""

from collections.abc import Callable, Sequence
from functools import partial

from attrs import frozen

from bench.measured import Measured, Missing, Pace
from bench.rows import http, idle, memory, pages, rights, starting, websocket
from bench.rows.websocket import Crowd
from bench.stage import Stage

_KB = 1024


@frozen
class Row:
    """One measure of the table."""

    name: str
    title: str
    measure: Callable[[Stage, Pace], Measured]


ROWS = (
    Row("memory", "resident memory of the idle platform", memory.memory),
    Row(
        "first-start",
        "first start of a project, warm template",
        starting.first_start,
    ),
    Row("start", "start of an existing project", starting.start),
    Row(
        "real-first-start",
        "the same, files and processes of an account of the machine",
        starting.real_first_start,
    ),
    Row("real-start", "start of such a project again", starting.real_start),
    Row("rights", "permission pass over 20,000 files", rights.rights),
    Row("http-1k", "HTTP, 1 KB bodies, 32 connections", partial(http.plain, "1k")),
    Row("http-1m", "HTTP, 1 MB bodies, 32 connections", partial(http.plain, "1m")),
    Row(
        "ws-32x256",
        "WebSocket, 32 connections, 256 bytes",
        partial(websocket.echoes, Crowd(32, 256)),
    ),
    Row(
        "ws-500x256",
        "WebSocket, 500 connections, 256 bytes",
        partial(websocket.echoes, Crowd(500, 256)),
    ),
    Row(
        "ws-32x64k",
        "WebSocket, 32 connections, 64 KB",
        partial(websocket.echoes, Crowd(32, 64 * _KB)),
    ),
    Row("workers", "gateway of two processes, 1 KB", http.workers),
    Row("remote", "node on another machine, 1 KB", http.remote),
    Row("tls-1k", "TLS at the door, 1 KB bodies", partial(http.secure, "1k")),
    Row("tls-1m", "TLS at the door, 1 MB bodies", partial(http.secure, "1m")),
    Row("idle", "10,000 idle WebSockets", idle.idle),
    Row("jupyterlab", "opening JupyterLab", starting.jupyterlab),
    Row("dashboard", "pages among 50,000 people and 10,000 projects", pages.dashboard),
)


def chosen(names: Sequence[str]) -> tuple[Row, ...]:
    """Return the rows called *names*, or all where there are none.

    A name may be a beginning, as in ``ws-``.

    :raises Missing: nothing is called that.
    """
    for name in names:
        if not any(row.name.startswith(name) for row in ROWS):
            known = ", ".join(row.name for row in ROWS)
            raise Missing(f"There is no row “{name}”; there are: {known}.")
    return tuple(
        row
        for row in ROWS
        if not names or any(row.name.startswith(name) for name in names)
    )
