"""The programs conda, mamba and micromamba: found by looking, told what they need."""

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from attrs import frozen

from aen.compute.programs.children import (
    Command,
    Ended,
    IReactorChildren,
    OnLine,
    run,
    with_umask,
)
from aen.model.errors import Failed
from aen.runtime.credentials import write_private

_NAMES = ("conda", "mamba", "micromamba")
_VERSION = re.compile(r"\b(\d+)\.(\d+)(?:\.\d+)*\b", re.ASCII)
_PATIENCE = 60.0  # seconds; the first start of conda on a slow disk
_PROBE_LINES = 400
# what it writes must be readable by everybody
_UMASK = with_umask("022")
# The rest of its configuration is the administrator's: channels, mirrors, solver.
_CONDARC = {
    "always_yes": True,
    "changeps1": False,
    "notify_outdated_conda": False,
    "auto_update_conda": False,
    "report_errors": False,
}
_PASSED = frozenset(
    "PATH LANG LC_ALL SSL_CERT_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE TMPDIR NETRC"
    " AEN_INSTALLATION http_proxy https_proxy no_proxy all_proxy"
    " HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY".split()
)
_PASSED_BEGINNINGS = ("CONDA_", "MAMBA_")
# What would make it work on another environment than the one it is told.
_KEPT_BACK = frozenset(
    "CONDA_PREFIX CONDA_DEFAULT_ENV CONDA_SHLVL CONDA_PROMPT_MODIFIER CONDA_EXE"
    " CONDA_PYTHON_EXE CONDA_ENVS_PATH CONDA_ENVS_DIRS MAMBA_EXE".split()
)


@frozen
class Conda:
    """One of these programs, as it was found."""

    path: str
    version: tuple[int, int]
    clones: bool
    """Whether its ``create`` knows ``--clone``."""

    @property
    def name(self) -> str:
        """What people call it."""
        return Path(self.path).name

    @property
    def exports_by(self) -> tuple[str, ...]:
        """The words before ``-p PREFIX`` that list exact addresses of packages."""
        mamba = self.name != "conda" and self.version >= (2, 0)
        micro = self.name == "micromamba"
        if mamba or micro:
            return ("env", "export", "--explicit")
        return ("list", "--explicit")


def candidates(wished: str, environ: Mapping[str, str]) -> Iterator[str]:
    """Yield the programs to try, best first; a *wished* one alone."""
    if wished:
        yield wished
        return
    for variable in ("CONDA_EXE", "MAMBA_EXE"):
        if environ.get(variable):
            yield environ[variable]
    for name in _NAMES:
        if found := shutil.which(name, path=environ.get("PATH")):
            yield found


def conda_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what of *environ* conda is given, whoever runs it."""
    passed = {
        name: text
        for name, text in environ.items()
        if (name in _PASSED or name.startswith(_PASSED_BEGINNINGS))
        and name not in _KEPT_BACK
    }
    # else every prefix is appended to a list in the home directory, without a lock
    return {"PATH": os.defpath, **passed, "CONDA_REGISTER_ENVS": "false"}


@frozen
class CondaTool:
    """Runs conda as the node's account, on the node's own directories."""

    reactor: IReactorChildren
    wished: str
    environ: Mapping[str, str]
    place: Path
    """Where its configuration, and without a home its caches, are."""
    timeout: float
    keep: int = 40

    @property
    def condarc(self) -> Path:
        """The file that says how it behaves; another ending would be ignored."""
        return self.place / "aen.yml"

    def prepare(self) -> None:
        """Write the configuration, readable by everybody who runs conda.

        :raises Failed: the project root cannot be written.
        """
        text = json.dumps(_CONDARC, indent=1) + "\n"  # JSON is YAML too
        try:
            self.place.mkdir(mode=0o755, parents=True, exist_ok=True)
            if not self.condarc.exists() or self.condarc.read_text() != text:
                write_private(self.condarc, text.encode())
                self.condarc.chmod(0o644)
        except OSError as error:
            why = f"{error.strerror}: {self.place}"
            raise Failed(f"The node cannot write to the project root: {why}.") from None

    @property
    def environment(self) -> dict[str, str]:
        """The environment for conda when it works for the node itself."""
        own = {"CONDARC": str(self.condarc), "MAMBA_ROOT_PREFIX": str(self.place)}
        home = self.environ.get("HOME", "")
        writable = home and os.access(home, os.W_OK)
        own["HOME"] = home if writable else str(self.place)
        return {**own, **conda_environment(self.environ)}

    async def find(self) -> Conda:
        """Return the first of the programs that works.

        :raises Failed: none does; says what to do.
        """
        tried = []
        for path in dict.fromkeys(candidates(self.wished, self.environ)):
            found = await self._probe(path)
            if found is not None:
                return found
            tried.append(f"{path} does not work")
        why = "; ".join(tried) or "there is no conda, mamba or micromamba"
        raise Failed(
            f"There is no conda for environments: {why}. Install one for all users and"
            " set “conda” to its path, or set “environments” to “builtin”."
        )

    async def _probe(self, path: str) -> Conda | None:
        if not (Path(path).is_absolute() and os.access(path, os.X_OK)):
            return None
        said = await self._quick(path, "--version")
        version = _VERSION.search("\n".join(said.lines))
        if not said.ok or version is None:
            return None
        offers = await self._quick(path, "create", "--help")
        clones = any("--clone" in line for line in offers.lines)
        return Conda(path, (int(version[1]), int(version[2])), clones)

    async def _quick(self, path: str, *words: str) -> Ended:
        command = Command(
            (path, *words), self.environment, timeout=_PATIENCE, session=True
        )
        return await run(self.reactor, command, lambda _: None, _PROBE_LINES)

    async def run(self, conda: Conda, words: tuple[str, ...], hear: OnLine) -> Ended:
        """Run conda with *words*; it has nothing to read and a limit of time."""
        command = Command(
            (*_UMASK, conda.path, *words),
            self.environment,
            Path("/"),
            self.timeout,
            session=True,
        )
        return await run(self.reactor, command, hear, self.keep)


_REASONS = (
    (r"No space left on device|NoSpaceLeft", "the disk of the node is full"),
    (
        r"PackagesNotFound|nothing provides|does not exist \(perhaps",
        "a package, or the version asked for, is in none of the channels",
    ),
    (
        r"Unsatisfiable|LibMambaUnsatisfiable|conflict|not installable",
        "what is asked for contradicts itself, or what is installed",
    ),
    (
        r"HTTPError|ConnectionFailed|Could not resolve|Download error|PathNotFound",
        "a channel cannot be reached, or a package is not in the cache",
    ),
    (r"EnvironmentLocationNotFound|DirectoryNotACondaEnv", "there is no environment"),
    (r"NotWritableError|Permission denied", "a directory cannot be written"),
)


def reason(ended: Ended) -> str:
    """Return why conda failed, in words for people."""
    if ended.timed_out:
        return "it took too long"
    text = "\n".join(ended.lines)
    known = (words for one, words in _REASONS if re.search(one, text))
    return next(known, "see what the tool said")
