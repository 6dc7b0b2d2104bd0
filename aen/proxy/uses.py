"""Which upstreams are used: a mark on the way of every read, collected now and then."""

from weakref import WeakValueDictionary

from attrs import define, field


class Use:
    """A `routing.Meter`; one store for each read, and no look at a clock."""

    __slots__ = ("__weakref__", "used")

    def __init__(self) -> None:
        self.used = False

    def touch(self) -> None:
        """Note that bytes have just passed."""
        self.used = True


@define(eq=False)
class Uses:
    """The meters of what is in use, by any name; forgotten with the last holder."""

    _meters: WeakValueDictionary[str, Use] = field(
        factory=WeakValueDictionary, init=False
    )
    _lately: dict[str, Use] = field(factory=dict, init=False)
    """Given out since the last `take`: whoever held them may be gone by then."""

    def meter(self, name: str) -> Use:
        """Return the meter of *name*; the same one as long as somebody holds it."""
        found = self._meters.get(name)
        if found is None:
            found = self._meters[name] = Use()
        self._lately[name] = found
        return found

    def take(self) -> list[str]:
        """Return the names of what was used since the last time, and begin anew."""
        used = [name for name, one in self._meters.items() if one.used]
        for name in used:
            self._meters[name].used = False
        self._lately.clear()
        return used
