"""A request that goes nowhere, for what only reads and writes its headers."""

import io
from typing import Any

from twisted.web.test.requesthelper import DummyRequest


def bare_request(body: bytes = b"", **headers: str) -> Any:
    """Return a request; the names of headers may be written with underscores."""
    request: Any = DummyRequest([b""])
    request.content = io.BytesIO(body)
    for name, value in headers.items():
        request.requestHeaders.addRawHeader(name.replace("_", "-"), value)
    return request
