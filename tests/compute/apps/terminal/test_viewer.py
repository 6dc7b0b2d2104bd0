"""What a connection may say, and who may open one."""

import pytest
import pytest_twisted

from aen.compute.apps.terminal.viewer import REFUSED
from tests.compute.apps.terminal.conftest import App

pytestmark = pytest.mark.system


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nonsense", "JSON"),
        ('{"type": "close"}', "The first message must be “attach”"),
        ('{"type": "x"}', "type"),
    ],
)
@pytest_twisted.ensureDeferred
async def test_refused_message(app: App, text: str, words: str) -> None:
    """A message that is none ends the connection with a reason."""
    client = await app.connect()
    client.sendMessage(text.encode())
    await client.closed
    assert client.close_code == REFUSED
    assert words in client.close_reason


@pytest_twisted.ensureDeferred
async def test_nothing_attached(app: App) -> None:
    """A connection that asks for nothing does not stay."""
    client = await app.connect()
    await client.closed
    assert client.close_code == REFUSED


@pytest_twisted.ensureDeferred
async def test_foreign_origin(app: App) -> None:
    """Another site's page is refused before anything runs."""
    with pytest.raises(ConnectionRefusedError, match="403"):
        await app.connect(Origin="https://evil.example")
    client = await app.connect(
        **{"Origin": "https://aen.example", "X-Forwarded-Host": "aen.example"}
    )
    await client.leave()


@pytest_twisted.ensureDeferred
async def test_too_many_viewers(app: App) -> None:
    """There is a limit to connections."""
    clients = [await app.attach()] + [await app.attach("a") for _ in range(3)]
    with pytest.raises(ConnectionRefusedError, match="503"):
        await app.connect()
    for client in clients:
        await client.leave()
