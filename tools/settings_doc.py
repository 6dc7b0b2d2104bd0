"""Write ``docs/settings.md`` from the settings classes; ``--check`` only compares."""

import ast
import enum
import importlib
import inspect
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "settings.md"

ROLES = (
    ("Server", "aen.server.settings", "ServerSettings"),
    ("`LDAP` of the server", "aen.server.directories.ldap_settings", "LdapSettings"),
    (
        "Each of `USER_SEARCH`, `GROUP_SEARCH`",
        "aen.server.directories.ldap_settings",
        "Search",
    ),
    ("`KEY_MAP` of `LDAP`", "aen.server.directories.ldap_settings", "KeyMap"),
    ("`PAM` of the server", "aen.server.directories.pam", "PamSettings"),
    ("Gateway", "aen.gateway.settings", "GatewaySettings"),
    ("`tls` of the gateway", "aen.runtime.certificates", "TlsSettings"),
    ("Compute", "aen.compute.settings", "ComputeSettings"),
    ("Each of the `limits` of compute", "aen.compute.limits", "Bound"),
)

HEAD = """\
# Settings

Each role reads JSON files, later ones winning per key: `/etc/wakari/config.json`
(shared by all roles of a machine), the role's own file below its prefix, and every
file given with `-c`. `twistd aen-server --check` (and the like) reads them, says what
is wrong and exits. An unknown key, a wrong type and a secret that others may read are
refused. This page is generated from the code: `make settings-doc`.
"""


def main() -> None:
    """Write the page, or with ``--check`` fail when it is not what it should be."""
    text = page()
    if "--check" not in sys.argv[1:]:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(text, "utf-8")
    elif not PAGE.exists() or PAGE.read_text("utf-8") != text:
        sys.exit("docs/settings.md is not up to date; run: make settings-doc")


def page() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *(section(*role) for role in ROLES)])


def section(title: str, module: str, name: str) -> str:
    """Return the part about one role."""
    kind = getattr(importlib.import_module(module), name)
    words = explanations(inspect.getsource(importlib.import_module(module)), name)
    rows = "\n".join(
        f"| `{field.name}` | {default(field)} | {words.get(field.name, '')} |"
        for field in attrs.fields(kind)
    )
    about = (inspect.getdoc(kind) or "").replace("``", "`")
    return (
        f"## {title}\n\n{about}\n\n| key | default | meaning |\n|---|---|---|\n{rows}\n"
    )


def default(field: "attrs.Attribute[object]") -> str:
    """Return a field's default as it would be written in the file."""
    value: object = field.default
    if value is attrs.NOTHING:
        return "required"
    if isinstance(value, attrs.Factory):  # type: ignore[arg-type]
        value = value.factory()  # type: ignore[attr-defined]
    if attrs.has(type(value)):
        value = attrs.asdict(value)  # type: ignore[arg-type]
    if isinstance(value, enum.Enum):
        value = value.value
    shown = json.dumps(value, ensure_ascii=False)
    return "secret" if field.metadata.get("secret") else f"`{shown}`"


def explanations(source: str, name: str) -> dict[str, str]:
    """Return the sentences below the fields of class *name*, by field."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return dict(_explained(node))
    return {}


def _explained(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, after in zip(node.body, node.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        ):
            text = " ".join(after.value.value.split()).replace("``", "`")
            yield field.target.id, text.replace("|", "\\|")


if __name__ == "__main__":
    main()
