"""No password, token or cookie is in a backup, and no key in what is said of one.

The body of a backup that is not encrypted holds keys of the platform, as
docs/backup.md says; nothing else of it does: no name, no manifest, no message.
"""

import json
import tarfile
from pathlib import Path

import pytest
from attrs import define

from aen.local.installation import ADMINISTRATOR
from tests.installed import Installed
from tests.projects import new_name
from tests.system.planting import Browser, Garden
from tests.waiting import until

pytestmark = pytest.mark.system


@define
class Backups:
    """Two backups of a platform with secrets in it, and all that was said of them."""

    garden: Garden
    plain: Path
    sealed: Path
    phrase: Path
    keys: tuple[str, ...]

    def said(self, *words: object, good: bool = True) -> str:
        """Run a command; return what it said, in which no secret may be."""
        platform = self.garden.platform
        done = platform.run_below_bin("aen-server-admin", *map(str, words))
        assert (done.returncode == 0) is good, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def backups(platform: Installed, tmp_path_factory: pytest.TempPathFactory) -> Backups:
    """Plant passwords, tokens, cookies, and a password that the store has to keep."""
    garden, folder = Garden(platform), tmp_path_factory.mktemp("backups")
    api, name = platform.api(), new_name("plant")
    password = garden.plant("a password")
    api.post("/api/v1/users", {"username": name, "password": password})
    garden.know("a token", platform.admin("add-token", name, "--note", "x").split()[-1])
    garden.know("the administrator's token", platform.token)
    garden.know("the administrator's password", platform.password)
    browser = Browser(garden, platform.web)
    browser.post("/login", {"username": name, "password": password})
    for cookie, value in browser.cookies.items():
        garden.know(f"the cookie {cookie}", value)
    link = platform.admin("reset-password", name).split()[-1]
    garden.know("a reset link", link.rpartition("/")[2])
    smtp = {"host": "mail.invalid", "port": 25, "sender": "a@example.org",
            "username": "aen", "password": garden.plant("a mail password")}  # fmt: skip
    assert api.ask("PATCH", "/api/v1/settings", {"smtp": smtp}).status == 200
    phrase = folder / "phrase"
    phrase.write_text(garden.plant("a passphrase"))
    phrase.chmod(0o600)
    one = platform.one
    keys = (
        (one.server / "etc/wakari/keys/server.key").read_text().strip(),
        json.loads(one.gateway_settings.read_text())["key"],
    )
    found = Backups(garden, folder / "a.tar.gz", folder / "a.sealed", phrase, keys)
    secret = ("--passphrase-file", phrase)
    for words in (("backup", found.plain), ("backup", found.sealed, *secret)):
        garden.answers.append((str(words[0]), found.said(*words)))
    api.ask("PATCH", "/api/v1/settings", {"reset": ["smtp"]})
    return found


def test_no_command_says_one(backups: Backups) -> None:
    """Neither when all is well nor when file, passphrase or place are not."""
    secret, plain = ("--passphrase-file", backups.phrase), backups.plain
    other, bad = plain.with_name("other"), plain.with_name("bad")
    other.write_text(backups.garden.plant("a wrong passphrase"))
    other.chmod(0o600)
    content = bytearray(plain.read_bytes())
    content[len(content) // 2] ^= 1
    bad.write_bytes(content)
    says = [text for _, text in backups.garden.answers]
    says += [
        backups.said("restore", "--check", plain),
        backups.said("restore", "--check", backups.sealed, *secret),
        backups.said("restore", plain, good=False),
        backups.said("restore", bad, good=False),
        backups.said("restore", backups.sealed, good=False),
        backups.said("backup", plain, good=False),
        backups.said(
            "restore", backups.sealed, "--passphrase-file", other, good=False
        ),
    ]  # fmt: skip
    for text, part in zip(
        says[-5:],
        ("is running", "altered", "give the passphrase", "already", "not the one"),
        strict=True,
    ):
        assert part in text
    for text in says:
        assert backups.garden.found_in(text) == [], text
        assert not any(key in text for key in backups.keys), text


def test_no_record_holds_one(backups: Backups) -> None:
    """Hashes, and what is sealed; keys are in the files of that name alone."""
    with_keys = set()
    with tarfile.open(backups.plain) as tar:
        for one in tar:
            content = tar.extractfile(one)
            assert content is not None
            text = content.read().decode("latin-1")
            assert backups.garden.found_in(text) == [], one.name
            assert backups.garden.found_in(one.name) == []
            if any(key in text for key in backups.keys):
                with_keys.add(one.name)
    assert with_keys == {
        "files/server/etc/wakari/keys/server.key",
        "files/wakari-gateway/etc/wakari/wk-gateway-config.json",
    }


def test_nothing_can_be_read_in_an_encrypted_one(backups: Backups) -> None:
    """Not even what is no secret."""
    text = backups.sealed.read_bytes().decode("latin-1")
    assert backups.garden.found_in(text) == []
    for part in (*backups.keys, ADMINISTRATOR, "server.key", "manifest"):
        assert part not in text


def test_by_the_clock_neither(platform: Installed, backups: Backups) -> None:
    """What schedule, acts and logs tell of it, also where it fails."""
    api, one = platform.api(), platform.one
    settings = json.loads(one.server_settings.read_text())
    folder = one.prefix / "backups"
    more = {"backup_folder": str(folder), "backup_passphrase_file": str(backups.phrase)}
    one.server_settings.write_text(json.dumps({**settings, **more}))

    def turn() -> dict[str, object]:
        found = api.get("/api/v1/schedule").json["items"]
        return next((each for each in found if each["name"] == "backup"), {})

    try:
        platform.control("restart", "worker")
        until(turn, "the worker knows of backups", 60)
        api.post("/api/v1/schedule/backup/run")
        until(lambda: turn().get("failures"), "it fails: there is no folder", 60)
        assert "There is no folder" in str(turn())
        folder.mkdir(mode=0o700)
        api.post("/api/v1/schedule/backup/run")
        until(lambda: "records" in str(turn()), "it is made", 60)
        assert len(list(folder.glob("aen-*.sealed"))) == 1
        told = str(turn()) + api.get("/api/v1/log").text
    finally:
        one.server_settings.write_text(json.dumps(settings))
        platform.control("restart", "worker")
    logs = [path.read_text(errors="replace") for path in one.prefix.rglob("*.log")]
    for text in (told, *logs):
        assert backups.garden.found_in(text) == []
        assert not any(key in text for key in backups.keys)
