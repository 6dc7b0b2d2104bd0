"""What the browser tests need of the system, installed where that is possible."""

from pathlib import Path

import pytest

from tools import browser


def program(path: Path, code: int) -> str:
    """Make a program that ends with *code*."""
    path.write_text(f"#!/bin/sh\nexit {code}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder of a system's programs; there is an apt-get, and we are root."""
    (tmp_path / "apt-get").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/did\n')
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(browser, "NAMES", ("such-a-browser",))
    monkeypatch.delenv("AEN_CHROMIUM", raising=False)
    monkeypatch.setenv("PLAYWRIGHT_NODEJS_PATH", program(tmp_path / "node", 0))
    monkeypatch.setattr("os.geteuid", lambda: 0)
    return tmp_path


def did(system: Path) -> str:
    """Return what apt-get was asked to do."""
    return (system / "did").read_text() if (system / "did").exists() else ""


def test_installed_where_there_is_none(system: Path) -> None:
    """By the system's own packages."""
    browser.main()
    assert "install --no-install-recommends chromium" in did(system)


def test_one_that_is_named_is_enough(
    system: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AEN_CHROMIUM says where it is, and wins over what is found."""
    monkeypatch.setenv("AEN_CHROMIUM", "/opt/mine")
    browser.main()
    assert browser.chromium() == "/opt/mine"
    assert did(system) == ""


def test_one_that_is_there_is_enough(system: Path) -> None:
    """By any of the names it has on different systems."""
    (system / "such-a-browser").symlink_to("/bin/sh")
    browser.main()
    assert browser.chromium() == str(system / "such-a-browser")
    assert did(system) == ""


def test_only_root_installs(system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another account's system is not ours to change."""
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    browser.main()
    assert did(system) == ""


def test_a_failure_stops_nobody(
    system: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The tests skip then, and say what is missing."""
    (system / "apt-get").write_text("#!/bin/sh\nexit 100\n")
    browser.main()
    assert "tests will be skipped" in capsys.readouterr().err


def test_starts(tmp_path: Path) -> None:
    """A program that lacks a library of the system is not taken for one that runs."""
    assert browser.starts(program(tmp_path / "well", 0))
    assert not browser.starts(program(tmp_path / "lacking", 127))
    assert not browser.starts(str(tmp_path / "absent"))


def test_only_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has Chromium still gets the library Playwright lacks."""
    well, lacking = program(tmp_path / "a", 0), program(tmp_path / "b", 127)
    monkeypatch.setenv("AEN_CHROMIUM", "/somewhere/chromium")
    monkeypatch.setenv("PLAYWRIGHT_NODEJS_PATH", well)
    assert browser.packages() == ()
    monkeypatch.setenv("PLAYWRIGHT_NODEJS_PATH", lacking)
    assert browser.packages() == browser.DRIVER
    monkeypatch.delenv("AEN_CHROMIUM")
    monkeypatch.setenv("PATH", "")
    assert browser.packages() == (*browser.CHROMIUM, *browser.DRIVER)
