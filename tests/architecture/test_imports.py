"""The layers of docs/architecture.md: what may import what (down, never up), who commits, where Core selects live."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("regulation", "models", "security", "compliance", "services", "views")
"""Bottom to top. `cli` stands beside `views`, `demo` beside `services`."""
RANK = {name: number for number, name in enumerate(LAYERS)} | {"cli": 5, "demo": 4}
BESIDE = {"reports", "exchange"}
"""Data in, bytes out: they know only how values look."""
ASSEMBLY = {"app/__init__.py", "app/assembly.py", "app/checks.py", "app/extensions.py"}
# Sets of `app.…` modules that a layer may use although they stand higher or beside, each for a reason.
ALLOWED = {
    ("demo", "compliance"),  # plants by the regulation's own due dates
}


def modules() -> list[Path]:
    return sorted((ROOT / "app").rglob("*.py"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def layer_of(path: Path) -> str:
    return path.relative_to(ROOT / "app").parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def layers_used(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imported(path) if name.startswith("app.")} - {"extensions"}


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_imports_go_down(path: Path) -> None:
    layer = layer_of(path)
    if name_of(path) in ASSEMBLY or layer in BESIDE:
        return
    known = {used for used in layers_used(path) if used in RANK}
    upward = {used for used in known if RANK[used] > RANK[layer] and (layer, used) not in ALLOWED}
    assert not upward, f"{name_of(path)} imports upward: {sorted(upward)}"


@pytest.mark.parametrize("path", [p for p in modules() if layer_of(p) in BESIDE], ids=name_of)
def test_forms_and_tables_know_no_query_and_no_request(path: Path) -> None:
    forbidden = {"flask", "sqlalchemy", "app.extensions"}
    assert not {name for name in imported(path) if name.split(".")[0] in forbidden or name == "app.extensions"}
    assert layers_used(path) <= {layer_of(path), "models"}
    assert not {name for name in imported(path) if name.startswith("app.models") and "russian" not in name}


@pytest.mark.parametrize("path", [p for p in modules() if layer_of(p) == "regulation"], ids=name_of)
def test_the_regulation_needs_only_the_standard_library_holidays_and_yaml(path: Path) -> None:
    for name in imported(path):
        top = name.split(".")[0]
        assert top in sys.stdlib_module_names | {"app", "holidays", "yaml"}, f"{name_of(path)}: {name}"


def calls(path: Path, attribute: str) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == attribute
    ]


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_only_services_commit(path: Path) -> None:
    if layer_of(path) == "services":
        return
    assert not calls(path, "commit"), f"{name_of(path)} commits"


MAY_SELECT_TABLES = {"compliance", "security", "models", "demo"}
"""Compliance takes the actor's schools as an argument, security computes the scope itself, models state paths to it,
the demo fills an empty database."""


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_core_tables_are_read_where_the_scope_is_an_argument(path: Path) -> None:
    if layer_of(path) in MAY_SELECT_TABLES or name_of(path) == "app/services/audit.py":
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tables = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "__table__"]
    texts = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "sqlalchemy" and "text" in {a.name for a in node.names}
    ]
    assert not tables + texts, f"{name_of(path)}: Core select at {tables + texts}"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_a_permission_is_named_by_its_enum(path: Path) -> None:
    if name_of(path) in {"app/security/permissions.py", "app/security/manager.py"}:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    literals = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert not {text for text in literals if text.startswith("can_")}
