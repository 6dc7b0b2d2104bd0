"""What Jupyter is given so that people see who else has a notebook open.

Each person has a Jupyter of their own; what they have in common is the project's
folder, where each notes what is open: `aen.compute.board`. An extension of the server
hears it from the page and answers what the others have noted; one of the page shows it.
"""

from functools import cache
from pathlib import Path

from aen.compute import board

MODULE = "aen_opened"
"""The extension of the server, and of the page."""
_BOARD = "aen_board"
_LAB = f"data/labextensions/{MODULE}"
_PAGE = Path(__file__).parent / "templates" / "opened.js"

# For Jupyter's own interpreter, which has none of our modules.
_SERVER = '''\
"""Who else has a notebook open; written by AEN at every launch."""

import json
from pathlib import Path

from aen_board import AT_ONCE, Board
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado.web import authenticated


class Opened(APIHandler):
    """Hears what is open in a page, and answers who else has that open."""

    def initialize(self, board):
        self.board = board

    @authenticated
    def get(self):
        opened = self.get_query_arguments("open")[:AT_ONCE]
        self.board.note(opened, self.get_query_arguments("closed")[:AT_ONCE])
        others = self.board.others()
        known = {one: others[one] for one in opened if one in others}
        self.finish(json.dumps({"others": known}))


def _jupyter_server_extension_points():
    return [{"module": "aen_opened"}]


def _load_jupyter_server_extension(app):
    base = app.web_app.settings["base_url"]
    user = app.identity_provider.get_user(None).username
    board = Board(Path(app.root_dir), user, base.strip("/").rpartition("/")[2])
    place = url_path_join(base, "api/aen/opened")
    app.web_app.add_handlers(".*$", [(place, Opened, {"board": board})])
'''
_ABOUT = """\
{
  "name": "aen_opened",
  "version": "1.0.0",
  "jupyterlab": {
    "extension": true,
    "_build": { "load": "opened.js", "extension": "./extension" }
  }
}
"""


@cache
def opened_files() -> dict[str, str]:
    """Return both extensions: names below a launch's private directory, and texts."""
    return {
        f"{_BOARD}.py": Path(board.__file__).read_text("utf-8"),
        f"{MODULE}.py": _SERVER,
        f"{_LAB}/package.json": _ABOUT,
        f"{_LAB}/opened.js": _PAGE.read_text("utf-8"),
    }
