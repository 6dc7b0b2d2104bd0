"""When each launch was last used: kept on disk, so that a restart forgets little."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from attrs import define, field
from twisted.logger import Logger

from aen.runtime.credentials import write_private
from aen.wire.messages import Launch

WRITE_SECONDS = 60.0


@define(eq=False)
class UseBook:
    """The last use of each launch, in seconds since the epoch."""

    _file: Path
    _last: dict[str, float] = field(factory=dict, init=False)
    _written: float = field(default=0.0, init=False)
    _changed: bool = field(default=False, init=False)
    _log: Logger = field(factory=Logger, init=False)

    @classmethod
    def at(cls, file: Path) -> "UseBook":
        """Return the book in *file*, read if there is one."""
        book = cls(file)
        book.load()
        return book

    def load(self) -> None:
        """Read what an earlier service left; a file that is none is passed over."""
        try:
            found = json.loads(self._file.read_bytes())
            self._last = {str(name): float(when) for name, when in found.items()}
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError, AttributeError) as error:
            self._log.warn("{file} is passed over: {why}", file=self._file, why=error)

    def note(self, uses: Mapping[str, float], now: float) -> None:
        """Note uses; none is of the future, whatever another machine's clock says."""
        for name, when in uses.items():
            if min(when, now) > self._last.get(name, 0.0):
                self._last[name] = min(when, now)
                self._changed = True

    def last(self, launch: Launch) -> float:
        """Return when *launch* was last used; its start is a use."""
        return max(self._last.get(launch.id, 0.0), launch.started)

    def save(self, known: Iterable[str], now: float) -> None:
        """Write, if there is anything new and it was not just done.

        :param known: the launches there are; others are forgotten.
        """
        if not self._changed or 0 <= now - self._written < WRITE_SECONDS:
            return
        kept = set(known)
        self._last = {name: at for name, at in self._last.items() if name in kept}
        try:
            write_private(self._file, json.dumps(self._last).encode())
        except OSError as error:
            self._log.warn("{file}: {why}", file=self._file, why=error)
        self._written, self._changed = now, False
