"""Ways inside of a project, and none out of it."""

import os
import threading
from pathlib import Path

import pytest

from aen.compute.apps.files.inside import Inside
from aen.compute.apps.files.refusals import Refusal


def read(inside: Inside, *names: str) -> str:
    """Return what is in a file."""
    with inside.find(names) as found:
        descriptor = found.open(os.O_RDONLY)
        with os.fdopen(descriptor) as file:
            return file.read()


@pytest.mark.parametrize(
    ("names", "way"),
    [
        ((), "the folder of the project"),
        (("notes.txt",), "notes.txt"),
        (("data",), "data"),
        (("data", "one.csv"), "data/one.csv"),
        (("data", "new.csv"), "data/new.csv"),
    ],
)
def test_found(inside: Inside, names: tuple[str, ...], way: str) -> None:
    """What is there, what could be, and the way for people."""
    with inside.find(names) as found:
        assert found.way == way
        assert (found.about is None) is (names[-1:] == ("new.csv",))


@pytest.mark.parametrize(
    ("target", "content"),
    [
        ("one.csv", "1,2,3"),
        ("../notes.txt", "some notes"),
        ("../data/one.csv", "1,2,3"),
        ("deep/../one.csv", "1,2,3"),
        ("./one.csv", "1,2,3"),
    ],
)
def test_links_inside(project: Path, inside: Inside, target: str, content: str) -> None:
    """A link that stays inside leads where it says."""
    (project / "data/link").symlink_to(target)
    assert read(inside, "data", "link") == content


@pytest.mark.parametrize(
    ("link", "target", "names"),
    [
        ("link", "../outside/secret", ("link",)),
        ("data/link", "../../outside/secret", ("data", "link")),
        ("link", "../outside", ("link", "secret")),
        ("link", "/etc/passwd", ("link",)),
        ("link", "/", ("link", "etc", "passwd")),
        ("link", "data/../../outside/secret", ("link",)),
        ("link", "..", ("link", "outside", "secret")),
        ("link", "link", ("link",)),
    ],
)
def test_links_that_lead_out(
    project: Path, inside: Inside, link: str, target: str, names: tuple[str, ...]
) -> None:
    """No link leads out, nor in circles."""
    (project / link).symlink_to(target)
    with pytest.raises(Refusal) as caught, inside.find(names):
        pass
    assert caught.value.status == 403


@pytest.mark.parametrize("follow", [True, False])
def test_a_link_itself(project: Path, inside: Inside, *, follow: bool) -> None:
    """A link at the end is followed, or is what is meant."""
    (project / "link").symlink_to("data")
    with inside.find(("link",), follow=follow) as found:
        assert found.is_folder is follow
        assert found.name == ("data" if follow else "link")


@pytest.mark.parametrize(
    ("names", "status"),
    [
        (("nothing", "x"), 404),
        (("notes.txt", "x"), 404),
    ],
)
def test_nothing_there(inside: Inside, names: tuple[str, ...], status: int) -> None:
    """What is above must be there."""
    with pytest.raises(Refusal) as caught, inside.find(names):
        pass
    assert caught.value.status == status


def test_descriptors_are_closed(project: Path, inside: Inside) -> None:
    """However a way ends."""
    (project / "out").symlink_to("..")
    (project / "round").symlink_to("round")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for names in (("data", "one.csv"), ("out",), ("round",), ("a", "b"), ()):
        try:
            with inside.find(names):
                pass
        except Refusal:
            pass
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_race_leads_nowhere(project: Path, inside: Inside) -> None:
    """Folders that become links while we walk never let us out."""
    over, data, kept = threading.Event(), project / "data", project / "kept"

    def swap() -> None:
        while not over.is_set():
            data.rename(kept)
            data.symlink_to("../outside")
            data.unlink()
            kept.rename(data)

    swapping = threading.Thread(target=swap)
    swapping.start()
    try:
        for _ in range(3000):
            try:
                assert read(inside, "data", "one.csv") == "1,2,3"
            except Refusal:
                continue
            with pytest.raises(Refusal):
                read(inside, "data", "secret")
    finally:
        over.set()
        swapping.join()
