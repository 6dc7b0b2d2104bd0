"""What a worker does to a project that moves to another data center.

Its files are brought there piece by piece while it stays where it is. Once they are
whole the record says that it is there, in one step; then what is left goes. Begun anew
after whatever broke off, it finds done what is done, or brings the files again.
"""

import json
import secrets
from contextlib import suppress
from functools import partial

from aen.model.errors import AenError, Conflict, Failed, Invalid, Unavailable
from aen.model.places import DataCenter, choose_node
from aen.model.projects import Progress, Project, Shipment, State
from aen.model.tasks import Kind
from aen.runtime.structure import unstructure
from aen.server.events import gateway_topic
from aen.server.running import on_disk
from aen.server.tasks import left_key, team_key
from aen.server.work.copies import fill
from aen.server.work.hands import Lost, TryAgain
from aen.server.work.moves import bring_home
from aen.server.work.turn import Turn, Unreached
from aen.wire import routes
from aen.wire.client import Place
from aen.wire.shipments import (
    Cargo,
    Expected,
    Expecting,
    PieceQuestion,
    ShipmentQuestion,
    read_piece,
)

_MIB = 1024 * 1024
_ATTEMPTS = 3
_PIECE_SECONDS = 120.0
"""For one piece: a slow disk may take its time, a silent node may not."""
_MOVING = "Moving the files (MiB)"
_BROKE = "The way of the files between the nodes broke off again and again."
_AWAY = "The project is in another data center now."


async def bring(turn: Turn) -> None:
    """Have a project's files brought where it is to be, and let it be there.

    :raises Failed: they cannot be; it is where it was.
    :raises TryAgain: they cannot be now.
    """
    await turn.begin(State.STOPPING)
    target = await _target(turn)
    await bring_home(turn)
    await fill(turn)
    project = turn.project
    if project.data_center == target.name:
        await arrived(turn)  # by an attempt that was lost at the last step
        return
    left = None
    if project.node is not None:
        await turn.follow(routes.STOP_PROJECT, project.node)
        bound = await _bound(turn, target)
        try:
            await _carry(turn, target, bound)
        except Unreached as error:
            raise TryAgain(error.message) from None
        except Failed:
            await give_back(turn)
            raise
        left = Shipment(bound.id, project.data_center, project.node)
        node = bound.node
    else:
        node = None  # no files are there yet: the first start makes them
    records = turn.work.archive.projects
    found = await records.shipments.arrive(project, turn.mark, target.name, node, left)
    if found is None:
        await _in_vain(turn)
    else:
        await _switched(turn, found, target)


async def _switched(turn: Turn, found: Project, target: DataCenter) -> None:
    """Tell everybody where the project is now."""
    before, sent = gateway_topic(turn.project.data_center), turn.project.team
    turn.project, turn.center = found, target
    drop: dict[str, object] = {"project_id": found.id, "reason": _AWAY}
    await turn.work.events.publish(before, "drop", drop)
    turn.log.info("{path} is in {center} now", path=found.path, center=target.name)
    if found.team != sent and found.node is not None:
        arguments, key = {"project": found.id}, team_key(found.id)
        await turn.work.tasks.add_fresh(Kind.APPLY_TEAM, key, arguments, "")
    await arrived(turn)


async def arrived(turn: Turn) -> None:
    """End the move of a project that is where it was to be."""
    await turn.work.archive.tokens.end_project(turn.project.id)
    await turn.finish(State.STOPPED)
    left = turn.project.left
    if left is not None:
        arguments = {"project": turn.project.id}
        await turn.work.tasks.add(Kind.CLEAR_LEFT, left_key(left.id), arguments, "")


async def clear(turn: Turn) -> None:
    """Remove what a project left in the data center that it was in.

    :raises Unavailable: its node cannot be reached now.
    """
    left = turn.project.left
    if left is None:
        return
    center = await turn.work.archive.centers.named(left.data_center)
    if center is not None and center.node(left.node) is not None:
        asked = ShipmentQuestion(on_disk(turn.project), left.id)
        try:
            await turn.follow(routes.CLEAR_SHIPMENT, left.node, asked, at=center)
        except Unreached as error:
            raise TryAgain(error.message) from None
    # A node that is not registered any more has taken its disk with it.
    await turn.work.archive.projects.shipments.cleared(turn.project.id, left.id)


async def give_back(turn: Turn) -> None:
    """Have what was brought removed again, as far as that can be done now.

    What stays counts for nothing there, and goes with the next move to that node.
    """
    bound = turn.project.bound
    if bound is None:
        return
    with suppress(AenError):
        await _drop(turn, bound)
    records = turn.work.archive.projects.shipments
    found = await records.bind(turn.project.id, turn.mark, None)
    if found is None:
        raise Lost
    turn.project = found


async def take_back(turn: Turn) -> None:
    """End a move that somebody has cancelled; one that is done stays done."""
    await turn.begin(None)
    if turn.project.data_center == turn.task.arguments["data_center"]:
        await arrived(turn)
        return
    await give_back(turn)
    await turn.finish(State.STOPPED)


async def forget(turn: Turn) -> None:
    """Remove what a project that is deleted has in other places.

    :raises Failed: it cannot be removed.
    """
    bound, left = turn.project.bound, turn.project.left
    if bound is not None:
        with suppress(Unreached):
            await _drop(turn, bound)
    if left is not None:
        await clear(turn)


async def _drop(turn: Turn, bound: Shipment) -> None:
    center = await turn.work.archive.centers.named(bound.data_center)
    if center is not None and center.node(bound.node) is not None:
        asked = ShipmentQuestion(on_disk(turn.project), bound.id)
        await turn.follow(routes.DROP_SHIPMENT, bound.node, asked, at=center)


async def _in_vain(turn: Turn) -> None:
    """The project is another's, or has another path, now that its files are there."""
    bound = turn.project.bound
    if await turn.work.archive.projects.with_id(turn.project.id) is None:
        if bound is not None:
            with suppress(AenError):
                await _drop(turn, bound)
        raise Lost
    raise TryAgain("The project has changed meanwhile.")


async def _target(turn: Turn) -> DataCenter:
    name = str(turn.task.arguments["data_center"])
    center = await turn.work.archive.centers.named(name)
    if center is None:
        await give_back(turn)
        raise Failed(f"The data center “{name}” is not registered any more.")
    return center


async def _bound(turn: Turn, target: DataCenter) -> Shipment:
    """Return to which node it goes: the same as before, if an attempt was lost."""
    bound = turn.project.bound
    if bound is not None and bound.data_center == target.name:
        known = target.node(bound.node)
        if known is not None:
            return bound
    await give_back(turn)
    health = await turn.work.archive.centers.health(target.name)
    try:
        node = choose_node(target.nodes, health, None, target.draining)
    except Unavailable as error:
        raise Failed(error.message) from None
    made = Shipment(secrets.token_urlsafe(12), target.name, node.name)
    records = turn.work.archive.projects.shipments
    found = await records.bind(turn.project.id, turn.mark, made)
    if found is None:
        raise Lost
    turn.project = found
    return made


async def _carry(turn: Turn, target: DataCenter, bound: Shipment) -> None:
    """Bring all files to the node that the project is bound for.

    :raises Failed: a node refuses; says why.
    :raises TryAgain: it broke off too often.
    """
    for _ in range(_ATTEMPTS):
        with suppress(Conflict):  # a node was started anew: so is this
            if await _attempt(turn, target, bound):
                return
    raise TryAgain(_BROKE)


async def _attempt(turn: Turn, target: DataCenter, bound: Shipment) -> bool:
    """Bring all files, if they are not there; say whether they are."""
    asked = ShipmentQuestion(on_disk(turn.project), bound.id)
    cargo = await _prepared(turn, asked)
    expected = Expected(asked.project, asked.shipment, cargo)
    here = await _expected(turn, target, bound, expected)
    if not here:
        await _pieces(turn, target, bound, cargo)
    await turn.follow(routes.SETTLE_SHIPMENT, bound.node, asked, at=target)
    return here or await _expected(turn, target, bound, expected)


async def _prepared(turn: Turn, asked: ShipmentQuestion) -> Cargo:
    assert turn.project.node is not None
    nodes, route = turn.work.nodes, routes.PREPARE_SHIPMENT
    return await turn.reach(
        turn.known_center(),
        turn.project.node,
        lambda place: nodes.ask(place, route, asked, Cargo, _PIECE_SECONDS),
    )


async def _expected(
    turn: Turn, target: DataCenter, bound: Shipment, asked: Expected
) -> bool:
    """Have the node get ready; say whether it has all files already."""
    nodes, route = turn.work.nodes, routes.EXPECT_SHIPMENT
    found = await turn.reach(
        target,
        bound.node,
        lambda place: nodes.ask(place, route, asked, Expecting, _PIECE_SECONDS),
    )
    return found.here


async def _pieces(
    turn: Turn, target: DataCenter, bound: Shipment, cargo: Cargo
) -> None:
    """Carry piece after piece; each is looked at before it is handed on."""
    source, node = turn.known_center(), turn.project.node
    assert node is not None
    number = done = 0
    while True:
        question = PieceQuestion(turn.project.id, bound.id, number)
        asking = json.dumps(unstructure(question)).encode()
        body = await turn.reach(source, node, partial(_piece, turn, asking))
        size = read_piece(body).head.size
        if not size:
            return
        await turn.reach(target, bound.node, partial(_unloaded, turn, body))
        number, done = number + 1, done + size
        total = max(done, cargo.bytes)
        turn.writer(Progress(_MOVING, done // _MIB, max(1, total // _MIB)))


async def _piece(turn: Turn, asking: bytes, at: Place) -> bytes:
    body = await turn.work.nodes.pass_on(at, routes.LOAD_SHIPMENT, asking)
    try:
        read_piece(body)
    except Invalid as error:  # it was cut off on the way: once more
        raise Unavailable(error.message) from None
    return body


async def _unloaded(turn: Turn, body: bytes, at: Place) -> None:
    await turn.work.nodes.pass_on(at, routes.UNLOAD_SHIPMENT, body)
