"""Finding packages by the beginning of their names, in the indexes of the node."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from attrs import field, frozen
from packaging.version import InvalidVersion, Version

from aen.compute.environments import index_names
from aen.compute.environments.provider import FoundOne
from aen.compute.programs.children import Command, IReactorChildren, run
from aen.model.errors import Failed, Invalid

_LONGEST = 100  # characters of what is searched
_MOST_NAMES = 50
_MOST_VERSIONS = 50
_AGE = 86400.0  # seconds after which a list of names is fetched anew
_PATIENCE = 120.0
# pip knows an index even where nobody has set one; its name is pip's business
_DEFAULT = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"


@frozen
class Places:
    """Where packages are looked for."""

    indexes: tuple[str, ...]
    """Empty where nobody has set one: pip's own is meant."""
    links: tuple[str, ...]
    """Directories of packages."""
    insecure: tuple[str, ...]
    """Hosts whose certificates are not checked."""
    only_links: bool = False


def places(environment: Mapping[str, str]) -> Places:
    """Return where uv, given *environment*, looks for packages."""
    first = environment.get("UV_DEFAULT_INDEX") or environment.get("UV_INDEX_URL", "")
    more = environment.get("UV_INDEX", "").split()
    more += environment.get("UV_EXTRA_INDEX_URL", "").split()
    links = environment.get("UV_FIND_LINKS", "").replace(",", " ").split()
    return Places(
        tuple(filter(None, (first, *map(_unnamed, more)))),
        tuple(path for one in links if (path := _local(one))),
        tuple(environment.get("UV_INSECURE_HOST", "").split()),
        bool(environment.get("UV_OFFLINE")),
    )


def _unnamed(index: str) -> str:
    """Return the address of an index that may have a name: ``inner=https://…``."""
    name, equals, address = index.partition("=")
    return address if equals and "/" not in name else index


def _local(place: str) -> str:
    parts = urlsplit(place)
    if parts.scheme == "file":
        return url2pathname(parts.path)
    return "" if parts.scheme else place


@frozen
class IndexSearch:
    """Searches the indexes that uv is told of; in a child, with lists kept on disk."""

    reactor: IReactorChildren
    environment: Mapping[str, str]
    """What uv is given on this node."""
    cache: Path
    pip: Callable[[], str] = lambda: ""
    """Returns a Python that has pip, which knows an index when nobody has set one."""
    age: float = _AGE
    _known: dict[str, str] = field(factory=dict, init=False)

    async def find(self, text: str) -> tuple[FoundOne, ...]:
        """Return packages whose names begin with *text*, the very one first.

        Of that one the versions are told, the newest first.

        :raises Invalid: *text* cannot be the beginning of a name.
        :raises Failed: no index can be searched; says why.
        """
        wished = text.strip()
        if not wished or len(wished) > _LONGEST or not _is_name(wished):
            message = "Write the beginning of a package's name."
            raise Invalid(message, fields={"q": message})
        where = places(self.environment)
        indexes = () if where.only_links else where.indexes or await self._default()
        if not indexes and not where.links:
            raise Failed("This node knows no package index that can be searched.")
        given = {
            "text": wished,
            "indexes": indexes,
            "links": where.links,
            "insecure": where.insecure,
            "cache": str(self.cache),
            "most": _MOST_NAMES,
            "age": self.age,
        }
        return _read(await self._ask(given))

    async def _default(self) -> tuple[str, ...]:
        python = self.pip()
        if not python:
            return ()
        if python not in self._known:
            command = Command((python, "-I", "-c", _DEFAULT), timeout=_PATIENCE)
            ended = await run(self.reactor, command, lambda _: None)
            self._known[python] = ended.lines[-1] if ended.ok and ended.lines else ""
        return tuple(filter(None, (self._known[python],)))

    async def _ask(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        argv = (sys.executable, "-I", "-S", index_names.__file__, json.dumps(given))
        command = Command(argv, self.environment, timeout=_PATIENCE, session=True)
        said: list[str] = []
        ended = await run(self.reactor, command, said.append)
        if not ended.ok or not said:
            why = "it took too long" if ended.timed_out else "try again"
            raise Failed(f"The search broke off: {why}.", log=ended.lines)
        answer: Mapping[str, Any] = json.loads(said[-1])
        return answer


def _is_name(text: str) -> bool:
    return text.isascii() and all(one.isalnum() or one in "-_." for one in text)


def _read(answer: Mapping[str, Any]) -> tuple[FoundOne, ...]:
    found = tuple(
        FoundOne(one["name"], newest_first(one["versions"]))
        for one in answer["packages"]
    )
    if not found and answer["problems"]:
        raise Failed(f"Nothing could be searched: {answer['problems'][0]}.")
    return found


def newest_first(versions: Iterable[str]) -> tuple[str, ...]:
    """Return *versions* from the newest down; those made for trials come last."""
    known: list[Version] = []
    for one in versions:
        try:
            known.append(Version(one))
        except InvalidVersion:
            continue
    known.sort(key=lambda one: (not one.is_prerelease, one), reverse=True)
    return tuple(map(str, known[:_MOST_VERSIONS]))
