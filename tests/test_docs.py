"""What docs/ and the README name is there: files, Python names, linked pages."""

import pkgutil
import re

import pytest

from tests.test_shape import FILES, ROOT, needs_git

PAGES = tuple(
    name
    for name in FILES
    if name == "README.md" or re.fullmatch(r"docs/\w.*\.md", name)
)

OF_OTHERS = {
    "docs/aen-proxy.md": {"jupyterhub_config.py"},
    "docs/terminal.md": {"random.py"},
}
"""Files of the reader's own that a page speaks of."""

pytestmark = [needs_git, pytest.mark.parametrize("page", PAGES)]


def text_of(page: str) -> str:
    """Return what a page says."""
    return (ROOT / page).read_text("utf-8")


def test_source_files_are_there(page: str) -> None:
    """A source file is called by its name, or by the end of its path."""
    named = set(re.findall(r"`([\w./-]+\.(?:py|js|css))`", text_of(page)))
    there = {
        name for name in named if any(f"/{one}".endswith(f"/{name}") for one in FILES)
    }
    assert named - there == OF_OTHERS.get(page, set())


def test_python_names_are_there(page: str) -> None:
    """A dotted name is that of a module, a class or a function."""
    named = re.findall(r"`(aen(?:\.\w+)+)`", text_of(page))
    assert [name for name in named if not importable(name)] == []


def importable(name: str) -> bool:
    """Tell whether there is such a name in the package."""
    try:
        pkgutil.resolve_name(name)
    except (ImportError, AttributeError):
        return False
    return True


def test_linked_pages_are_there(page: str) -> None:
    """A link to another file of the repository leads to one."""
    folder = (ROOT / page).parent
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text_of(page))
    assert [link for link in links if not (folder / link).exists()] == []
