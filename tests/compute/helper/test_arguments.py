"""What the helper may be told."""

from typing import Any

import pytest

from aen.compute.disk.walk import Refused
from aen.compute.helper import arguments as a
from aen.compute.helper.cgroups import Limit

NUL = "a\0b"


@pytest.mark.parametrize(
    ("check", "fine", "wrong"),
    [
        (
            a.user,
            ["ada", "a" * 32, "a-b_c1"],
            ["", "Ada", "-a", "1a", "a" * 33, "a.b", "a/b", "..", "a\n", "ä", NUL, 7],
        ),
        (
            a.project,
            ["lab", "L.1-x_", "a" * 100],
            ["", ".", "..", ".x", "-x", "a/b", "a" * 101, "a\n", NUL, None],
        ),
        (a.project_id, ["p1", "A-_9"], ["", "a.b", "a/b", "a" * 65, "é"]),
        (a.staging, ["p1.0af"], ["p1", ".x", "a.b.c", "../x.y", "p/1.x", "p1."]),
        (a.environment_name, ["default", "_x", "r2.1"], ["", ".x", "-x", "a/b", ".."]),
        (a.launch, ["l1", "0af"], ["", "L", ".x", "a/b", "a" * 41, "a\n"]),
        (a.flag, [True, False], [0, 1, "true", None]),
        (a.seconds, [1, 14400], [0, -1, 14401, True, 1.5, "1"]),
        (a.path, ["/", "/a b/ü"], ["", "a", NUL, "/\0", "/" * 5000, 7]),
        (a.text, ["", "a\nb", "x" * 131072], [NUL, "x" * 131073, b"x", None]),
    ],
)
def test_forms(check: a.Check, fine: list[object], wrong: list[object]) -> None:
    """What fits comes back as it is; nothing else does."""
    for value in fine:
        assert check(value) == value
    for value in wrong:
        with pytest.raises(Refused):
            check(value)


def person(user: str, access: str = "rwx") -> dict[str, str]:
    """Return somebody as JSON."""
    return {"user": user, "access": access}


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        "ada",
        [person("Ada")],
        [person("ada", "rw-")],
        [person("ada"), person("ada", "r-x")],
        [{"user": "ada"}],
        [{**person("ada"), "uid": "0"}],
        [person(f"u{n}") for n in range(1001)],
    ],
)
def test_people(wrong: object) -> None:
    """Names with what each may do, each once."""
    given = [person("ada"), person("bob", "r-x")]
    assert a.people(given) == (("ada", "rwx"), ("bob", "r-x"))
    assert a.people([]) == ()
    assert a.people_or_none(None) is None
    with pytest.raises(Refused):
        a.people(wrong)


@pytest.mark.parametrize("wrong", [[], [""], ["a", 7], [NUL], "ls", ["x"] * 1001])
def test_programs(wrong: object) -> None:
    """At least a program; a step's text of 24 KB is fine."""
    assert a.argv(["python3", "-c", "x" * 24_000]) == ("python3", "-c", "x" * 24_000)
    with pytest.raises(Refused):
        a.argv(wrong)


@pytest.mark.parametrize(
    "wrong",
    [[], {"A=B": ""}, {"": ""}, {"1A": ""}, {"A": NUL}, {"A": None}, {"A\n": ""}],
)
def test_variables(wrong: object) -> None:
    """Names as the shell knows them, texts without an end before their end."""
    assert a.variables({"A_1": "x=y\n"}) == {"A_1": "x=y\n"}
    with pytest.raises(Refused):
        a.variables(wrong)


@pytest.mark.parametrize(
    "name",
    ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/", ".hidden", "a/.b", "a\n",
     "a/b/c/d/e"],
)  # fmt: skip
def test_files(name: str) -> None:
    """Plain names, some levels down at most."""
    fine = {"a/b/c/kernel.json": "{}", "config.py": "x\0y"}
    assert a.files(fine) == fine
    with pytest.raises(Refused):
        a.files({name: ""})
    with pytest.raises(Refused):
        a.files({"a": 7})


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        {"user": {}},
        {"app": {"swap": 1}},
        {"app": {"memory": 1.5}},
        {"app": {"memory": -1}},
        {"app": {"memory": 2**60}},
        {"app": {"cpu": float("nan")}},
        {"app": {"cpu": float("inf")}},
        {"app": {"files": True}},
        {"app": {"files": "7"}},
    ],
)
def test_limits(wrong: object) -> None:
    """Numbers that the kernel can hold."""
    given = {"app": {"memory": 1, "cpu": 0.5}, "node": {"processes": 7}}
    expected = {"app": Limit(1, 0.5), "node": Limit(processes=7)}
    assert a.limits(given) == expected
    with pytest.raises(Refused):
        a.limits(wrong)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"user": "ada"}, "“flag” is missing"),
        ({"user": "ada", "flag": True, "root": "/"}, "“root” is no argument"),
        ({"user": "/", "flag": True}, "“user” is not the name of an account"),
    ],
)
def test_exactly_the_arguments_of_the_verb(given: Any, sentence: str) -> None:
    """All of them and none besides; what is wrong is named."""
    checks = {"user": a.user, "flag": a.flag}
    assert a.checked({"user": "ada", "flag": True}, checks) == {
        "user": "ada",
        "flag": True,
    }
    with pytest.raises(Refused, match=sentence):
        a.checked(given, checks)
