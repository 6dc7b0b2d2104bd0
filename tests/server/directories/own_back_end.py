"""The example of docs/accounts.md: passwords in a file of the organisation."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aen.model.errors import Unavailable
from aen.server.directories.directory import Person, Reason, Refusal


class Staff:
    """People of a JSON file: ``{"ada": {"password": "…", "name": "Ada"}}``."""

    def __init__(self, options: Mapping[str, Any], reactor: Any) -> None:
        self._path = Path(options["file"])

    async def check(self, name: str, password: str) -> Person | Refusal:
        """Return whose name and password these are."""
        try:
            people = json.loads(self._path.read_text())
        except (OSError, ValueError) as error:
            raise Unavailable(f"{self._path}: {error}") from None
        found = people.get(name)
        if found is None:
            return Refusal(Reason.UNKNOWN)
        if found["password"] != password:
            return Refusal(Reason.WRONG)
        return Person(name, display_name=found["name"])


class Deaf:
    """What is no back end: it answers nothing."""

    def __init__(self, options: Mapping[str, Any], reactor: Any) -> None:
        """Need nothing."""
