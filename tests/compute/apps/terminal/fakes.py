"""A shell without a process and a screen without a connection."""

from typing import TypeVar

from attrs import define, field

from aen.compute.apps.terminal.messages import Size, Told

T = TypeVar("T")


@define(eq=False)
class FakeShell:
    """Remembers what it was asked."""

    size: Size
    typed: bytes = b""
    stuck: int = 0
    paused: bool = False
    hung_up: bool = False
    working: bool = False

    def busy(self) -> bool:
        return self.working

    def write(self, data: bytes) -> None:
        self.typed += data

    def waiting(self) -> int:
        return self.stuck

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def resize(self, size: Size) -> None:
        self.size = size

    def hang_up(self) -> None:
        self.hung_up = True


@define(eq=False)
class FakeScreen:
    """Remembers what it was shown and told."""

    shown: bytes = b""
    told: list[Told] = field(factory=list)

    def heard(self, kind: type[T]) -> list[T]:
        """Return the messages of a kind."""
        return [one for one in self.told if isinstance(one, kind)]

    def show(self, output: bytes) -> None:
        self.shown += output

    def tell(self, message: Told) -> None:
        self.told.append(message)

    def last(self, kind: type[T]) -> T:
        """Return the last message of a kind."""
        return self.heard(kind)[-1]
