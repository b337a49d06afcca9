"""Loading rows of any model: their order, and the relations that what is shown goes through."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, inspect
from sqlalchemy.orm import Load

from app.models.base import shown_by
from app.models.kinds import TEXT, kind_of


def ordering(model: Any, name: str) -> ColumnElement[Any]:
    """A declared order: a column's name, with a minus for the newest or greatest first."""
    column = getattr(model, sort_name(model, name.removeprefix("-")))
    return column.desc() if name.startswith("-") else column.asc()


def sort_name(model: Any, name: str) -> str:
    """A name or title is ordered by its folded text: Ё beside Е, the same on every database."""
    column = inspect(model).columns[name]
    is_title = name in getattr(model, "__search__", ())[:1] and hasattr(model, "search_text")
    return "search_text" if is_title and kind_of(column) is TEXT and not column.nullable else name


def eager(model: Any, paths: Iterable[str]) -> list[Any]:
    """Loader options for the relations that the shown paths go through: no query for a row."""
    options: dict[str, Any] = {}
    for path in paths:
        option, current = None, model
        for name in path.split("."):
            relation = inspect(current).relationships.get(name)
            if relation is None:
                parts = (part for part in shown_by(current, name) if part in inspect(current).relationships)
                options |= {part: (option or Load(model)).joinedload(getattr(current, part)) for part in parts}
                break
            kind = "selectinload" if relation.uselist else "joinedload"
            option = getattr(option or Load(model), kind)(getattr(current, name))
            current = relation.mapper.class_
            options[path] = option
    return list(options.values())
