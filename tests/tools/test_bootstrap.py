"""Finding a Python that is new enough."""

import sys
from pathlib import Path

import pytest

from tools import bootstrap


def script(place: Path, text: str) -> str:
    """Make a program at *place* and return its path."""
    place.write_text(f"#!/bin/sh\n{text}\n")
    place.chmod(0o755)
    return str(place)


def test_new_enough(tmp_path: Path) -> None:
    """Told by trying: a program by the right name may be none, or an old one."""
    assert bootstrap.is_new_enough(sys.executable)
    assert not bootstrap.is_new_enough(script(tmp_path / "python3.12", "exit 1"))
    assert not bootstrap.is_new_enough(str(tmp_path / "gone"))


def test_our_own_python_comes_first() -> None:
    """Whoever names a Python means that one."""
    assert next(bootstrap.candidates()) == sys.executable


def test_what_is_found_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the program next to it and the arguments as they were."""
    old = script(tmp_path / "old", "exit 1")
    monkeypatch.setattr(bootstrap, "candidates", lambda: iter([old, sys.executable]))
    monkeypatch.setattr("sys.argv", ["bootstrap.py", "dev"])
    started: list[list[str]] = []
    monkeypatch.setattr("os.execv", lambda _, argv: started.append(argv))
    with pytest.raises(SystemExit):  # execv does not come back, our list does
        bootstrap.main()
    checkout = str(Path(bootstrap.__file__).with_name("checkout.py"))
    assert started == [[sys.executable, checkout, "dev"]]


def test_none_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person reads which version to install."""
    monkeypatch.setattr(bootstrap, "candidates", lambda: iter(()))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer"):
        bootstrap.main()
