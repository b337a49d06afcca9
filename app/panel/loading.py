"""Loading rows of any model: their order, and the relations that what is shown goes through."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, inspect
from sqlalchemy.orm import Load

from app.extensions import db
from app.models import computed
from app.models.base import shown_by
from app.models.kinds import TEXT, kind_of
from app.models.leading import by_day, key_name
from app.panel import sight
from app.security import names
from app.security.guard import person_of


def ordering(model: Any, name: str) -> ColumnElement[Any]:
    """A declared order: a column's name, with a minus for the newest or greatest first."""
    column = getattr(model, sort_name(model, name.removeprefix("-")))
    return column.desc() if name.startswith("-") else column.asc()


def complete(rows: Sequence[Any], paths: Iterable[str]) -> None:
    """Read what the shown paths of these rows need beyond the rows: names out of reach, computed columns."""
    paths, actor = list(paths), person_of(db.session)
    if rows:
        model = type(rows[0])
        told = [path for path in paths if sight.tells(actor, model, path)]
        relations = (inspect(model).relationships.get(path) for path in paths)
        keys = [key_name(each) for each in relations if each is not None and by_day(each) is not None]
        computed.load(db.session, rows, dict.fromkeys([*told, *keys]), actor.today)
    names.load_for(db.session, rows, paths)
    from app.panel import reach  # written over the registry of views, which are declared over this

    reach.load(rows, paths)


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
