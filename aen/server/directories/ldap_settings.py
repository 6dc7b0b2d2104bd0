"""The setting `LDAP`: the keys the original product had, and a few of our own."""

import enum
from typing import Annotated, Any
from urllib.parse import urlsplit

from attrs import field, frozen

from aen.model.errors import Invalid
from aen.runtime.structure import ONE_OR_MANY
from aen.server.directories import ldap_filter
from aen.server.directories.ldap_options import Tuning, tuning

USERNAME = "%(username)s"
"""In a filter or a DN: what somebody typed as their user name."""
DN = "%(dn)s"
"""In the filter of a `GROUP_SEARCH`: the DN of the person."""

PORTS = {"ldap": 389, "ldaps": 636}


class Scope(enum.Enum):
    """How far below its base a search looks; the values are those of LDAP."""

    BASE = 0
    ONELEVEL = 1
    SUBTREE = 2


_SCOPES = {
    "base": Scope.BASE,
    "one": Scope.ONELEVEL,
    "onelevel": Scope.ONELEVEL,
    "sub": Scope.SUBTREE,
    "subtree": Scope.SUBTREE,
}


@frozen
class Search:
    """An entry of `USER_SEARCH` or `GROUP_SEARCH`."""

    base: str
    """The DN below which to look."""
    filter: str
    """An LDAP filter (RFC 4515). `%(username)s` in it is what somebody typed, and
    in a `GROUP_SEARCH` `%(dn)s` the DN that was found; both are escaped."""
    scope: str = "subtree"
    """How far below: `subtree`, `onelevel`, `base`."""

    @property
    def depth(self) -> Scope:
        """The scope; names may be written as LDAP libraries do, ``SCOPE_SUBTREE``."""
        return _SCOPES[self.scope.lower().removeprefix("scope_")]


@frozen
class KeyMap:
    """What of an entry becomes what of an account; empty: nothing does."""

    email: str = "mail"
    """The attribute with the mail address."""
    name: str = "cn"
    """The attribute with the name shown to others."""
    username: str = ""
    """The attribute with the user name, e.g. `uid`, where people may sign in by
    something else too, such as their mail address. Empty: it is what they typed."""
    id: str = ""
    """An attribute that never changes and is never given to another, e.g. `entryUUID`
    or `objectGUID`. An account whose name is given to somebody else stays shut."""
    groups: str = ""
    """The attribute that lists groups, e.g. `memberOf`; for `group_roles`."""

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes to ask for."""
        wanted = (self.email, self.name, self.username, self.id, self.groups)
        return tuple(dict.fromkeys(filter(None, wanted))) or ("1.1",)


@frozen
class LdapSettings:
    """How to ask an LDAP directory or Active Directory."""

    URI: Annotated[tuple[str, ...], ONE_OR_MANY]
    """`ldap://host` or `ldaps://host`, with a port where it is another than 389 or
    636. Several are tried in turn, the one that answered last first."""
    BIND_DN: str = ""
    """The account that searches; empty: anonymous. With `%(username)s` in it there is
    none: people are bound by what it becomes with their name and password, e.g.
    `uid=%(username)s,ou=people,dc=example,dc=org`."""
    BIND_AUTH: str = field(default="", repr=False)
    """The password of `BIND_DN`."""
    USER_SEARCH: Annotated[tuple[Search, ...], ONE_OR_MANY] = ()
    """Where people are: one search, or several that are tried in order. Each finds
    nobody or one; where it finds more, nobody is let in."""
    KEY_MAP: KeyMap = KeyMap()
    """Which attribute of an entry is what of an account; see below."""
    GROUP_SEARCH: Annotated[tuple[Search, ...], ONE_OR_MANY] = ()
    """Where the groups of a person are, besides `KEY_MAP.groups`; Active Directory
    finds nested ones by `(member:1.2.840.113556.1.4.1941:=%(dn)s)`."""
    START_TLS: bool = False
    """Whether to encrypt on the plain port before anything is said."""
    TLS_CACERT: str | None = None
    """PEM file of the CAs that sign the directory's certificate; none: the system's."""
    OPTIONS: dict[str, Any] = field(factory=dict)
    """Options by the names LDAP libraries give them: `OPT_PROTOCOL_VERSION` (3),
    `OPT_REFERRALS` (0: they are never followed), `OPT_NETWORK_TIMEOUT`, `OPT_TIMEOUT`,
    `OPT_DEREF`, `OPT_X_TLS_REQUIRE_CERT`, `OPT_X_TLS_CACERTFILE`,
    `OPT_X_TLS_CERTFILE`, `OPT_X_TLS_KEYFILE`, `OPT_X_TLS_NEWCTX`."""
    CONNECT_SECONDS: float = 5.0
    """How long a directory may take to accept a connection."""
    ANSWER_SECONDS: float = 10.0
    """How long it may take to answer one question."""
    ANSWER_BYTES: int = 262_144
    """The longest answer that is read."""
    MOST_GROUPS: int = 1000
    """How many groups of a person are read."""

    @property
    def direct(self) -> bool:
        """Whether people are bound by a name that is made of theirs."""
        return USERNAME in self.BIND_DN

    @property
    def tuning(self) -> Tuning:
        """The time-outs and the TLS that all these keys together ask for."""
        base = Tuning(
            connect=self.CONNECT_SECONDS, answer=self.ANSWER_SECONDS, ca=self.TLS_CACERT
        )
        return tuning(self.OPTIONS, base)

    @property
    def places(self) -> tuple["Place", ...]:
        """The directories of `URI`."""
        return tuple(map(place_of, self.URI))


@frozen
class Place:
    """One directory server."""

    uri: str
    host: str
    port: int
    secure: bool
    """Whether it speaks TLS from the first byte on."""


def place_of(uri: str) -> Place:
    """Return the server at *uri*, or raise `Invalid`."""
    wrong = Invalid(
        f"“LDAP.URI” must be like ldap://host or ldaps://host:636, not “{uri[:80]}”."
    )
    try:
        parts = urlsplit(uri.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        raise wrong from None
    rest = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    if parts.scheme not in PORTS or not host or rest:
        raise wrong
    secure = parts.scheme == "ldaps"
    return Place(uri.strip(), host, port or PORTS[parts.scheme], secure)


def check_ldap(settings: LdapSettings) -> None:
    """Raise `Invalid` for what types alone cannot tell; names the key."""
    if not settings.URI:
        raise Invalid("“LDAP.URI” names no directory.")
    places, fine = settings.places, settings.tuning
    if settings.START_TLS and any(place.secure for place in places):
        raise Invalid("“LDAP.START_TLS” is for ldap://; ldaps:// is encrypted anyway.")
    if not settings.USER_SEARCH and not settings.direct:
        raise Invalid(
            f"“LDAP.USER_SEARCH” is not set; without it “LDAP.BIND_DN” must hold"
            f" {USERNAME}."
        )
    _check_binding(settings)
    for key, searches, known in (
        ("USER_SEARCH", settings.USER_SEARCH, (USERNAME,)),
        ("GROUP_SEARCH", settings.GROUP_SEARCH, (DN, USERNAME)),
    ):
        for number, search in enumerate(searches):
            _check_search(f"LDAP.{key}[{number}]", search, known)
    for key in ("CONNECT_SECONDS", "ANSWER_SECONDS", "ANSWER_BYTES", "MOST_GROUPS"):
        if getattr(settings, key) <= 0:
            raise Invalid(f"“LDAP.{key}” must be more than 0.")
    if fine.key and not fine.certificate:
        raise Invalid("“OPT_X_TLS_KEYFILE” needs “OPT_X_TLS_CERTFILE”.")


def _check_binding(settings: LdapSettings) -> None:
    if settings.direct and settings.BIND_AUTH:
        raise Invalid(
            f"“LDAP.BIND_AUTH” has no use: “LDAP.BIND_DN” holds {USERNAME}, so that"
            " people are bound with their own password."
        )
    if not settings.direct and bool(settings.BIND_DN) != bool(settings.BIND_AUTH):
        raise Invalid(
            "“LDAP.BIND_DN” and “LDAP.BIND_AUTH” go together; leave both out to search"
            " anonymously."
        )
    _check_placeholders("LDAP.BIND_DN", settings.BIND_DN, (USERNAME,))


def _check_search(key: str, search: Search, known: tuple[str, ...]) -> None:
    try:
        depth: Scope | None = search.depth
    except KeyError:
        depth = None
    if depth is None:
        raise Invalid(
            f"“{key}.scope” must be “subtree”, “onelevel” or “base”,"
            f" not “{search.scope[:40]}”."
        )
    _check_placeholders(f"{key}.filter", search.filter, known)
    if not any(one in search.filter for one in known):
        raise Invalid(f"“{key}.filter” must hold {known[0]}, else it finds anybody.")
    try:
        ldap_filter.parse(ldap_filter.fill(search.filter, dict.fromkeys(known, "x")))
    except ldap_filter.WrongFilter as error:
        raise Invalid(f"“{key}.filter” is no LDAP filter: {error}.") from None


def _check_placeholders(key: str, text: str, known: tuple[str, ...]) -> None:
    rest = text
    for one in known:
        rest = rest.replace(one, "")
    if "%(" in rest:
        wrong = rest[rest.index("%(") :][:30]
        raise Invalid(f"“{key}” holds “{wrong}”; known is {' and '.join(known)}.")
