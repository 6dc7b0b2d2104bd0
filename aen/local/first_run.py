"""The first run: administrator, data center and node, by an operator's commands."""

import json
import secrets

from aen.local import disk, files
from aen.local.installation import ADMINISTRATOR, Installation
from aen.local.supervision import Platform
from aen.model.errors import Failed
from aen.runtime.credentials import write_private

_PASSWORD = "AEN_PASSWORD"  # noqa: S105 -- the variable's name


def choose_password(one: Installation, wished: str) -> str:
    """Return the administrator's password, kept until the first run is over.

    A first run that was interrupted goes on with the password it began with.
    """
    before = disk.read_object(one.first_run).get("password")
    if isinstance(before, str):
        return before
    chosen = wished or secrets.token_urlsafe(12)
    text = json.dumps({"password": chosen})
    write_private(one.first_run, text.encode())
    return chosen


def register(platform: Platform, password: str) -> None:
    """Make the administrator, the data center and the node; the server is up.

    Every step may have been done by an earlier, interrupted run.

    :raises Failed: a command did not succeed; has its last words.
    """
    one, programs = platform.one, platform.programs
    secret = {_PASSWORD: password}
    _add_administrator(platform, secret)
    if not one.gateway_settings.exists():
        command = files.configure_gateway(one, programs)
        platform.call(command, "aen-gateway-configure", secret)
    if not one.compute_settings.exists():
        command = files.add_node(one, programs)
        said = platform.call(command, "aen-server-admin add-enterprise-resource")
        disk.write_compute_settings(one, parse_node(said))
    disk.write_settings(one)


def _add_administrator(platform: Platform, secret: dict[str, str]) -> None:
    command = files.add_administrator(platform.one, platform.programs)
    try:
        platform.call(command, "aen-server-admin add-user", secret)
    except Failed as failure:
        # Made by a run that was interrupted; its password is the one we have.
        if not any("taken" in line.lower() for line in failure.log):
            raise


def parse_node(said: str) -> dict[str, object]:
    """Return what `add-enterprise-resource --json` printed on its last line.

    :raises Failed: it is not that.
    """
    lines = said.strip().splitlines()
    try:
        answer = json.loads(lines[-1])
        return {"name": answer["name"], "gateway_key": answer["gateway_key"]}
    except (IndexError, ValueError, KeyError, TypeError):
        raise Failed(
            "aen-server-admin add-enterprise-resource answered unexpectedly:",
            log=tuple(lines[-5:]),
        ) from None


def welcome(one: Installation, password: str) -> str:
    """Return what a person is told once."""
    return (
        f"Sign in as “{ADMINISTRATOR}” with the password: {password}\n"
        "It is shown this once. If you lose it:"
        f" {one.programs}/aen-server-admin reset-password {ADMINISTRATOR}"
    )


def finish(one: Installation) -> None:
    """Forget the password: from now on only its hash is in the store."""
    one.first_run.unlink(missing_ok=True)
