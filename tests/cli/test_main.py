"""From a command line to an exit status."""

import pytest

from aen.cli import desk
from tests.cli.fake import PROJECT, Fake


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ("projects show ada/none", 1, "?"),
        ("projects show none", 2, "owner/name"),
        ("nonsense", 2, "usage: aen"),
    ],
)
def test_statuses(fake: Fake, words: str, status: int, said: str) -> None:
    """What is wrong is said on standard error alone."""
    found, out, err = fake.run(*words.split())
    assert (found, out) == (status, "")
    assert err.startswith("aen: ")
    assert said in err


def test_nobody_there(fake: Fake) -> None:
    """It is not the person's fault."""
    assert fake.run("whoami", AEN_URL="http://127.0.0.1:9")[0] == 4


def test_ctrl_c_leaves_the_work_alone(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The project starts all the same; nothing is sent to stop it."""
    begun = {"id": "t1", "kind": "x", "state": "running"}
    fake.says("POST /projects/ada/lab/start", (202, begun))
    fake.says("GET /projects/ada/lab", (200, PROJECT))

    def pressed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(desk.Desk, "follow", pressed)
    status, _, err = fake.run("start", "ada/lab")
    assert status == 130
    assert "goes on" in err
    assert [what for what, _ in fake.asked] == ["POST /projects/ada/lab/start"]
