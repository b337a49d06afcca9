"""Conditions of a list for each kind of value: what stands in the address, what it means in SQL, how it looks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, inspect, or_

from app import clock
from app.models import kinds
from app.models.kinds import kind_of, plain
from app.web.arguments import LONGEST_SEARCH, BadArgument

YES_NO = (("1", "да"), ("0", "нет"))


@dataclass(frozen=True)
class Filter:
    """One filter of a list."""

    name: str
    label: str
    kind: str
    """The control: date, time, number, text, choice, remote."""
    value: str
    text: str
    where: ColumnElement[bool] | None
    choices: tuple[tuple[str, str], ...] = ()
    remote_url: str | None = None
    depends: str | None = None
    """The other conditions that narrow the choice of this one."""


Make = Callable[[Any, str, str, Any], list[Filter]]
"""(arguments, name, label, attribute of the model) → filters with their values. Raises BadArgument."""


def between(control: str) -> Make:
    """From and to, both included."""

    def make(args: Any, name: str, label: str, column: Any) -> list[Filter]:
        return [_edge(args, name, label, column, control, edge) for edge in ("from", "to")]

    return make


def _edge(args: Any, name: str, label: str, column: Any, control: str, edge: str) -> Filter:
    value = _typed(args, f"{name}_{edge}", label, column, kind_of(_stored(column)))
    where = None if value is None else (column >= value if edge == "from" else column <= value)
    return Filter(f"{name}_{edge}", _edge_label(label, edge), control, _written(value), plain(value), where)


def between_days(args: Any, name: str, label: str, column: Any) -> list[Filter]:
    """Whole local days of a column that keeps instants."""
    return [_moment(args, name, label, column, edge) for edge in ("from", "to")]


def _moment(args: Any, name: str, label: str, column: Any, edge: str) -> Filter:
    day = _typed(args, f"{name}_{edge}", label, column, kinds.DATE)
    where = None
    if day is not None:
        zone = clock.zone()
        first, after = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
        where = column >= first if edge == "from" else column < after
    return Filter(f"{name}_{edge}", _edge_label(label, edge), "date", _written(day), plain(day), where)


def one_of_enum(args: Any, name: str, label: str, column: Any) -> list[Filter]:
    return one_of(args, name, label, column, column.type.enum_class.choices())


def yes_or_no(args: Any, name: str, label: str, column: Any) -> list[Filter]:
    return one_of(args, name, label, column, YES_NO, lambda value: value == "1")


def one_of(args: Any, name: str, label: str, column: Any, choices: Iterable[Any], read: Any = str) -> list[Filter]:
    """One of fixed values."""
    value = args.get(name, "").strip()
    options = dict(choices)
    if value and value not in options:
        raise BadArgument(f"Отбор «{label}»: такого значения нет. Выберите из списка.")
    where = column == read(value) if value else None
    return [Filter(name, label, "choice", value, options.get(value, ""), where, tuple(options.items()))]


def part_of_text(args: Any, name: str, label: str, column: Any) -> list[Filter]:
    """A part of the text; SQLite tells Cyrillic capitals apart, so the usual spellings are asked for."""
    value = args.get(name, "").strip()
    if len(value) > LONGEST_SEARCH:
        raise BadArgument(f"Отбор «{label}»: текст длиннее {LONGEST_SEARCH} знаков. Сократите его.")
    spellings = dict.fromkeys((value, value.lower(), value.capitalize(), value.upper()))
    where = or_(*(column.contains(each, autoescape=True) for each in spellings)) if value else None
    return [Filter(name, label, "text", value, value, where)]


def _typed(args: Any, key: str, label: str, column: Any, kind: kinds.Kind) -> Any:
    text = args.get(key, "").strip()
    try:
        return kind.parse(text, _stored(column)) if text else None
    except ValueError as error:
        raise BadArgument(f"Отбор «{label}»: {error}") from error


def _stored(column: Any) -> Any:
    return inspect(column).property.columns[0]


def _written(value: Any) -> str:
    """As the control and the address hold it."""
    return value.isoformat() if hasattr(value, "isoformat") else plain(value).replace("\N{NO-BREAK SPACE}", "")


def _edge_label(label: str, edge: str) -> str:
    return f"{label} {'с' if edge == 'from' else 'по'}"
