"""The words by which projects are found: pure, and the same for all of them."""

from collections.abc import Iterable
from typing import Any

from aen.server.store.user_words import words_of

_MOST_TITLES, _MOST = 60, 300
FOUND_BY = ("called", "titles", "words")
"""The fields that only finding needs: most of what a document is made of."""
DERIVED_FROM = frozenset({"name", "owner", "summary", "description", "tags"})
"""The fields whose change changes what `derived` returns."""


def derived(document: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a project that only finding it needs.

    `called` is its name in small letters, `titles` are the words of name and tags,
    `words` these and all others.
    """
    name, tags = document["name"].lower(), document["tags"]
    titles = _once([name, *words_of(name), *tags, *words_of(" ".join(tags))])
    texts = (document["owner"], document["summary"], document["description"])
    words = [one for text in texts for one in words_of(text, _MOST)]
    return {
        "called": name,
        "titles": titles[:_MOST_TITLES],
        "words": _once([*titles, document["owner"], *words])[:_MOST],
    }


def rank(document: dict[str, Any], asked: tuple[str, ...], whole: str) -> int:
    """Return how well a project that has all the words *asked* fits; 0: the best.

    :param whole: all that was asked, in small letters.
    """
    if document["called"] == whole:
        return EXACT
    titles = document["titles"]
    begun = all(any(title.startswith(one) for title in titles) for one in asked)
    return TITLES if begun else TEXT


EXACT, TITLES, TEXT = range(3)
"""It is called so; its name or tags have the words; only its texts have them."""


def _once(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))
