"""Service files of PAM for tests, and the people they know."""

import ctypes
from pathlib import Path

import pytest

PEOPLE = {"ada": "correct horse", "odd": 'pä"ss\\ wörd'}
_CHECK = """\
#!/bin/sh
read -r typed
for one in {folder}/people/*; do
  [ "$PAM_USER" = "${{one##*/}}" ] || continue
  [ "$typed" = "$(cat "$one")" ] && exit 0
done
exit 1
"""
_ACCOUNT = "account required pam_permit.so\n"


def _found() -> bool:
    try:
        return hasattr(ctypes.CDLL("libpam.so.0"), "pam_start_confdir")
    except OSError:
        return False


FOUND = _found()
needs_pam = pytest.mark.skipif(
    not FOUND, reason="no libpam 1.4 or newer (Debian: libpam0g, libpam-modules)"
)


def services(folder: Path) -> Path:
    """Write service files below *folder* and return where they are."""
    script = folder / "check"
    script.write_text(_CHECK.format(folder=folder))
    script.chmod(0o755)
    (folder / "people").mkdir()
    for name, password in PEOPLE.items():
        (folder / "people" / name).write_text(password)
    slow = folder / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    shut = folder / "access.conf"
    shut.write_text("-:ALL:ALL\n")
    listed = (
        f"auth [success=1 default=ignore] pam_exec.so quiet expose_authtok {script}\n"
        "auth requisite pam_deny.so\nauth required pam_permit.so\n"
    )
    found = {
        "list": listed + _ACCOUNT,
        "permit": "auth required pam_permit.so\n" + _ACCOUNT,
        "deny": "auth required pam_deny.so\n" + _ACCOUNT,
        "closed": "auth required pam_permit.so\n"
        f"account required pam_access.so accessfile={shut}\n",
        "broken": "auth required pam_no_such_module.so\n",
        "slow": f"auth required pam_exec.so quiet {slow}\n",
        "chatty": "auth required pam_ftp.so\nauth required pam_deny.so\n" + _ACCOUNT,
        "unix": "auth required pam_unix.so nodelay\naccount required pam_unix.so\n",
    }
    place = folder / "pam.d"
    place.mkdir()
    for name, text in found.items():
        (place / name).write_text(text)
    return place
