"""Where the token of a login is kept: one file that only its owner may read."""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from attrs import asdict, field, frozen

from aen.cli.problems import NotSignedIn, Problem

OTHERS = 0o077


@frozen
class Login:
    """A server and a token for it."""

    url: str
    token: str = field(repr=False)
    id: str = ""
    """The token's own id, where it was made by signing in."""


def place(environment: Mapping[str, str]) -> Path:
    """Return the file: below ``XDG_CONFIG_HOME``, or where ``AEN_CONFIG`` says."""
    if named := environment.get("AEN_CONFIG"):
        return Path(named)
    home = environment.get("HOME") or str(Path.home())
    base = environment.get("XDG_CONFIG_HOME") or f"{home}/.config"
    return Path(base) / "aen" / "login.json"


def keep(path: Path, login: Login) -> None:
    """Write *login* so that it is never readable by others, nor half there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=".login-")  # mode 0600
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            json.dump(asdict(login), file)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def forget(path: Path) -> None:
    """Remove what was kept."""
    path.unlink(missing_ok=True)


def find(path: Path, environment: Mapping[str, str]) -> Login:
    """Return the login in use; ``AEN_URL`` and ``AEN_TOKEN`` stand above the file.

    :raises NotSignedIn: there is none.
    """
    url, token = environment.get("AEN_URL", ""), environment.get("AEN_TOKEN", "")
    if url and token:
        return Login(url.rstrip("/"), token)
    try:
        if path.stat().st_mode & OTHERS:
            raise Problem(f"{path} may be read by others; run: chmod 600 {path}")
        content = json.loads(path.read_text("utf-8"))
        kept = Login(content["url"], content["token"], content.get("id", ""))
    except FileNotFoundError:
        raise NotSignedIn("Sign in first: aen login URL") from None
    except (OSError, ValueError, KeyError, TypeError):
        raise NotSignedIn(
            f"{path} cannot be read; sign in anew: aen login URL"
        ) from None
    return Login(url.rstrip("/") or kept.url, token or kept.token, kept.id)
