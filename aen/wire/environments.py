"""Questions and answers about the environments of projects."""

from attrs import frozen

from aen.wire.messages import ProjectOnDisk


@frozen
class EnvironmentChange:
    """Change a project's environments, as *user*.

    `verb` is a value of `model.environments.Verb`. `packages` are requirements, as the
    tool takes them; `source` is the environment to clone, `file` the text of a
    requirements file or an ``environment.yml``.
    """

    project: ProjectOnDisk
    user: str
    verb: str
    name: str
    packages: tuple[str, ...] = ()
    source: str = ""
    file: str = ""


@frozen
class EnvironmentQuestion:
    """About one environment of a project."""

    project: ProjectOnDisk
    user: str
    name: str


@frozen
class EnvironmentFile:
    """An environment written down: the file's name and its text."""

    name: str
    text: str


@frozen
class PackageSearch:
    """Which packages an environment could get; *q* is the beginning of a name."""

    project: ProjectOnDisk
    user: str
    name: str
    q: str


@frozen
class FoundPackage:
    """One package that can be installed."""

    name: str
    versions: tuple[str, ...] = ()
    """The newest first; some of them."""
    summary: str = ""


@frozen
class FoundPackages:
    """What a search found."""

    packages: tuple[FoundPackage, ...] = ()
