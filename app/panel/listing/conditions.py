"""Conditions of a list for each kind of value: what stands in the address, what it means in SQL, how it looks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

from app import clock
from app.models import kinds
from app.models.dated import holding_on
from app.models.kinds import kind_of, plain
from app.web.arguments import LONGEST_SEARCH, BadArgument

YES_NO = (("1", "да"), ("0", "нет"))
MOST_VALUES = 100
"""Values that one condition may join: an address is no longer than servers take it."""
EDGES = {"from": "с", "to": "по"}

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Control:
    """One entry of a condition."""

    name: str
    label: str
    kind: str
    """date, time, number, text, choice, remote."""
    chosen: Pairs = ()
    """What stands in it: (value, as read). A choice takes several."""
    choices: Pairs = ()
    remote_url: str | None = None
    may_look_up: bool = True
    """Whether this person may look up what is chosen from."""
    depends: str | None = None
    """The other conditions that narrow the choice of this one."""
    edge: str = ""
    """«с» or «по» before an end of a range."""

    @property
    def value(self) -> str:
        return self.chosen[0][0] if self.chosen else ""


@dataclass(frozen=True)
class Asked:
    """A condition with what the address asks for."""

    controls: tuple[Control, ...]
    words: str = ""
    """As a person reads it; empty when nothing is asked."""
    where: ColumnElement[bool] | None = None


Make = Callable[[Any, str, str, Any], Asked]
"""(arguments, name, label, attribute of the model) → the condition. Raises BadArgument."""


def between(control: str) -> Make:
    """From and to, both included."""

    def make(args: Any, name: str, label: str, column: Any) -> Asked:
        given = _edges(args, name, label, column, kind_of(_stored(column)))
        return _range(name, label, control, given, {"from": column.__ge__, "to": column.__le__})

    return make


def between_days(args: Any, name: str, label: str, column: Any) -> Asked:
    """Whole local days of a column that keeps instants."""

    given = _edges(args, name, label, column, kinds.DATE)
    wheres = {
        "from": lambda day: column >= _midnight(day),
        "to": lambda day: column < _midnight(day + timedelta(days=1)),
    }
    return _range(name, label, "date", given, wheres)


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), clock.zone())


def _edges(args: Any, name: str, label: str, column: Any, kind: kinds.Kind) -> dict[str, Any]:
    """The edges that are asked for."""
    given = {edge: _typed(args, f"{name}_{edge}", label, column, kind) for edge in EDGES}
    known = {edge: value for edge, value in given.items() if value is not None}
    if len(known) == len(EDGES) and known["from"] > known["to"]:
        raise BadArgument(f"Отбор «{label}»: начало позже конца. Поменяйте границы местами.")
    return known


def _range(name: str, label: str, control: str, given: dict[str, Any], wheres: dict[str, Any]) -> Asked:
    controls = [
        Control(f"{name}_{edge}", f"{label} {word}", control, _one(given.get(edge)), edge=word)
        for edge, word in EDGES.items()
    ]
    words = " ".join(f"{EDGES[edge]} {plain(value)}" for edge, value in given.items())
    found = [wheres[edge](value) for edge, value in given.items()]
    return Asked(tuple(controls), words, and_(*found) if found else None)


def day_of(args: Any, name: str, label: str) -> date | None:
    """The day that an argument of the address names. Raises BadArgument."""
    text = args.get(name, "").strip()
    try:
        return kinds.DATE.parse(text, None) if text else None
    except ValueError as error:
        raise BadArgument(f"Отбор «{label}»: {error}") from error


def on_day(args: Any, name: str, label: str, model: Any) -> Asked:
    """The rows of a dated model that hold on a day."""
    day = day_of(args, name, label)
    where = None if day is None else holding_on(model, day)
    return Asked((Control(name, label, "date", _one(day)),), "" if day is None else plain(day), where)


def one_of_enum(args: Any, name: str, label: str, column: Any) -> Asked:
    return any_of(args, name, label, column, column.type.enum_class.choices())


def yes_or_no(args: Any, name: str, label: str, column: Any) -> Asked:
    return any_of(args, name, label, column, YES_NO, lambda value: value == "1")


def any_of(args: Any, name: str, label: str, column: Any, choices: Iterable[Any], read: Any = str) -> Asked:
    """Some of fixed values."""
    values, options = several(args, name, label), dict(choices)
    if any(value not in options for value in values):
        raise BadArgument(f"Отбор «{label}»: такого значения нет. Выберите из списка.")
    chosen = tuple((value, str(options[value])) for value in values)
    where = column.in_([read(value) for value in values]) if values else None
    control = Control(name, label, "choice", chosen, tuple(options.items()))
    return Asked((control,), ", ".join(text for _, text in chosen), where)


def part_of_text(args: Any, name: str, label: str, column: Any) -> Asked:
    """A part of the text; SQLite tells Cyrillic capitals apart, so the usual spellings are asked for."""
    value = args.get(name, "").strip()
    if len(value) > LONGEST_SEARCH:
        raise BadArgument(f"Отбор «{label}»: текст длиннее {LONGEST_SEARCH} знаков. Сократите его.")
    spellings = dict.fromkeys((value, value.lower(), value.capitalize(), value.upper()))
    where = or_(*(column.contains(each, autoescape=True) for each in spellings)) if value else None
    return Asked((Control(name, label, "text", ((value, value),) if value else ()),), value, where)


def several(args: Any, name: str, label: str) -> list[str]:
    """The values of a condition that takes several, each once."""
    values = list(dict.fromkeys(each.strip() for each in args.getlist(name) if each.strip()))
    if len(values) > MOST_VALUES:
        raise BadArgument(f"Отбор «{label}»: значений больше {MOST_VALUES}. Оставьте меньше.")
    return values


def is_blank(column: Any) -> ColumnElement[bool]:
    """What is shown as «—»."""
    empty = column.is_(None)
    return or_(empty, column == "") if kind_of(_stored(column)) in kinds.TEXTS else empty


def _typed(args: Any, key: str, label: str, column: Any, kind: kinds.Kind) -> Any:
    text = args.get(key, "").strip()
    try:
        return kind.parse(text, _stored(column)) if text else None
    except ValueError as error:
        raise BadArgument(f"Отбор «{label}»: {error}") from error


def _stored(column: Any) -> Any:
    """The column of an attribute; what is computed is an expression of its own."""
    return column.property.columns[0] if isinstance(column, InstrumentedAttribute) else column


def _one(value: Any) -> Pairs:
    return () if value is None else ((_written(value), plain(value)),)


def _written(value: Any) -> str:
    """As the control and the address hold it."""
    return value.isoformat() if hasattr(value, "isoformat") else plain(value).replace("\N{NO-BREAK SPACE}", "")
