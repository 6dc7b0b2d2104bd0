"""How the server's rooms are made for real: keys on disk, threads, the network."""

from typing import Any

from aen.runtime.credentials import keep_secret
from aen.server.directories.choosing import make_directory
from aen.server.mail.post import own_name
from aen.server.mail.sending import SmtpMailer
from aen.server.passwords import Passwords
from aen.server.rooms import Parts, Rooms, furnish
from aen.server.settings import ServerSettings
from aen.server.store.collection import Database
from aen.wire import tickets
from aen.wire.agents import make_agent
from aen.wire.client import Identity, WireClient


def server_key(settings: ServerSettings) -> tickets.SigningKey:
    """Return the server's key, made the first time.

    :raises Invalid: the file is not a key, or others can read it.
    """
    path = settings.secrets / "server.key"
    text = keep_secret(path, _new_key)
    return tickets.SigningKey.from_text(text.decode("latin-1"))


def _new_key() -> bytes:
    return tickets.SigningKey.make().text.encode()


def make_rooms(
    settings: ServerSettings, database: Database, passwords: Passwords, reactor: Any
) -> Rooms:
    """Return the rooms of a server that asks its gateways over the network."""
    key = server_key(settings)
    agent = make_agent(reactor, settings.gateway_ca)
    identity = Identity(tickets.SERVER, key)
    return furnish(
        Parts(
            settings=settings,
            clock=reactor,
            database=database,
            passwords=passwords,
            key=key,
            nodes=WireClient(agent, reactor, identity),
            directory=make_directory(settings, reactor),
            mailer=SmtpMailer(
                reactor,
                settings.mail_ca,
                settings.mail_connect,
                settings.mail_timeout,
                own_name(settings),
            ),
        )
    )
