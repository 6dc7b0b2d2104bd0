"""What callers choose by a word."""

import enum
from typing import TypeVar

from aen.model.errors import Invalid

E = TypeVar("E", bound=enum.Enum)


def chosen(kind: type[E], text: str, field: str) -> E:
    """Return the one of *kind* whose value is *text*.

    :raises Invalid: there is none; names *field*, and the words there are.
    """
    try:
        return kind(text)
    except ValueError:
        words = ", ".join(f"“{one.value}”" for one in kind)
        message = f"“{field}” must be one of {words}."
        raise Invalid(message, fields={field: message}) from None
