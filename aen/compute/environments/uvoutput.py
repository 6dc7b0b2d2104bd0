"""What uv says while it works, read for progress and for the reason of a failure."""

import re
from collections.abc import Iterable

from attrs import define

_RESOLVED = re.compile(r"Resolved (\d+) packages?")
_FETCHED = re.compile(r"\s*(?:Downloaded|Built) \S")
_PREPARED = re.compile(r"(?:Prepared|Installed) \d+ packages?")
_CREDENTIALS = re.compile(r"(\w://)[^/@\s]+@")

_NO_NETWORK = (
    r"(?i)dns error|lookup address|connection refused|timed out|unreachable|tunnel"
    r"|error sending request|connect error"
    r"|network (?:connectivity )?(?:is|was) disabled"
)
_REASONS = (
    (r"No space left on device|Disk quota exceeded", "the disk of the node is full"),
    (_NO_NETWORK, "the package index cannot be reached"),
    (
        r"(?i)certificate|UnknownIssuer",
        "the package index has a certificate that the node does not trust",
    ),
    (
        r"(?i)\b(401|403)\b|unauthorized|forbidden",
        "the package index refuses the node",
    ),
    (
        r"(?i)was not found in|no versions? of|not found in the",
        "a package, or the version asked for, is not in the package index",
    ),
    (
        r"(?i)no solution found|unsatisfiable",
        "what is asked for contradicts itself, or what is installed",
    ),
    (r"(?i)failed to build|build backend", "a package cannot be built on the node"),
    (r"(?i)permission denied", "a directory cannot be written"),
    (
        r"(?i)no interpreter found|querying python",
        "the Python interpreter does not work",
    ),
)


@define
class BuildProgress:
    """Counts packages from uv's lines; `total` is 0 until uv knows it.

    Only packages that have to be fetched are told one by one; those in the cache
    come all at once.
    """

    done: int = 0
    total: int = 0

    def hear(self, line: str) -> bool:
        """Take a line of output; say whether the progress changed."""
        before = (self.done, self.total)
        if match := _RESOLVED.match(line):
            self.total = int(match[1])
        elif _PREPARED.match(line):
            self.done = self.total
        elif _FETCHED.match(line):
            self.done = min(self.done + 1, self.total)
        return before != (self.done, self.total)


def without_credentials(line: str) -> str:
    """Return *line* without names and passwords in addresses."""
    return _CREDENTIALS.sub(r"\1****@", line)


def reason(lines: Iterable[str]) -> str:
    """Return why uv failed, in words for people; "" when nobody can tell."""
    text = "\n".join(lines)
    return next((words for known, words in _REASONS if re.search(known, text)), "")
