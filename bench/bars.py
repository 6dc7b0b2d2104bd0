"""What each row must show: every bar and every aim of the project, as data.

A bar that is missed ends the bench with status 1. An aim that is missed is said.
Nothing here is lowered because something is slow.
"""

from attrs import frozen

MS = 0.001
KB = 1024.0
MB = 1024.0 * KB

SMALLER_IS_BETTER = frozenset({"p99 s", "bytes each", "seconds", "bytes"})
"""Figures of which less is better; of all others more is."""


@frozen
class Bar:
    """One demand: *who*'s *figure* in *row* against *factor* times that of *peer*.

    Without a *peer*, *factor* is the demand itself, in the figure's unit.
    """

    row: str
    figure: str
    factor: float
    peer: str = ""
    aim: bool = False
    who: str = "gateway"

    @property
    def at_most(self) -> bool:
        """Whether the figure must stay below the demand."""
        return self.figure in SMALLER_IS_BETTER


RATE = "requests/s"
ROUNDS = "rounds/s"
CHP = "chp"
NGINX = "nginx"

BARS = (
    Bar("http-1k", RATE, 5.0, CHP),
    Bar("http-1k", RATE, 0.7, NGINX),
    Bar("http-1k", RATE, 1.0, NGINX, aim=True),
    Bar("http-1k", "p99 s", 1.0, CHP),
    Bar("http-1k", "p99 s", 1.2, NGINX, aim=True),
    Bar("http-1m", RATE, 1.5, CHP),
    Bar("http-1m", RATE, 1.5, NGINX, aim=True),
    Bar("ws-32x256", ROUNDS, 1.0, CHP),
    Bar("ws-32x256", ROUNDS, 1.3, CHP, aim=True),
    Bar("ws-500x256", ROUNDS, 1.0, CHP),
    Bar("ws-500x256", ROUNDS, 1.3, CHP, aim=True),
    Bar("ws-32x64k", ROUNDS, 1.1, CHP),
    Bar("ws-32x64k", ROUNDS, 1.3, CHP, aim=True),
    Bar("workers", RATE, 1.3, "one process", who="two processes"),
    Bar("remote", RATE, 2.5, CHP),
    Bar("tls-1k", RATE, 2.5, CHP),
    Bar("tls-1k", RATE, 0.6, NGINX, aim=True),
    Bar("tls-1m", RATE, 1.2, CHP),
    Bar("tls-1m", RATE, 1.0, NGINX, aim=True),
    Bar("idle", "bytes each", 20 * KB),
    Bar("idle", "bytes each", 10 * KB, aim=True),
    Bar("first-start", "seconds", 1.5, who="platform"),
    Bar("first-start", "seconds", 1.0, who="platform", aim=True),
    Bar("start", "seconds", 0.3, who="platform"),
    Bar("start", "seconds", 0.15, who="platform", aim=True),
    Bar("real-first-start", "seconds", 1.5, who="platform"),
    Bar("real-first-start", "seconds", 1.0, who="platform", aim=True),
    Bar("real-start", "seconds", 0.3, who="platform"),
    Bar("rights", "seconds", 0.5, who="first"),
    Bar("rights", "seconds", 0.25, who="first", aim=True),
    Bar("jupyterlab", "seconds", 0.15, who="beyond its own"),
    Bar("jupyterlab", "seconds", 0.05, who="beyond its own", aim=True),
    Bar("dashboard", "p99 s", 50 * MS, who="dashboard"),
    Bar("dashboard", "p99 s", 15 * MS, who="dashboard", aim=True),
    Bar("dashboard", "p99 s", 50 * MS, who="search"),
    Bar("dashboard", "p99 s", 15 * MS, who="search", aim=True),
    Bar("dashboard", "p99 s", 50 * MS, who="people"),
    Bar("dashboard", "p99 s", 15 * MS, who="people", aim=True),
    Bar("memory", "bytes", 300 * MB, who="platform"),
    Bar("memory", "bytes", 200 * MB, who="platform", aim=True),
)
