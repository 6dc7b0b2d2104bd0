"""What may not be done to accounts whose passwords a back end keeps, in plain words."""

from attrs import frozen

from aen.model.errors import Forbidden, Invalid
from aen.model.users import LOCAL, User
from aen.server.directories.choosing import source
from aen.server.settings import ServerSettings


def demand_own_password(user: User, settings: ServerSettings) -> None:
    """Raise `Forbidden` unless the account's password is kept here."""
    if user.source == LOCAL:
        return
    where = settings.password_help or "It cannot be changed here."
    at = f" Change it at {settings.password_url}" if settings.password_url else ""
    raise Forbidden(
        f"The password of “{user.name}” is kept in the organisation's directory."
        f" {where}{at}"
    )


def demand_open_to_strangers(settings: ServerSettings) -> None:
    """Raise `Forbidden` where a back end decides who has an account."""
    if not keeps_passwords(settings):
        raise Forbidden("Accounts come from the organisation's directory here.")


def demand_directory(settings: ServerSettings) -> str:
    """Return the source of an account for somebody of the directory.

    :raises Invalid: there is no directory.
    """
    kept = source(settings.accounts)
    if kept == LOCAL:
        message = "The account needs a password: “accounts” names no directory."
        raise Invalid(message, fields={"password": message})
    return kept


def keeps_passwords(settings: ServerSettings) -> bool:
    """Whether the passwords of new people are kept here."""
    return source(settings.accounts) == LOCAL


def demand_known(kept: str, settings: ServerSettings) -> None:
    """Raise `Invalid` unless *kept* is the store or the back end in use."""
    known = dict.fromkeys((LOCAL, source(settings.accounts)))
    if kept not in known:
        words = " or ".join(f"“{one}”" for one in known)
        raise Invalid(f"Accounts can be handed over to {words} here.")


@frozen
class PasswordWords:
    """What pages say of passwords."""

    here: bool
    """Whether those of new people are kept here."""
    help: str
    url: str | None
    """Where people change one that is kept elsewhere."""


def password_words(settings: ServerSettings) -> PasswordWords:
    """Return what the settings say of passwords."""
    return PasswordWords(
        keeps_passwords(settings), settings.password_help, settings.password_url
    )
