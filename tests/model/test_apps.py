"""Manifests are checked before anything is run."""

from typing import Any

import pytest

from aen.model.apps import AppLimits, Listen, Manifest, check_manifest, substitute
from aen.model.errors import Invalid

GOOD: dict[str, Any] = {
    "name": "dash",
    "title": "Dash",
    "command_list": ("%(environment)s/bin/python", "app.py", "%(socket)s"),
}


def manifest(**changes: Any) -> Manifest:
    """Return a good manifest with *changes*."""
    return Manifest(**(GOOD | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"command_list": ("serve", "%(port)s"), "listen": Listen.PORT},
        {"command_list": ("x",), "environment": {"SOCK": "%(socket)s"}},
        {"ready": "/healthz?%%"},
    ],
)
def test_a_good_manifest_passes(changes: dict[str, Any]) -> None:
    """Name, title and command are enough; a port or an environment do as well."""
    check_manifest(manifest(**changes))
    assert manifest(**changes).app == "dash"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"name": "Bad Name"}, "app name"),
        ({"name": "public"}, "reserved"),
        ({"command_list": ()}, "command_list"),
        ({"command_list": ("serve", "%(prot)s")}, "“command_list”: %(prot)s"),
        ({"environment": {"HOST": "%(host)s"}}, "“environment”: %(host)s"),
        ({"ready": "%(prefix)s/"}, "“ready”: %(prefix)s"),
        ({"command_list": ("serve", "%(port)s")}, "%(socket)s"),
        ({"scopes": ("project:write",)}, "project:write"),
        ({"ready_timeout": 0.0}, "ready_timeout"),
        ({"idle_timeout": -1.0}, "idle_timeout"),
        ({"limits": AppLimits(memory=-1)}, "memory"),
        ({"limits": AppLimits(cpu=-0.5)}, "cpu"),
    ],
)
def test_a_bad_manifest_is_named(changes: dict[str, Any], named: str) -> None:
    """The error says which key, and what is wrong with it."""
    with pytest.raises(Invalid) as caught:
        check_manifest(manifest(**changes))
    assert named in caught.value.message


def test_values_are_filled_in() -> None:
    """Known names are replaced, also twice; %% is a percent sign; nothing else is."""
    values = {"socket": "/run/a", "user": "%(socket)s"}
    assert substitute("-s=%(socket)s %(socket)s", values) == "-s=/run/a /run/a"
    assert substitute("100%% %d %(user)s", values) == "100% %d %(socket)s"
    with pytest.raises(Invalid):
        substitute("%(password)s", values)
