"""The kinds of values that columns hold: how each is read by people, typed, kept in the trail and the bin, exported.

A kind is found by the ancestry of the column's type, never by the column's name; where the type does not tell it, the
column says it (`field(…, kind="email")`). Forms and filters of each kind stand in app/panel/kinds.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum as PythonEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    DateTime,
    Enum,
    Float,
    Integer,
    Numeric,
    String,
    Text,
    Time,
)

from app import clock
from app.choices import Choice
from app.models import typed
from app.models.base import Instant
from app.models.typed import Column, implementation
from app.russian import format_date, format_decimal, format_number

LONG_TEXT = 300
"""Width of a column from which a text is written in a box of several lines."""
GROUPED = 9999
"""Greatest whole number written without spaces: a year or the number of an order is one."""


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
INTEGER = Kind("integer", (Integer,), (int,), _whole, typed.whole, export=_as_it_is)
DECIMAL = Kind(
    "decimal",
    (Numeric,),
    (Decimal,),
    format_decimal,
    typed.decimal,
    pack=str,
    unpack=lambda kept, column: Decimal(kept),
    export=_as_it_is,
)
FLOAT = Kind("float", (Float,), (float,), format_decimal, typed.floating, export=_as_it_is)
DATE = Kind(
    "date", (Date,), (date,), format_date, typed.day, _iso, lambda kept, column: date.fromisoformat(kept), _as_it_is
)
TIME = Kind(
    "time",
    (Time,),
    (time,),
    format_time,
    typed.time_of_day,
    _iso,
    lambda kept, column: time.fromisoformat(kept),
    _as_it_is,
)
INSTANT = Kind(
    "instant",
    (Instant, DateTime),
    (datetime,),
    lambda value: local(value).strftime("%d.%m.%Y %H:%M"),
    typed.instant,
    _iso,
    _unpack_instant,
    lambda value: local(value).replace(tzinfo=None),
)
STRUCTURE = Kind("json", (JSON,), (dict, list), _json_text, typed.structure, ordered=False)
"""JSON: shown as words, written as JSON text that is checked."""

TEXTS = (TEXT, LONG, EMAIL)
KINDS = (TEXT, LONG, EMAIL, CHOICE, BOOLEAN, INTEGER, DECIMAL, FLOAT, DATE, TIME, INSTANT, STRUCTURE)
BY_NAME = {kind.name: kind for kind in KINDS}
BY_COLUMN = {each: kind for kind in KINDS for each in kind.columns}
BY_VALUE = {each: kind for kind in KINDS for each in kind.values}


def kind_of(column: Column) -> Kind:
    """The kind of a column: what it says itself, or else by the ancestry of its type. Raises UnknownKind."""
    if name := getattr(column, "info", {}).get("kind"):
        if name not in BY_NAME:
            raise UnknownKind(f"Неизвестный вид значения «{name}».")
        return BY_NAME[name]
    kind = _by_ancestry(type(column.type)) or _by_ancestry(type(implementation(column.type)))
    if kind is None:
        raise UnknownKind(f"Неизвестный вид значения: тип {type(column.type).__name__}.")
    return LONG if kind is TEXT and (getattr(column.type, "length", None) or 0) >= LONG_TEXT else kind


def _by_ancestry(found: type) -> Kind | None:
    return next((BY_COLUMN[each] for each in found.__mro__ if each in BY_COLUMN), None)


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
