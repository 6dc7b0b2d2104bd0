"""Which back end of accounts the settings name: ours, or a class of somebody's own."""

import difflib
import importlib
import inspect
from collections.abc import Mapping
from typing import Any, Final, Protocol

from aen.model.errors import Invalid
from aen.model.users import LOCAL
from aen.server.directories.directory import Directory
from aen.server.directories.ldap import Ldap
from aen.server.directories.ldap_settings import LdapSettings, check_ldap
from aen.server.directories.ldap_tls import check_files
from aen.server.directories.pam import Pam, PamSettings, check_pam

LDAP: Final = "ldap"
PAM: Final = "pam"
_ALIASES: Final[Mapping[str, str]] = {
    "wk_server.plugins.accounts.ldap2": LDAP,
    "wk_server.plugins.accounts.ldap": LDAP,
    "wk_server.plugins.accounts.pam": PAM,
}
"""The names these had in the original product, whose settings files keep them."""


class Wishes(Protocol):
    """The settings that choose."""

    @property
    def accounts(self) -> str:
        """The back end's name."""
        ...

    @property
    def LDAP(self) -> LdapSettings | None:  # noqa: N802 -- the key of the file
        """How to ask an LDAP directory."""
        ...

    @property
    def PAM(self) -> PamSettings:  # noqa: N802 -- the key of the file
        """How to ask PAM."""
        ...

    @property
    def accounts_options(self) -> Mapping[str, Any]:
        """What a back end of one's own is made with."""
        ...


def source(accounts: str) -> str:
    """Return what accounts of that back end are marked with in the store.

    :raises Invalid: there is no such back end.
    """
    name = _ALIASES.get(accounts, accounts)
    if name in (LOCAL, LDAP, PAM) or ":" in name:
        return name
    known = (LOCAL, LDAP, PAM, *_ALIASES)
    near = difflib.get_close_matches(accounts, known, n=1)
    hint = f" (did you mean “{near[0]}”?)" if near else ""
    raise Invalid(
        f"“accounts” must be “local”, “ldap”, “pam” or “module:Class” of your own, not"
        f" “{accounts[:80]}”{hint}."
    )


def check_accounts(settings: Wishes) -> None:
    """Raise `Invalid` for what is wrong with the settings of a back end.

    All of them, also of one that is not chosen now: it may be tomorrow.
    """
    name = source(settings.accounts)
    if settings.LDAP is not None:
        check_ldap(settings.LDAP)
        check_files(settings.LDAP.tuning)
    elif name == LDAP:
        raise Invalid("“accounts” is “ldap”, but “LDAP” is not set.")
    check_pam(settings.PAM)
    if ":" in name:
        _class(name)


def make_directory(settings: Wishes, reactor: Any) -> Directory | None:
    """Return the back end that is asked besides the store; None: there is none.

    :raises Invalid: the settings cannot be used; says why.
    """
    check_accounts(settings)
    name = source(settings.accounts)
    if name == LOCAL:
        return None
    if name == LDAP and settings.LDAP is not None:
        return Ldap(settings.LDAP, reactor)
    if name == PAM:
        return Pam(settings.PAM, reactor)
    return _own(name, settings.accounts_options, reactor)


def _own(name: str, options: Mapping[str, Any], reactor: Any) -> Directory:
    """Return the back end that the class *name* makes of *options*."""
    kind = _class(name)
    try:
        made: Directory = kind(options, reactor)
    except Invalid:
        raise
    except Exception as error:
        raise Invalid(f"“accounts”: “{name}” cannot be made: {error!r}") from error
    if not inspect.iscoroutinefunction(getattr(made, "check", None)):
        raise Invalid(f"“accounts”: “{name}” has no “async def check”.")
    return made


def _class(name: str) -> Any:
    module, _, attribute = name.partition(":")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, ValueError) as error:
        raise Invalid(
            f"“accounts”: the module “{module}” cannot be imported: {error}"
        ) from None
    except AttributeError:
        raise Invalid(f"“accounts”: “{module}” has no “{attribute}”.") from None
    if not callable(found):
        raise Invalid(f"“accounts”: “{name}” is no class.")
    return found
