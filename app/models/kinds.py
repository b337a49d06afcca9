"""The kinds of values that columns hold: how each is read by people, typed, kept in the trail and the bin, exported.

A kind is found by the ancestry of the column's type, never by the column's name; where the type does not tell it, the
column says it (`field(…, kind="email")`). Forms and filters of each kind stand in app/panel/kinds.py.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum as PythonEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    Numeric,
    SmallInteger,
    String,
    Text,
    Time,
    TypeDecorator,
)

from app import clock
from app.choices import Choice
from app.models.base import Instant
from app.russian import format_date, format_decimal, format_number, parse_date

LONG_TEXT = 300
"""Width of a column from which a text is written in a box of several lines."""
GROUPED = 9999
"""Greatest whole number written without spaces: a year or the number of an order is one."""
NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
CLOCK_TIME = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2}))?")
MOMENT = re.compile(r"(\S+?)[T\s,]+(\S+)")
LARGEST = {SmallInteger: 2**15 - 1, BigInteger: 2**63 - 1, Integer: 2**31 - 1}
FLOAT_LIMIT = 1e15

Column = Any


class UnknownKind(LookupError):
    """A column whose type is of no kind (start-up check SGO043)."""


def _as_it_is(value: Any, *_: Any) -> Any:
    return value


def _iso(value: Any) -> str:
    return value.isoformat()


@dataclass(frozen=True)
class Kind:
    """What is done with a value of a kind."""

    name: str
    columns: tuple[type, ...] = ()
    """Column types; their descendants are of this kind too."""
    values: tuple[type, ...] = ()
    """Types of the values, for what is computed and has no column."""
    text: Callable[[Any], str] = str
    """As people read it."""
    parse: Callable[[str, Column], Any] = _as_it_is
    """(what was typed, column) → value. Raises ValueError with a Russian message."""
    pack: Callable[[Any], Any] = _as_it_is
    """As JSON keeps it, in the trail and the bin."""
    unpack: Callable[[Any, Column], Any] = _as_it_is
    """The way back."""
    export: Callable[[Any], Any] | None = None
    """What a cell of a spreadsheet holds: a date or a number; None: the text."""
    ordered: bool = True
    """Whether every database can sort by it."""


# Reading.


def local(instant: datetime) -> datetime:
    """An instant in the installation's zone."""
    # Flask-AppBuilder's own columns are naive; ours writes UTC into them.
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(clock.zone())


def format_time(value: time) -> str:
    return value.strftime("%H:%M:%S" if value.second else "%H:%M")


def _whole(value: int) -> str:
    return format_number(value) if value > GROUPED else str(value)


def _json_text(value: Any) -> str:
    """«ключ: значение; …» of a mapping, values by comma of a list: without brackets and quotes."""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_json_text(each)}" for key, each in value.items())
    if isinstance(value, list):
        return ", ".join(_json_text(each) for each in value)
    return "" if value is None else plain(value)


# Typing.


def _number(typed: str) -> str:
    """As Python reads it: spaces between the digits, a comma and a long minus are how people write numbers."""
    return re.sub(r"\s", "", typed).replace(",", ".").replace("−", "-").replace("–", "-")


def _parse_whole(typed: str, column: Column) -> int:
    text = _number(typed)
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise ValueError("Ожидается целое число.")
    largest = next((LARGEST[each] for each in type(column.type).__mro__ if each in LARGEST), LARGEST[Integer])
    if len(text) > 20 or abs(int(text)) > largest:
        raise ValueError(f"Слишком большое число: ожидается не больше {format_number(largest)}.")
    return int(text)


def _parse_decimal(typed: str, column: Column) -> Decimal:
    text = _number(typed)
    if not NUMBER.fullmatch(text):
        raise ValueError("Ожидается число, например 12,5.")
    value, kind = Decimal(text), _implementation(column.type)
    scale = kind.scale if kind.scale is not None else 6
    if len(text.partition(".")[2].rstrip("0")) > scale:
        raise ValueError(f"Слишком точно: знаков после запятой не больше {scale}.")
    if kind.precision is not None and abs(value) >= Decimal(10) ** (kind.precision - scale):
        raise ValueError(f"Слишком большое число: знаков до запятой не больше {kind.precision - scale}.")
    return value.quantize(Decimal(1).scaleb(-scale))


def _parse_float(typed: str, column: Column) -> float:
    text = _number(typed)
    if not NUMBER.fullmatch(text):
        raise ValueError("Ожидается число, например 12,5.")
    if abs(float(text)) > FLOAT_LIMIT:
        raise ValueError("Слишком большое число.")
    return float(text)


def _parse_date(typed: str, column: Column = None) -> date:
    day = parse_date(typed.strip())
    if day is None:
        raise ValueError(f"«{typed[:20]}» – не дата. Ожидается дд.мм.гггг, например 31.08.2026.")
    return day


def _parse_time(typed: str, column: Column = None) -> time:
    found = CLOCK_TIME.fullmatch(typed.strip())
    try:
        return time(*(int(part or 0) for part in found.groups())) if found else _refuse_time(typed)
    except ValueError:
        return _refuse_time(typed)


def _refuse_time(typed: str) -> time:
    raise ValueError(f"«{typed[:20]}» – не время. Ожидается чч:мм, например 08:30.")


def _parse_instant(typed: str, column: Column = None) -> datetime:
    """A local date and time of the installation."""
    found = MOMENT.fullmatch(typed.strip())
    try:
        day, moment = _parse_date(found[1]), _parse_time(found[2])  # type: ignore[index]  # no match: TypeError
    except (TypeError, ValueError):
        raise ValueError(
            f"«{typed[:30]}» – не дата и время. Ожидается дд.мм.гггг чч:мм, например 31.08.2026 08:30."
        ) from None
    return datetime.combine(day, moment, clock.zone()).astimezone(UTC)


def _parse_json(typed: str, column: Column = None) -> Any:
    try:
        return json.loads(typed, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise ValueError(f'Не разобрать, строка {line}. Ожидается JSON, например {{"кабинет": 12}}.') from error


def _no_number(word: str) -> Any:
    raise ValueError(word)


# Keeping.


def _unpack_choice(kept: Any, column: Column) -> Any:
    enum = column.type.enum_class
    return enum(kept) if enum is not None else kept


def _unpack_instant(kept: Any, column: Column) -> datetime:
    return datetime.fromisoformat(kept)


TEXT = Kind("text", (String,), (str,))
LONG = Kind("long", (Text,))
EMAIL = Kind("email")
CHOICE = Kind(
    "choice", (Enum,), (Choice,), lambda value: value.title_ru, pack=lambda value: value.value, unpack=_unpack_choice
)
BOOLEAN = Kind("boolean", (Boolean,), (bool,), lambda value: "да" if value else "нет")
INTEGER = Kind("integer", (Integer,), (int,), _whole, _parse_whole, export=_as_it_is)
DECIMAL = Kind(
    "decimal",
    (Numeric,),
    (Decimal,),
    format_decimal,
    _parse_decimal,
    pack=str,
    unpack=lambda kept, column: Decimal(kept),
    export=_as_it_is,
)
FLOAT = Kind("float", (Float,), (float,), format_decimal, _parse_float, export=_as_it_is)
DATE = Kind(
    "date", (Date,), (date,), format_date, _parse_date, _iso, lambda kept, column: date.fromisoformat(kept), _as_it_is
)
TIME = Kind(
    "time", (Time,), (time,), format_time, _parse_time, _iso, lambda kept, column: time.fromisoformat(kept), _as_it_is
)
INSTANT = Kind(
    "instant",
    (Instant, DateTime),
    (datetime,),
    lambda value: local(value).strftime("%d.%m.%Y %H:%M"),
    _parse_instant,
    _iso,
    _unpack_instant,
    lambda value: local(value).replace(tzinfo=None),
)
STRUCTURE = Kind("json", (JSON,), (dict, list), _json_text, _parse_json, ordered=False)
"""JSON: shown as words, written as JSON text that is checked."""

KINDS = (TEXT, LONG, EMAIL, CHOICE, BOOLEAN, INTEGER, DECIMAL, FLOAT, DATE, TIME, INSTANT, STRUCTURE)
BY_NAME = {kind.name: kind for kind in KINDS}
BY_COLUMN = {each: kind for kind in KINDS for each in kind.columns}
BY_VALUE = {each: kind for kind in KINDS for each in kind.values}


def kind_of(column: Column) -> Kind:
    """The kind of a column: what it says itself, or else by the ancestry of its type. Raises UnknownKind."""
    if name := column.info.get("kind"):
        if name not in BY_NAME:
            raise UnknownKind(f"Неизвестный вид значения «{name}».")
        return BY_NAME[name]
    kind = _by_ancestry(type(column.type)) or _by_ancestry(type(_implementation(column.type)))
    if kind is None:
        raise UnknownKind(f"Неизвестный вид значения: тип {type(column.type).__name__}.")
    return LONG if kind is TEXT and (getattr(column.type, "length", None) or 0) >= LONG_TEXT else kind


def _by_ancestry(found: type) -> Kind | None:
    return next((BY_COLUMN[each] for each in found.__mro__ if each in BY_COLUMN), None)


def _implementation(kind: Any) -> Any:
    """The type that a decorated type stands for."""
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


def kind_of_value(value: Any) -> Kind | None:
    """The kind of a value by its ancestry; None is no kind: a record, for one."""
    return next((BY_VALUE[each] for each in type(value).__mro__ if each in BY_VALUE), None)


def plain(value: Any) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    kind = kind_of_value(value)
    return kind.text(value) if kind is not None else str(value)


def pack(value: Any) -> Any:
    """A value as JSON keeps it."""
    kind = kind_of_value(value)
    if kind is None or value is None:
        return value.value if isinstance(value, PythonEnum) else value
    return kind.pack(value)


def unpack(column: Column, kept: Any) -> Any:
    """A kept value as the column has it."""
    return None if kept is None else kind_of(column).unpack(kept, column)


def exported(value: Any) -> Any:
    """What a cell of a spreadsheet holds: text, date, time or number."""
    kind = kind_of_value(value)
    return kind.export(value) if kind is not None and kind.export is not None else plain(value)
