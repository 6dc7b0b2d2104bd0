"""A back end of accounts with real processes: what an operator does, and signing in."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.slapd import PASSWORD, ROOT, SERVICE, SERVICE_PASSWORD, needs_slapd, running

pytestmark = [pytest.mark.system, needs_slapd]
HERE = Path(__file__).parents[2]


def run(*words: str, **environment: str) -> tuple[int, str]:
    """Return how a command ends, and all it says."""
    done = subprocess.run(
        (sys.executable, *words),
        cwd=HERE,
        env={**os.environ, "PYTHONPATH": str(HERE), **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).decode()


def settings(folder: Path, **ldap: Any) -> str:
    """Write a settings file and return its path."""
    found = {
        "BIND_DN": SERVICE,
        "BIND_AUTH": SERVICE_PASSWORD,
        "USER_SEARCH": {"base": f"ou=people,{ROOT}", "filter": "(uid=%(username)s)"},
        **ldap,
    }
    path = folder / "s.json"
    content = {
        "public_url": "http://127.0.0.1:1",
        "prefix": str(folder),
        "accounts": "ldap",
        "LDAP": found,
    }
    path.write_text(json.dumps(content))
    path.chmod(0o600)
    return str(path)


def test_an_operator_sets_it_up(tmp_path: Path) -> None:
    """From a wrong key to a person who is let in; no secret is ever printed."""
    check = ("-m", "twisted", "aen-server", "--check", "-c")
    admin = ("-c", "from aen.server.admin import main; main()")
    with running(tmp_path / "ldap") as slapd:
        file = settings(tmp_path, URI=slapd.plain, START_TSL=True)
        code, said = run(*check, file)
        assert (code, "did you mean “START_TLS”" in said) == (1, True), said
        ca = str(slapd.tls.certificate)
        file = settings(tmp_path, URI=slapd.plain, START_TLS=True, TLS_CACERT=ca)
        code, said = run(*check, file)
        assert (code, said) == (0, "The settings are in order.\n")
        walk = ("-c", file, "check-accounts", "ada")
        code, said = run(*admin, *walk, AEN_PASSWORD=PASSWORD)
        assert code == 0, said
        assert "An account would get the user name “ada”" in said
        assert PASSWORD not in said
        assert SERVICE_PASSWORD not in said
        file = settings(tmp_path, URI=slapd.plain, START_TLS=True)
        code, said = run(*admin, *walk)
        assert code == 1
        assert "PROBLEM" in said
        assert "→ The certificate must be for “localhost”" in said
        assert "Traceback" not in said
        Path(file).chmod(0o644)
        code, said = run(*check, file)
        assert (code, "holds “LDAP” but others may read it" in said) == (1, True), said
