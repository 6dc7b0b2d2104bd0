"""Work with a person's rights and no others, in a child that ends with it."""

import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from aen.compute.disk.walk import Refused, opened
from aen.compute.helper.accounts import Account, become

_LONGEST = 8 * 1024 * 1024  # bytes of an answer


def as_person(account: Account, work: Callable[[], Any]) -> Any:
    """Return what *work* returns when *account* does it; JSON can hold it.

    :raises Refused: it was not done; says why.
    """
    reading, writing = os.pipe2(os.O_CLOEXEC)
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        _work(account, work, writing)
    os.close(writing)
    try:
        with opened(reading):
            content = _read_all(reading)
    finally:  # our time may be over: a person may stop what runs as them for ever
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    try:
        answer = json.loads(content)
    except ValueError:
        raise Refused(f"What “{account.name}” was to do was not finished.") from None
    if "refused" in answer:
        raise Refused(str(answer["refused"])[:1000])
    return answer["result"]


def _work(account: Account, work: Callable[[], Any], writing: int) -> NoReturn:
    try:
        become(account)
        os.umask(0o007)
        answer = {"result": work()}
    except Refused as error:
        answer = {"refused": str(error)}
    except OSError as error:
        answer = {"refused": f"{error.filename}: {error.strerror}."}
    except BaseException:  # noqa: BLE001 -- told by the missing answer
        os._exit(1)
    content = json.dumps(answer).encode()
    while content:
        content = content[os.write(writing, content) :]
    os._exit(0)


def _read_all(reading: int) -> bytes:
    content = b""
    while (part := os.read(reading, 65536)) and len(content) < _LONGEST:
        content += part
    return content


def write_files(directory: int, files: dict[str, str]) -> None:
    """Put texts into the private directory, each whole: as the person themselves."""
    for name, text in files.items():
        *parents, last = name.split("/")
        place = os.dup(directory)
        for parent in parents:
            with opened(place):
                with suppress(FileExistsError):
                    os.mkdir(parent, 0o770, dir_fd=place)
                flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
                place = os.open(parent, flags, dir_fd=place)
        with opened(place):
            beside = f".{last}.{os.getpid()}"
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            file = os.open(beside, flags, 0o660, dir_fd=place)
            with os.fdopen(file, "w", encoding="utf-8") as opened_file:
                opened_file.write(text)
            os.rename(beside, last, src_dir_fd=place, dst_dir_fd=place)
