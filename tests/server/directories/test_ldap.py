"""Accounts in a directory: a real slapd is asked."""

from pathlib import Path

import pytest
import pytest_twisted

from aen.model.errors import Unauthenticated, Unavailable
from aen.model.users import Role
from aen.server.directories.directory import Person, Reason, Refusal
from aen.server.directories.ldap_settings import KeyMap, Search
from tests.installed import free_ports
from tests.pem import make_pair
from tests.server.directories.asking import ADMINS, PEOPLE, SERVED, STAFF, ldap, reason
from tests.server.furnished import furnished
from tests.slapd import (
    ODD_PASSWORD,
    PASSWORD,
    ROOT,
    SERVICE,
    SERVICE_PASSWORD,
    Slapd,
    needs_slapd,
    running,
)

pytestmark = needs_slapd


@pytest_twisted.ensureDeferred
async def test_a_person(slapd: Slapd) -> None:
    """Name and address come from the attributes of KEY_MAP."""
    found = await ldap(slapd.plain).check("ada", PASSWORD)
    assert found == Person("ada", "Ada Lovelace", "ada@example.org")
    other = KeyMap(email="", name="sn", username="uid", id="entryUUID")
    found = await ldap(slapd.plain, KEY_MAP=other).check("ADA", PASSWORD)
    assert isinstance(found, Person)
    assert (found.name, found.display_name, found.email) == ("ada", "x", "")
    assert len(found.id) == len("00000000-0000-0000-0000-000000000000")


@pytest.mark.parametrize(
    ("name", "password", "expected"),
    [
        ("ada", "wrong", Reason.WRONG),
        ("ada", "", Reason.WRONG),
        ("nobody", PASSWORD, Reason.UNKNOWN),
        ("", PASSWORD, Reason.UNKNOWN),
        ("nopass", PASSWORD, Reason.WRONG),
        ("*", PASSWORD, Reason.UNKNOWN),
        ("a*", PASSWORD, Reason.UNKNOWN),
        ("ada)(uid=*", PASSWORD, Reason.UNKNOWN),
        ("ada))(|(uid=*", PASSWORD, Reason.UNKNOWN),
        ("%(username)s", PASSWORD, Reason.UNKNOWN),
        ("\\2a", PASSWORD, Reason.UNKNOWN),
        ("ada\0", PASSWORD, Reason.UNKNOWN),
        ("ü" * 64, PASSWORD, Reason.UNKNOWN),
        ("double", PASSWORD, Reason.SEVERAL),
        ("odd", ODD_PASSWORD, "odd"),
        ("odd", ODD_PASSWORD + " ", Reason.WRONG),
        ("w*()", PASSWORD, "w*()"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_names_and_passwords(
    slapd: Slapd, name: str, password: str, expected: Reason | str
) -> None:
    """Whatever is typed is a value, never a part of the filter or of the protocol."""
    assert reason(await ldap(slapd.plain).check(name, password)) == expected


@pytest_twisted.ensureDeferred
async def test_an_empty_password_is_never_asked_about(slapd: Slapd) -> None:
    """A directory lets anybody in without one, as nobody; so nothing is sent."""
    nowhere = ldap(f"ldap://localhost:{free_ports(1)[0]}")
    assert reason(await nowhere.check("ada", "")) is Reason.WRONG


@pytest.mark.parametrize(
    ("name", "password", "expected"),
    [
        ("ada", PASSWORD, "ada"),
        ("eve", "staff horse", "eve"),
        ("eve", PASSWORD, Reason.WRONG),
        ("twin", "first horse", "The first"),
        ("twin", "second horse", "The second"),
        ("twin", "third horse", Reason.WRONG),
        ("double", PASSWORD, Reason.SEVERAL),
        ("nobody", PASSWORD, Reason.UNKNOWN),
    ],
)
@pytest_twisted.ensureDeferred
async def test_several_searches(
    slapd: Slapd, name: str, password: str, expected: Reason | str
) -> None:
    """They are tried in order; where one's password is wrong, the next is tried."""
    both = ldap(slapd.plain, USER_SEARCH=(PEOPLE, STAFF), **SERVED)
    found = await both.check(name, password)
    if isinstance(found, Person) and name == "twin":
        assert found.display_name == expected
    else:
        assert reason(found) == expected


@pytest_twisted.ensureDeferred
async def test_who_searches(slapd: Slapd) -> None:
    """Anonymous finds what anybody may see; a wrong BIND_AUTH is the operator's."""
    anonymous = ldap(slapd.plain, USER_SEARCH=(STAFF,))
    with pytest.raises(Unavailable, match="nothing of that name"):
        await anonymous.check("eve", "staff horse")
    wrong = ldap(slapd.plain, BIND_DN=SERVICE, BIND_AUTH="wrong")
    with pytest.raises(Unavailable, match="does not let us in as") as told:
        await wrong.check("ada", PASSWORD)
    assert "wrong”" not in told.value.message


@pytest.mark.parametrize(
    ("scope", "base", "found"),
    [
        ("subtree", ROOT, True),
        ("SCOPE_SUBTREE", ROOT, True),
        ("onelevel", ROOT, False),
        ("onelevel", f"ou=people,{ROOT}", True),
        ("base", f"uid=ada,ou=people,{ROOT}", True),
        ("base", f"ou=people,{ROOT}", False),
    ],
)
@pytest_twisted.ensureDeferred
async def test_scope(slapd: Slapd, scope: str, base: str, found: object) -> None:
    """How far below its base a search looks; a referral on the way is not followed."""
    one = ldap(slapd.plain, USER_SEARCH=(Search(base, PEOPLE.filter, scope),), **SERVED)
    assert isinstance(await one.check("ada", PASSWORD), Person) == found


@pytest_twisted.ensureDeferred
async def test_referrals_are_not_followed(slapd: Slapd) -> None:
    """A base that is kept elsewhere is told to the operator."""
    away = Search(f"ou=elsewhere,{ROOT}", PEOPLE.filter)
    with pytest.raises(Unavailable, match="another directory, which is not asked"):
        await ldap(slapd.plain, USER_SEARCH=(away,)).check("ada", PASSWORD)


@pytest_twisted.ensureDeferred
async def test_by_a_name_made_of_theirs(slapd: Slapd) -> None:
    """Without an account that searches people are bound directly."""
    direct = ldap(
        slapd.plain, USER_SEARCH=(), BIND_DN=f"uid=%(username)s,ou=people,{ROOT}"
    )
    found = await direct.check("ada", PASSWORD)
    assert found == Person("ada", "Ada Lovelace", "ada@example.org")
    for name in ("ada,ou=people", "ada+cn=x", "nobody", '"', "#", " "):
        assert isinstance(await direct.check(name, PASSWORD), Refusal)
    assert reason(await direct.check("w*()", PASSWORD)) == "w*()"


@pytest_twisted.ensureDeferred
async def test_bound_directly_and_searched(slapd: Slapd) -> None:
    """The entry that is found must take the password too: it might be another's."""
    name = f"uid=%(username)s,ou=people,{ROOT}"
    both = ldap(slapd.plain, BIND_DN=name)
    assert isinstance(await both.check("ada", PASSWORD), Person)
    crossed = ldap(
        slapd.plain,
        BIND_DN=name,
        USER_SEARCH=(
            Search(f"uid=twin,ou=people,{ROOT}", "(|(uid=twin)(o=%(username)s))"),
        ),
    )
    assert reason(await crossed.check("ada", PASSWORD)) is Reason.WRONG


@pytest_twisted.ensureDeferred
async def test_groups(slapd: Slapd) -> None:
    """By an attribute of the person, or by a search for their DN."""
    search = Search(f"ou=groups,{ROOT}", "(member=%(dn)s)")
    found = await ldap(slapd.plain, GROUP_SEARCH=(search,)).check("ada", PASSWORD)
    assert isinstance(found, Person)
    assert found.groups == {ADMINS}
    found = await ldap(slapd.plain, GROUP_SEARCH=(search,)).check("odd", ODD_PASSWORD)
    assert isinstance(found, Person)
    assert not found.groups
    listed = ldap(slapd.plain, KEY_MAP=KeyMap(groups="objectClass"))
    found = await listed.look("ada")
    assert isinstance(found, Person)
    assert found.groups == {"inetOrgPerson"}


@pytest_twisted.ensureDeferred
async def test_looking_without_a_password(slapd: Slapd) -> None:
    """Whether somebody is still there."""
    one = ldap(slapd.plain)
    await one.ping()
    assert reason(await one.look("ada")) == "ada"
    assert reason(await one.look("nobody")) is Reason.UNKNOWN
    assert reason(await one.look("double")) is Reason.SEVERAL


# ---- TLS


@pytest.mark.parametrize("how", ["StartTLS", "ldaps"])
@pytest_twisted.ensureDeferred
async def test_tls(slapd: Slapd, how: str) -> None:
    """By StartTLS or from the first byte on, with the CA of a file."""
    plain = how == "StartTLS"
    uri = slapd.plain if plain else slapd.secure
    ca = str(slapd.tls.certificate)
    one = ldap(uri, START_TLS=plain, TLS_CACERT=ca)
    assert reason(await one.check("ada", PASSWORD)) == "ada"
    by_option = ldap(uri, START_TLS=plain, OPTIONS={"OPT_X_TLS_CACERTFILE": ca})
    assert reason(await by_option.check("ada", PASSWORD)) == "ada"


@pytest.mark.parametrize("how", ["StartTLS", "ldaps"])
@pytest_twisted.ensureDeferred
async def test_a_certificate_of_another_ca(
    slapd: Slapd, tmp_path: Path, how: str
) -> None:
    """It is refused unless an option says that nobody looks."""
    plain = how == "StartTLS"
    uri = slapd.plain if plain else slapd.secure
    other = str(make_pair(tmp_path / "other").certificate)
    for ca in (other, None):
        one = ldap(uri, START_TLS=plain, TLS_CACERT=ca)
        with pytest.raises(Unavailable, match="certificate"):
            await one.check("ada", PASSWORD)
    unchecked = {"OPT_X_TLS_REQUIRE_CERT": "never"}
    one = ldap(uri, START_TLS=plain, TLS_CACERT=other, OPTIONS=unchecked)
    assert reason(await one.check("ada", PASSWORD)) == "ada"


@pytest_twisted.ensureDeferred
async def test_a_certificate_of_another_name(tmp_path: Path) -> None:
    """Of the right CA, but for somebody else: refused."""
    with running(tmp_path, host="ldap.example") as slapd:
        ca = str(slapd.tls.certificate)
        one = ldap(slapd.secure, TLS_CACERT=ca)
        with pytest.raises(Unavailable, match="another name"):
            await one.check("ada", PASSWORD)


@pytest_twisted.ensureDeferred
async def test_a_directory_that_wants_more(tmp_path: Path) -> None:
    """Encryption, a certificate of ours, no anonymous access: each is said."""
    extra = "security tls=1\nTLSVerifyClient demand\ndisallow bind_anon"
    with running(tmp_path, extra) as slapd:
        ca = str(slapd.tls.certificate)
        with pytest.raises(Unavailable, match="wants the connection encrypted"):
            await ldap(slapd.plain, **SERVED).check("ada", PASSWORD)
        with pytest.raises(Unavailable):
            await ldap(slapd.secure, TLS_CACERT=ca, **SERVED).check("ada", PASSWORD)
        options = {
            "OPT_X_TLS_CERTFILE": ca,
            "OPT_X_TLS_KEYFILE": str(slapd.tls.key),
        }
        shown = {"TLS_CACERT": ca, "OPTIONS": options}
        with pytest.raises(Unavailable, match="anonymous"):
            await ldap(slapd.secure, **shown).check("ada", PASSWORD)
        one = ldap(slapd.secure, **shown, **SERVED)
        assert reason(await one.check("ada", PASSWORD)) == "ada"


# ---- several directories, and none


@pytest_twisted.ensureDeferred
async def test_the_next_directory(slapd: Slapd) -> None:
    """One that is away is passed over; the one that answered is asked first then."""
    away = f"ldap://localhost:{free_ports(1)[0]}"
    one = ldap(away, slapd.plain)
    assert reason(await one.check("ada", PASSWORD)) == "ada"
    assert [place.uri for place in one._places] == [slapd.plain, away]
    assert reason(await one.check("ada", PASSWORD)) == "ada"


@pytest_twisted.ensureDeferred
async def test_none_answers() -> None:
    """Every one of them is told, with what is wrong with it."""
    away = f"ldap://localhost:{free_ports(1)[0]}"
    with pytest.raises(Unavailable, match="refuses connections") as told:
        await ldap(away, "ldap://nowhere.invalid").check("ada", PASSWORD)
    assert "nowhere.invalid: its name cannot be resolved" in told.value.message
    with pytest.raises(Unavailable):
        await ldap(away).ping()


@pytest_twisted.ensureDeferred
async def test_signing_in(slapd: Slapd, logged: list[str]) -> None:
    """From the form's words to an account, with nothing secret in the log."""
    roles = {ADMINS: Role.SUPERUSER}
    groups = Search(f"ou=groups,{ROOT}", "(member=%(dn)s)")
    directory = ldap(slapd.plain, GROUP_SEARCH=(groups,), **SERVED)
    world = await furnished(directory=directory, accounts="ldap", group_roles=roles)
    _, caller = await world.rooms.access.sign_in(" Ada ", PASSWORD, "10.0.0.1", "x")
    user = caller.user
    assert (user.name, user.source, user.role) == ("ada", "ldap", Role.SUPERUSER)
    assert (user.display_name, user.email) == ("Ada Lovelace", "ada@example.org")
    for name, password in (("ada", "wrong horse"), ("nobody", PASSWORD), ("ada", "")):
        with pytest.raises(Unauthenticated, match="name or the password is wrong"):
            await world.rooms.access.sign_in(name, password, "10.0.0.1", "x")
    assert (await world.rooms.door.watch.health()).good
    assert isinstance(await world.rooms.door.look("ada"), Person)
    text = "\n".join(logged)
    for secret in (PASSWORD, SERVICE_PASSWORD, "wrong horse"):
        assert secret not in text
