"""Which hand does which kind of task: the second of the two lines a new kind takes."""

from aen.model.tasks import Kind
from aen.server.hands import Hands
from aen.server.leaving_work import LeavingWork
from aen.server.mail_work import MailWork
from aen.server.project_work import STEPS, ProjectWork
from aen.server.rooms import Rooms


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
