"""The rules of the house, as tests: what a reader of the code may rely on."""

import ast
import configparser
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
LONGEST_TEST = 60

UNTESTED = {
    "aen/proxy/errors.py": "classes; the tests of what raises them name them",
    "aen/proxy/limits.py": "numbers; each is tested where it limits",
    "aen/proxy/routing.py": "values and a protocol; every test routes with them",
}
"""Modules without a test file of their own, and why."""

REGISTRIES = ("pypi", "npmjs", "pythonhosted", "conda", "debian", "ubuntu")
LOGS = {"debug", "info", "warn", "error", "critical", "failure"}


def tracked() -> tuple[str, ...]:
    """Return the files of the project: what git knows or would be told of."""
    done = subprocess.run(
        ("git", "ls-files", "--cached", "--others", "--exclude-standard"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        return ()
    return tuple(name for name in done.stdout.splitlines() if (ROOT / name).is_file())


FILES = tracked()
MODULES = tuple(name for name in FILES if name.endswith(".py"))
SOURCE = tuple(name for name in MODULES if name.startswith("aen/"))

needs_git = pytest.mark.skipif(not FILES, reason="not a git checkout")
pytestmark = needs_git


def parse(name: str) -> ast.Module:
    """Return the syntax tree of a module of the project."""
    return ast.parse((ROOT / name).read_text("utf-8"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function of a module, methods and inner ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many lines a function takes, decorators left out."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def test_files_are_short() -> None:
    """A file fits in a head: 400 lines."""
    long = {
        name: count
        for name in MODULES
        if (count := len((ROOT / name).read_text("utf-8").splitlines())) > LONGEST_FILE
    }
    assert not long


def test_functions_are_short() -> None:
    """A function fits on a screen: 40 lines; a test may tell a longer story."""
    long = {
        f"{name}:{node.lineno} {node.name}": lines_of(node)
        for name in MODULES
        for node in functions(parse(name))
        if lines_of(node)
        > (LONGEST_TEST if name.startswith("tests/") else LONGEST_FUNCTION)
    }
    assert not long


def test_every_module_has_its_test() -> None:
    """``aen/x/y.py`` is tested by ``tests/x/test_y.py``."""
    missing = {name for name in SOURCE if is_code(name) and not mirror(name).exists()}
    assert missing == set(UNTESTED), "untested, or an exception that is stale"


def is_code(name: str) -> bool:
    """Tell whether a module does anything; most ``__init__`` only say what is in it."""
    body = parse(name).body
    return any(not isinstance(node, ast.Expr) for node in body)


def mirror(name: str) -> Path:
    """Return where the test of a module belongs."""
    path = Path(name).relative_to("aen")
    return ROOT / "tests" / path.parent / f"test_{path.name}"


def test_log_formats_are_constant() -> None:
    """A log event is data: a constant format and named fields."""
    wrong = [
        f"{name}:{call.lineno}"
        for name in SOURCE
        for call in ast.walk(parse(name))
        if isinstance(call, ast.Call) and is_log_call(call) and not is_constant(call)
    ]
    assert not wrong


def is_log_call(call: ast.Call) -> bool:
    """Tell whether a call is a logger's: ``log.info(…)``, ``self._log.warn(…)``."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in LOGS:
        return False
    target = call.func.value
    name = target.attr if isinstance(target, ast.Attribute) else ""
    name = target.id if isinstance(target, ast.Name) else name
    return name.strip("_") == "log"


def is_constant(call: ast.Call) -> bool:
    """Tell whether the format of a log call is a plain string."""
    return (
        bool(call.args)
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    )


def test_skeleton_is_shipped() -> None:
    """Every file of the skeleton is listed in setup.cfg, and nothing else."""
    settings = configparser.ConfigParser()
    settings.read(ROOT / "setup.cfg", "utf-8")
    listed = set()
    for target, names in settings["options.data_files"].items():
        for name in names.split():
            folder = Path("share/aen") / Path(name).parent
            assert target == str(folder), f"{name} would land in {target}"
            listed.add(name)
    assert listed == {name for name in FILES if name.startswith("skeleton/")}


def test_no_registry_is_named() -> None:
    """Packages come from where the person's own tools are told to get them."""
    hosts = "|".join(REGISTRIES)
    host = re.compile(rf"[\w.-]*\b(?:{hosts})\w*\.(?:org|io|com)\b")
    named = {
        f"{name}: {found[0]}"
        for name in FILES
        if (found := host.search((ROOT / name).read_text("utf-8", "replace")))
    }
    assert not named


def test_plugins_are_small() -> None:
    """A plugin names a module, and importing it imports nothing of ours."""
    plugins = [name for name in FILES if name.startswith("twisted/")]
    assert sorted(plugins) == [
        f"twisted/plugins/aen_{role}.py" for role in ("compute", "gateway", "server")
    ]
    for name in plugins:
        text = (ROOT / name).read_text("utf-8")
        assert len(text.splitlines()) <= 12
        assert "import aen" not in text
        assert "from aen" not in text


def test_twisted_is_not_shadowed() -> None:
    """An ``__init__.py`` in ``twisted/`` would hide Twisted from itself."""
    assert not list((ROOT / "twisted").rglob("__init__.py"))


def test_nothing_is_put_off() -> None:
    """What is to be done is in the issues, not in the code."""
    marker = re.compile(r"#.*\b(?:TODO|FIXME|XXX)\b")
    found = [name for name in SOURCE if marker.search((ROOT / name).read_text("utf-8"))]
    assert not found


def test_reactor_is_an_argument() -> None:
    """Only programs of their own import the reactor."""
    programs = ("service.py", "__main__.py", "admin.py", "configure.py")
    wrong = [
        name
        for name in SOURCE
        if "from twisted.internet import reactor" in (ROOT / name).read_text("utf-8")
        and not name.endswith(programs)
    ]
    assert not wrong
