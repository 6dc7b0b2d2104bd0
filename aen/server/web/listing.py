"""Lists that are searched, sorted and paged: what of them is in the address."""

from collections.abc import Mapping
from urllib.parse import urlencode

from attrs import frozen

from aen.server.web.visit import Fields


@frozen
class Asked:
    """What a list was asked for, and the addresses of its neighbours."""

    path: str
    values: Mapping[str, str]
    """What narrows and sorts; empty values are left out of addresses."""
    order: str = ""
    usual: str = ""
    """The order of a list that was not asked for one."""

    @classmethod
    def of(
        cls, path: str, query: Fields, names: tuple[str, ...], usual: str
    ) -> "Asked":
        """Return what *query* asks for of *names*, each bounded."""
        values = {name: query.line(name)[:100] for name in names}
        return cls(path, values, query.line("order")[:40] or usual, usual)

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    @property
    def narrowed(self) -> bool:
        """Whether something is left out of the list."""
        return any(self.values.values())

    def address(self, **changes: str) -> str:
        """Return the address of this list with *changes*, from its beginning."""
        order = "" if self.order == self.usual else self.order
        asked = {**self.values, "order": order, **changes}
        query = urlencode({name: text for name, text in asked.items() if text})
        return f"{self.path}?{query}" if query else self.path

    def sorted_by(self, key: str) -> str:
        """Return how the list is sorted by *key*: ascending, descending, none."""
        if self.order == key:
            return "ascending"
        return "descending" if self.order == f"-{key}" else "none"

    def turned(self, key: str, first: str = "") -> str:
        """Return the address sorted by *key*, the other way if it already is.

        :param first: “-” where one wants to see the greatest first.
        """
        other = "" if first else "-"
        now = self.order == f"{first}{key}"
        order = f"{other if now else first}{key}"
        return self.address(order="" if order == self.usual else order)
