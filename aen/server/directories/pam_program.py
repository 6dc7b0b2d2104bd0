"""Asks PAM whose password it is: a program of its own, in one file, of Python's own.

One line of JSON comes in by standard input, one goes out; then it ends. Modules of
PAM may wait, crash or change the process they run in; none of it reaches the server.
Nothing secret is in its arguments or environment. As root, through sudo, it takes the
service from root's file, never from its caller, and answers for nobody root lists.
"""

import ctypes
import ctypes.util
import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

SETTINGS = "/etc/wakari/pam.json"
LONGEST = 16384
OWNER = 0
"""Whose the settings must be."""

SUCCESS = 0
PROMPT_ECHO_OFF = 1
PROMPT_ECHO_ON = 2
CONV_ERR = 19
MOST_QUESTIONS = 32  # PAM_MAX_NUM_MSG
BUF_ERR = 5
USER = 2
RHOST = 4
DISALLOW_NULL_AUTHTOK = 1
SILENT = 0x8000

REASONS = {
    7: "wrong",  # PAM_AUTH_ERR
    10: "unknown",  # PAM_USER_UNKNOWN
    11: "closed",  # PAM_MAXTRIES
    12: "expired",  # PAM_NEW_AUTHTOK_REQD
    13: "closed",  # PAM_ACCT_EXPIRED
    6: "closed",  # PAM_PERM_DENIED
    27: "expired",  # PAM_AUTHTOK_EXPIRED
}
"""What PAM's codes say about the person; every other one is about the machine."""


class Message(ctypes.Structure):
    """``struct pam_message``."""

    _fields_ = (("style", ctypes.c_int), ("text", ctypes.c_char_p))


class Response(ctypes.Structure):
    """``struct pam_response``; what is in it is freed by PAM."""

    _fields_ = (("text", ctypes.c_void_p), ("code", ctypes.c_int))


CONVERSATION = ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.c_int,
    ctypes.POINTER(ctypes.POINTER(Message)),
    ctypes.POINTER(ctypes.POINTER(Response)),
    ctypes.c_void_p,
)


class Conversation(ctypes.Structure):
    """``struct pam_conv``."""

    _fields_ = (("answer", CONVERSATION), ("data", ctypes.c_void_p))


def answering(libc: Any, password: bytes) -> Any:
    """Return the callback that gives the password to whoever asks in secret.

    A question that is shown while it is answered is for something else (a one-time
    code, a user name): that cannot be given, and the conversation ends.
    """

    def answer(count: int, messages: Any, responses: Any, _: object) -> int:
        if not 0 < count <= MOST_QUESTIONS:
            return CONV_ERR
        styles = [messages[number].contents.style for number in range(count)]
        if PROMPT_ECHO_ON in styles:
            return CONV_ERR
        place = libc.calloc(count, ctypes.sizeof(Response))
        if not place:
            return BUF_ERR
        made = ctypes.cast(place, ctypes.POINTER(Response))
        for number, style in enumerate(styles):
            if style == PROMPT_ECHO_OFF:
                made[number].text = libc.strdup(password)
        responses[0] = made
        return SUCCESS

    return CONVERSATION(answer)


def libraries() -> tuple[Any, Any]:
    """Return libpam and the C library, with the types of what is called."""
    libc = ctypes.CDLL(None)
    libc.calloc.restype = ctypes.c_void_p
    libc.calloc.argtypes = (ctypes.c_size_t, ctypes.c_size_t)
    libc.strdup.restype = ctypes.c_void_p
    libc.strdup.argtypes = (ctypes.c_char_p,)
    # find_library asks compilers and linkers; the name is the same everywhere.
    libpam = ctypes.CDLL("libpam.so.0")
    libpam.pam_strerror.restype = ctypes.c_char_p
    libpam.pam_strerror.argtypes = (ctypes.c_void_p, ctypes.c_int)
    for name in ("pam_authenticate", "pam_acct_mgmt", "pam_end"):
        getattr(libpam, name).argtypes = (ctypes.c_void_p, ctypes.c_int)
    libpam.pam_set_item.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p)
    libpam.pam_get_item.argtypes = (
        ctypes.c_void_p,
        ctypes.c_int,
        ctypes.POINTER(ctypes.c_char_p),
    )
    return libpam, libc


def ask(service: str, name: str, password: str, folder: str = "") -> dict[str, str]:
    """Return what PAM says of a name and password.

    :param folder: where service files are; empty: where the system has them.
    """
    libpam, libc = libraries()
    kept = answering(libc, password.encode())
    conversation = Conversation(kept, None)
    handle = ctypes.c_void_p()
    arguments = [service.encode(), name.encode(), ctypes.byref(conversation)]
    begin = libpam.pam_start
    if folder:
        begin = libpam.pam_start_confdir
        arguments.append(folder.encode())
    code = begin(*arguments, ctypes.byref(handle))
    if code != SUCCESS:
        return {"step": "start", "result": "failed", "text": f"error {code}"}
    try:
        flags = SILENT | DISALLOW_NULL_AUTHTOK
        for step in ("authenticate", "acct_mgmt"):
            code = getattr(libpam, f"pam_{step}")(handle, flags)
            if code != SUCCESS:
                text = (libpam.pam_strerror(handle, code) or b"").decode(
                    "utf-8", "replace"
                )
                result = REASONS.get(code, "failed")
                return {"step": step, "result": result, "text": text}
        found = ctypes.c_char_p()
        libpam.pam_get_item(handle, USER, ctypes.byref(found))
        user = (found.value or name.encode()).decode("utf-8", "replace")
        return {"step": "done", "result": "right", "user": user}
    finally:
        libpam.pam_end(handle, code)


def trusted(path: str) -> dict[str, object]:
    """Return root's settings for callers by sudo; refuses what others could change."""
    with Path(path).open("rb") as file:
        about = os.fstat(file.fileno())
        if about.st_uid != OWNER or stat.S_IMODE(about.st_mode) & 0o022:
            raise PermissionError(f"{path}: others than root may change it")
        found = json.loads(file.read(LONGEST))
    if not isinstance(found, dict):
        raise TypeError(f"{path}: is no object")
    return found


def answer(line: bytes, settings: str = SETTINGS) -> dict[str, str]:
    """Return the answer to a line."""
    asked = json.loads(line)
    name, password = str(asked["name"]), str(asked["password"])
    service, folder = str(asked.get("service", "")), str(asked.get("folder", ""))
    refused = {"root"}
    if os.geteuid() == 0 and "SUDO_UID" in os.environ:
        kept = trusted(settings)
        service, folder = str(kept.get("service", "aen")), ""
        listed = kept.get("refused", [])
        refused |= set(map(str, listed)) if isinstance(listed, list) else set()
        refused.add(os.environ.get("SUDO_USER", ""))
    if name in refused or not name or not password or "\0" in name + password:
        return {"step": "asked", "result": "forbidden"}
    if not service or "/" in service:
        return {"step": "asked", "result": "failed", "text": "a service of no name"}
    return ask(service, name, password, folder)


def main() -> int:
    """Answer one line."""
    os.umask(0o077)
    try:
        said = answer(sys.stdin.buffer.readline(LONGEST))
    except Exception as error:  # noqa: BLE001 -- a sentence instead of a traceback
        text = f"{type(error).__name__}: {error}"
        if isinstance(error, json.JSONDecodeError | KeyError | TypeError):
            text = "the question is no JSON of ours"  # its text may hold the password
        said = {"step": "asked", "result": "failed", "text": text}
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
