"""``aen-helper-install``: put the helper where sudo finds it. Run by root.

It writes one program that holds all its own code, the settings unless there are some,
and the rule for sudo after `visudo` has found it right.
"""

import argparse
import io
import json
import os
import py_compile
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from aen.compute.disk.walk import Refused, opened
from aen.compute.helper import settings
from aen.compute.helper.trust import open_trusted

PROGRAM = "/usr/local/libexec/aen-helper"
SUDOERS = "/etc/sudoers.d/aen"
_SOURCE = Path(__file__).parents[3]
_PACKAGES = ("aen/compute/helper", "aen/compute/disk")
_LEFT_OUT = frozenset({"aen/compute/helper/install.py", "aen/compute/disk/__main__.py"})
_OLDEST = (3, 11)
_PLAIN = re.compile(r"/[A-Za-z0-9._/-]+", re.ASCII)
_ACCOUNT = re.compile(r"[a-z_][a-z0-9_-]{0,31}", re.ASCII)
_VISUDO = ("visudo", "/usr/sbin/visudo", "/usr/local/sbin/visudo")


def sudoers(account: str, program: str) -> str:
    """Return the rule that lets *account* call *program*, with no arguments at all."""
    if not _ACCOUNT.fullmatch(account) or not _PLAIN.fullmatch(program):
        raise Refused(f"sudo cannot be told of “{account}” and {program}.")
    return (
        "# Written by aen-helper-install, which writes it anew.\n"
        f"Defaults!{program} env_reset, !requiretty, !use_pty, !pam_session\n"
        f'{account} ALL=(root) NOPASSWD: {program} ""\n'
    )


def interpreter(wanted: str) -> str:
    """Return the Python that the program will run by: one that only root can change.

    :raises Refused: there is none.
    """
    own = os.path.realpath(getattr(sys, "_base_executable", sys.executable))
    candidates = (wanted,) if wanted else (own, "/usr/bin/python3")
    problems = []
    for path in map(os.path.realpath, candidates):
        try:
            os.close(open_trusted(os.path.dirname(path)))
            _demand_new(path)
        except (OSError, Refused) as error:
            problems.append(f"{path}: {error}")
        else:
            return path
    raise Refused(
        "No Python will do; name another with --python. " + " ".join(problems)
    )


def _demand_new(path: str) -> None:
    about = os.stat(path)
    if about.st_uid != 0 or about.st_mode & 0o022:
        raise Refused("others may change it.")
    ask = "import sys; print(sys.version_info[0], sys.version_info[1])"
    done = subprocess.run(  # noqa: S603 -- root's own program
        (path, "-I", "-S", "-c", ask), capture_output=True, check=False, env={}
    )
    found = tuple(int(one) for one in done.stdout.split() if one.isdigit())
    if found < _OLDEST:
        raise Refused("is older than Python 3.11.")


def archive(settings_path: str) -> bytes:
    """Return the program without its first line: a zip of its modules.

    Compiled ones are inside: whoever waits for an app does not wait for that.
    """
    start = (
        "import sys\n"
        "from aen.compute.helper.__main__ import main\n"
        f"sys.exit(main({settings_path!r}, *sys.argv[1:]))\n"
    )
    content = io.BytesIO()
    with (
        zipfile.ZipFile(content, "w") as target,
        tempfile.TemporaryDirectory() as place,
    ):
        for name, text in {**_modules(), "__main__.py": start}.items():
            source = Path(place, "module.py")
            source.write_text(text, "utf-8")
            compiled = py_compile.compile(
                str(source), f"{place}/module.pyc", dfile=name, doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )  # fmt: skip
            target.writestr(name, text)
            target.write(str(compiled), f"{name}c")
    return content.getvalue()


def _modules() -> dict[str, str]:
    found = {"aen/__init__.py": "", "aen/compute/__init__.py": ""}
    for package in _PACKAGES:
        for path in sorted((_SOURCE / package).glob("*.py")):
            name = str(path.relative_to(_SOURCE))
            if name not in _LEFT_OUT:
                found[name] = path.read_text("utf-8")
    return found


def put(path: str, content: bytes, mode: int) -> None:
    """Write the file *path*, whole or not at all, where only root can replace it."""
    parent, _, name = path.rpartition("/")
    with opened(open_trusted(parent, make=0o755)) as directory:
        beside = f".{name}.{os.getpid()}~"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        file = os.open(beside, flags, 0o600, dir_fd=directory)
        try:
            with os.fdopen(file, "wb") as writing:
                writing.write(content)
                writing.flush()
                os.fchmod(writing.fileno(), mode)
                os.fsync(writing.fileno())
            os.rename(beside, name, src_dir_fd=directory, dst_dir_fd=directory)
        except BaseException:
            os.unlink(beside, dir_fd=directory)
            raise


def put_sudoers(path: str, text: str) -> None:
    """Put a rule into place after `visudo` has read it.

    :raises Refused: sudo is not installed or does not like it.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".sudoers") as trial:
        trial.write(text)
        trial.flush()
        os.fchmod(trial.fileno(), 0o440)
        said = _visudo(trial.name)
    if said:
        raise Refused(f"visudo refuses the rule for sudo: {said}")
    put(path, text.encode(), 0o440)


def _visudo(path: str) -> str:
    for program in _VISUDO:
        try:
            done = subprocess.run(  # noqa: S603 -- the machine's own
                (program, "-c", "-f", path), capture_output=True, check=False
            )
        except FileNotFoundError:
            continue
        text = (done.stdout + done.stderr).decode("utf-8", "replace")
        return "" if done.returncode == 0 else text.strip()[:500]
    raise Refused(
        "sudo is not installed: install it and run this again, or run the node as root."
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("aen-helper-install", description=__doc__)
    own = os.environ.get("AEN_SRVC_ACCT", "wakari")
    parser.add_argument("--service-account", default=own)
    parser.add_argument("--project-root", default="/projects")
    parser.add_argument("--no-manage-accounts", action="store_true",
                        help="never make accounts: the administrator does")  # fmt: skip
    parser.add_argument("--program", default=PROGRAM)
    parser.add_argument("--settings", default=settings.DEFAULT)
    parser.add_argument("--sudoers", default=SUDOERS)
    parser.add_argument("--python", default="", help="interpreter of the program")
    parser.add_argument("--no-sudo", action="store_true",
                        help="for a node that root runs")  # fmt: skip
    return parser


def install(given: argparse.Namespace) -> None:
    """Do what the command line says.

    :raises Refused: it cannot be done; what is in its place already stays.
    """
    if os.geteuid() != 0:
        raise Refused("Only root can install the helper; run it with sudo.")
    if not os.path.lexists(given.settings):
        content = {
            "service_account": given.service_account,
            "project_root": given.project_root,
            "manage_accounts": not given.no_manage_accounts,
        }
        settings.parse(content)
        put(given.settings, (json.dumps(content, indent=2) + "\n").encode(), 0o644)
    kept = settings.load(given.settings)
    first = f"#!{interpreter(given.python)} -IS\n".encode()
    put(given.program, first + archive(given.settings), 0o755)
    if not given.no_sudo:
        put_sudoers(given.sudoers, sudoers(kept.service_account, given.program))


def main(argv: Sequence[str] | None = None) -> int:
    """Read the command line; return 0 when all is in its place."""
    given = _parser().parse_args(argv)
    try:
        install(given)
    except (Refused, OSError) as error:
        sys.stderr.write(f"aen-helper-install: {error}\n")
        return 1
    sys.stdout.write(
        f"Installed {given.program}, settings {given.settings}. Restart the node.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
