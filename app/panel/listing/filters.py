"""Filters of a list: the editor follows from the column's type, the value stands in the address."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import Boolean, ColumnElement, Date, Enum, inspect

from app import clock
from app.models.base import Instant
from app.models.references import key_of
from app.panel import cells
from app.panel.editing.fields import find
from app.panel.editing.forms import depends_on
from app.panel.registry import view_of
from app.web import arguments
from app.web.arguments import BadArgument

YES_NO = (("1", "да"), ("0", "нет"))


@dataclass(frozen=True)
class Filter:
    """One filter of a list: what stands in the address, what it means in SQL, how it looks."""

    name: str
    label: str
    kind: str
    value: str
    text: str
    where: ColumnElement[bool] | None
    choices: tuple[tuple[str, str], ...] = ()
    remote_url: str | None = None
    depends: str | None = None
    """The other conditions that narrow the choice of this one."""


def filters_of(view: Any, args: Any, name: str) -> list[Filter]:
    """The filters of one declared column with their values from the address. Raises BadArgument."""
    model = view.datamodel.obj
    label = cells.label_for(model, name)
    relation = inspect(model).relationships.get(name)
    if relation is not None:
        return [replace(_remote(args, name, label, relation, model), depends=_depends(view, name))]
    column = getattr(model, name)
    if isinstance(column.type, Instant):
        return [_moment(args, name, label, column, "from"), _moment(args, name, label, column, "to")]
    if isinstance(column.type, Date):
        return [_date(args, name, label, column, "from"), _date(args, name, label, column, "to")]
    if isinstance(column.type, Enum):
        return [_choice(args, name, label, column, column.type.enum_class.choices())]
    if isinstance(column.type, Boolean):
        return [_choice(args, name, label, column, YES_NO, lambda value: value == "1")]
    given = view.filter_choices.get(name, ())
    options = [value if isinstance(value, tuple) else (str(value), str(value)) for value in given]
    return [_choice(args, name, label, column, options, type(column.type.python_type()))]


def _remote(args: Any, name: str, label: str, relation: Any, model: Any) -> Filter:
    value = args.get(name, "").strip()
    target = relation.mapper.class_
    chosen = find(target, value) if value else None
    if value and chosen is None:
        raise BadArgument(f"Отбор «{label}»: такой записи нет или она недоступна.")
    column = getattr(model, key_of(relation).key)
    where = column == chosen.id if chosen is not None else None
    url = url_for(view_of(target).lookup_endpoint)
    return Filter(name, label, "remote", value, str(chosen or ""), where, remote_url=url)


def _depends(view: Any, name: str) -> str | None:
    others = [each for each in view.filter_columns if each != name]
    return depends_on(view.datamodel.obj, name, others)


def _date(args: Any, name: str, label: str, column: Any, edge: str) -> Filter:
    key, word = f"{name}_{edge}", "с" if edge == "from" else "по"
    day = arguments.day(args, key, f"Отбор «{label}»")
    where = None if day is None else (column >= day if edge == "from" else column <= day)
    return Filter(key, f"{label} {word}", "date", day.isoformat() if day else "", cells.plain(day), where)


def _moment(args: Any, name: str, label: str, column: Any, edge: str) -> Filter:
    """Whole local days of a column that keeps instants."""
    shown = _date(args, name, label, column, edge)
    day = arguments.day(args, shown.name, f"Отбор «{label}»")
    if day is None:
        return replace(shown, where=None)
    zone = clock.zone()
    first, after = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    return replace(shown, where=column >= first if edge == "from" else column < after)


def _choice(args: Any, name: str, label: str, column: Any, choices: Iterable[Any], read: Any = str) -> Filter:
    value = args.get(name, "").strip()
    options = dict(choices)
    if value and value not in options:
        raise BadArgument(f"Отбор «{label}»: такого значения нет. Выберите из списка.")
    where = column == read(value) if value else None
    return Filter(name, label, "choice", value, options.get(value, ""), where, tuple(options.items()))
