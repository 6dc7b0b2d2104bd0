"""What the proxy has counted, as Prometheus reads it (text format 0.0.4)."""

import resource
from collections import Counter
from collections.abc import Sequence
from typing import Final

import psutil
from attrs import define, field
from twisted.web.resource import Resource
from twisted.web.server import Request
from typing_extensions import override

_TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
_COUNTED: Final = (
    ("api_route_get", "API requests that read routes"),
    ("api_route_add", "API requests that added a route"),
    ("api_route_delete", "API requests that removed a route"),
    ("requests_web", "Requests of clients, WebSockets aside"),
    ("requests_ws", "WebSockets asked for"),
)


@define
class Metrics:
    """Counts since the start."""

    counts: "Counter[str]" = field(factory=Counter)
    proxied: "Counter[int]" = field(factory=Counter)
    """Responses to clients by status."""
    api: "Counter[int]" = field(factory=Counter)
    """Responses of the API by status."""
    searches: int = 0
    search_seconds: float = 0.0

    def text(self) -> str:
        """Return all of it."""
        parts = [
            _family(name, "counter", words, [("", self.counts[name])])
            for name, words in _COUNTED
        ]
        for name, words, found in (
            ("requests_proxy", "Responses to clients", self.proxied),
            ("requests_api", "Responses of the API", self.api),
        ):
            samples = [(f'{{status="{code}"}}', n) for code, n in sorted(found.items())]
            parts.append(_family(name, "counter", words, samples))
        parts.append(
            _family(
                "find_target_for_req",
                "summary",
                "Seconds spent on finding routes",
                [("_sum", self.search_seconds), ("_count", self.searches)],
            )
        )
        parts += [
            _family(name, kind, words, [("", value)])
            for name, kind, words, value in _process()
        ]
        return "\n".join(parts)


def _family(
    name: str, kind: str, words: str, samples: Sequence[tuple[str, float]]
) -> str:
    lines = [f"# HELP {name} {words}.", f"# TYPE {name} {kind}"]
    lines += [f"{name}{suffix} {value}" for suffix, value in samples]
    return "\n".join(lines) + "\n"


def _process() -> list[tuple[str, str, str, float]]:
    mine = psutil.Process()
    cpu, memory = mine.cpu_times(), mine.memory_info()
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    open_now = mine.num_fds()
    return [
        ("process_cpu_user_seconds_total", "counter", "CPU seconds, user", cpu.user),
        (
            "process_cpu_system_seconds_total",
            "counter",
            "CPU seconds, kernel",
            cpu.system,
        ),
        ("process_cpu_seconds_total", "counter", "CPU seconds", cpu.user + cpu.system),
        ("process_start_time_seconds", "gauge", "Start, UNIX time", mine.create_time()),
        ("process_resident_memory_bytes", "gauge", "Resident memory", memory.rss),
        ("process_virtual_memory_bytes", "gauge", "Virtual memory", memory.vms),
        ("process_open_fds", "gauge", "Open descriptors", open_now),
        ("process_max_fds", "gauge", "Most open descriptors", most),
    ]


class MetricsPage(Resource):
    """Serves ``/metrics`` and nothing else."""

    isLeaf = True

    def __init__(self, metrics: Metrics) -> None:
        super().__init__()
        self._metrics = metrics

    @override
    def render(self, request: Request) -> bytes:
        """Return the metrics, or 404."""
        if request.path != b"/metrics" or request.method not in (b"GET", b"HEAD"):
            request.setResponseCode(404)
            return b"Not Found"
        request.setHeader("content-type", _TEXT)
        return self._metrics.text().encode()
