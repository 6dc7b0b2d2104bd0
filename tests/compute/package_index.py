"""A small package index on disk, with wheels made by hand: no network is needed."""

import hashlib
import zipfile
from collections.abc import Mapping
from pathlib import Path

from attrs import define


@define
class PackageIndex:
    """An index in a directory: simple pages, and the wheels they name."""

    directory: Path

    @property
    def url(self) -> str:
        """Its address."""
        return f"file://{self.directory}/simple"

    @property
    def environ(self) -> dict[str, str]:
        """What tells uv and pip to look here and nowhere else."""
        return {"UV_DEFAULT_INDEX": self.url, "PIP_INDEX_URL": self.url}

    def add(
        self,
        name: str,
        version: str,
        *,
        requires: tuple[str, ...] = (),
        files: Mapping[str, str] | None = None,
        script: str = "",
    ) -> Path:
        """Put a package into the index; it has a module of its own name."""
        info = f"{name}-{version}.dist-info"
        needs = "".join(f"Requires-Dist: {one}\n" for one in requires)
        content = {
            f"{name}/__init__.py": f"version = {version!r}\n",
            f"{info}/METADATA": (
                f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}"
            ),
            f"{info}/WHEEL": (
                "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            ),
            **(files or {}),
        }
        if script:
            content[f"{info}/entry_points.txt"] = (
                f"[console_scripts]\n{script} = {name}:main\n"
            )
        wheel = self.directory / "files" / f"{name}-{version}-py3-none-any.whl"
        wheel.parent.mkdir(parents=True, exist_ok=True)
        record = "".join(f"{one},,\n" for one in (*content, f"{info}/RECORD"))
        with zipfile.ZipFile(wheel, "w") as archive:
            for path, text in {**content, f"{info}/RECORD": record}.items():
                archive.writestr(path, text)
        self._list(name)
        return wheel

    def _list(self, name: str) -> None:
        simple = self.directory / "simple"
        (simple / name).mkdir(parents=True, exist_ok=True)
        links = []
        for wheel in sorted((self.directory / "files").glob(f"{name}-*.whl")):
            digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
            href = f"../../files/{wheel.name}#sha256={digest}"
            links.append(f'<a href="{href}">{wheel.name}</a>')
        (simple / name / "index.html").write_text("\n".join(links))
        names = sorted(one.name for one in simple.iterdir() if one.is_dir())
        page = "\n".join(f'<a href="{one}/">{one}</a>' for one in names)
        (simple / "index.html").write_text(page)


def filled(directory: Path) -> PackageIndex:
    """Return an index with the packages that tests ask for."""
    index = PackageIndex(directory)
    index.add("tiny", "1.0", files={"tiny/old.py": "old = 1\n"})
    index.add("tiny", "2.0", script="tiny")
    index.add("tinier", "0.1")
    index.add("needy", "1.0", requires=("tiny>=2",))
    index.add("ipykernel", "7.0")
    index.add("pip", "24.0")
    return index
