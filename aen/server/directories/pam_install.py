"""``aen-pam-install``: put the program that asks PAM where sudo finds it. Run by root.

It writes one file that only root can change, what it may ask, and the rule for sudo
after `visudo` has found it right. Run it again after every upgrade of AEN.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from attrs import frozen

from aen.model.errors import AenError, Invalid
from aen.server.directories.pam import INSTALLED, PROGRAM
from aen.server.directories.pam_program import SETTINGS

SUDOERS = "/etc/sudoers.d/aen-pam"
_ACCOUNT = re.compile(r"[a-z_][a-z0-9_-]{0,31}", re.ASCII)
_SERVICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)
_PLAIN = re.compile(r"/[A-Za-z0-9._/-]+", re.ASCII)
_SBIN = "/usr/sbin:/usr/local/sbin:/sbin"


@frozen
class Installation:
    """What is put where."""

    account: str
    """The service account, which may call the program."""
    service: str = "aen"
    refused: tuple[str, ...] = ()
    python: str = "/usr/bin/python3"
    program: str = INSTALLED
    settings: str = SETTINGS
    sudoers: str = SUDOERS


def rule(account: str, program: str) -> str:
    """Return the rule that lets *account* call *program*, with no arguments at all."""
    if not _ACCOUNT.fullmatch(account) or not _PLAIN.fullmatch(program):
        raise Invalid(f"sudo cannot be told of “{account}” and {program}.")
    return (
        "# Written by aen-pam-install, which writes it anew.\n"
        f"Defaults!{program} env_reset, !requiretty, !use_pty, !pam_session\n"
        f'{account} ALL=(root) NOPASSWD: {program} ""\n'
    )


def install(given: Installation) -> None:
    """Put program, settings and rule in place.

    :raises Invalid: it cannot be done; says why.
    """
    if os.geteuid() != 0:
        raise Invalid("Only root can install it; run it with sudo.")
    if not _SERVICE.fullmatch(given.service):
        raise Invalid(f"“{given.service}” cannot be the name of a service.")
    text = rule(given.account, given.program)
    python = os.path.realpath(given.python)
    demand_root_only(python)
    _check_rule(text)
    first = f"#!{python} -IS\n"
    put(given.program, first + PROGRAM.read_text("utf-8"), 0o755)
    kept = {"service": given.service, "refused": list(given.refused)}
    put(given.settings, json.dumps(kept, indent=2) + "\n", 0o644)
    put(given.sudoers, text, 0o440)


def demand_root_only(path: str) -> None:
    """Raise `Invalid` unless only root can change *path* and what leads to it."""
    for one in (Path(path), *Path(path).parents):
        try:
            about = one.stat()
        except OSError as error:
            raise Invalid(f"{one}: {error.strerror}") from None
        sticky = one.is_dir() and about.st_mode & 0o1000
        if about.st_uid != 0 or (about.st_mode & 0o022 and not sticky):
            raise Invalid(f"{one}: others than root can change it.")


def put(path: str, text: str, mode: int) -> None:
    """Write a file, whole or not at all, where only root can replace it."""
    place = Path(path)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    demand_root_only(str(place.parent))
    handle, beside = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        Path(beside).replace(place)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _check_rule(text: str) -> None:
    visudo = shutil.which("visudo") or shutil.which("visudo", path=_SBIN)
    if visudo is None:
        raise Invalid("sudo is not installed: install it and run this again.")
    with tempfile.NamedTemporaryFile("w", suffix=".sudoers") as trial:
        trial.write(text)
        trial.flush()
        done = subprocess.run(  # noqa: S603 -- the machine's own
            (visudo, "-c", "-f", trial.name), capture_output=True, check=False
        )
    if done.returncode != 0:
        said = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
        raise Invalid(f"visudo refuses the rule for sudo: {said[:300]}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Do what the command line says."""
    own = os.environ.get("AEN_SRVC_ACCT", "wakari")
    parser = argparse.ArgumentParser("aen-pam-install", description=__doc__)
    parser.add_argument("--service-account", default=own)
    parser.add_argument("--service", default="aen", help="the file in /etc/pam.d")
    parser.add_argument("--refuse", action="append", default=[], metavar="USER",
                        help="never ask for USER; may be repeated")  # fmt: skip
    parser.add_argument("--python", default="/usr/bin/python3")
    options = parser.parse_args(arguments)
    try:
        install(
            Installation(
                options.service_account, options.service, tuple(options.refuse),
                options.python,
            )
        )  # fmt: skip
    except AenError as error:
        raise SystemExit(f"aen-pam-install: {error.message}") from None
    sys.stdout.write(
        f"{INSTALLED} asks the service “{options.service}” for"
        f" “{options.service_account}”. Set “PAM.sudo” in the server's settings.\n"
    )
    if not Path("/etc/pam.d", options.service).exists():
        text = f"Write /etc/pam.d/{options.service}; until then PAM uses “other”.\n"
        sys.stdout.write(text)
