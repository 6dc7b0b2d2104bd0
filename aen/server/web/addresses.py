"""Every page and call that is mounted, with who may come to it."""

from attrs import AttrsInstance, frozen

from aen.model.rights import Right

API = "/api/v1"


@frozen
class Address:
    """One method at one path."""

    method: str
    path: str
    """With names in pointed brackets, as ``/<owner>/<name>``."""
    right: Right
    """Who may."""
    code: str
    """Class and method that answer."""
    body: type[AttrsInstance] | None = None
    """What a call is sent."""

    @property
    def calls(self) -> bool:
        """Whether it is a call of the API rather than a page."""
        return self.path.startswith(f"{API}/")

    @property
    def of_project(self) -> bool:
        """Whether the path names a project."""
        return "<owner>/<" in self.path

    @property
    def of_project_name(self) -> bool:
        """Whether “name” is the project's."""
        return "<owner>/<name>" in self.path
