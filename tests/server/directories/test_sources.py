"""What may not be done to accounts of a directory."""

import pytest
import pytest_twisted

from aen.model.errors import Forbidden, Invalid
from aen.model.names import UserName
from aen.model.users import User
from aen.server.directories import sources
from aen.server.records import AccountChanges
from aen.server.settings import ServerSettings
from tests.server.furnished import PASSWORD, furnished

EVE = User("u9", UserName("eve"), source="ldap")
LOCAL = ServerSettings(public_url="http://aen")
LDAP = ServerSettings(
    public_url="http://aen", accounts="ldap", password_url="https://id.example"
)


def test_passwords_kept_elsewhere() -> None:
    """They are not changed here, and where they are is said."""
    sources.demand_own_password(User("u1", UserName("ada")), LDAP)
    with pytest.raises(Forbidden, match=r"Change it at https://id\.example"):
        sources.demand_own_password(EVE, LDAP)
    with pytest.raises(Forbidden, match="cannot be changed here"):
        sources.demand_own_password(EVE, LOCAL)


def test_where_accounts_come_from() -> None:
    """Nobody registers where a directory says who there is."""
    sources.demand_open_to_strangers(LOCAL)
    with pytest.raises(Forbidden):
        sources.demand_open_to_strangers(LDAP)
    assert sources.keeps_passwords(LOCAL)
    assert not sources.keeps_passwords(LDAP)
    assert sources.demand_directory(LDAP) == "ldap"
    with pytest.raises(Invalid, match="needs a password"):
        sources.demand_directory(LOCAL)


@pytest_twisted.ensureDeferred
async def test_every_way_to_a_new_password() -> None:
    """By who is signed in, by a link, by an administrator: all are shut."""
    world = await furnished(
        accounts="pam", open_registration=True, password_help="Ask the help desk."
    )
    accounts = world.rooms.accounts
    passwords = world.rooms.password_changes
    access = world.rooms.access
    await accounts.add_user(None, "eve", None)
    with pytest.raises(Forbidden, match="Ask the help desk"):
        await passwords.make_reset(None, "eve")
    with pytest.raises(Forbidden):
        await accounts.change_user(None, "eve", AccountChanges(password=PASSWORD))
    with pytest.raises(Forbidden):
        await accounts.register("mallory", PASSWORD)
    ada = await world.person("ada")
    await passwords.change_password(ada, PASSWORD, "better horse")
    eve = await access.user("eve")
    assert eve.source == "pam"
    link = await passwords.make_reset(None, "ada")
    await world.rooms.archive.users.change(ada.user.id, {"source": "pam"})
    with pytest.raises(Forbidden):
        await passwords.reset_password(link, PASSWORD)
