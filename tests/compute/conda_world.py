"""conda as tests have it: the scripted one, and a real one where there is one."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field
from twisted.internet import reactor  # noqa: TID251 -- real children need it

from aen.compute.environments.conda import CondaEnvironments
from aen.compute.environments.condatool import CondaTool
from aen.compute.environments.settings import EnvironmentSettings, Provider
from tests.compute.conda_channel import filled
from tests.compute.fake_conda import fake_conda
from tests.compute.fakes import LocalEnvironments, LocalSteps

REACTOR: Any = reactor
REAL = os.environ.get("CONDA_EXE", "")


@define(eq=False)
class CondaWorld:
    """A node whose environments are conda's, with a channel of its own."""

    directory: Path
    real: bool
    settings: dict[str, Any] = field(factory=dict)
    timeout: float = 120.0
    exe: str = field(init=False)

    def __attrs_post_init__(self) -> None:
        if self.real and not REAL:
            pytest.skip("CONDA_EXE names no conda")
        self.exe = REAL if self.real else str(fake_conda(self.directory / "conda"))
        filled(self.directory / "channel")
        (self.directory / "root").mkdir()

    @property
    def root(self) -> Path:
        """The project root."""
        return self.directory / "root"

    @property
    def environ(self) -> dict[str, str]:
        """The node's own environment."""
        return {
            "CONDA_EXE": self.exe,
            "CONDA_PREFIX": "/somewhere",
            "CONDA_CHANNELS": f"file://{self.directory}/channel",
            "CONDA_PKGS_DIRS": str(self.directory / "pkgs"),
            "CONDA_ADD_PIP_AS_PYTHON_DEPENDENCY": "false",
            "HOME": str(self.directory),
            "SECRET": "s3cret",
        }

    @property
    def tool(self) -> CondaTool:
        """What runs it."""
        place = self.root / ".envs" / ".conda"
        return CondaTool(REACTOR, "", self.environ, place, self.timeout)

    @property
    def provider(self) -> CondaEnvironments:
        """The provider, as after a restart."""
        settings = EnvironmentSettings(
            provider=Provider.CONDA,
            **{"default_packages": ("tiny=1.0", "ipykernel"), **self.settings},
        )
        steps = LocalSteps()
        others = LocalEnvironments(self.root, steps)
        return CondaEnvironments(self.tool, settings, self.root, steps, others)

    def mode(self, text: str) -> None:
        """Let the scripted one fail in a way of its own."""
        (Path(self.exe).parent / "mode").write_text(text)

    @property
    def calls(self) -> list[tuple[list[str], dict[str, str]]]:
        """How the scripted one was called: words and environment."""
        log = Path(self.exe).parent / "log"
        return [tuple(json.loads(one)) for one in log.read_text().splitlines()]
