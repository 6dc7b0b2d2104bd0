"""The page of examples: what pages are made of, in each state. For developing."""

from itertools import product

from aen.model.errors import Invalid
from aen.model.names import PlaceName, UserName, parse_project_path
from aen.model.projects import Member, Progress, Project, State, Visibility
from aen.model.rights import ANYONE
from aen.runtime.assets import Assets
from aen.server.web.colours import Tokens, pairs
from aen.server.web.listing import Asked
from aen.server.web.view import Frame, view
from aen.server.web.visit import Answer, Page, Visit

_HOUR = 3600.0
_WEIGHTS = ("", "first", "bad", "first bad", "plain")
_SIZES = ("", "slim")
BUTTONS = tuple(product(_SIZES, _WEIGHTS))
"""The classes of buttons, size and weight, in the order in which they are shown."""


class ExamplePages:
    """``/static/examples``, mounted where ``examples`` is set."""

    def __init__(self, frame: Frame, assets: Assets) -> None:
        self._clock = frame.rooms.clock
        found = assets.find(assets.url("app.css"))
        self._tokens = Tokens.of(found.body.decode() if found else "")

    @view("/static/examples", right=ANYONE)
    async def examples(self, visit: Visit) -> Answer:
        """Show tokens and parts."""
        values = {
            "tokens": self._tokens,
            "pairs": pairs(self._tokens) if self._tokens.light else (),
            "projects": _projects(self._clock.seconds()),
            "states": tuple(State),
            "buttons": BUTTONS,
            "asked": Asked.of("/static/examples", visit.query, ("q",), "name"),
            "example_problem": Invalid(
                "The project could not be made.",
                fields={"wrong": "There is a project of this name already."},
            ),
        }
        return Page("examples.html", values)


def _projects(now: float) -> tuple[Project, ...]:
    """Return a project in each state; one has a long name, one a team."""
    path = parse_project_path
    names = {
        State.STOPPED: "a-name-as-long-as-somebody-thought-it-had-to-be",
        State.RUNNING: "climate-atlas",
    }
    return tuple(
        Project(
            id=state.value,
            path=path("ada", names.get(state, state.value)),
            data_center=PlaceName("main"),
            state=state,
            summary="High and low water at Brest, measured since 1846.",
            team=(Member(UserName("bob")),) if state is State.RUNNING else (),
            visibility=Visibility.PUBLIC
            if state is State.RUNNING
            else Visibility.PRIVATE,
            updated=now - 2 * _HOUR,
            progress=Progress("Copying the environment", 42, 100)
            if state is State.STARTING
            else None,
        )
        for state in State
    )
