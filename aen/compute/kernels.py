"""What JupyterLab and Notebook are told at a launch: the project's kernels, the user.

Written, as the app's user, to the launch's private runtime directory, never into the
project: the manifests name it in ``JUPYTER_CONFIG_PATH``.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from aen.compute.opened import MODULE, opened_files
from aen.model.names import EnvironmentName, UserName

KERNELS = "kernels"
CONFIG = "jupyter_server_config.py"
PAGE_CONFIG = "labconfig/page_config.json"
STARTER = "jupyterlab.py"
# Asks everybody, at every first visit, whether to fetch news from a feed.
_WITHOUT = {
    "disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}
}

# Jupyter reads it as Python. Looking in one directory alone keeps out the kernels of
# the platform, of the machine and of the account, and sees new ones at once.
_CONFIG = '''\
"""Written by AEN at every launch."""

import os
import sys

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_server.auth import IdentityProvider, User


class ProjectKernels(KernelSpecManager):
    """The environments of the project, and nothing else."""

    def _kernel_dirs_default(self):
        return [{kernels!r}]


class SignedIn(IdentityProvider):
    """The user whom the gateway has let through to this launch."""

    def get_user(self, handler):
        return User(username={user!r}, name={user!r}, display_name={user!r})


c = get_config()  # noqa: F821
home = os.path.expanduser("~")
if os.access(home, os.W_OK):
    data = os.path.join(home, ".local", "share", "jupyter")
    os.makedirs(data, mode=0o700, exist_ok=True)
    c.NotebookNotary.data_dir = data  # which notebooks one trusts outlives the launch
else:
    os.environ["IPYTHONDIR"] = {ipython!r}
c.ServerApp.kernel_spec_manager_class = ProjectKernels
c.ServerApp.identity_provider_class = SignedIn
c.KernelSpecManager.ensure_native_kernel = False
c.LanguageServerManager.autodetect = False
c.MultiKernelManager.default_kernel_name = {active!r}
sys.path.append({runtime!r})
c.ServerApp.jpserver_extensions = {{{opened!r}: True}}
'''


# A constant and not the manifest's business: what it avoids is inside JupyterLab.
_STARTER = '''\
"""JupyterLab's own program, without what it asks Node.js; written by AEN."""

import os
import sys

path = os.environ["PATH"]
# Where there is a Node.js, importing JupyterLab runs Yarn for its settings, which only
# building JupyterLab needs: as long as all other imports together.
os.environ["PATH"] = os.devnull
from jupyterlab.labapp import main  # noqa: E402

os.environ["PATH"] = path
sys.exit(main())
'''


def kernel_spec(name: EnvironmentName, prefix: Path) -> dict[str, Any]:
    """Return the kernel of the environment *name* at *prefix*, as Jupyter reads it."""
    program = [str(prefix / "bin" / "python"), "-Xfrozen_modules=off"]
    return {
        "argv": [*program, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": f"Python ({name})",
        "language": "python",
        "interrupt_mode": "signal",
        "env": {
            # so that !pip and subprocesses are the environment's
            "PATH": f"{_escaped(prefix / 'bin')}:${{PATH}}",
            "VIRTUAL_ENV": _escaped(prefix),
        },
        "metadata": {"debugger": True},
    }


def _escaped(path: Path) -> str:
    """Return *path* with nothing in it that Jupyter would fill in."""
    return str(path).replace("$", "$$")


def server_config(runtime: Path, active: EnvironmentName, user: UserName) -> str:
    """Return Jupyter's configuration for one launch."""
    return _CONFIG.format(
        kernels=str(runtime / KERNELS),
        ipython=str(runtime / "ipython"),
        runtime=str(runtime),
        opened=MODULE,
        active=str(active),
        user=str(user),
    )


def has_kernel(packages: Iterable[tuple[str, str]]) -> bool:
    """Whether an environment with these *packages* can run a notebook's kernel."""
    return any(name == "ipykernel" for name, _ in packages)


def kernel_specs(environments: Mapping[EnvironmentName, Path]) -> dict[str, str]:
    """Return the text of each environment's ``kernel.json``, by name."""
    return {
        str(name): json.dumps(kernel_spec(name, prefix), indent=1)
        for name, prefix in environments.items()
    }


def kernel_files(
    runtime: Path,
    environments: Mapping[EnvironmentName, Path],
    active: EnvironmentName,
    user: UserName,
) -> dict[str, str]:
    """Return kernels and configuration for one launch: relative names and texts.

    :param runtime: the launch's private directory.
    :param environments: those of the project that have a kernel, and their prefixes.
    :param active: the one that new notebooks get, if it has a kernel.
    """
    specs = kernel_specs(environments)
    return {
        **{f"{KERNELS}/{name}/kernel.json": text for name, text in specs.items()},
        CONFIG: server_config(runtime, preferred(environments, active), user),
        PAGE_CONFIG: json.dumps(_WITHOUT),
        STARTER: _STARTER,
        **opened_files(),
    }


def preferred(
    environments: Iterable[EnvironmentName], active: EnvironmentName
) -> EnvironmentName:
    """Return whose kernel new notebooks get: the active one's, or one that is there."""
    names = tuple(environments)
    return active if active in names or not names else min(names)
