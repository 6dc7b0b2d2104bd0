"""What package indexes have: the names that begin so, and the versions of one.

A program of the standard library alone, run as a child, because a list of all names of
an index takes seconds to fetch and to read. Lists are kept on disk for a day. JSON in,
a line of JSON out: ``{"packages": [{"name", "versions"}], "problems": [sentence]}``.
Indexes are read as the "simple" API has them, JSON (PEP 691) or HTML (PEP 503), by
http, https or from a directory.
"""

import base64
import contextlib
import hashlib
import html
import json
import os
import re
import ssl
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

_JSON = "application/vnd.pypi.simple.v1+json"
_ACCEPT = f"{_JSON}, text/html;q=0.2"
_LONGEST = 128 * 1024 * 1024  # bytes of a list of names
_PATIENCE = 30.0  # seconds for one answer to begin
_LINK = re.compile(r"<a\b[^>]*>([^<]*)</a>", re.IGNORECASE)
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,127}", re.ASCII)
# https://packaging.python.org/en/latest/specifications/binary-distribution-format
_WHEEL = re.compile(r"([A-Za-z0-9._]+)-([A-Za-z0-9._+!]+)-.*\.whl", re.ASCII)
_SOURCE = re.compile(r"(.+)-([0-9][A-Za-z0-9._+!]*)\.(?:tar\.gz|zip)", re.ASCII)


def normal(name: str) -> str:
    """Return *name* as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def fetch(url: str, insecure: Iterable[str]) -> tuple[str, bytes]:
    """Return the type and the content of what is at *url*.

    :raises OSError: it cannot be had, or is too long.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        path = unquote(parts.path)
        path = os.path.join(path, "index.html") if os.path.isdir(path) else path
        with open(path, "rb") as file:
            return "text/html", file.read(_LONGEST)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    asked = urllib.request.Request(urlunsplit(bare), headers={"Accept": _ACCEPT})
    if parts.username:
        words = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        code = base64.b64encode(words.encode()).decode()
        asked.add_header("Authorization", f"Basic {code}")
    context = ssl.create_default_context()
    if {parts.hostname, bare.netloc} & set(insecure):
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with urllib.request.urlopen(asked, timeout=_PATIENCE, context=context) as answer:
        content = answer.read(_LONGEST + 1)
        if len(content) > _LONGEST:
            raise OSError(f"more than {_LONGEST} bytes")
        return answer.headers.get_content_type(), content


def read_names(kind: str, content: bytes) -> set[str]:
    """Return the names in an index's list of projects."""
    if kind == _JSON:
        found = [str(one["name"]) for one in json.loads(content)["projects"]]
    else:
        text = content.decode("utf-8", "replace")
        found = [html.unescape(one).strip().rstrip("/") for one in _LINK.findall(text)]
    return {one for one in map(normal, found) if _NAME.fullmatch(one)}


def read_versions(name: str, kind: str, content: bytes) -> set[str]:
    """Return the versions in an index's page of one project."""
    if kind == _JSON:
        page = json.loads(content)
        if "versions" in page:
            return {str(one) for one in page["versions"]}
        files = [str(one["filename"]) for one in page["files"]]
    else:
        text = content.decode("utf-8", "replace")
        files = [html.unescape(one).strip() for one in _LINK.findall(text)]
    return {version for found, version in packages(files) if found == name}


def packages(files: Iterable[str]) -> set[tuple[str, str]]:
    """Return name and version of the distributions among *files*."""
    matches = (_WHEEL.fullmatch(one) or _SOURCE.fullmatch(one) for one in files)
    return {(normal(match[1]), match[2]) for match in matches if match}


class Search:
    """One search in some indexes and directories of packages."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.problems: list[str] = []
        self._given = given
        self._text = normal(given["text"])
        self._found: dict[str, set[str]] = {}

    def run(self) -> dict[str, Any]:
        """Return what is found, and what could not be asked."""
        for place in self._given["links"]:
            with contextlib.suppress(OSError):
                for name, version in packages(os.listdir(place)):
                    if name.startswith(self._text):
                        self._found.setdefault(name, set()).add(version)
        for index in self._given["indexes"]:
            try:
                self._in_index(index.rstrip("/"))
            except (OSError, ValueError, KeyError, TypeError) as error:
                self.problems.append(_why(error))
        most = self._given["most"]
        names = sorted(self._found, key=lambda one: (one != self._text, one))[:most]
        found = [{"name": one, "versions": sorted(self._found[one])} for one in names]
        return {"packages": found, "problems": self.problems}

    def _in_index(self, index: str) -> None:
        insecure = self._given["insecure"]
        with contextlib.suppress(urllib.error.HTTPError, FileNotFoundError):
            kind, content = fetch(f"{index}/{self._text}/", insecure)
            versions = read_versions(self._text, kind, content)
            if versions:
                self._found.setdefault(self._text, set()).update(versions)
        content = self._names(index)
        place = content.find(b"\n" + self._text.encode())
        while place >= 0 and len(self._found) <= self._given["most"]:
            end = content.find(b"\n", place + 1)
            name = content[place + 1 : end].decode()
            if not name.startswith(self._text):
                break
            self._found.setdefault(name, set())
            place = end

    def _names(self, index: str) -> bytes:
        """Return the index's sorted names, a line each, from disk if they are new."""
        name = hashlib.sha256(index.encode()).hexdigest()[:24]
        path = os.path.join(self._given["cache"], f"{name}.names")
        known = None
        with contextlib.suppress(OSError), open(path, "rb") as file:
            known = file.read()
            written = os.fstat(file.fileno()).st_mtime
            if 0 <= time.time() - written < self._given["age"]:  # noqa: TID251
                return known
        try:
            kind, page = fetch(f"{index}/", self._given["insecure"])
            lines = "\n".join(["", *sorted(read_names(kind, page)), ""]).encode()
        except (OSError, ValueError, KeyError, TypeError):
            if known is None:
                raise
            return known  # older than it should be, better than nothing
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        beside = f"{path}.{os.getpid()}"
        with open(beside, "wb") as file:
            file.write(lines)
        os.replace(beside, path)
        return lines


def _why(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"the package index answers {error.code} {error.reason}"
    if isinstance(error, urllib.error.URLError | OSError):
        return "the package index cannot be reached"
    return "the package index answers something that is no list of packages"


def main(arguments: str) -> int:
    """Search; return the exit status."""
    sys.stdout.write(json.dumps(Search(json.loads(arguments)).run()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
