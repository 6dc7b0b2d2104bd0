"""Where something is copied from or to: here, or in a project. Pure."""

from attrs import frozen

from aen.cli.problems import Wrong

STREAM = "-"
"""Stands for standard input or output."""


@frozen
class Here:
    """A path on this machine, or `STREAM`."""

    path: str

    @property
    def is_stream(self) -> bool:
        """Whether it is standard input or output."""
        return self.path == STREAM


@frozen
class There:
    """A path in a project; empty: the project's own folder."""

    project: str
    path: str

    @property
    def name(self) -> str:
        """Its last part."""
        return self.path.rpartition("/")[2]

    def below(self, name: str) -> "There":
        """Return what is called *name* in it."""
        return There(self.project, f"{self.path}/{name}" if self.path else name)

    def __str__(self) -> str:
        """Return it as it is typed."""
        return f"{self.project}:{self.path}"


def parse(text: str) -> Here | There:
    """Return what ``owner/project:path`` or a path of this machine stands for."""
    before, colon, path = text.partition(":")
    owner, slash, project = before.partition("/")
    remote = colon and slash and owner not in ("", ".", "..") and "/" not in project
    if not remote or not project:
        return Here(text)
    parts = [one for one in path.split("/") if one not in ("", ".")]
    if ".." in parts:
        raise Wrong(f"“{text}”: paths in a project begin at its folder, without “..”.")
    return There(before, "/".join(parts))


def there(text: str) -> There:
    """Return a path in a project, or raise `Wrong`."""
    found = parse(text if ":" in text else f"{text}:")
    if isinstance(found, Here):
        raise Wrong(f"“{text}” is in no project; write it as owner/project:path.")
    return found
