"""From a manifest and a launch to argv and environment: no I/O."""

from collections.abc import Mapping

from attrs import field, frozen

from aen.compute.helper.processes import MARK
from aen.model.apps import Manifest, substitute

_SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
# What a node's own environment may hand down: locale, time, how to reach an index.
_PASSED = frozenset(
    "TZ LANG LANGUAGE SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE"
    " http_proxy https_proxy no_proxy all_proxy"
    " HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY".split()
)
_PASSED_BEGINNINGS = ("LC_", "PIP_", "UV_")
# Settings of the node's own tools that would be wrong inside a project.
_KEPT_BACK = frozenset(
    "PIP_TARGET PIP_PREFIX PIP_USER PIP_REQUIRE_VIRTUALENV PIP_PYTHON"
    " PIP_BREAK_SYSTEM_PACKAGES PIP_ROOT PIP_LOG PIP_CACHE_DIR"
    " UV_PYTHON UV_PROJECT_ENVIRONMENT UV_SYSTEM_PYTHON UV_BREAK_SYSTEM_PACKAGES"
    " UV_CACHE_DIR UV_TARGET UV_PREFIX UV_PROJECT UV_WORKING_DIRECTORY".split()
)


@frozen
class NodeValues:
    """What every app on this node is given."""

    python: str
    """The platform's own interpreter."""
    jupyter: str = ""
    """The prefix from which JupyterLab and Notebook are run."""
    server_url: str = ""
    passed: Mapping[str, str] = field(factory=dict)
    """The node's own variables that apps may see: see `passed_on`."""
    shell: str = "/bin/sh"
    python_path: str = ""
    """Where the platform's modules are when they are not installed (a checkout)."""


@frozen
class Values:
    """What is particular to one launch. `home` is the user's, `project_home` shared."""

    launch: str
    owner: str
    project: str
    user: str
    home: str
    project_home: str
    environment: str
    """Prefix of the project's active environment."""
    runtime: str
    """A directory only this launch's user and the service can enter."""
    socket: str = ""
    port: int = 0
    token: str = field(default="", repr=False)


@frozen
class AppCommand:
    """What to run, where, and as whom it sees itself."""

    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)  # holds the app's token
    directory: str


def url_prefix(owner: str, project: str, app: str) -> str:
    """Return where an app is, as browsers see it."""
    return f"/{owner}/{project}/{app}"


def passed_on(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables of the node that its apps may have."""
    return {
        name: value
        for name, value in environ.items()
        if (name in _PASSED or name.startswith(_PASSED_BEGINNINGS))
        and name not in _KEPT_BACK
    }


def substitutions(
    manifest: Manifest, values: Values, node: NodeValues
) -> dict[str, str]:
    """Return what each ``%(name)s`` of a manifest stands for."""
    return {
        "socket": values.socket,
        "port": str(values.port),
        "urlPrefix": url_prefix(values.owner, values.project, manifest.name),
        "projectHome": values.project_home,
        "environment": values.environment,
        "owner": values.owner,
        "project": values.project,
        "user": values.user,
        "home": values.home,
        "python": node.python,
        "jupyter": node.jupyter,
        "runtime": values.runtime,
    }


def ready_path(manifest: Manifest, values: Values, node: NodeValues) -> str:
    """Return the path that answers once the app is up, as the app sees it."""
    found = substitutions(manifest, values, node)
    if manifest.strip_prefix:
        found["urlPrefix"] = ""
    return substitute(manifest.ready, found) or "/"


def app_command(manifest: Manifest, values: Values, node: NodeValues) -> AppCommand:
    """Return how *manifest* is run for one launch.

    The manifest's own variables may replace defaults such as ``LANG``, never those
    that say whose the app is.
    """
    found = substitutions(manifest, values, node)
    extra = {
        name: substitute(text, found) for name, text in manifest.environment.items()
    }
    argv = tuple(substitute(part, found) for part in manifest.command_list)
    if node.python_path and argv[0] == node.python:
        extra["PYTHONPATH"] = node.python_path
    return AppCommand(
        argv,
        {**_defaults(values, node), **extra, **_identity(manifest, values, node)},
        values.project_home,
    )


def _defaults(values: Values, node: NodeValues) -> dict[str, str]:
    beginning = f"{values.environment}/bin:" if values.environment else ""
    return {
        "LANG": "C.UTF-8",
        **node.passed,
        "PATH": beginning + _SYSTEM_PATH,
        "SHELL": node.shell,
    }


def _identity(manifest: Manifest, values: Values, node: NodeValues) -> dict[str, str]:
    return {
        "HOME": values.home,
        "USER": values.user,
        "LOGNAME": values.user,
        "PROJECT_HOME": values.project_home,
        "PROJECT_NAME": values.project,
        "AEN_OWNER": values.owner,
        "AEN_URL_PREFIX": url_prefix(values.owner, values.project, manifest.name),
        "AEN_TOKEN": values.token,
        "AEN_SERVER": node.server_url,
        "WAKARI_PROJECT_ENV": values.environment,
        MARK: values.launch,
    }
