"""One call, from its caller to its line in the log."""

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from aen.compute.helper.calling import one_call
from aen.compute.helper.verbs import VERBS
from aen.compute.programs.steps import by_root
from tests.compute.helper.helped import L1, Helped

pytestmark = pytest.mark.root
ROOT = Path(__file__).resolve().parents[3]


def test_each_call_has_its_line(helped: Helped) -> None:
    """Done or refused: when, who, what, how it ended; no secret of a launch."""
    one = helped.people[0]
    helped.call("account", user=one.name)
    helped.call("account", user="root")
    helped.call("nonsense\n", user="x" * 500)
    secret = {"AEN_LAUNCH": L1, "AEN_TOKEN": "s3cret"}
    helped.spawn(L1, one, "/bin/true", "--token=s3cret", environment=secret)
    found = [(line["verb"], line["outcome"]) for line in helped.audit]
    root = "The account “root” is the administrator's and cannot own, join or start"
    assert found == [
        ("account", "done"),
        ("account", f"{root} projects; use an account of your own."),
        ("nonsense\n", "There is no such verb."),
        ("spawn", "done"),
    ]
    last = helped.audit[-1]
    assert (last["caller"], last["user"], last["launch"]) == ("root", one.name, L1)
    assert "s3cret" not in (helped.directory / "log/helper.log").read_text()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"[]", "not an object"),
        (b"[" * 100_000, "not JSON"),
        (b'{"verb": ["probe"]}', "no such verb"),
        (b'{"verb": "probe", "root": "/"}', "“root” is no argument"),
        (b'{"verb": "' + b"x" * 5_000_000, "more than"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(
    helped: Helped, text: bytes, sentence: str
) -> None:
    """And written down."""
    argv = by_root(str(helped.settings)).argv
    done = subprocess.run(argv, env={}, input=text, capture_output=True, check=False)
    assert sentence in json.loads(done.stdout)["error"]
    assert done.returncode == 1
    assert done.stderr == b""
    assert len(helped.audit) == 1


def test_who_may_not_call_is_written_down(helped: Helped) -> None:
    """By number: the name is not ours to believe."""
    source = (
        "import os, sys; sys.path.insert(0, sys.argv[1]); os.environ['SUDO_UID'] = '7';"
        " from aen.compute.helper.__main__ import main; main(sys.argv[2])"
    )
    argv = (sys.executable, "-I", "-S", "-c", source, str(ROOT), str(helped.settings))
    done = subprocess.run(argv, input=b"{}", capture_output=True, check=False)
    assert b"not for you to run" in done.stdout
    assert helped.audit[-1]["caller"] == "7"


def test_settings_that_others_could_change(helped: Helped) -> None:
    """Nothing is done by them, and the sentence says what to run."""
    helped.settings.chmod(0o666)
    assert "chmod go-w" in helped.call("probe")["error"]
    helped.settings.chmod(0o644)
    os.chown(helped.settings, 65534, 0)
    assert "chown root" in helped.call("probe")["error"]
    assert not helped.runtime.exists()


def test_no_log_no_deed(helped: Helped) -> None:
    """What cannot be written down is not done."""
    (helped.directory / "log").mkdir()
    (helped.directory / "log/helper.log").symlink_to(helped.directory / "elsewhere")
    assert "cannot be written" in helped.call("prepare")["error"]
    assert not helped.projects.exists()


@pytest.mark.parametrize("way", ["alone", "attended", "logged"])
def test_the_way_in_which_it_is_asked(
    helped: Helped, way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Verbs that need their own input, or a log, are done in no other way."""
    for name, verb in VERBS.items():
        request = json.dumps({"verb": name, "x": 1}).encode()
        asked = partial(bytes, request)
        assert one_call(str(helped.settings), asked, way) == (1, "")
        said = json.loads(capsys.readouterr().out)["error"]
        known = "“x” is no argument of this verb."
        not_so = "This verb cannot be asked for in this way."
        assert said == (known if way in verb.ways else not_so)
