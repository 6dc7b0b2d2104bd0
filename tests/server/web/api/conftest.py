"""Programs that call the API: nobody's, Ada's and Bob's."""

import pytest
from twisted.web.resource import IResource

from aen.server.rooms import Rooms
from tests.server.web.api.program import Program, token_of
from tests.server.web.browser import Browser


@pytest.fixture
def nobody(pages: IResource) -> Program:
    """Return a program without a token."""
    return Program(Browser(pages))


@pytest.fixture
def adas(rooms: Rooms, nobody: Program) -> Program:
    """Return a program with a token of Ada, who administers."""
    return Program(nobody.browser, token_of(rooms, "ada"))


@pytest.fixture
def bobs(rooms: Rooms, nobody: Program) -> Program:
    """Return a program with a token of Bob."""
    return Program(nobody.browser, token_of(rooms, "bob"))
