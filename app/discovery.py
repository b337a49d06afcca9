"""Modules found by folder, at any depth, each under its full path. An import error stops whoever asks."""

from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parent


@cache
def modules_of(package: str) -> tuple[ModuleType, ...]:
    """Every module of a package of the application (`app.models`), imported, in the order of their names."""
    folder = ROOT.joinpath(*package.split(".")[1:])
    return tuple(import_module(name) for name in sorted(_names(folder)))


def _names(folder: Path) -> set[str]:
    files = (path.relative_to(ROOT.parent).with_suffix("") for path in folder.rglob("*.py"))
    return {".".join(file.parts).removesuffix(".__init__") for file in files}
