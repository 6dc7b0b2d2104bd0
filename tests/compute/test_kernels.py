"""What JupyterLab is told at a launch."""

import ast
import json
import subprocess
import sys
from pathlib import Path

from aen.compute.kernels import (
    CONFIG,
    PAGE_CONFIG,
    STARTER,
    has_kernel,
    kernel_files,
    kernel_spec,
    kernel_specs,
    preferred,
    server_config,
)
from aen.compute.opened import opened_files
from aen.model.names import EnvironmentName, UserName

DEFAULT, ADA = EnvironmentName("default"), UserName("ada")


def test_a_kernel_is_its_environments_python() -> None:
    """Named for people, run by the environment, its programs first on the path."""
    spec = kernel_spec(DEFAULT, Path("/p/ada/lab/envs/default"))
    assert spec["display_name"] == "Python (default)"
    assert spec["argv"][0] == "/p/ada/lab/envs/default/bin/python"
    assert spec["argv"][-2:] == ["-f", "{connection_file}"]
    assert spec["env"]["PATH"] == "/p/ada/lab/envs/default/bin:${PATH}"


def test_a_dollar_in_a_path_is_no_variable() -> None:
    """Jupyter fills in variables; a root that has a dollar sign stays as it is."""
    spec = kernel_spec(DEFAULT, Path("/p$HOME"))
    assert spec["env"]["VIRTUAL_ENV"] == "/p$$HOME"


def test_the_configuration_is_python_that_quotes_right() -> None:
    """Whatever the paths contain, it is what was meant and nothing more."""
    text = server_config(Path("/r'\n\"{x}"), DEFAULT, ADA)
    constants = {
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant)
    }
    assert {"/r'\n\"{x}/kernels", "default", "ada"} <= constants


def test_files_are_texts_by_name() -> None:
    """What a launch is given, whoever writes it."""
    files = kernel_files(Path("/run/l1"), {DEFAULT: Path("/e")}, DEFAULT, ADA)
    assert set(files) - set(opened_files()) == {
        "jupyter_server_config.py",
        "jupyterlab.py",
        "kernels/default/kernel.json",
        "labconfig/page_config.json",
    }
    assert (
        files["kernels/default/kernel.json"]
        == kernel_specs({DEFAULT: Path("/e")})["default"]
    )
    assert "/run/l1/kernels" in files[CONFIG]


def test_who_has_a_kernel() -> None:
    """An environment without ipykernel would only fail."""
    assert has_kernel((("ipykernel", "7.0"),))
    assert not has_kernel((("ipython", "9.0"),))


def test_new_notebooks_get_a_kernel_that_is_there() -> None:
    """The active environment's, else the first one's by name."""
    other = EnvironmentName("r2")
    assert preferred((other, DEFAULT), DEFAULT) == DEFAULT
    assert preferred((other,), DEFAULT) == other
    assert preferred((), DEFAULT) == DEFAULT


def test_what_a_launch_finds() -> None:
    """One kernel for each environment, and the configuration."""
    environments = {DEFAULT: Path("/e/default"), EnvironmentName("r2"): Path("/e/r2")}
    found = kernel_files(Path("/r"), environments, DEFAULT, ADA)
    assert set(found) == {
        "kernels/default/kernel.json",
        "kernels/r2/kernel.json",
        PAGE_CONFIG,
        CONFIG,
        STARTER,
        *opened_files(),
    }
    assert json.loads(found["kernels/r2/kernel.json"])["argv"][0] == "/e/r2/bin/python"


def test_jupyterlab_starts_without_asking_node(tmp_path: Path) -> None:
    """Importing JupyterLab finds no program to run; once it runs, PATH is as given."""
    package = tmp_path / "packages" / "jupyterlab"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "labapp.py").write_text(
        "import os, shutil\n"
        "print(shutil.which('sh'))\n"
        "def main(): print(os.environ['PATH']); return 3\n"
    )
    files = kernel_files(tmp_path / "run", {}, DEFAULT, ADA)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / STARTER).write_text(files[STARTER])
    ended = subprocess.run(
        [sys.executable, "-P", str(tmp_path / "run" / STARTER)],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(package.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.stdout, ended.returncode) == ("None\n/usr/bin:/bin\n", 3)
