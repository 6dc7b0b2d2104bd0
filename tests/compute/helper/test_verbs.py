"""What can be asked."""

from pathlib import Path

import pytest

from aen.compute.helper.verbs import VERBS
from tests.compute.helper.helped import L1, PYTHON, Helped


def test_no_verb_takes_a_path_of_its_own() -> None:
    """Where things are is in the settings; an app's user goes to its directory."""
    assert set(VERBS) == {
        "probe", "account", "prepare", "adopt", "place", "rights", "door", "check",
        "move", "relocate", "duplicate", "remove", "measure", "environments", "spawn",
        "tool", "signal", "kill", "forget", "sweep", "attend", "send", "receive",
    }  # fmt: skip
    for name, verb in VERBS.items():
        for argument in ("root", "path", "runtime", "pid", "uid"):
            assert argument not in verb.arguments
        assert ("directory" in verb.arguments) == (name in ("spawn", "tool"))


@pytest.mark.root
def test_probe_and_account(helped: Helped) -> None:
    """What the machine has; what an account is."""
    found = helped.call("probe")["result"]
    assert found["uid"] == 0
    assert found["acl"] is True
    assert found["runtime"] == str(helped.runtime)
    assert found["limits_by"] in ("cgroup v1", "cgroup v2", "rlimits")
    assert helped.runtime.stat().st_mode & 0o777 == 0o711
    one = helped.people[0]
    assert helped.call("account", user=one.name)["result"] == {
        "uid": one.uid,
        "gid": one.gid,
        "home": str(one.home),
    }


@pytest.mark.root
@pytest.mark.parametrize("verb", ["account", "spawn", "tool"])
def test_who_may_not_be_worked_as(helped: Helped, verb: str) -> None:
    """Root, the service account and the machine's own start nothing, by any verb."""
    helped.set(manage_accounts=False)
    service = helped.people.service.name
    words = {
        "root": "is the administrator's",
        service: "runs the platform",
        "daemon": "is the machine's own",
        "nobody": "is the machine's own",
        "aentnobodyhere": "There is no account",
    }
    proof = helped.directory / "proof"
    for name, sentence in words.items():
        arguments: dict[str, object] = {"user": name}
        if verb != "account":
            person = helped.people[0]
            argv = (PYTHON, "-c", f"open({str(proof)!r}, 'w')")
            arguments = {**helped.order(L1, person, *argv), "user": name}
            arguments |= {"timeout": 9} if verb == "tool" else {}
        said = helped.call(**{**arguments, "verb": verb})  # type: ignore[arg-type]
        assert sentence in said["error"], said
        assert said["kind"] == "refused"
    assert not Path(proof).exists()
    assert not (helped.runtime / L1).exists()
