"""How the environment of a checkout is made."""

import json
from pathlib import Path

import pytest

from tools import checkout

LISTED = """\
global.extra-index-url='https://one.example/simple https://two.example/simple'
global.find-links='/srv/wheels'
global.index-url='https://index.example/simple'
install.find-links='/srv/more'
install.no-index='true'
list.format='columns'
nonsense
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a home directory in which uv may keep its cache."""
    monkeypatch.setenv("HOME", str(tmp_path))


def test_uv_is_told_what_pip_was() -> None:
    """By the variables uv knows; several values joined as it reads them."""
    assert checkout.as_uv(LISTED, {}) == {
        "UV_EXTRA_INDEX_URL": "https://one.example/simple https://two.example/simple",
        "UV_FIND_LINKS": "/srv/wheels,/srv/more",
        "UV_DEFAULT_INDEX": "https://index.example/simple",
        "UV_OFFLINE": "true",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


def test_what_uv_was_told_itself_stays() -> None:
    """A person's own words to uv win over those to pip."""
    told = {"UV_DEFAULT_INDEX": "https://mine.example"}
    assert "UV_DEFAULT_INDEX" not in checkout.as_uv(LISTED, told)


def test_a_cache_that_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the home directory is not ours the cache is in the checkout."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    assert checkout.as_uv("", {})["UV_CACHE_DIR"].startswith(str(checkout.VENV))
    assert "UV_CACHE_DIR" not in checkout.as_uv("", {"UV_CACHE_DIR": "/c"})


@pytest.mark.parametrize("content", [None, "", "{", "[]"])
def test_a_stamp_that_says_nothing(tmp_path: Path, content: str | None) -> None:
    """A missing or broken one means that everything is to be done."""
    stamp = tmp_path / "stamp.json"
    if content is not None:
        stamp.write_text(content)
    assert checkout.read_stamp(stamp) == {}


@pytest.mark.parametrize(
    ("have", "wanted", "installed"),
    [
        ("", ["dev"], ["dev"]),
        ("assets", ["dev"], ["assets", "dev"]),
        ("assets dev", ["dev"], None),
    ],
)
def test_only_what_is_missing_is_installed(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    have: str,
    wanted: list[str],
    installed: list[str] | None,
) -> None:
    """What was installed before stays; nothing is done when all of it is there."""
    did: list[list[str]] = []
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").touch()
    monkeypatch.setattr(checkout, "VENV", venv)
    monkeypatch.setattr(checkout, "STAMP", venv / "stamp.json")
    monkeypatch.setattr(
        checkout, "install", lambda _, extras: did.append(sorted(extras))
    )
    record = {"place": str(venv), "base": checkout.fingerprint(), "extras": have}
    checkout.STAMP.write_text(json.dumps(record))
    checkout.update(frozenset(wanted))
    checkout.update(frozenset(wanted))
    assert did == ([installed] if installed else [])


def test_an_environment_that_was_moved_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its programs name the folder it was made in."""
    did: list[str] = []
    monkeypatch.setattr(checkout, "VENV", tmp_path)
    monkeypatch.setattr(checkout, "STAMP", tmp_path / "stamp.json")
    monkeypatch.setattr(checkout, "make_venv", lambda _: did.append("make"))
    monkeypatch.setattr(checkout, "install", lambda *_: did.append("install"))
    checkout.STAMP.write_text('{"place": "/elsewhere"}')
    checkout.update(frozenset())
    assert did == ["make", "install"]


def test_no_way_to_make_an_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person reads what to install."""
    monkeypatch.setattr(checkout, "is_debian_root", lambda: False)
    monkeypatch.setattr(checkout, "run", lambda *_, **__: False)
    with pytest.raises(checkout.Problem, match="apt-get install python"):
        checkout.make_venv(tmp_path / "venv")


def test_run_tells_whether_it_succeeded(capfd: pytest.CaptureFixture[str]) -> None:
    """What a quiet command said is shown when it failed, and only then."""
    assert checkout.run(("/bin/sh", "-c", "echo fine"), quiet=True)
    assert not checkout.run(("/bin/sh", "-c", "echo broken; exit 1"), quiet=True)
    assert not checkout.run(("/nonexistent/program",))
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "broken\n")


def commands(names: set[str], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return how a Python that has the modules *names* would make environments."""
    monkeypatch.setattr(checkout, "has", names.__contains__)
    monkeypatch.setenv("PATH", "")
    return [command[2] for command in checkout.venv_commands(Path("x"))]


def test_no_attempt_without_ensurepip(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot succeed is not tried: its message would ask for root in vain."""
    assert commands({"ensurepip"}, monkeypatch) == ["venv"]
    assert commands({"virtualenv"}, monkeypatch) == ["virtualenv"]
    assert commands(set(), monkeypatch) == []


def test_pip_is_unpacked_only_for_want_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python that can make environments by itself gets no pip from elsewhere."""
    monkeypatch.setattr(checkout, "has", {"ensurepip"}.__contains__)
    assert not checkout.by_unpacked_pip(Path("x"))


def test_no_debian(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A system without apt is not asked for packages."""
    monkeypatch.setattr(checkout, "has", set[str]().__contains__)
    monkeypatch.setenv("PATH", "")
    assert not checkout.by_unpacked_pip(Path("x"))
    assert capsys.readouterr().err == ""


def test_pip_settings_for_uv() -> None:
    """What pip was told of indexes and certificates is told to uv."""
    listed = "global.cert='/etc/ssl/ca.pem'\nglobal.extra-index-url='a b'\n"
    told = checkout.as_uv(listed, {})
    assert told["SSL_CERT_FILE"] == "/etc/ssl/ca.pem"
    assert told["UV_EXTRA_INDEX_URL"] == "a b"
    assert "SSL_CERT_FILE" not in checkout.as_uv(listed, {"SSL_CERT_FILE": "mine"})
