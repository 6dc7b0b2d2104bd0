"""The log of acts as lines of a file: CSV for people's tables, JSON for programs."""

import csv
import enum
import io
import json
from datetime import UTC, datetime

from aen.model.audit import Entry

COLUMNS = ("at", "act", "by", "user", "project", "path", "address", "details", "id")


class Form(enum.Enum):
    """How lines are written."""

    CSV = "csv"
    JSON = "jsonl"

    @property
    def media(self) -> str:
        """The media type (RFC 4180; JSON lines have none that is registered)."""
        return "text/csv" if self is Form.CSV else "application/jsonl"

    @property
    def head(self) -> str:
        """What stands before the first line."""
        return _row(COLUMNS) if self is Form.CSV else ""

    def line(self, entry: Entry) -> str:
        """Return an entry as one line, with its end."""
        at = datetime.fromtimestamp(entry.at, UTC).isoformat(timespec="milliseconds")
        if self is Form.CSV:
            details = "; ".join(f"{name}: {text}" for name, text in _sorted(entry))
            return _row(
                (
                    at, entry.act.value, entry.by, entry.user, entry.project,
                    entry.path, entry.address, details, entry.id,
                )
            )  # fmt: skip
        told = {
            "id": entry.id,
            "at": at,
            "act": entry.act.value,
            "by": entry.by,
            "user": entry.user,
            "project": entry.project,
            "path": entry.path,
            "address": entry.address,
            "details": dict(_sorted(entry)),
        }
        return json.dumps(told, ensure_ascii=False) + "\n"


def _sorted(entry: Entry) -> list[tuple[str, str]]:
    return sorted(entry.details.items())


def _row(cells: tuple[str, ...]) -> str:
    written = io.StringIO()
    csv.writer(written).writerow([_harmless(one) for one in cells])
    return written.getvalue()


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
