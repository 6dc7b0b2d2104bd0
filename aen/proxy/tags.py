"""Which open connections carry which tag."""

from typing import Protocol


class Closable(Protocol):
    """An exchange or a tunnel that can be ended from outside."""

    def close(self, code: int, reason: str) -> None:
        """End it; a WebSocket with this close code and reason."""


class Tags:
    """Finds open connections by the tags of their `Forward`."""

    def __init__(self) -> None:
        self._tagged: dict[str, set[Closable]] = {}

    def add(self, tags: tuple[str, ...], one: Closable) -> None:
        """Remember *one* under *tags*."""
        for tag in tags:
            self._tagged.setdefault(tag, set()).add(one)

    def discard(self, tags: tuple[str, ...], one: Closable) -> None:
        """Forget *one*."""
        for tag in tags:
            ones = self._tagged.get(tag)
            if ones is not None:
                ones.discard(one)
                if not ones:
                    del self._tagged[tag]

    def close(self, tag: str, code: int, reason: str) -> int:
        """End everything that carries *tag*; return how many that were."""
        ones = tuple(self._tagged.get(tag, ()))
        for one in ones:
            one.close(code, reason)
        return len(ones)
