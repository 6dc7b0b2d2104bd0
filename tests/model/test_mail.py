"""Where mail is given to."""

from attrs import evolve

from aen.model.mail import Security, Smtp

MAIL = Smtp("mail.example", 587, "a@b.c", username="aen", password="hush")


def test_which_account_a_password_is_for() -> None:
    """The same server, spoken to in the same way, with the same name."""
    assert MAIL.same_account(evolve(MAIL, sender="x@y.z", password=""))
    for other in (
        evolve(MAIL, host="other"),
        evolve(MAIL, port=25),
        evolve(MAIL, username="eve"),
        evolve(MAIL, security=Security.NONE),
    ):
        assert not MAIL.same_account(other)


def test_words() -> None:
    """Security is one of three words."""
    assert [one.value for one in Security] == ["none", "starttls", "tls"]
    assert "hush" not in repr(MAIL)
