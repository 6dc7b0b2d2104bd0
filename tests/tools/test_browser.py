"""What the browser tests need of the system."""

from pathlib import Path

import pytest

from tools import browser


def program(path: Path, code: int) -> str:
    """Make a program that ends with *code*."""
    path.write_text(f"#!/bin/sh\nexit {code}\n")
    path.chmod(0o755)
    return str(path)


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
