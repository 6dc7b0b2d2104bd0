"""How environments and new projects are made; operators set it in a node's settings."""

import enum
import sys
from pathlib import Path

from attrs import frozen

DEFAULT_PACKAGES = ("ipykernel", "ipywidgets", "matplotlib", "numpy", "pandas", "pip")
JUPYTER_PACKAGES = ("jupyterlab", "notebook")
_CHECKOUT = Path(__file__).parents[3]


class CloneBy(enum.Enum):
    """How a project's environment gets its files from the template.

    Links share the unchanged files: a tenth of the time and a thirtieth of the disk.
    Copies cannot be changed through another project. Only an account that owns the
    template and ignores file modes (root, in single-user mode) can do that at all,
    and only by writing into an installed file in place, which pip and uv do not.
    """

    LINK = "link"
    COPY = "copy"


class Provider(enum.Enum):
    """Where the environments of a node's projects come from.

    ``builtin``: uv makes them of packages from a Python index. ``conda``: conda, mamba
    or micromamba of the machine, of packages from its channels.
    """

    BUILTIN = "builtin"
    CONDA = "conda"


@frozen
class EnvironmentSettings:
    """Environments and skeleton of a node."""

    provider: Provider = Provider.BUILTIN

    conda: str = ""
    """The program that makes conda environments; empty: looked for."""

    default_environment: str = ""
    """Prefix of the administrator's own environment that “default” is cloned from."""

    python: str = ""
    """The interpreter of environments; empty: the system's, else the platform's."""

    default_packages: tuple[str, ...] = DEFAULT_PACKAGES
    """What the environment “default” of a new project has."""

    jupyter_packages: tuple[str, ...] = JUPYTER_PACKAGES
    """What JupyterLab and Notebook are run from."""

    jupyter_without: tuple[str, ...] = ("rfc3987-syntax",)
    """What is taken out of it again: optional parts that make each start slow.

    rfc3987-syntax builds a parser whenever it is imported, half of JupyterLab's time
    to start, for a check of internationalised addresses that Jupyter never asks for;
    jsonschema does without.
    """

    clone_by: CloneBy = CloneBy.LINK

    cache: str = ""
    """Where downloaded packages are kept; empty: uv's place, else the project root."""

    skeleton: str = ""
    """The first files of a new project; empty: those that came with AEN."""

    build_timeout: float = 1800.0
    """Seconds that building a template may take, downloads included."""

    step_timeout: float = 600.0
    """Seconds that one step on the disk may take."""

    stale_after: float = 86400.0
    """Seconds after which what a broken start left is nobody's."""

    keep_lines: int = 40
    """Lines of a tool's output that are shown when it fails."""

    least_free: int = 1024
    """MiB of free space below which the node says so."""


def skeleton_directory(settings: EnvironmentSettings) -> Path:
    """Return the directory whose content a new project begins with."""
    if settings.skeleton:
        return Path(settings.skeleton)
    installed = Path(sys.prefix) / "share" / "aen" / "skeleton"
    return installed if installed.is_dir() else _CHECKOUT / "skeleton"
