"""supervisord as a child of ours: started, asked, stopped."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence

from attrs import define, field

from aen.local import files
from aen.local.files import Programs
from aen.local.installation import Installation
from aen.local.processes import belonging, end, wait_gone
from aen.model.errors import Failed

_LAST_LINES = 20
_POLL = 0.05
"""Seconds between two looks at supervisord while it starts or ends."""


@define
class Platform:
    """The running parts of one installation."""

    one: Installation
    programs: Programs
    environment: Mapping[str, str]
    patience: float = 30.0
    """Seconds supervisord, and after it whatever is left, gets to end."""
    _supervisord: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start supervisord with the settings on disk, after a killed predecessor."""
        self.clear()
        self.one.supervisor_socket.unlink(missing_ok=True)
        self.one.supervisor_pid.unlink(missing_ok=True)
        # A session of its own: Ctrl-C in the terminal is for us, who stop it in order.
        self._supervisord = subprocess.Popen(  # noqa: S603 -- our own
            (
                *(str(self.programs.python), "-P", "-m", "supervisor.supervisord"),
                *("-n", "-c", str(self.one.supervisor_settings)),
            ),
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + self.patience
        while self.is_up() and time.monotonic() < deadline and not self._nudge():
            time.sleep(_POLL)

    def _nudge(self) -> bool:
        """Have supervisord look at its programs now; tell whether it could be.

        It does so once a second, and whenever somebody connects: programs would be
        started a second late and ended one a second.
        """
        with socket.socket(socket.AF_UNIX) as door, contextlib.suppress(OSError):
            door.connect(str(self.one.supervisor_socket))
            return True
        return False

    def clear(self) -> None:
        """End what an earlier run left behind; apps of projects go on."""
        end(belonging(self.one.prefix), self.patience)

    def is_up(self) -> bool:
        """Tell whether supervisord runs."""
        return self._supervisord is not None and self._supervisord.poll() is None

    def update(self) -> None:
        """Let supervisord take up changed settings.

        :raises Failed: it could not.
        """
        self.call(
            (
                *(str(self.programs.python), "-P", "-m", "supervisor.supervisorctl"),
                *("-c", str(self.one.supervisor_settings), "update"),
            ),
            "supervisorctl update",
        )

    def call(
        self,
        command: Sequence[str],
        what: str,
        extra: Mapping[str, str] | None = None,
        timeout: float = 60.0,
    ) -> str:
        """Run one of the platform's commands and return what it printed.

        :param extra: further environment, for what must not stand in a command line.
        :raises Failed: it did not succeed; has its last words.
        """
        try:
            done = subprocess.run(  # noqa: S603 -- our own commands
                command,
                env={**self.environment, **(extra or {})},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=timeout,
                start_new_session=True,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Failed(f"{what} did not succeed: {error}") from None
        if done.returncode != 0:
            said = tuple((done.stdout + done.stderr).splitlines()[-_LAST_LINES:])
            raise Failed(f"{what} did not succeed:", log=said)
        return done.stdout

    def stop(self) -> None:
        """End everything: the roles, the apps of projects, the embedded store."""
        if self.is_up():
            self._stop_supervisord()
        else:
            self.clear()  # it was killed, and the roles know nothing of it
        try:
            self.call(files.reap(self.one, self.programs), "Stopping the apps")
        finally:
            # The store ends by itself when its last client has gone.
            wait_gone(self.one.prefix, self.patience)
            self.one.supervisor_socket.unlink(missing_ok=True)

    def _stop_supervisord(self) -> None:
        assert self._supervisord is not None
        self._supervisord.terminate()
        deadline = time.monotonic() + self.patience
        while self.is_up() and time.monotonic() < deadline:
            self._nudge()
            time.sleep(_POLL)
        if self.is_up():
            self._supervisord.kill()
            self._supervisord.wait()
            self.clear()
