"""What one finds after signing in, and what others find of one."""

from twisted.internet.defer import Deferred

from tests.outcomes import now
from tests.server.furnished import World
from tests.server.web.browser import Browser


def test_dashboard(ada: Browser) -> None:
    """Own and shared projects are listed with their states; New project is a link."""
    page = ada.get("/")
    assert 'href="/projects/new"' in page.text
    for word in ("Running", "Starting", "Failed", "Stopped", "Shared with you"):
        assert word in page.words
    assert "secret" not in page.text


def test_empty(visitor: Browser, world: World) -> None:
    """Without projects the page says what to do."""
    now(Deferred.fromCoroutine(world.person("zoe")))
    page = visitor.sign_in("zoe").get("/")
    assert "Make your first project" in page.words
    assert "Your projects" not in page.words
    assert "Shared with you" not in page.words


def test_part(ada: Browser) -> None:
    """The page's script gets only the cards."""
    part = ada.get("/", hx_request="true")
    assert "<html" not in part.text
    assert 'id="cards"' in part.text


def test_search(bob: Browser, visitor: Browser) -> None:
    """Search finds what is open to the one who searches."""
    assert "climate-atlas" in visitor.get("/search?q=temperature").text
    assert "climate-atlas" in visitor.get("/search?tag=climate").text
    assert "Nothing found" in visitor.get("/search?q=forecast").words
    assert "forecast" in bob.get("/search?q=weekly").text
    assert "scratch" not in bob.get("/search?owner=ada").text


def test_profile(visitor: Browser, bob: Browser) -> None:
    """A profile shows what its visitor may see, and no address."""
    page = visitor.get("/ada")
    assert "Ada Lovelace" in page.words
    assert "climate-atlas" in page.text
    assert "scratch" not in page.text
    assert "example.org" not in page.text
    assert "no project that is open to you" in visitor.get("/bob").words
    assert "secret" in bob.get("/bob").text
