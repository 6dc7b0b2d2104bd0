"""The words by which accounts are found: pure, and the same for all of them."""

import re
import unicodedata
from typing import Any

_WORD = re.compile(r"[^\W_]+")
_MOST, _LONGEST = 20, 40


def words_of(text: str, most: int = _MOST) -> list[str]:
    """Return the words of *text* in small letters, and without accents as well."""
    small = text.lower()
    plain = "".join(
        one
        for one in unicodedata.normalize("NFKD", small)
        if not unicodedata.combining(one)
    )
    found = [word[:_LONGEST] for word in _WORD.findall(f"{small} {plain}")]
    return list(dict.fromkeys(found))[:most]


def beginning(word: str) -> dict[str, str]:
    """Return the condition of a field whose text begins with *word*."""
    return {"$regex": "^" + re.escape(word)}


def derived(document: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of an account that only finding and sorting need."""
    name = document["name"]
    return {
        "words": list(
            dict.fromkeys([name, *words_of(name), *words_of(document["display_name"])])
        ),
        "mail": document["email"].lower(),
        "seen": document["last_sign_in"] or 0.0,
    }


DERIVED_FROM = frozenset({"name", "display_name", "email", "last_sign_in"})
"""The fields whose change changes what `derived` returns."""
