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
    is_wrong: bool = False
    """Whether what stands in it makes no sense."""

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
    wrong: str = ""
    """Why it cannot be asked: a sentence for its field. Nothing is guessed in its place."""


@dataclass(frozen=True)
class Typed:
    """One value as it stands in the address."""

    text: str
    value: Any = None
    wrong: str = ""

    @property
    def pairs(self) -> Pairs:
        return ((self.text, self.text),) if self.wrong else _one(self.value)


Make = Callable[[Any, str, str, Any], Asked]
"""(arguments, name, label, attribute of the model) → the condition, which says what is wrong with it."""


def between(control: str) -> Make:
    """From and to, both included."""

    def make(args: Any, name: str, label: str, column: Any) -> Asked:
        given = _edges(args, name, column, kind_of(_stored(column)))
        return _range(name, label, control, given, {"from": column.__ge__, "to": column.__le__})

    return make


def between_days(args: Any, name: str, label: str, column: Any) -> Asked:
    """Whole local days of a column that keeps instants."""

    wheres = {
        "from": lambda day: column >= _midnight(day),
        "to": lambda day: column < _midnight(day + timedelta(days=1)),
    }
    return _range(name, label, "date", _edges(args, name, column, kinds.DATE), wheres)


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), clock.zone())


def _edges(args: Any, name: str, column: Any, kind: kinds.Kind) -> dict[str, Typed]:
    return {edge: _typed(args.get(f"{name}_{edge}", ""), column, kind) for edge in EDGES}


def _range(name: str, label: str, control: str, given: dict[str, Typed], wheres: dict[str, Any]) -> Asked:
    known = {edge: each.value for edge, each in given.items() if each.value is not None}
    reversed_ = len(known) == len(EDGES) and known["from"] > known["to"]
    controls = tuple(
        Control(
            f"{name}_{edge}",
            f"{label} {EDGES[edge]}",
            control,
            each.pairs,
            edge=EDGES[edge],
            is_wrong=reversed_ or bool(each.wrong),
        )
        for edge, each in given.items()
    )
    wrong = [f"«{EDGES[edge]}»: {each.wrong}" for edge, each in given.items() if each.wrong]
    if wrong or reversed_:
        return Asked(controls, wrong=" ".join(wrong) or "Начало позже конца. Поменяйте границы местами.")
    words = " ".join(f"{EDGES[edge]} {plain(value)}" for edge, value in known.items())
    found = [wheres[edge](value) for edge, value in known.items()]
    return Asked(controls, words, and_(*found) if found else None)


def day_of(args: Any, name: str, label: str) -> date | None:
    """The day that an argument of the address names. Raises BadArgument."""
    typed = _day(args, name)
    if typed.wrong:
        raise BadArgument(f"Отбор «{label}»: {typed.wrong}")
    day: date | None = typed.value
    return day


def _day(args: Any, name: str) -> Typed:
    return _typed(args.get(name, ""), None, kinds.DATE)


def on_day(args: Any, name: str, label: str, model: Any) -> Asked:
    """The rows of a dated model that hold on a day."""
    typed = _day(args, name)
    control = Control(name, label, "date", typed.pairs, is_wrong=bool(typed.wrong))
    where = None if typed.value is None else holding_on(model, typed.value)
    return Asked((control,), plain(typed.value), where, typed.wrong)


def one_of_enum(args: Any, name: str, label: str, column: Any) -> Asked:
    return any_of(args, name, label, column, column.type.enum_class.choices())


def yes_or_no(args: Any, name: str, label: str, column: Any) -> Asked:
    return any_of(args, name, label, column, YES_NO, lambda value: value == "1")


def any_of(args: Any, name: str, label: str, column: Any, choices: Iterable[Any], read: Any = str) -> Asked:
    """Some of fixed values."""
    values, options = several(args, name), dict(choices)
    chosen = tuple((value, str(options[value])) for value in values if value in options)
    wrong = wrong_values(values, chosen, "Такого значения нет. Выберите из списка.")
    control = Control(name, label, "choice", chosen, tuple(options.items()), is_wrong=bool(wrong))
    if wrong:
        return Asked((control,), wrong=wrong)
    where = column.in_([read(value) for value in values]) if values else None
    return Asked((control,), ", ".join(text for _, text in chosen), where)


def part_of_text(args: Any, name: str, label: str, column: Any) -> Asked:
    """A part of the text; SQLite tells Cyrillic capitals apart, so the usual spellings are asked for."""
    value = args.get(name, "").strip()
    long = len(value) > LONGEST_SEARCH
    control = Control(name, label, "text", ((value, value),) if value else (), is_wrong=long)
    if long:
        return Asked((control,), wrong=f"Текст длиннее {LONGEST_SEARCH} знаков. Сократите его.")
    spellings = dict.fromkeys((value, value.lower(), value.capitalize(), value.upper()))
    where = or_(*(column.contains(each, autoescape=True) for each in spellings)) if value else None
    return Asked((control,), value, where)


def several(args: Any, name: str) -> list[str]:
    """The values of a condition that takes several, each once."""
    return list(dict.fromkeys(each.strip() for each in args.getlist(name) if each.strip()))


def wrong_values(values: list[str], known: Pairs, unknown: str) -> str:
    """What is wrong with the values of a condition that takes several; `unknown`: what to say of one not known."""
    if len(values) > MOST_VALUES:
        return f"Значений больше {MOST_VALUES}. Оставьте меньше."
    return unknown if len(known) < len(values) else ""


def is_blank(column: Any) -> ColumnElement[bool]:
    """What is shown as «—»."""
    empty = column.is_(None)
    return or_(empty, column == "") if kind_of(_stored(column)) in kinds.TEXTS else empty


def _typed(given: str, column: Any, kind: kinds.Kind) -> Typed:
    text = given.strip()
    try:
        return Typed(text, kind.parse(text, _stored(column)) if text else None)
    except ValueError as error:
        return Typed(text, wrong=str(error))


def _stored(column: Any) -> Any:
    """The column of an attribute; what is computed is an expression of its own."""
    return column.property.columns[0] if isinstance(column, InstrumentedAttribute) else column


def _one(value: Any) -> Pairs:
    return () if value is None else ((_written(value), plain(value)),)


def _written(value: Any) -> str:
    """As the control and the address hold it."""
    return value.isoformat() if hasattr(value, "isoformat") else plain(value).replace("\N{NO-BREAK SPACE}", "")
