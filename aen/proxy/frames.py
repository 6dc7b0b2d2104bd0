"""Following WebSocket frames (RFC 6455, section 5.2) without touching them."""

from typing import Final

CLOSE: Final = 0x8
PING_FRAME: Final = b"\x89\x00"
PONG_BYTES: Final = 6
"""The length of a client's answer to `PING_FRAME`: masked, without payload."""
_PONG_BEGINS: Final = b"\x8a\x80"
_LENGTH_16: Final = 126
_LENGTH_64: Final = 127
_MASK_BIT: Final = 0x80
_REASON_BYTES: Final = 123
_CONTROL: Final = 0x8
LONGEST_BEAT: Final = 131
"""The length of the longest control frame: two bytes, a mask, 125 of payload."""


class FrameWalker:
    """Knows, for one direction, where frames end and whether a close has passed.

    It does not judge: a peer that breaks the protocol is answered by its peer.
    """

    __slots__ = ("_held", "_left", "closed")

    def __init__(self) -> None:
        self._left = 0
        self._held = b""
        self.closed = False
        """Whether a close frame has begun to pass."""

    @property
    def at_boundary(self) -> bool:
        """Whether another frame could be put in here."""
        return self._left == 0 and not self._held

    def feed(self, data: bytes) -> None:
        """Follow *data*."""
        left = self._left
        if left >= len(data):
            self._left = left - len(data)
            return
        if self._held:
            data = self._held + data
            self._held = b""
        at, size = left, len(data)
        while at < size:
            end = _frame_end(data, at)
            if end < 0:
                self._held = data[at:]
                self._left = 0
                return
            if data[at] & 0x0F == CLOSE:
                self.closed = True
            at = end
        self._left = at - size

    def feed_to_boundary(self, data: bytes) -> int:
        """Follow *data* as far as the next place between two frames.

        Return how many bytes that is; all of them when no frame ends here.
        """
        held = len(self._held)
        whole = self._held + data
        self._held = b""
        end = self._left or _frame_end(whole, 0)
        if end < 0:
            self._held = whole
            return len(data)
        if not self._left and whole[0] & 0x0F == CLOSE:
            self.closed = True
        self._left = max(0, end - len(whole))
        return min(end, len(whole)) - held

    def find_pong(self, data: bytes) -> int:
        """Return where in *data*, fed next, an answer to `PING_FRAME` begins, or -1.

        It may only be beginning: fewer than `PONG_BYTES` of it may be there.
        """
        at, size = self._left, len(data)
        while not self._held and 0 <= at < size:
            if _PONG_BEGINS.startswith(data[at : at + 2]):
                return at
            at = _frame_end(data, at)
        return -1


def is_beat(data: bytes) -> bool:
    """Whether *data*, between two frames, is one control frame: a ping or a pong."""
    small = len(data) <= LONGEST_BEAT and data[0] & _CONTROL
    return bool(small) and _frame_end(data, 0) == len(data)


def _frame_end(data: bytes, at: int) -> int:
    """Return where the frame beginning at *at* ends, or -1 for "need more"."""
    size = len(data) - at
    if size < 2:  # noqa: PLR2004 -- the two bytes every frame begins with
        return -1
    second = data[at + 1]
    length = second & 0x7F
    head = 6 if second & _MASK_BIT else 2
    if length >= _LENGTH_16:
        wide = 2 if length == _LENGTH_16 else 8
        if size < 2 + wide:
            return -1
        length = int.from_bytes(data[at + 2 : at + 2 + wide], "big")
        head += wide
    return at + head + length


def close_frame(code: int, reason: str = "", mask: bytes | None = None) -> bytes:
    """Return a close frame; *mask* (four bytes) makes it a client's.

    A reason too long for a control frame is cut between two characters.
    """
    text = reason.encode()[:_REASON_BYTES].decode("utf-8", "ignore").encode()
    payload = code.to_bytes(2, "big") + text
    if mask is None:
        return bytes((0x80 | CLOSE, len(payload))) + payload
    masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
    return bytes((0x80 | CLOSE, _MASK_BIT | len(payload))) + mask + masked
