"""Where uv finds packages: its own settings, or those the machine has for pip."""

import configparser
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

_PASSED = frozenset(
    "HOME PATH LANG LC_ALL NETRC XDG_CACHE_HOME XDG_CONFIG_HOME XDG_CONFIG_DIRS"
    " SSL_CERT_FILE SSL_CERT_DIR SSL_CLIENT_CERT TMPDIR"
    " AEN_INSTALLATION".split()  # by which `make run` knows its processes
)
_PROXIES = frozenset("http_proxy https_proxy all_proxy no_proxy".split())
# Any of these says where packages are: pip's settings are then not asked.
_CHOICES = frozenset(
    "UV_INDEX UV_DEFAULT_INDEX UV_INDEX_URL UV_EXTRA_INDEX_URL UV_FIND_LINKS"
    " UV_OFFLINE UV_CONFIG_FILE".split()
)
# uv's own behaviour that we decide ourselves
_OURS = frozenset(
    "UV_PYTHON UV_PROJECT_ENVIRONMENT UV_LINK_MODE UV_SYSTEM_PYTHON".split()
)
_SECTIONS = ("global", "install")


def pip_files(environ: Mapping[str, str]) -> list[Path]:
    """Return the files in which pip looks for settings, later ones winning."""
    home = Path(environ.get("HOME", "/nonexistent"))
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    named = environ.get("PIP_CONFIG_FILE")
    return [
        Path("/etc/xdg/pip/pip.conf"),
        Path("/etc/pip.conf"),
        home / ".pip" / "pip.conf",
        config / "pip" / "pip.conf",
        *([Path(named)] if named else []),
    ]


def readable_pip_files(environ: Mapping[str, str]) -> list[Path]:
    """Return those of `pip_files` that are files and can be read."""
    return [
        path
        for path in pip_files(environ)
        if path.is_file() and os.access(path, os.R_OK)
    ]


def pip_texts(environ: Mapping[str, str]) -> list[str]:
    """Return the content of `readable_pip_files`."""
    return [one.read_text("utf-8", "replace") for one in readable_pip_files(environ)]


def index_access(environ: Mapping[str, str]) -> dict[str, str]:
    """Return variables by which pip and uv in projects reach what the node's do.

    Apps have other home directories: what the account's own files say is lost there.
    """
    home = environ.get("HOME", "/nonexistent")
    files = readable_pip_files(environ)
    own = [str(one) for one in files if one.is_relative_to(home)]
    named = {"PIP_CONFIG_FILE": own[-1]} if own else {}
    return {**uv_environment(environ, pip_texts(environ)), **named}


def pip_settings(texts: Iterable[str], environ: Mapping[str, str]) -> dict[str, str]:
    """Return pip's settings from the *texts* of its files and from *environ*.

    A file that pip could not read either has no say.
    """
    found: dict[str, str] = {}
    for text in texts:
        parser = configparser.RawConfigParser()
        try:
            parser.read_string(text)
        except configparser.Error:
            continue
        for section in _SECTIONS:
            if parser.has_section(section):
                found |= {k.replace("_", "-"): v for k, v in parser.items(section)}
    for name, text in environ.items():
        if name.startswith("PIP_"):
            found[name.removeprefix("PIP_").lower().replace("_", "-")] = text
    return found


def uv_environment(
    environ: Mapping[str, str], pip_texts: Iterable[str] = ()
) -> dict[str, str]:
    """Return the environment for uv: the parts of *environ* that concern it.

    What pip was told about indexes holds for uv unless uv was told otherwise.
    """
    passed = {
        name: text
        for name, text in environ.items()
        if name in _PASSED
        or name.lower() in _PROXIES
        or (name.startswith("UV_") and name not in _OURS)
    }
    pip = pip_settings(pip_texts, environ)
    derived = dict(_connection(pip))
    if not _CHOICES & passed.keys():
        derived |= dict(_places(pip))
    return derived | passed


def _connection(pip: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if cert := pip.get("cert"):
        yield "SSL_CERT_FILE", cert
    if hosts := pip.get("trusted-host"):
        yield "UV_INSECURE_HOST", " ".join(hosts.split())
    timeout = pip.get("timeout") or pip.get("default-timeout", "")
    if timeout.isdecimal():
        yield "UV_HTTP_TIMEOUT", timeout
    if proxy := pip.get("proxy"):
        yield "ALL_PROXY", proxy if "://" in proxy else f"http://{proxy}"


def _places(pip: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if index := pip.get("index-url"):
        yield "UV_DEFAULT_INDEX", index
    if extra := " ".join(filter(_is_there, pip.get("extra-index-url", "").split())):
        yield "UV_INDEX", extra
        # pip takes the best version of all indexes, uv the first index's by default
        yield "UV_INDEX_STRATEGY", "unsafe-best-match"
    if links := ",".join(filter(_is_there, pip.get("find-links", "").split())):
        yield "UV_FIND_LINKS", links
    # uv has no variable for it; local directories of packages work offline
    if pip.get("no-index", "").lower() in {"1", "true", "yes", "on"}:
        yield "UV_OFFLINE", "1"


def _is_there(place: str) -> bool:
    """Whether a local *place* exists: pip passes over a missing one, uv fails."""
    parts = urlsplit(place)
    if parts.scheme == "file":
        return Path(url2pathname(parts.path)).exists()
    return bool(parts.scheme) or Path(place).exists()
