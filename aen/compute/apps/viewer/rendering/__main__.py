"""``python -m aen.compute.apps.viewer.rendering``: renders files, one by one."""

import argparse
import resource
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import BinaryIO, Final

from aen.compute.apps.viewer.rendering.bounds import Bounds
from aen.compute.apps.viewer.rendering.cells import render_notebook
from aen.compute.apps.viewer.rendering.jobs import (
    HEAD,
    Job,
    Rendered,
    Unreadable,
    View,
    lengths_of,
    pack_rendered,
    unpack_job,
)
from aen.compute.apps.viewer.rendering.markdown import render_markdown
from aen.compute.apps.viewer.rendering.source import render_source
from aen.compute.apps.viewer.rendering.tables import render_table

_VIEWS: Final[dict[View, Callable[[Job, Bounds], Rendered]]] = {
    View.NOTEBOOK: render_notebook,
    View.MARKDOWN: render_markdown,
    View.TABLE: render_table,
    View.SOURCE: render_source,
}
_TOO_DEEP: Final = "What is in it is nested too deeply to be shown."
_ODD: Final = "Something in it is so odd that it cannot be shown."


def render(job: Job, bounds: Bounds) -> Rendered:
    """Return a file as HTML, or why there is none; end where memory has ended."""
    try:
        return _VIEWS[job.view](job, bounds)
    except Unreadable as why:
        return Rendered("", problem=str(why))
    except RecursionError:
        return Rendered("", problem=_TOO_DEEP)
    except MemoryError:
        raise SystemExit(1) from None
    except Exception:  # noqa: BLE001 -- anybody may have written what it came of
        traceback.print_exc()
        return Rendered("", problem=_ODD)


def serve(jobs: BinaryIO, answers: BinaryIO, bounds: Bounds) -> None:
    """Render one after the other until nobody asks any more."""
    while len(head := jobs.read(HEAD)) == HEAD:
        about, body = lengths_of(head)
        job = unpack_job(jobs.read(about), jobs.read(body))
        answers.write(pack_rendered(render(job, bounds)))
        answers.flush()


def main(arguments: Sequence[str]) -> None:
    """Run until the standard input ends; use no more memory than is said."""
    parser = argparse.ArgumentParser(prog="aen.compute.apps.viewer.rendering")
    parser.add_argument("--memory", type=int, required=True, help="address space")
    memory = parser.parse_args(arguments).memory
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    serve(sys.stdin.buffer, sys.stdout.buffer, Bounds())


if __name__ == "__main__":
    main(sys.argv[1:])
