"""The page about settings, generated from the classes."""

import importlib

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
    with open(loaded.__file__, encoding="utf-8") as file:  # noqa: PTH123
        words = settings_doc.explanations(file.read(), name)
    keys = {field.name for field in attrs.fields(getattr(loaded, name))}
    assert keys - set(words) == set()


def test_defaults() -> None:
    """Defaults are written as in the file; secrets have none worth showing."""
    text = settings_doc.section(*settings_doc.ROLES[1])
    assert '| `listen` | `["tcp:8089"]` |' in text
    assert "| `key` | required |" in text
    assert "| `server_ca` | `null` |" in text
