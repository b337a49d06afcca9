"""The application's own source as trees, read once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import app

ROOT = Path(app.__file__).parent


@dataclass(frozen=True)
class Module:
    name: str
    """Dotted, `app.panel.view`."""
    tree: ast.Module
    is_package: bool = False

    @property
    def layer(self) -> str:
        """The folder under app/, or the module itself where it stands there directly."""
        return ".".join(self.name.split(".")[:2])

    def imports(self) -> Iterator[str]:
        """What it imports, each name in full: `from app.models import Pupil` is app.models.Pupil."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = ".".join(part for part in (self._from(node.level), node.module) if part)
                yield from (f"{base}.{alias.name}" for alias in node.names)

    def _from(self, level: int) -> str:
        """The package that a relative import starts from; an absolute one starts from none."""
        parts = [*self.name.split("."), *([""] if self.is_package else [])]
        return ".".join(parts[:-level]) if level else ""

    def nodes(self, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def attributes(self) -> set[str]:
        return {node.attr for node in self.nodes(ast.Attribute)}


@cache
def modules() -> tuple[Module, ...]:
    return tuple(map(_read, sorted(ROOT.rglob("*.py"))))


def _read(path: Path) -> Module:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    name = ".".join(parts[:-1] if is_package else parts)
    return Module(name, ast.parse(path.read_text(encoding="utf-8")), is_package)
