"""A conda for tests: a program that behaves as the real one was seen to.

It replaces an environment that is there without a word, fills a directory that is
there, asks a question without ``-y``, leaves what it had made when it fails. A file
``mode`` beside it makes it fail: ``partial``, ``hang``, ``silent`` (says that all went
well and made nothing), ``no-clone``.
"""

import sys
from pathlib import Path

PROGRAM = r"""
import glob, json, os, shutil, subprocess, sys, tarfile, time
from pathlib import Path

HERE = Path(__file__).parent
MODE = (HERE / "mode").read_text() if (HERE / "mode").exists() else ""
words = sys.argv[1:]
with (HERE / "log").open("a") as log:
    log.write(json.dumps([words, dict(os.environ)]) + "\n")

def end(text, status=1):
    print(text, file=sys.stderr)
    sys.exit(status)

def option(name):
    return words[words.index(name) + 1] if name in words else ""

def is_env(prefix):
    return (Path(prefix) / "conda-meta" / "history").exists()

def channel():
    return Path(os.environ["CONDA_CHANNELS"].removeprefix("file://")) / "noarch"

def find(spec):
    name, _, version = spec.replace("==", "=").partition("=")
    name = name.split(">")[0].split("<")[0]
    data = json.loads((channel() / "repodata.json").read_text())["packages"]
    found = [(r["version"], f) for f, r in data.items() if r["name"] == name]
    found = [one for one in found if not version or one[0].startswith(version)]
    if not found:
        end(f"PackagesNotFoundInChannelsError: {spec} does not exist (perhaps a typo)")
    return max(found)[1]

def link(prefix, file):
    cache = HERE / "pkgs" / file.removesuffix(".tar.bz2")
    if not cache.exists():
        with tarfile.open(channel() / file) as archive:
            archive.extractall(cache, filter="tar")
    about = json.loads((cache / "info" / "paths.json").read_text())["paths"]
    name = file.removesuffix(".tar.bz2")
    for old in glob.glob(f"{prefix}/conda-meta/{name.split('-')[0]}-*.json"):
        os.unlink(old)
    for one in about:
        target = prefix / one["_path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        placeholder = one.get("prefix_placeholder", "").encode()
        if not placeholder:
            try:
                os.link(cache / one["_path"], target)
            except OSError:
                shutil.copy2(cache / one["_path"], target)
            continue
        content = (cache / one["_path"]).read_bytes()
        new = str(prefix).encode()
        lost = len(placeholder) - len(new) if one["file_mode"] == "binary" else 0
        begin, _, rest = content.partition(placeholder)
        tail, nul, more = rest.partition(b"\0")
        target.write_bytes(begin + new + tail + b"\0" * lost + nul + more)
    record = {"name": name, "url": f"file://{channel()}/{file}"}
    (prefix / "conda-meta" / f"{name}.json").write_text(json.dumps(record))

def create():
    prefix = Path(option("-p"))
    source = option("--clone")
    if source and not Path(source).exists():
        end(f"EnvironmentLocationNotFound: Not a conda environment: {source}")
    if source and not is_env(source):
        end(f"DirectoryNotACondaEnvironmentError: {source}")
    if is_env(prefix):
        if "-y" not in words:
            input("Remove existing environment? (y/[n])")
            end("CondaSystemExit: Exiting.")
        shutil.rmtree(prefix)
    skip = {"-y", "-q", "--offline", "--copy", "-p", str(prefix), "--clone", source}
    skip |= {"-c", option("-c"), "create"}
    specs = [one for one in words if one not in skip]
    files = [one.rpartition("/")[2] for one in specs if "://" in one]
    files += [find(one) for one in specs if "://" not in one]
    (prefix / "conda-meta").mkdir(parents=True, exist_ok=True)
    if source:
        tracked = set()
        for one in sorted((Path(source) / "conda-meta").glob("*.json")):
            files.append(json.loads(one.read_text())["url"].rpartition("/")[2])
        pip = Path(source) / "bin" / "by-pip"
        if pip.exists():
            (prefix / "bin").mkdir(exist_ok=True)
            text = pip.read_text().replace(source, str(prefix))
            (prefix / "bin" / "by-pip").write_text(text)
    if MODE == "partial":
        end("PathNotFoundError: package absent from cache")
    if MODE == "hang":
        subprocess.Popen(["sleep", "1000"])
        time.sleep(1000)
    for one in files:
        link(prefix, one)
    (prefix / "conda-meta" / "history").write_text("==> created <==\n")

def change(verb):
    prefix = Path(option("-p"))
    if not is_env(prefix):
        end(f"EnvironmentLocationNotFound: Not a conda environment: {prefix}")
    specs = [o for o in words[1:] if o not in {"-y", "-q", "-p", str(prefix)}]
    if MODE == "partial":
        (prefix / "half").touch()
        end("UnsatisfiableError: it conflicts")
    for one in specs:
        if verb == "remove":
            for record in (prefix / "conda-meta").glob(f"{one}-*.json"):
                record.unlink()
            shutil.rmtree(prefix / "share" / one, ignore_errors=True)
        else:
            link(prefix, find(one))
    print("Executing transaction: done")

if words == ["--version"]:
    print("conda 24.9.2")
elif words == ["create", "--help"]:
    print("usage: conda create" + ("" if MODE == "no-clone" else " [--clone ENV]"))
elif MODE == "silent":
    print("done")
elif words[0] == "create":
    create()
elif words[0] in {"install", "remove", "update"}:
    change(words[0])
elif words[0] == "list" and "--explicit" in words:
    print("# platform: linux-64\n@EXPLICIT")
    for one in sorted((Path(option("-p")) / "conda-meta").glob("*.json")):
        print(json.loads(one.read_text())["url"])
elif words[0] == "search":
    data = json.loads((channel() / "repodata.json").read_text())["packages"]
    found = {}
    for one in data.values():
        if one["name"].startswith(words[-1].rstrip("*")):
            found.setdefault(one["name"], []).append(one)
    if not found:
        print(json.dumps({"exception_name": "PackagesNotFoundError", "error": "x"}))
        sys.exit(1)
    print(json.dumps(found, indent=2))
else:
    end("conda: error: invalid choice", 2)
"""


def fake_conda(directory: Path) -> Path:
    """Put the program into *directory* and return its path."""
    directory.mkdir(exist_ok=True)
    path = directory / "conda"
    path.write_text(f"#!{sys.executable} -IS\n{PROGRAM}")
    path.chmod(0o755)
    return path
