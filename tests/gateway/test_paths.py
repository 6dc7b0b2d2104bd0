"""Addresses mean one thing or nothing."""

import pytest

from aen.gateway.paths import parse_address, same_site


@pytest.mark.parametrize(
    ("target", "prefix", "slash"),
    [
        (b"/ada/lab/jupyterlab", "/ada/lab/jupyterlab", False),
        (b"/ada/lab/jupyterlab?x=1", "/ada/lab/jupyterlab", False),
        (b"/ada/lab/jupyterlab/", "/ada/lab/jupyterlab", True),
        (b"/ada/Lab.2/my-app/a/b?c", "/ada/Lab.2/my-app", True),
        (b"/wakari/lab/terminal/%2e%2e/x", "/wakari/lab/terminal", True),
    ],
)
def test_an_app_has_an_address(target: bytes, prefix: str, *, slash: bool) -> None:
    """Owner, project and app are the first three segments."""
    address = parse_address(target)
    assert address is not None
    assert (address.prefix, address.slash) == (prefix, slash)


@pytest.mark.parametrize(
    "target",
    [
        b"/", b"*", b"/ada", b"/ada/lab", b"/ada//lab/x", b"//ada/lab/x/", b"/ada/lab/",
        b"/ada/../lab/", b"/ada/lab/..", b"/a%64a/lab/app/", b"/ada/lab/App/",
        b"/\xc3\xa4da/lab/app/", b"/ada/lab/public/", b"/ada/" + b"x" * 300 + b"/app/",
        b"ada/lab/app/",
    ],
)  # fmt: skip
def test_other_addresses_are_no_app(target: bytes) -> None:
    """What is not exactly an app's address is nobody's."""
    assert parse_address(target) is None


@pytest.mark.parametrize(
    "target",
    [
        "//evil",
        "/\\evil",
        "https://evil",
        "",
        "x",
        "/a\nb",
        "/\u202e",
        "\\\\evil",
        "/\t",
    ],
)
def test_nobody_is_sent_elsewhere(target: str) -> None:
    """A target that could leave the gateway becomes its root."""
    assert same_site(target) == "/"


def test_a_path_stays() -> None:
    """A plain path with a query is where the browser goes back to."""
    assert same_site("/ada/lab/app/tree?x=//y") == "/ada/lab/app/tree?x=//y"
