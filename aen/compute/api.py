"""The launcher API: what the gateway, and through it the server, asks of this node."""

from attrs import define, frozen
from klein import Klein
from twisted.internet.defer import Deferred

from aen.compute.environment_work import EnvironmentWork
from aen.compute.launches import Launches
from aen.compute.preparing import Projects
from aen.compute.project_work import ProjectWork
from aen.compute.resources import ResourceBoard, told
from aen.compute.running import path_of
from aen.compute.shipments import Shipments
from aen.compute.status import StatusBoard
from aen.compute.use_book import UseBook
from aen.model.errors import Unauthenticated
from aen.wire import routes
from aen.wire.call import Door, call
from aen.wire.environments import (
    EnvironmentChange,
    EnvironmentFile,
    EnvironmentQuestion,
    FoundPackages,
    PackageSearch,
)
from aen.wire.messages import (
    EnvironmentList,
    Launch,
    LaunchList,
    LaunchRequest,
    Line,
    Log,
    LogQuestion,
    NodeStatus,
    Nothing,
    ProjectCopy,
    ProjectMove,
    ProjectOnDisk,
    ProjectQuestion,
    Resources,
    StopLaunch,
    Usage,
    Uses,
)
from aen.wire.shipments import (
    Cargo,
    Expected,
    Expecting,
    Piece,
    PieceQuestion,
    ShipmentQuestion,
    read_piece,
)
from aen.wire.streaming import Report, line_progress, stream


@frozen
class OneGateway:
    """The key ring of a node: it obeys one gateway, known by its key."""

    key: str

    async def public_key(self, issuer: str) -> str:
        """Return the gateway's key, or raise `Unauthenticated`."""
        if not issuer.startswith("gateway:"):
            raise Unauthenticated("A node obeys only its gateway.")
        return self.key


@define(eq=False)
class ComputeApi:
    """Serves `routes.NODE_ROUTES`."""

    app = Klein()

    door: Door
    work: ProjectWork
    launches: Launches
    projects: Projects
    board: StatusBoard
    resources: ResourceBoard
    book: UseBook
    changes: EnvironmentWork
    shipments: Shipments

    @app.route(routes.STATUS.path, methods=["POST"])
    @call(Nothing)
    async def status(self, asker: str, asked: Nothing) -> NodeStatus:
        """Say how this node is."""
        return self.board.status()

    @app.route(routes.START_PROJECT.path, methods=["POST"])
    @stream(ProjectOnDisk)
    async def start(self, asker: str, asked: ProjectOnDisk, report: Report) -> None:
        """Make a project ready to work in."""
        await self.work.start(asked, line_progress(report))

    @app.route(routes.STOP_PROJECT.path, methods=["POST"])
    @stream(ProjectOnDisk)
    async def stop(self, asker: str, asked: ProjectOnDisk, report: Report) -> None:
        """End all of a project's apps."""
        await self.work.stop(asked, line_progress(report))

    @app.route(routes.RESET_PROJECT.path, methods=["POST"])
    @stream(ProjectOnDisk)
    async def reset(self, asker: str, asked: ProjectOnDisk, report: Report) -> None:
        """End all of a project's apps and make it ready anew."""
        await self.work.reset(asked, line_progress(report))

    @app.route(routes.APPLY_TEAM.path, methods=["POST"])
    @stream(ProjectOnDisk)
    async def apply_team(
        self, asker: str, asked: ProjectOnDisk, report: Report
    ) -> None:
        """Let a project's files and apps follow its team."""
        await self.work.apply_team(asked, line_progress(report))

    @app.route(routes.REMOVE_PROJECT.path, methods=["POST"])
    @stream(ProjectOnDisk)
    async def remove(self, asker: str, asked: ProjectOnDisk, report: Report) -> None:
        """Take a project off the disk."""
        await self.work.remove(asked, line_progress(report))

    @app.route(routes.MOVE_PROJECT.path, methods=["POST"])
    @stream(ProjectMove)
    async def move(self, asker: str, asked: ProjectMove, report: Report) -> None:
        """Put a project's files in another place."""
        await self.work.move(asked, line_progress(report))

    @app.route(routes.DUPLICATE_PROJECT.path, methods=["POST"])
    @stream(ProjectCopy)
    async def duplicate(self, asker: str, asked: ProjectCopy, report: Report) -> None:
        """Make a project that holds what another one does."""
        await self.work.duplicate(asked, line_progress(report))

    @app.route(routes.PREPARE_SHIPMENT.path, methods=["POST"])
    @call(ShipmentQuestion)
    async def prepare(self, asker: str, asked: ShipmentQuestion) -> Cargo:
        """Get ready to send a project to another node."""
        return await self.shipments.prepare(asked)

    @app.route(routes.LOAD_SHIPMENT.path, methods=["POST"])
    @call(PieceQuestion)
    async def load(self, asker: str, asked: PieceQuestion) -> bytes:
        """Hand out a piece of a project."""
        return await self.shipments.load(asked)

    @app.route(routes.EXPECT_SHIPMENT.path, methods=["POST"])
    @call(Expected)
    async def expect(self, asker: str, asked: Expected) -> Expecting:
        """Get ready for a project of another node."""
        return await self.shipments.expect(asked)

    @app.route(routes.UNLOAD_SHIPMENT.path, methods=["POST"])
    @call(Piece, read_piece)
    async def unload(self, asker: str, asked: Piece) -> Nothing:
        """Take a piece of a project."""
        await self.shipments.unload(asked)
        return Nothing()

    @app.route(routes.SETTLE_SHIPMENT.path, methods=["POST"])
    @stream(ShipmentQuestion)
    async def settle(self, asker: str, asked: ShipmentQuestion, report: Report) -> None:
        """Have all of a project in its place."""
        await self.shipments.settle(asked, line_progress(report))

    @app.route(routes.CLEAR_SHIPMENT.path, methods=["POST"])
    @stream(ShipmentQuestion)
    async def clear(self, asker: str, asked: ShipmentQuestion, report: Report) -> None:
        """Remove a project that is another node's now."""
        await self.shipments.clear(asked, line_progress(report))

    @app.route(routes.DROP_SHIPMENT.path, methods=["POST"])
    @stream(ShipmentQuestion)
    async def drop(self, asker: str, asked: ShipmentQuestion, report: Report) -> None:
        """Remove what has come of a project that stays where it was."""
        await self.shipments.drop(asked, line_progress(report))

    @app.route(routes.LAUNCH.path, methods=["POST"])
    @call(LaunchRequest)
    async def launch(self, asker: str, asked: LaunchRequest) -> Launch:
        """Run an app, or find the one that runs."""
        return await self.launches.launch(asked)

    @app.route(routes.LAUNCHES.path, methods=["POST"])
    @call(ProjectQuestion)
    async def list(self, asker: str, asked: ProjectQuestion) -> LaunchList:
        """List the apps that run."""
        return LaunchList(self.launches.list(asked.project_id))

    @app.route(routes.STOP_LAUNCH.path, methods=["POST"])
    @call(StopLaunch)
    async def stop_launch(self, asker: str, asked: StopLaunch) -> Nothing:
        """End one app."""
        await self.launches.stop(asked.launch)
        return Nothing()

    @app.route(routes.ENVIRONMENTS.path, methods=["POST"])
    @call(ProjectOnDisk)
    async def environments(self, asker: str, asked: ProjectOnDisk) -> EnvironmentList:
        """List a project's environments."""
        found = await self.projects.environments(path_of(asked), asked.id)
        return EnvironmentList(tuple(told(one) for one in found))

    @app.route(routes.CHANGE_ENVIRONMENT.path, methods=["POST"])
    @stream(EnvironmentChange)
    async def change_environment(
        self, asker: str, asked: EnvironmentChange, report: Report
    ) -> None:
        """Change an environment of a project that runs; tools are heard live."""
        await self.changes.change(asked, report)

    @app.route(routes.EXPORT_ENVIRONMENT.path, methods=["POST"])
    @call(EnvironmentQuestion)
    async def export(self, asker: str, asked: EnvironmentQuestion) -> EnvironmentFile:
        """Write an environment down, so that it can be made again."""
        return await self.changes.export(asked)

    @app.route(routes.SEARCH_PACKAGES.path, methods=["POST"])
    @call(PackageSearch)
    async def search(self, asker: str, asked: PackageSearch) -> FoundPackages:
        """Find packages that an environment could get."""
        return await self.changes.search(asked)

    @app.route(routes.USAGE.path, methods=["POST"])
    @call(ProjectOnDisk)
    async def usage(self, asker: str, asked: ProjectOnDisk) -> Usage:
        """Measure what a project uses."""
        return await self.resources.usage(asked)

    @app.route(routes.RESOURCES.path, methods=["POST"])
    @call(ProjectOnDisk)
    async def look(self, asker: str, asked: ProjectOnDisk) -> Resources:
        """Tell all of what a project has and uses here."""
        return await self.resources.look(asked)

    @app.route(routes.LAUNCH_LOG.path, methods=["POST"])
    @call(LogQuestion)
    async def log(self, asker: str, asked: LogQuestion) -> Log:
        """Tell the last lines of an app's output."""
        return Log(self.launches.log(asked.launch))

    @app.route(routes.USES.path, methods=["POST"])
    @call(Uses)
    async def uses(self, asker: str, asked: Uses) -> Nothing:
        """Take note of when apps were used; of unknown ones nothing is kept."""
        known = {one.id for one in self.launches.list()}
        last = {one: when for one, when in asked.last.items() if one in known}
        self.book.note(last, self.door.clock.seconds())
        return Nothing()

    @app.route(routes.NODE_EVENTS.path, methods=["POST"])
    @stream(Nothing, endless=True)
    async def events(self, asker: str, asked: Nothing, report: Report) -> None:
        """Tell the status and all launches, then every change, until cut off."""
        end_status = self.board.listen(lambda status: report(Line(status=status)))
        end_launches = self.launches.listen(lambda one: report(Line(launch=one)))
        try:
            for one in self.launches.list():
                report(Line(launch=one))
            await Deferred[None]()
        finally:
            end_status()
            end_launches()
