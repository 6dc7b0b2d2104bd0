"""``aen-server-admin backup`` and ``restore``."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aen.model.errors import Conflict, Failed, Invalid
from aen.runtime.credentials import read_secret
from aen.server.backup.files import Places
from aen.server.backup.ground import demand_room, demand_stopped, demand_unused
from aen.server.backup.making import BackupMaker
from aen.server.backup.manifest import Manifest
from aen.server.backup.mark import RestoreMark
from aen.server.backup.reading import BackupFile, Contents, opened
from aen.server.backup.restoring import Restored, Restorer, in_words, plan_files
from aen.server.backup.sealing import check_passphrase
from aen.server.backup.target import target_settings
from aen.server.backup.unpacking import unpack
from aen.server.rooms import Rooms
from aen.server.settings import ServerSettings
from aen.server.store.opening import in_use

_VARIABLE = "AEN_BACKUP_PASSPHRASE"
_ANSWER = 120.0
"""Seconds the store may take for one step of a restore, as emptying a collection."""
_UNSEALED = (
    "not encrypted: it holds keys, and hashes of passwords and tokens; keep it as you"
    " keep the server itself"
)

Say = Callable[[str], object]


def _to_stdout(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _to_stderr(text: str) -> None:
    sys.stderr.write(f"{text}\n")


async def back_up(rooms: Rooms, options: argparse.Namespace) -> None:
    """Make a backup while everything runs.

    :raises AenError: it cannot be made; nothing of it is left.
    """
    phrase = passphrase_to_seal(options)
    given = tuple(map(Path, options.config))
    now = rooms.clock.seconds
    maker = BackupMaker(rooms.database, rooms.settings, now, given, phrase)
    if str(options.file) == "-":
        say = _to_stderr
        manifest = await _to_pipe(maker)
    else:
        say = _to_stdout
        manifest = await maker.save(options.file, _progress(say))
    for line in manifest.left_out:
        say(f"left out: {line}")
    how = (
        _UNSEALED if phrase is None else "encrypted; without the passphrase it is lost"
    )
    say(f"{manifest.records:,} records and {manifest.files} files; {how}.")
    say("Project files are not in it: docs/backup.md says how to copy them.")


async def _to_pipe(maker: BackupMaker) -> Manifest:
    if sys.stdout.isatty():
        raise Invalid("a backup is not for a terminal; write it to a file or a pipe")
    try:
        manifest = await maker.write(sys.stdout.buffer.write)
        sys.stdout.buffer.flush()
    except OSError as error:
        raise Failed(f"the backup cannot be written: {error.strerror}") from None
    return manifest


def _progress(say: Say) -> Callable[[str, int], None]:
    def told(collection: str, count: int) -> None:
        if count:
            say(f"  {collection}: {count:,}")

    return told


async def restore(reactor: Any, options: argparse.Namespace) -> None:
    """Check a backup and, unless that was all, restore it or take it apart.

    :raises AenError: it cannot be restored; says what to do.
    """
    with opened(options.file, lambda: passphrase_to_open(options)) as backup:
        try:
            contents = backup.read()
            for line in described(contents):
                _to_stdout(line)
            if options.unpack is not None:
                count = unpack(backup, options.unpack)
                _to_stdout(f"{count} files are in {options.unpack}: {_UNSEALED}.")
            elif not options.check:
                settings = target_settings(options.config, contents)
                await _restore(reactor, settings, backup, contents)
        except OSError as error:
            raise Failed(f"{options.file}: {error.strerror or error}") from None


async def _restore(
    reactor: Any, settings: ServerSettings, backup: BackupFile, contents: Contents
) -> None:
    demand_stopped(settings)
    await demand_unused(settings, reactor)
    mark = RestoreMark(settings.home)
    demand_same(mark, contents)
    plan = plan_files(contents, Places.of(settings.home, settings.beside))
    demand_room(settings, contents.store_bytes)
    async with in_use(
        reactor, directory=settings.store, mongo_url=settings.MONGO_URL, answer=_ANSWER
    ) as database:
        restorer = Restorer(backup, contents, database, mark, reactor.seconds)
        done = await restorer.run(plan, _progress(_to_stdout))
    for note in plan.notes:
        _to_stdout(f"note: {note}")
    _to_stdout(_farewell(done, len(plan.writes)))


def demand_same(mark: RestoreMark, contents: Contents) -> None:
    """Refuse to mix two backups.

    :raises Conflict: the restore of another one was broken off here.
    """
    begun = mark.begun()
    if begun is not None and begun != contents.mark:
        raise Conflict(
            "The restore of another backup into this installation was broken off. Run"
            " it again with that file, or begin in a new prefix."
        )


def _farewell(done: Restored, files: int) -> str:
    left = f" ({done.left_out} left out)" if done.left_out else ""
    return (
        f"Restored {done.records:,} records{left}; {files} files written. Now put the"
        " project files in their place (docs/backup.md), then start the platform."
    )


def described(contents: Contents) -> list[str]:
    """Return what is in a backup, in lines; nothing of it is secret."""
    manifest = contents.manifest
    sealed = "encrypted" if contents.sealed else "not encrypted"
    version = manifest.about.version or "a checkout"
    made = in_words(manifest.about.made)
    first = f"Backup of {manifest.site}, made {made} by AEN {version}, {sealed}."
    lines = [f"{first} It is whole and unaltered."]
    for part in (one for one in manifest.parts if one.bytes):
        what = f"{part.records:,} records" if part.name.startswith("store/") else "file"
        lines.append(
            f"  {part.name}: {what}, {part.bytes:,} bytes, {part.sha256[:16]}…"
        )
    for kind, count in sorted(manifest.under_way.items()):
        lines.append(f"  under way then: {kind}: {count}")
    lines += [f"  not in it: {one}" for one in manifest.left_out]
    return lines


def passphrase_to_seal(options: argparse.Namespace) -> str | None:
    """Return what to encrypt a new backup with; None: it is not encrypted.

    :raises Invalid: it is too short, its file is not private, or nobody can be asked.
    """
    phrase = _given(options)
    if phrase is None and options.encrypt:
        phrase = _asked("Passphrase of the backup: ")
        if _asked("Once more: ") != phrase:
            raise Invalid("the two are not the same")
    return None if phrase is None else check_passphrase(phrase)


def passphrase_to_open(options: argparse.Namespace) -> str:
    """Return the passphrase of a backup that needs one.

    :raises Invalid: nobody can be asked.
    """
    phrase = _given(options)
    return _asked("Passphrase of the backup: ") if phrase is None else phrase


def _given(options: argparse.Namespace) -> str | None:
    if options.passphrase_file is not None:
        text = read_secret(options.passphrase_file).decode("utf-8", "replace")
        return text.strip("\r\n")
    return os.environ.get(_VARIABLE) or None


def _asked(prompt: str) -> str:
    if not sys.stdin.isatty():
        raise Invalid(f"give the passphrase by {_VARIABLE} or --passphrase-file")
    return getpass.getpass(prompt)


Adder = Callable[..., argparse.ArgumentParser]


def add_commands(command: Adder) -> None:
    """Add both to the command line."""
    text = "put the store, settings and keys into one file, while everything runs"
    one = command("backup", back_up, text)
    one.add_argument("file", metavar="FILE", type=Path, help="new; - is a pipe")
    one.add_argument("--encrypt", action="store_true", help="ask for a passphrase")
    _passphrase_option(one)
    text = "restore a backup into an empty installation that does not run"
    one = command("restore", None, text)
    one.set_defaults(alone=restore)
    one.add_argument("file", metavar="FILE", type=Path)
    only = one.add_mutually_exclusive_group()
    only.add_argument(
        "--unpack",
        metavar="FOLDER",
        type=Path,
        help="only put its parts into a new folder, to look for one of them",
    )
    only.add_argument(
        "--check",
        action="store_true",
        help="only say what is in it, and whether it is whole",
    )
    _passphrase_option(one)


def _passphrase_option(one: argparse.ArgumentParser) -> None:
    one.add_argument(
        "--passphrase-file",
        metavar="FILE",
        type=Path,
        help="a file (mode 0600) that holds the passphrase; else the environment"
        f" variable {_VARIABLE}",
    )
