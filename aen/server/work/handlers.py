"""Which hand does which kind of task: the second of the two lines a new kind takes."""

from aen.model.tasks import Kind
from aen.server.rooms import Rooms
from aen.server.work.hands import Hands
from aen.server.work.leaving import LeavingWork
from aen.server.work.mail import MailWork
from aen.server.work.projects import STEPS, ProjectWork


def handlers(rooms: Rooms) -> Hands:
    """Return the hands of a worker, one for each kind."""
    projects = ProjectWork.of(rooms)
    return Hands(
        {
            **dict.fromkeys(STEPS, projects),
            Kind.SEND_MAIL: MailWork.of(rooms),
            Kind.REMOVE_ACCOUNT: LeavingWork.of(rooms),
        }
    )
