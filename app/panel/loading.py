"""Loading rows of any model: their order, and the relations that what is shown goes through."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, inspect
from sqlalchemy.orm import Load

from app.extensions import db
from app.models import computed
from app.models.base import shown_by
from app.models.kinds import TEXT, kind_of
from app.models.leading import by_day, key_name
from app.panel import sight
from app.regulation.rights import Action
from app.security import names
from app.security.guard import person_of

TOLD = "told_by_a_service"
"""In the `info` of a record's state: what was told of it, by name."""
TELLERS: dict[tuple[type, str], Callable[[Sequence[Any], Action], Mapping[int, Any]]] = {}
"""(model, property) → what is told of many records at once, by key, to whom may read it or take it away (the action):
a fixed number of queries."""


def told(obj: Any, name: str) -> Any:
    """What a service tells of a record, with what it tells of the others of a page."""
    known = inspect(obj).info.setdefault(TOLD, {})
    if name not in known:
        _tell([obj], [name], Action.VIEW)
    return known[name]


def _tell(rows: Sequence[Any], paths: Iterable[str], action: Action) -> None:
    for name in paths:
        if (teller := TELLERS.get((type(rows[0]), name))) is not None:
            found = teller(rows, action)
            for obj in rows:
                inspect(obj).info.setdefault(TOLD, {})[name] = found.get(obj.id)


def ordering(model: Any, name: str) -> ColumnElement[Any]:
    """A declared order: a column's name, with a minus for the newest or greatest first."""
    column = getattr(model, sort_name(model, name.removeprefix("-")))
    return column.desc() if name.startswith("-") else column.asc()


def complete(rows: Sequence[Any], paths: Iterable[str], action: Action = Action.VIEW) -> None:
    """Read what the shown paths of these rows need beyond the rows: names out of reach, computed columns, what a
    service tells."""
    paths, actor = list(paths), person_of(db.session)
    if rows:
        model = type(rows[0])
        shown = [path for path in paths if sight.tells(actor, model, path)]
        relations = (inspect(model).relationships.get(path) for path in paths)
        keys = [key_name(each) for each in relations if each is not None and by_day(each) is not None]
        computed.load(db.session, rows, dict.fromkeys([*shown, *keys]), actor.today)
        _tell(rows, shown, action)
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
            if (current, name) in TELLERS:
                break
            if relation is None:
                parts = (part for part in shown_by(current, name) if part in inspect(current).relationships)
                options |= {part: (option or Load(model)).joinedload(getattr(current, part)) for part in parts}
                break
            kind = "selectinload" if relation.uselist else "joinedload"
            option = getattr(option or Load(model), kind)(getattr(current, name))
            current = relation.mapper.class_
            options[path] = option
    return list(options.values())
