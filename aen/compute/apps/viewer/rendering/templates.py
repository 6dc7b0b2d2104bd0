"""The templates that pieces of pages are made by."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, Template

from aen.runtime.templates import templates_in

_FOLDER = Path(__file__).parent.parent / "templates"


@cache
def environment() -> Environment:
    """Return what finds them."""
    return templates_in(_FOLDER)


def template(name: str) -> Template:
    """Return one of them."""
    return environment().get_template(name)
