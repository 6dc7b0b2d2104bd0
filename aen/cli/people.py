"""Commands about oneself: signing in and out, tokens."""

import sys
from argparse import Namespace
from collections.abc import Callable
from getpass import getpass
from pathlib import Path

from attrs import frozen

from aen.cli.client import Client, check_server
from aen.cli.desk import Desk
from aen.cli.keeping import Login, forget, keep
from aen.cli.objects import Me, NewToken, Token, made
from aen.cli.problems import NotSignedIn, Refused
from aen.cli.showing import pairs, table

Asking = Callable[[str], str]


@frozen
class Asker:
    """How a person is asked: a line that is shown, and one that is not."""

    line: Asking = input
    secret: Asking = getpass


def login(desk: Desk, asked: Namespace, place: Path, asker: Asker) -> None:
    """Sign in at a server and keep a token for it."""
    url = check_server(asked.url)
    if asked.with_token:
        kept = Login(url, _given(asker))
    else:
        name = asked.user or asker.line("Username: ")
        password = asker.secret("Password: ")
        body = {"username": name, "password": password, "note": asked.note}
        new = made(NewToken, Client(url).ask("POST", "/login", body))
        kept = Login(url, new.token, new.id)
    me = made(Me, Client(url, kept.token).ask("GET", "/me"))
    keep(place, kept)
    content = {"url": url, "username": me.username}
    desk.tell(content, f"Signed in at {url} as {me.username}.")


def _given(asker: Asker) -> str:
    """Return a token from a pipe, or typed where nobody sees it."""
    shown = sys.stdin.isatty() if sys.stdin is not None else False
    return (asker.secret("Token: ") if shown else sys.stdin.readline()).strip()


def logout(desk: Desk, kept: Login, place: Path) -> None:
    """Forget the token, and end it where it was made by signing in."""
    forget(place)
    if kept.id:
        try:
            desk.client.ask("DELETE", f"/tokens/{kept.id}")
        except (NotSignedIn, Refused):
            desk.note("The token had ended already.")
    desk.tell({"url": kept.url}, f"Signed out from {kept.url}.")


def whoami(desk: Desk, asked: Namespace) -> None:
    """Show who one is at which server."""
    content = desk.client.ask("GET", "/me")
    me = made(Me, content)
    rows = (
        ("User", me.username),
        ("Name", me.name),
        ("Role", me.role),
        ("Server", desk.client.url),
    )
    desk.tell(content, pairs(rows))


def tokens(desk: Desk, asked: Namespace) -> None:
    """Show one's tokens."""
    items = list(desk.client.every("/tokens"))
    found = [made(Token, one) for one in items]
    rows = (
        (one.id, one.note, one.scopes or "all", one.project or "all", one.expires or "")
        for one in found
    )
    desk.tell(items, table(("ID", "NOTE", "SCOPES", "PROJECT", "ENDS"), rows))


def add_token(desk: Desk, asked: Namespace) -> None:
    """Make a token, and show it this once."""
    body = {
        "note": asked.note,
        "scopes": asked.scope or None,
        "days": asked.days,
        "project": asked.project,
    }
    given = {name: one for name, one in body.items() if one is not None}
    content = desk.client.ask("POST", "/tokens", given)
    desk.tell(content, made(NewToken, content).token)


def remove_token(desk: Desk, asked: Namespace) -> None:
    """End a token."""
    desk.client.ask("DELETE", f"/tokens/{asked.token}")
    desk.tell({"removed": asked.token}, f"{asked.token} has ended.")
