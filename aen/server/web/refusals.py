"""Errors as HTTP tells them: the status, and the headers that belong to it."""

from collections.abc import Iterable
from typing import ClassVar

from twisted.web.server import Request

from aen.model.errors import AenError, TooMany
from aen.wire.problems import status_of


class HttpError(AenError):
    """What only HTTP knows of; the use cases never raise it."""

    status: ClassVar[int]


class Misdirected(HttpError):
    """The request is for another host than ours (RFC 9110 section 15.5.20)."""

    code = "misdirected"
    status = 421


class WrongMethod(HttpError):
    """The address is one of ours; this cannot be done to it (RFC 9110, 15.5.6)."""

    code = "method_not_allowed"
    status = 405

    def __init__(self, allowed: Iterable[str]) -> None:
        self.allowed = ", ".join(sorted(allowed))
        super().__init__(f"This address takes {self.allowed} only.")


class OtherBody(HttpError):
    """The key of a call was used before, for something else."""

    code = "key_reused"
    status = 422


class UnderWay(HttpError):
    """The same call, with the same key, is being answered just now."""

    code = "under_way"
    status = 409
    retry_after = 1


def set_status(request: Request, error: AenError) -> int:
    """Give an answer the status of *error* and what goes with it; return the status."""
    status = error.status if isinstance(error, HttpError) else status_of(error)
    request.setResponseCode(status)
    if isinstance(error, (TooMany, UnderWay)):
        request.setHeader(b"retry-after", str(error.retry_after).encode())
    if isinstance(error, WrongMethod):
        request.setHeader(b"allow", error.allowed.encode())
    return status
