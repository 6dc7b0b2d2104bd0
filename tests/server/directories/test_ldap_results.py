"""What a directory's answers mean."""

import pytest

from aen.server.directories import ldap_results as results
from aen.server.directories.directory import Reason
from aen.server.directories.ldap_messages import Kind, Result

AD = (
    "80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data {}, v"
)


@pytest.mark.parametrize(
    ("code", "text", "reason", "told"),
    [
        (49, "", Reason.WRONG, False),
        (49, AD.format("52e"), Reason.WRONG, False),
        (49, AD.format("525"), Reason.UNKNOWN, False),
        (49, AD.format("533"), Reason.CLOSED, False),
        (49, AD.format("775"), Reason.CLOSED, False),
        (49, AD.format("532"), Reason.EXPIRED, True),
        (49, AD.format("773"), Reason.EXPIRED, True),
        (49, AD.format("999"), Reason.WRONG, False),
        (48, "", Reason.WRONG, False),
        (53, "", Reason.WRONG, False),
        (32, "", Reason.UNKNOWN, False),
        (34, "", Reason.UNKNOWN, False),
        (8, "", None, False),
        (52, "", None, False),
        (80, "", None, False),
    ],
)
def test_a_bind_that_failed(
    code: int, text: str, reason: Reason | None, told: object
) -> None:
    """About the person, or about the settings; only what a password earned is told."""
    found = results.refusal(Result(Kind.BIND, code, text))
    assert (found and found.reason) == reason
    assert bool(found and found.told) == told


def test_words() -> None:
    """Ours, and the directory's own, on one bounded line."""
    said = results.words(Result(Kind.BIND, 49, "no\n\0way" + "x" * 500))
    assert said.startswith("name or password are wrong (“no way")
    assert len(said) < 300
    assert results.words(Result(Kind.BIND, 80)) == "it answers with error 80"
    assert "START_TLS" in results.mend(Result(Kind.BIND, 13))
    assert results.mend(Result(Kind.BIND, 80)) == ""
    assert results.not_now(Result(Kind.BIND, 51))
    assert not results.not_now(Result(Kind.BIND, 49))
