"""Accounts of the machine, by PAM, asked in a process of its own for each question."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from attrs import frozen

from aen.model.errors import Invalid, Unavailable
from aen.server.directories import pam_process
from aen.server.directories.directory import Person, Reason, Refusal, Say, Step
from aen.server.directories.pam_groups import groups_of, known
from aen.server.queue import Queue

INSTALLED = "/usr/local/libexec/aen-pam"
"""Where `aen-pam-install` puts the program that sudo runs."""
SERVICES = "/etc/pam.d"
PROGRAM = Path(__file__).with_name("pam_program.py")
_REASONS = {
    "wrong": Reason.WRONG,
    "unknown": Reason.UNKNOWN,
    "closed": Reason.CLOSED,
    "expired": Reason.EXPIRED,
    "forbidden": Reason.FORBIDDEN,
}
_TOLD = {
    Reason.EXPIRED: "Your password has expired; choose a new one where you change it.",
    Reason.CLOSED: "Your account on this machine is closed; ask its administrator.",
}


@frozen
class PamSettings:
    """How to ask PAM."""

    service: str = "aen"
    """The service: a file of that name in `/etc/pam.d` says what is asked. By sudo it
    is named in `/etc/wakari/pam.json` instead, where only root can."""
    sudo: bool = False
    """Whether to ask as root, by the program that `aen-pam-install` makes
    and one rule for sudo; else as the account that runs the server."""
    at_once: int = 4
    """How many questions are asked at the same time; each is a process."""
    seconds: float = 15.0
    """How long an answer may take before its process is killed."""
    refused: tuple[str, ...] = ()
    """Names that are never asked for, besides root and the service account."""
    folder: str = ""
    """Another directory with service files than the system's; not by sudo."""


def check_pam(settings: PamSettings) -> None:
    """Raise `Invalid` for what types alone cannot tell."""
    if not settings.service or "/" in settings.service:
        raise Invalid("“PAM.service” must be the name of a file in /etc/pam.d.")
    for key in ("at_once", "seconds"):
        if getattr(settings, key) <= 0:
            raise Invalid(f"“PAM.{key}” must be more than 0.")
    if settings.sudo and settings.folder:
        raise Invalid("“PAM.folder” cannot be used with “PAM.sudo”.")


class Pam:
    """Asks the machine whose passwords are right."""

    def __init__(
        self, settings: PamSettings, reactor: Any, program: str | None = None
    ) -> None:
        self._settings = settings
        self._reactor = reactor
        self._queue = Queue(settings.at_once)
        # -I and -S: nothing that others could have put beside it is imported.
        own = (sys.executable, "-I", "-S", program or str(PROGRAM))
        self._command = ("sudo", "-n", INSTALLED) if settings.sudo else own
        self._refused = frozenset({"root", *settings.refused})

    async def check(self, name: str, password: str) -> Person | Refusal:
        """Return whose name and password these are, or why it is nobody's."""
        if not password:
            return Refusal(Reason.WRONG, "no password was given")
        if name in self._refused or "\0" in name + password:
            return Refusal(Reason.FORBIDDEN)
        said = await self._ask(name, password)
        result, text = said.get("result", ""), said.get("text", "")
        step = said.get("step", "")
        if result == "right":
            return self._person(name, said.get("user") or name)
        if result not in _REASONS:
            raise Unavailable(f"PAM fails at {step}: {text}")
        reason = _REASONS[result]
        # What the account check says is said only to who gave the right password.
        told = _TOLD.get(reason, "") if step == "acct_mgmt" else ""
        return Refusal(reason, f"{text} at {step}", told)

    async def look(self, name: str) -> Person | Refusal:
        """Return the account of that name; it tells nothing of locks and expiry."""
        if name in self._refused:
            return Refusal(Reason.FORBIDDEN)
        if not known(name):
            return Refusal(Reason.UNKNOWN)
        return self._person(name, name)

    async def ping(self) -> None:
        """Return when the program can be run and PAM knows the service."""
        if not self._settings.sudo:
            self._demand_service()
        said = await self._ask("root", "x")
        if said.get("result") != "forbidden":
            raise Unavailable(f"the program of PAM answers {said.get('text', '')}")

    async def walk(self, name: str, password: str | None, say: Say) -> None:
        """Say each step."""
        try:
            self._say_service(say)
            who = "root, by sudo" if self._settings.sudo else _own_account()
            await self.ping()
            say(Step(True, f"The program that asks PAM runs, as {who}."))
            self._say_limits(say)
            if name:
                await self._show(name, password, say)
        except Unavailable as error:
            mend = (
                "As root: aen-pam-install"
                if self._settings.sudo
                else "docs/accounts.md says what PAM needs."
            )
            say(Step(False, f"{error.message}.", mend))

    async def _show(self, name: str, password: str | None, say: Say) -> None:
        there = await self.look(name)
        text = "is" if isinstance(there, Person) else "is no"
        say(
            Step(isinstance(there, Person), f"“{name}” {text} account of this machine.")
        )
        if password is None:
            return
        found = await self.check(name, password)
        if isinstance(found, Person):
            groups = ", ".join(sorted(found.groups)) or "none"
            say(Step(True, f"PAM lets “{found.name}” in. Groups: {groups}."))
        else:
            detail = f" ({found.detail})" if found.detail else ""
            say(
                Step(
                    False,
                    f"PAM does not let “{name}” in: {found.reason.value}{detail}.",
                )
            )

    def _say_service(self, say: Say) -> None:
        if not self._settings.sudo:
            self._demand_service()
            say(Step(True, f"There is a service “{self._settings.service}”."))

    def _demand_service(self) -> None:
        folder = Path(self._settings.folder or SERVICES)
        if not (folder / self._settings.service).is_file():
            # PAM would quietly use “other”, which refuses everybody.
            raise Unavailable(
                f"there is no file {folder / self._settings.service}; PAM would use"
                " “other”"
            )

    def _say_limits(self, say: Say) -> None:
        if not self._settings.sudo and os.geteuid() != 0:
            say(
                Step(
                    True,
                    f"As {_own_account()} pam_unix checks no password but its own;"
                    " sssd, LDAP, Kerberos and RADIUS work. For pam_unix set PAM.sudo.",
                )
            )

    def _person(self, typed: str, user: str) -> Person:
        found = known(user)
        full = found.full_name if found else ""
        return Person(user or typed, full, groups=groups_of(user))

    async def _ask(self, name: str, password: str) -> dict[str, str]:
        asked = {
            "name": name,
            "password": password,
            "service": self._settings.service,
            "folder": self._settings.folder,
        }
        line = json.dumps(asked).encode() + b"\n"
        environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
        async with self._queue:
            said = await pam_process.ask(
                self._reactor, self._command, environment, line, self._settings.seconds
            )
        return _answer(said)


def _answer(said: bytes) -> dict[str, str]:
    try:
        found = json.loads(said)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Unavailable("the program of PAM gives no answer of ours")
    return {str(key): str(value) for key, value in found.items()}


def _own_account() -> str:
    found = known(os.geteuid())
    return found.name if found else str(os.geteuid())
