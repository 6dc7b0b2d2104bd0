"""Where uv finds packages."""

import os
from pathlib import Path

import pytest

from aen.compute.environments.index import (
    index_access,
    pip_files,
    pip_settings,
    readable_pip_files,
    uv_environment,
)

PIP_CONF = """
[global]
index-url = https://packages.example/simple
cert = /etc/ca.pem
[install]
extra-index-url =
    https://one.example/simple
    https://two.example/simple
[list]
format = columns
"""


def test_files_win_in_pips_order() -> None:
    """The machine's, the user's, the one that was named."""
    environ = {"HOME": "/home/ada", "PIP_CONFIG_FILE": "/srv/pip.conf"}
    files = [str(one) for one in pip_files(environ)]
    assert files[-2:] == ["/home/ada/.config/pip/pip.conf", "/srv/pip.conf"]
    assert files.index("/etc/pip.conf") < files.index("/home/ada/.pip/pip.conf")


def test_only_files_are_read(tmp_path: Path) -> None:
    """A directory or a pipe in a file's place neither fails nor holds up the node."""
    (tmp_path / ".pip" / "pip.conf").mkdir(parents=True)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / ".config" / "pip").mkdir(parents=True)
    config = tmp_path / ".config" / "pip" / "pip.conf"
    config.write_text("[global]\n")
    environ = {"HOME": str(tmp_path), "PIP_CONFIG_FILE": str(tmp_path / "pipe")}
    found = [one for one in readable_pip_files(environ) if tmp_path in one.parents]
    assert found == [config]


def test_pips_settings() -> None:
    """Later files win, the environment wins, broken files have no say."""
    texts = [PIP_CONF, "[global]\ncert=/other.pem\n", "no section = broken\n"]
    found = pip_settings(texts, {"PIP_INDEX_URL": "https://env.example", "HOME": "/"})
    assert found["index-url"] == "https://env.example"
    assert found["cert"] == "/other.pem"
    assert "format" not in found


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, {}),
        ({"SECRET": "x", "AEN_TOKEN": "y", "LD_PRELOAD": "z"}, {}),
        ({"HOME": "/h", "PATH": "/bin"}, {"HOME": "/h", "PATH": "/bin"}),
        ({"https_proxy": "p", "NO_PROXY": "q"}, {"https_proxy": "p", "NO_PROXY": "q"}),
        ({"UV_OFFLINE": "1", "UV_LINK_MODE": "symlink"}, {"UV_OFFLINE": "1"}),
        ({"PIP_INDEX_URL": "https://i"}, {"UV_DEFAULT_INDEX": "https://i"}),
        ({"PIP_PROXY": "p:3128"}, {"ALL_PROXY": "http://p:3128"}),
        ({"PIP_DEFAULT_TIMEOUT": "180"}, {"UV_HTTP_TIMEOUT": "180"}),
        ({"PIP_TIMEOUT": "soon"}, {}),
        ({"PIP_TRUSTED_HOST": "a b"}, {"UV_INSECURE_HOST": "a b"}),
        ({"PIP_NO_INDEX": "true"}, {"UV_OFFLINE": "1"}),
        (
            {"UV_DEFAULT_INDEX": "https://u", "PIP_INDEX_URL": "https://p"},
            {"UV_DEFAULT_INDEX": "https://u"},
        ),
        (
            {"SSL_CERT_FILE": "/mine", "PIP_CERT": "/pips"},
            {"SSL_CERT_FILE": "/mine"},
        ),
    ],
)
def test_what_uv_is_told(environ: dict[str, str], expected: dict[str, str]) -> None:
    """Its own settings first, pip's where there are none, nothing else of ours."""
    assert uv_environment(environ) == expected


def test_pips_file_is_heard() -> None:
    """An index that the administrator has set for pip is the node's too."""
    assert uv_environment({}, [PIP_CONF]) == {
        "SSL_CERT_FILE": "/etc/ca.pem",
        "UV_DEFAULT_INDEX": "https://packages.example/simple",
        "UV_INDEX": "https://one.example/simple https://two.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


def test_missing_directories_are_passed_over(tmp_path: Path) -> None:
    """Pip does the same; uv would fail."""
    links = f"{tmp_path} {tmp_path}/gone https://links.example"
    extra = f"file://{tmp_path}/gone file://{tmp_path}"
    environ = {"PIP_FIND_LINKS": links, "PIP_EXTRA_INDEX_URL": extra}
    found = uv_environment(environ)
    assert found["UV_FIND_LINKS"] == f"{tmp_path},https://links.example"
    assert found["UV_INDEX"] == f"file://{tmp_path}"


def test_the_accounts_own_pip_file_holds_in_projects(tmp_path: Path) -> None:
    """Apps have other homes: they are told where the file is."""
    assert "PIP_CONFIG_FILE" not in index_access({"HOME": str(tmp_path)})
    config = tmp_path / ".config/pip/pip.conf"
    config.parent.mkdir(parents=True)
    config.write_text("[global]\nindex-url = http://index/simple\n")
    found = index_access({"HOME": str(tmp_path)})
    assert found["PIP_CONFIG_FILE"] == str(config)
    assert found["UV_DEFAULT_INDEX"] == "http://index/simple"
