"""The reactor the tests run in, for those that open real sockets."""

from typing import Any

from twisted.internet import reactor as _reactor  # noqa: TID251 -- tests own it

reactor: Any = _reactor
"""As itself: its own type knows nothing of what it does."""
