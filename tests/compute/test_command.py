"""From manifest and values to argv and environment."""

from attrs import evolve

from aen.compute.command import (
    NodeValues,
    Values,
    app_command,
    passed_on,
    ready_path,
)
from aen.model.apps import Manifest

NODE = NodeValues("/aen/python", "/jupyter", "http://aen", {"LANG": "de_DE.UTF-8"})
VALUES = Values(
    launch="l1",
    owner="ada",
    project="lab",
    user="bob",
    home="/home/bob",
    project_home="/projects/ada/lab",
    environment="/projects/ada/lab/envs/default",
    runtime="/run/l1",
    socket="/run/l1/app.sock",
    port=0,
    token="s3cret",
)
APP = Manifest(
    "app",
    "App",
    (
        "%(jupyter)s/bin/x",
        "--sock=%(socket)s",
        "%(urlPrefix)s",
        "%(owner)s%(project)s%(user)s",
        "%(home)s:%(projectHome)s:%(environment)s:%(runtime)s:%(port)s",
        "100%%",
    ),
    environment={"DATA": "%(runtime)s/data", "USER": "mallory", "LANG": "C"},
)


def test_argv_is_filled_in() -> None:
    """Each substitution has its value; a doubled percent sign is one."""
    command = app_command(APP, VALUES, NODE)
    assert command.argv == (
        "/jupyter/bin/x",
        "--sock=/run/l1/app.sock",
        "/ada/lab/app",
        "adalabbob",
        "/home/bob:/projects/ada/lab:/projects/ada/lab/envs/default:/run/l1:0",
        "100%",
    )
    assert command.directory == "/projects/ada/lab"


def test_the_environment_is_the_contracts_and_no_more() -> None:
    """What is promised is there, a manifest cannot lie about it, nothing leaks in."""
    command = app_command(APP, VALUES, NODE)
    path = command.environment["PATH"]
    assert path.startswith("/projects/ada/lab/envs/default/bin:/usr/local/bin:")
    assert {**command.environment, "PATH": ""} == {
        "LANG": "C",
        "PATH": "",
        "SHELL": "/bin/sh",
        "DATA": "/run/l1/data",
        "HOME": "/home/bob",
        "USER": "bob",
        "LOGNAME": "bob",
        "PROJECT_HOME": "/projects/ada/lab",
        "PROJECT_NAME": "lab",
        "AEN_OWNER": "ada",
        "AEN_URL_PREFIX": "/ada/lab/app",
        "AEN_TOKEN": "s3cret",
        "AEN_SERVER": "http://aen",
        "WAKARI_PROJECT_ENV": "/projects/ada/lab/envs/default",
        "AEN_LAUNCH": "l1",
    }


def test_no_secret_in_argv_or_repr() -> None:
    """Other users of the machine see argv; logs see reprs."""
    command = app_command(APP, VALUES, NODE)
    assert not any("s3cret" in part for part in command.argv)
    assert "s3cret" not in repr(command) + repr(VALUES)


def test_the_platforms_own_programs_find_its_modules() -> None:
    """In a checkout the path of modules goes to AEN's own apps, and to no others."""
    ground = evolve(NODE, python_path="/src")
    ours = evolve(APP, command_list=("%(python)s", "%(socket)s"))
    assert app_command(ours, VALUES, ground).environment["PYTHONPATH"] == "/src"
    assert "PYTHONPATH" not in app_command(APP, VALUES, ground).environment


def test_ready_path_is_as_the_app_sees_it() -> None:
    """An app that is given stripped paths is asked for one."""
    assert ready_path(APP, VALUES, NODE) == "/ada/lab/app/"
    stripped = evolve(APP, strip_prefix=True)
    assert ready_path(stripped, VALUES, NODE) == "/"
    assert ready_path(evolve(APP, ready="/ping"), VALUES, NODE) == "/ping"


def test_what_the_node_hands_down() -> None:
    """Locale, time zone and the way to package indexes; nothing else."""
    found = passed_on(
        {
            "TZ": "UTC",
            "LC_ALL": "C",
            "PIP_INDEX_URL": "http://index",
            "UV_DEFAULT_INDEX": "http://index",
            "https_proxy": "http://proxy",
            "PIP_TARGET": "/elsewhere",
            "UV_CACHE_DIR": "/cache",
            "HOME": "/root",
            "LD_PRELOAD": "/x.so",
            "PYTHONPATH": "/x",
            "AWS_SECRET": "x",
        }
    )
    assert sorted(found) == [
        "LC_ALL",
        "PIP_INDEX_URL",
        "TZ",
        "UV_DEFAULT_INDEX",
        "https_proxy",
    ]
