"""Environments of a project."""

from aen.model.environments import Verb


def test_verbs_are_words_of_the_wire() -> None:
    """One lower-case word each, read back as what it was."""
    for verb in Verb:
        assert verb.value.isalpha()
        assert verb.value.islower()
        assert Verb(verb.value) is verb
