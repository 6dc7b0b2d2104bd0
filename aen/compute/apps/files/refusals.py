"""Why something was not done: a status and a sentence. Pure."""

import errno
from typing import Any, Final

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
FULL: Final = (
    "The disk is full: {what} was not written, and what was there before is unchanged."
    " Remove what is not needed, then try again."
)
_CODES: Final = {
    400: "invalid",
    403: "forbidden",
    404: "not_found",
    405: "not_allowed",
    408: "timeout",
    409: "conflict",
    411: "length_required",
    412: "changed",
    413: "too_large",
    415: "unsupported",
    416: "wrong_range",
    422: "unacceptable",
    500: "error",
    503: "unavailable",
    507: "full",
}
_SAID: Final[dict[int, tuple[int, str]]] = {
    errno.ENOENT: (404, "There is no {what}."),
    errno.ENOTDIR: (404, "There is no {what}: something above it is a file."),
    errno.EACCES: (403, "You may not do this with {what}: its rights do not let you."),
    errno.EPERM: (403, "You may not do this with {what}: its rights do not let you."),
    errno.EROFS: (403, "{what} is on a disk that cannot be written to."),
    errno.ELOOP: (403, "{what} is behind links that lead in circles."),
    errno.EISDIR: (409, "{what} is a folder."),
    errno.EEXIST: (409, "{what} is there already."),
    errno.ENOTEMPTY: (409, "The folder {what} is not empty."),
    errno.EBUSY: (409, "{what} is in use."),
    errno.EINVAL: (409, "{what} cannot be put inside of itself."),
    errno.EXDEV: (409, "{what} is on another disk; copy it, then remove it."),
    errno.ENAMETOOLONG: (400, "The name {what} is too long."),
    errno.EMFILE: (503, "Too many files are open at the moment; try again."),
    errno.ENFILE: (503, "Too many files are open at the moment; try again."),
}


class Refusal(Exception):
    """Something was not done; *message* is for people."""

    def __init__(self, status: int, message: str, **more: object) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.more = more

    def to_json(self) -> dict[str, Any]:
        """Return it as the platform's API says such things."""
        code = _CODES.get(self.status, "error")
        inside = {"code": code, "message": self.message, "fields": {}, **self.more}
        return {"error": inside}


def full(what: str) -> Refusal:
    """Return that there is no room for *what*."""
    return Refusal(507, FULL.format(what=what))


def of_system(error: OSError, what: str) -> Refusal:
    """Return what the system said of *what*, for people."""
    number = error.errno or 0
    if number in _NO_ROOM:
        return full(what)
    status, text = _SAID.get(number, (500, "{what}: the system says: {why}."))
    said = text.format(what=what, why=error.strerror or "an unknown error")
    return Refusal(status, said[0].upper() + said[1:])
