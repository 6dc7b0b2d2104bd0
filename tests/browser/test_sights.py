"""No page is forgotten: what is looked at is compared with what is mounted."""

from collections import defaultdict

import pytest
from twisted.internet.defer import Deferred
from werkzeug.routing import Map, Rule

from aen.runtime.assets import Assets
from aen.server.web.site import site
from tests.browser.sights import NO_PAGES, SIGHTS
from tests.outcomes import now
from tests.server.furnished import furnished


@pytest.fixture(scope="module")
def rules() -> set[str]:
    """Return the rule of each page that can be reached by GET."""
    world = now(Deferred.fromCoroutine(furnished(examples=True)))
    root = site(world.rooms, assets=Assets(defaultdict(str), {}))
    return {one.path for one in root.addresses if one.method == "GET" and not one.calls}


def test_every_page_is_looked_at(rules: set[str]) -> None:
    """A page that is mounted is among the sights, or is said to be no page."""
    table = Map([Rule(rule, endpoint=rule) for rule in rules], strict_slashes=False)
    places = table.bind("example")
    seen = {
        str(places.match(one.path.partition("?")[0])[0])
        for one in SIGHTS
        if one.status != 404 or one.sends
    }
    assert rules - seen - NO_PAGES.keys() == set(), (
        "add these pages to tests/browser/sights.py"
    )
    assert NO_PAGES.keys() <= rules
    assert not seen & NO_PAGES.keys()


def test_each_has_a_name_of_its_own() -> None:
    """The picture of one page is not written over by another's."""
    names = [one.name for one in SIGHTS]
    assert len(names) == len(set(names)), [one for one in names if names.count(one) > 1]
