"""Parts the gateway's tests share."""

from attrs import define, field
from twisted.internet.defer import Deferred

from aen.gateway.settings import GatewaySettings
from aen.model.apps import AppSummary, Instance, Permission
from aen.model.errors import AenError
from aen.model.names import AppName, PlaceName, parse_project_path
from aen.model.places import Node
from aen.model.projects import State
from aen.wire.messages import Credential, Grant, GrantQuestion, Launch
from aen.wire.tickets import SigningKey

KEY = SigningKey(b"k" * 32)
SETTINGS = GatewaySettings(
    name="east",
    server="http://aen",
    server_key="x",
    key=KEY.text,
    public_url="http://gate:8089",
    prefix="/opt/gate",
)

PATH = parse_project_path("ada", "lab")
ADA = Credential(session="s1")
NODE = Node(PlaceName("n1"), "http://n1:5002")
LAB = AppSummary(
    AppName("jupyterlab"), "JupyterLab", "lab", Permission.WRITE, Instance.USER
)
GRANT = Grant(
    project_id="p1",
    owner="ada",
    project="lab",
    user="ada",
    user_id="u1",
    actions=("view", "read files", "run"),
    state=State.RUNNING,
    node=NODE,
)
LAUNCH = Launch(
    id="l1",
    project_id="p1",
    owner="ada",
    project="lab",
    app="jupyterlab",
    user="ada",
    title="JupyterLab",
    instance="user",
    permission="write",
    strip_prefix=False,
    started=1.0,
    socket="/run/l1/app.sock",
    machine="here",
)


@define
class Server:
    """Answers questions about grants when told to."""

    asked: list[GrantQuestion] = field(factory=list)
    waiting: list[Deferred[Grant]] = field(factory=list)

    def grant(self, question: GrantQuestion) -> Deferred[Grant]:
        """Note the question; `answer` answers the oldest."""
        self.asked.append(question)
        self.waiting.append(Deferred())
        return self.waiting[-1]

    def answer(self, answer: Grant | AenError) -> None:
        """Answer the oldest question."""
        waiting = self.waiting.pop(0)
        if isinstance(answer, AenError):
            waiting.errback(answer)
        else:
            waiting.callback(answer)
