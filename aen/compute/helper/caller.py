"""Who calls: root itself, or the service account through sudo."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pwd import struct_passwd

from aen.compute.disk.walk import Refused

ROOT_ONLY = "This program does what needs root; it is not for you to run."


@dataclass(frozen=True)
class Caller:
    """Whose platform this is: new projects are staged by this account."""

    uid: int
    gid: int
    name: str


ROOT = Caller(0, 0, "root")


def by_root_itself(environ: Mapping[str, str], euid: int) -> bool:
    """Whether root calls directly, not somebody through sudo."""
    return euid == 0 and "SUDO_UID" not in environ


def identify(
    environ: Mapping[str, str],
    euid: int,
    service_account: str,
    find: Callable[[str], struct_passwd],
) -> Caller:
    """Return who calls, if they may.

    :param find: the passwd entry of an account (`pwd.getpwnam`).
    :raises Refused: somebody else calls.
    """
    if euid != 0:
        raise Refused(ROOT_ONLY)
    if by_root_itself(environ, euid):
        return ROOT
    try:
        service = find(service_account)
    except KeyError:
        raise Refused(ROOT_ONLY) from None
    # sudo sets the variable itself, whatever its caller's said (sudo(8))
    if service.pw_uid == 0 or environ["SUDO_UID"] != str(service.pw_uid):
        raise Refused(ROOT_ONLY)
    return Caller(service.pw_uid, service.pw_gid, service_account)
