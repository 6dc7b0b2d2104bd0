"""What is written for Jupyter; `test_jupyter.py` runs it."""

import json
import subprocess
import sys
from pathlib import Path

from aen.compute.helper import arguments
from aen.compute.opened import MODULE, opened_files


def test_the_page_finds_its_extension() -> None:
    """The description names the file that is written beside it."""
    files = opened_files()
    folder = f"data/labextensions/{MODULE}"
    about = json.loads(files[f"{folder}/package.json"])
    load = about["jupyterlab"]["_build"]["load"]
    assert MODULE in files[f"{folder}/{load}"]


def test_the_helper_takes_it() -> None:
    """With accounts it is the helper that writes them, and it is strict with names."""
    files = opened_files()
    assert arguments.files(dict(files)) == files


def test_the_notes_need_nothing_of_ours(tmp_path: Path) -> None:
    """Jupyter's interpreter has neither our modules nor what they import."""
    (tmp_path / "aen_board.py").write_text(opened_files()["aen_board.py"])
    code = "import sys; sys.path.insert(0, sys.argv[1]); import aen_board"
    argv = (sys.executable, "-S", "-I", "-c", code, str(tmp_path))
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
