"""Manifests are checked before anything is run."""

from typing import Any

import pytest

from aen.model.apps import Listen, Manifest, check_manifest, substitute
from aen.model.errors import Invalid

GOOD: dict[str, Any] = {
    "name": "dash",
    "title": "Dash",
    "command_list": ("%(environment)s/bin/python", "app.py", "%(socket)s"),
}


def manifest(**changes: Any) -> Manifest:
    """Return a good manifest with *changes*."""
    return Manifest(**(GOOD | changes))


def test_a_good_manifest_passes() -> None:
    """The contract's defaults hold."""
    check_manifest(manifest())
    by_port = manifest(command_list=("serve", "%(port)s"), listen=Listen.PORT)
    check_manifest(by_port)
    check_manifest(manifest(command_list=("x",), environment={"SOCK": "%(socket)s"}))
    assert manifest().app == "dash"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"name": "Bad Name"}, "app name"),
        ({"name": "public"}, "reserved"),
        ({"command_list": ()}, "command_list"),
        ({"command_list": ("serve", "%(prot)s")}, "%(prot)s"),
        ({"command_list": ("serve", "%(port)s")}, "%(socket)s"),
        ({"scopes": ("project:write",)}, "project:write"),
        ({"ready_timeout": 0.0}, "ready_timeout"),
        ({"idle_timeout": -1.0}, "idle_timeout"),
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
