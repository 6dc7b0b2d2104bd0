"""What can go wrong for somebody at a command line, and the exit status of each."""

from typing import ClassVar


class Problem(Exception):
    """Something to tell the person; the text is shown as it stands."""

    status: ClassVar[int] = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Wrong(Problem):
    """The command itself cannot be understood."""

    status = 2


class NotSignedIn(Problem):
    """There is no token, or it has ended."""

    status = 3


class Unreachable(Problem):
    """The server does not answer."""

    status = 4


class Refused(Problem):
    """The server has answered, and it was no."""

    def __init__(self, message: str, code: str = "error", answered: int = 0) -> None:
        super().__init__(message)
        self.code = code
        self.answered = answered
        """The status of the answer; 0: it was none of HTTP's."""


INTERRUPTED = 130
"""What shells expect of a program that Ctrl-C ended."""
