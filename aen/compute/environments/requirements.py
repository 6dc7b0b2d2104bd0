"""What people may ask to be installed: requirements, and files of them. No I/O."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from attrs import frozen
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from aen.model.errors import Invalid

MOST_PACKAGES = 200
"""In one change; a file may have as many as an environment."""
MOST_IN_FILE = 2000
_LONGEST = 300  # characters of one requirement
_LONGEST_FILE = 256 * 1024
_SCHEMES = frozenset({"https", "http", "git+https", "file"})
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?", re.ASCII)
# conda's "match specification" without channels, brackets and files
_SPEC = re.compile(
    r"[A-Za-z0-9_][A-Za-z0-9._-]*(?:\s*[=<>!~]=?\s*[A-Za-z0-9._*+!-]+"
    r"(?:[,|][=<>!~]{0,2}[A-Za-z0-9._*+!-]+)*(?:=[A-Za-z0-9._*]+)?)?",
    re.ASCII,
)
_CHANNEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*|https?://[^\s@]+", re.ASCII)
_HASHES = re.compile(r"\s--hash[= ]\S+")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_PYTHON = re.compile(r"python(?:\s*[=<>!~].*)?", re.ASCII)


@frozen
class FileContent:
    """What a file of requirements asks for."""

    requirements: tuple[str, ...] = ()
    """For pip and uv."""
    specs: tuple[str, ...] = ()
    """For conda, Python's own left out."""
    python: str = ""
    """The version of Python, as the file has it: ``=3.11``."""
    channels: tuple[str, ...] = ()


def check_requirements(texts: Iterable[str], home: Path) -> tuple[str, ...]:
    """Return *texts* if each is one that pip may be given in the project at *home*.

    :raises Invalid: one is none, or names a file outside the project.
    """
    return tuple(_requirement(one, home) for one in _bounded(texts))


def check_names(texts: Iterable[str]) -> tuple[str, ...]:
    """Return *texts* if each is the name of a package and nothing more.

    :raises Invalid: one is none.
    """
    names = _bounded(texts)
    for one in names:
        if not _NAME.fullmatch(one):
            raise _invalid(f"“{one}” is not the name of a package.")
    return names


def check_specs(texts: Iterable[str]) -> tuple[str, ...]:
    """Return *texts* if each is one that conda may be given.

    :raises Invalid: one is none.
    """
    specs = _bounded(texts)
    for one in specs:
        if not _SPEC.fullmatch(one):
            raise _invalid(
                f"“{one}” is not a package that conda knows by name and version, such"
                " as “numpy” or “numpy>=1.26”."
            )
    return tuple("".join(one.split()) for one in specs)


def _bounded(texts: Iterable[str]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(one.strip() for one in texts))
    if not found or "" in found:
        raise _invalid("Name at least one package.")
    if len(found) > MOST_PACKAGES:
        raise _invalid(f"Name at most {MOST_PACKAGES} packages at a time.")
    return found


def _invalid(message: str) -> Invalid:
    return Invalid(message, fields={"packages": message})


def _requirement(text: str, home: Path) -> str:
    if len(text) > _LONGEST or not text.isprintable():
        raise _invalid(f"“{ascii(text[:40])[1:-1]}…” is too long, or not text.")
    try:
        found = Requirement(text)
    except InvalidRequirement:
        raise _invalid(
            f"“{text}” is not a package; write its name, and a version if you like:"
            " “numpy”, “numpy>=1.26”."
        ) from None
    if found.url is not None:
        _check_url(text, found.url, home)
    return text


def _check_url(text: str, url: str, home: Path) -> None:
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES:
        raise _invalid(f"“{text}”: the address must begin with https://.")
    if parts.scheme == "file":
        path = PurePosixPath(unquote(parts.path))
        if parts.netloc or ".." in path.parts or not path.is_relative_to(home):
            raise _invalid(
                f"“{text}” names a file outside the project; copy it into the project"
                " first."
            )


def read_file(text: str, home: Path) -> FileContent:
    """Return what a requirements file or an ``environment.yml`` asks for.

    :raises Invalid: it cannot be read; says which line.
    """
    if len(text) > _LONGEST_FILE:
        raise _bad_file(f"The file is longer than {_LONGEST_FILE // 1024} KiB.")
    conda = re.search(r"^dependencies\s*:", text, re.MULTILINE) is not None
    content = _read_yaml(text, home) if conda else _read_plain(text, home)
    if len(content.requirements) + len(content.specs) > MOST_IN_FILE:
        raise _bad_file(f"The file names more than {MOST_IN_FILE} packages.")
    if not content.requirements and not content.specs and not content.python:
        raise _bad_file("The file names no package.")
    return content


def _bad_file(message: str) -> Invalid:
    return Invalid(message, fields={"file": message})


def _read_plain(text: str, home: Path) -> FileContent:
    joined = text.replace("\\\r\n", " ").replace("\\\n", " ")
    found = []
    for number, raw in enumerate(joined.splitlines(), 1):
        line = _HASHES.sub("", _COMMENT.sub("", raw)).strip()
        if line.startswith("-"):
            option = line.split()[0]
            raise _bad_file(
                f"Line {number}: options such as “{option}” are not taken; the"
                " administrator says where packages come from. Remove the line."
            )
        if line:
            found.append(_in_line(number, line, home))
    return FileContent(tuple(found))


def _in_line(number: int, text: str, home: Path) -> str:
    try:
        return _requirement(text, home)
    except Invalid as error:
        raise _bad_file(f"Line {number}: {error.message}") from None


def _read_yaml(text: str, home: Path) -> FileContent:
    channels, specs, requirements = list[str](), list[str](), list[str]()
    python = ""
    for number, key, item in _items(text):
        if key == "channels" and _CHANNEL.fullmatch(item):
            channels.append(item)
        elif key == "dependencies" and _PYTHON.fullmatch(item):
            python = item.removeprefix("python").strip()
        elif key == "dependencies" and _SPEC.fullmatch(item):
            specs.append("".join(item.split()))
        elif key == "pip":
            requirements.append(_in_line(number, item, home))
        else:
            raise _bad_file(f"Line {number}: “{item}” is not understood under {key}.")
    return FileContent(tuple(requirements), tuple(specs), python, tuple(channels))


def _items(text: str) -> Iterator[tuple[int, str, str]]:
    """Yield line, key and item of the lists in an ``environment.yml``.

    Only what conda writes: lists of plain words, and one of pip's in the dependencies.
    """
    key, pip_indent = "", -1
    for number, raw in enumerate(text.splitlines(), 1):
        line = _COMMENT.sub("", raw).rstrip()
        if not line.strip() or line == "---":
            continue
        indent = len(line) - len(line.lstrip())
        word = line.strip()
        if not word.startswith("- "):
            key, _, rest = word.partition(":")
            pip_indent = -1
            if indent or (key not in {"name", "prefix"} and rest.strip()):
                raise _bad_file(f"Line {number}: “{word}” is not understood.")
            continue
        item = word[2:].strip().strip("\"'")
        if key == "dependencies" and item.rstrip() == "pip:":
            pip_indent = indent
        elif 0 <= pip_indent < indent:
            yield number, "pip", item
        elif key in {"channels", "dependencies"}:
            pip_indent = -1
            if (key, item) != ("channels", "nodefaults"):
                yield number, key, item
        else:
            raise _bad_file(f"Line {number}: “{word}” is not understood.")


def as_requirement(spec: str) -> str:
    """Return a conda *spec* as pip writes it: ``numpy=1.26=py311_0`` → a wildcard."""
    name, version = re.fullmatch(r"([A-Za-z0-9._-]+)(.*)", spec).groups()  # type: ignore[union-attr]
    exact = re.fullmatch(r"=([0-9A-Za-z._+!-]+)(?:=.*)?", version)
    build = re.fullmatch(r"==([0-9A-Za-z._+!-]+)=.*", version)
    if exact and "=" in version[1:]:  # with a build: an exact version
        return f"{name}=={exact[1]}"
    if exact:
        return f"{name}=={exact[1]}.*"
    return f"{name}=={build[1]}" if build else f"{name}{version}"


def names_of(requirements: Iterable[str]) -> frozenset[str]:
    """Return the names, as indexes write them, of *requirements* that are checked."""
    return frozenset(canonicalize_name(Requirement(one).name) for one in requirements)
