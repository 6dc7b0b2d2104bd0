"""A grant opens an app or it does not."""

import pytest
from attrs import evolve

from aen.gateway.access import changes, demand_app, is_for_all, told
from aen.model.apps import Permission
from aen.model.errors import Forbidden
from aen.proxy.head import Headers, RequestHead
from tests.gateway.fakes import GRANT


@pytest.mark.parametrize(
    ("actions", "permission", "opens"),
    [
        (("view", "read files", "run"), Permission.WRITE, True),
        (("view", "read files", "run"), Permission.READ, True),
        (("view", "read files"), Permission.READ, True),
        (("view", "read files"), Permission.WRITE, False),
        (("view",), Permission.READ, False),
        ((), Permission.READ, False),
        (("view", "read files", "run"), Permission.METHOD, True),
        (("view", "read files"), Permission.METHOD, True),
        (("view",), Permission.METHOD, False),
    ],
)
def test_the_table(
    actions: tuple[str, ...], permission: Permission, *, opens: bool
) -> None:
    """Apps that write need the right to run, apps that read the right to read."""
    grant = evolve(GRANT, actions=actions)
    if opens:
        demand_app(grant, permission, "Viewer")
    else:
        with pytest.raises(Forbidden, match="Viewer of ada/lab"):
            demand_app(grant, permission, "Viewer")


@pytest.mark.parametrize(
    ("actions", "permission", "opens"),
    [
        (("view", "read files", "run"), Permission.METHOD, True),
        (("view", "read files"), Permission.METHOD, False),
        (("view", "read files"), Permission.READ, True),
    ],
)
def test_changing(
    actions: tuple[str, ...], permission: Permission, *, opens: bool
) -> None:
    """Readers change nothing in an app that tells them from others by method."""
    grant = evolve(GRANT, actions=actions)
    if opens:
        demand_app(grant, permission, "Files", changing=True)
    else:
        with pytest.raises(Forbidden, match="change nothing"):
            demand_app(grant, permission, "Files", changing=True)


@pytest.mark.parametrize(
    ("method", "headers", "expected"),
    [
        (b"GET", (), False),
        (b"HEAD", (), False),
        (b"OPTIONS", (), False),
        (b"POST", (), True),
        (b"PUT", (), True),
        (b"DELETE", (), True),
        (b"PATCH", (), True),
        (b"get", (), True),
        (b"MKCOL", (), True),
        (b"GET", ((b"Upgrade", b"websocket"),), True),
        (b"GET", ((b"UPGRADE", b"other"),), True),
    ],
)
def test_what_changes(method: bytes, headers: Headers, *, expected: bool) -> None:
    """What is not known to read may change something."""
    assert changes(RequestHead(method, b"/", "1.1", headers)) is expected


@pytest.mark.parametrize(
    ("actions", "permission", "for_all", "header"),
    [
        (("read files", "run"), Permission.METHOD, True, b"write"),
        (("read files",), Permission.METHOD, False, b"read"),
        (("read files", "run"), Permission.WRITE, True, None),
        (("read files",), Permission.READ, True, None),
    ],
)
def test_told(
    actions: tuple[str, ...],
    permission: Permission,
    *,
    for_all: bool,
    header: bytes | None,
) -> None:
    """The app hears what its user may do; a reader's requests are judged each."""
    grant = evolve(GRANT, actions=actions)
    assert is_for_all(grant, permission) is for_all
    expected = () if header is None else ((b"aen-may", header),)
    assert told(grant, permission) == expected
