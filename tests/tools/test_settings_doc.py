"""The page about settings, generated from the classes."""

import importlib
from contextlib import nullcontext
from pathlib import Path

import attrs
import pytest

from tools import settings_doc


def test_page_is_up_to_date() -> None:
    """The page in the repository says what the code says."""
    assert settings_doc.PAGE.read_text("utf-8") == settings_doc.page()


@pytest.mark.parametrize("role", settings_doc.ROLES)
def test_every_key_is_explained(role: tuple[str, str, str]) -> None:
    """Every key of a settings file has a sentence below it in the code."""
    _, module, name = role
    loaded = importlib.import_module(module)
    assert loaded.__file__ is not None
    words = settings_doc.explanations(Path(loaded.__file__).read_text("utf-8"), name)
    keys = {field.name for field in attrs.fields(getattr(loaded, name))}
    assert keys - set(words) == set()


@pytest.mark.parametrize(
    ("before", "said"),
    [(None, "is not up to date"), ("old", "is not up to date"), ("new", "")],
)
def test_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str | None, said: str
) -> None:
    """``--check`` changes nothing and fails unless the page is what it should be."""
    monkeypatch.setattr(settings_doc, "PAGE", tmp_path / "settings.md")
    monkeypatch.setattr(settings_doc, "page", lambda: "new")
    monkeypatch.setattr("sys.argv", ["settings_doc.py", "--check"])
    if before is not None:
        settings_doc.PAGE.write_text(before)
    with pytest.raises(SystemExit, match=said) if said else nullcontext():
        settings_doc.main()
    assert settings_doc.PAGE.exists() is (before is not None)
    monkeypatch.setattr("sys.argv", ["settings_doc.py"])
    settings_doc.main()
    assert settings_doc.PAGE.read_text() == "new"


def test_defaults() -> None:
    """Defaults are written as in the file; secrets have none worth showing."""
    roles = {role[0]: role for role in settings_doc.ROLES}
    text = settings_doc.section(*roles["Gateway"])
    assert '| `listen` | `["tcp:8089"]` |' in text
    assert '| `clone_by` | `"link"` |' in settings_doc.section(*roles["Compute"])
    assert "| `key` | required |" in text
    assert "| `server_ca` | `null` |" in text
