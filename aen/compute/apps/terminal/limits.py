"""What bounds the Terminal app."""

from attrs import frozen


@frozen
class Limits:
    """Sizes in bytes, times in seconds."""

    scrollback: int = 1024 * 1024
    """Output kept per terminal for those who attach later."""
    window: int = 128 * 1024
    """Output a viewer is sent ahead of what it says it has shown."""
    piece: int = 64 * 1024
    """The largest frame of output."""
    patience: float = 2.0
    """How long a viewer that shows nothing may hold a shell back."""
    input_waiting: int = 1024 * 1024
    """Input a shell has not taken yet; who sends more is cut off."""
    input_told: int = 32 * 1024
    """How much input is taken before the viewer hears of it."""
    message: int = 64 * 1024
    """The largest frame a viewer may send."""
    terminals: int = 32
    viewers: int = 64
    """Connections at one time, all terminals together."""
    attach_within: float = 10.0
    """A connection that attaches to nothing is closed."""
    close_within: float = 5.0
    """What a viewer has to answer a close; autobahn's timers are a second short."""
    ping_every: float = 20.0
    ping_answer: float = 20.0
    """A viewer that vanished is dropped after both."""
    grace: float = 2.0
    """What a shell that was hung up has to end by itself."""
