"""What bounds the Viewer; what bounds the making of a page is in `rendering.bounds`."""

from attrs import frozen

from aen.compute.apps.files.limits import Limits as FilesLimits

_MIB = 1024 * 1024


@frozen
class Limits(FilesLimits):
    """Sizes in bytes, times in seconds; those of the files app, and these."""

    page: int = 500
    """Names in one page of a folder."""
    notebook: int = 32 * _MIB
    """Of a notebook that is rendered; a larger one can be downloaded."""
    text: int = _MIB
    """Of a text that is shown; of a longer one, its beginning."""
    rendering: float = 15.0
    """How long a file may take to be rendered."""
    memory: int = 1024 * _MIB
    """Address space of a process that renders."""
    rendered: int = 48 * _MIB
    """The longest page."""
    renderers: int = 2
    """Processes that render, at most."""
    waiting_jobs: int = 16
    """Files that wait to be rendered; more are sent away."""
    idle: float = 120.0
    """After which a process that renders is ended when there is nothing to do."""
    kept: int = 32 * _MIB
    """Of rendered pages in memory."""
