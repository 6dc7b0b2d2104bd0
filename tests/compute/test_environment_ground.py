"""What changes of environments stand on."""

import json
from pathlib import Path

from attrs import evolve

from aen.compute.environment_ground import Notebooks, notebooks_of
from aen.compute.manifests import Manifests
from aen.model.names import UserName
from tests.compute.ground import LAUNCH


def test_notebooks_are_found(tmp_path: Path) -> None:
    """Apps that are run from the Jupyter template, by their sockets' directories."""
    own = {"name": "mine", "title": "Mine", "command_list": ["x", "%(socket)s"]}
    (tmp_path / "mine.json").write_text(json.dumps(own))
    launches = (
        evolve(LAUNCH, app="jupyterlab", user="ada", socket="/run/l1/app.sock"),
        evolve(LAUNCH, app="notebook", user="bob", socket="/run/l2/app.sock"),
        evolve(LAUNCH, app="notebook", user="eve", port=4711),
        evolve(LAUNCH, app="mine", socket="/run/l3/app.sock"),
        evolve(LAUNCH, app="gone", socket="/run/l4/app.sock"),
    )
    find = notebooks_of(lambda _: launches, Manifests(tmp_path))
    assert list(find("p1")) == [
        Notebooks(UserName("ada"), Path("/run/l1")),
        Notebooks(UserName("bob"), Path("/run/l2")),
    ]
