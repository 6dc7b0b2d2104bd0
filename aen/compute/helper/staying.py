"""Getting ready to stay: what the verb ``attend`` does before its answer."""

import os
import signal
import stat


def get_ready() -> bool:
    """Get ready to stay; return whether descriptors can reach us."""
    # a Ctrl-C is the node's; when that has ended our input ends
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    return input_passes()


def input_passes() -> bool:
    """Whether descriptors can come with the standard input.

    What sudo gives us may be another pipe than the node's.
    """
    return stat.S_ISSOCK(os.fstat(0).st_mode)
