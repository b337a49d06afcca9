"""What people type, parsed by the kind of a column: numbers, dates, times, JSON. Raises ValueError in Russian."""

import json
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Integer, SmallInteger, TypeDecorator

from app import clock
from app.russian import ANY_YEAR, YEARS, format_number, read_date

NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
CLOCK_TIME = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2}))?")
MOMENT = re.compile(r"(\S+?)[T\s,]+(\S+)")
LARGEST = {SmallInteger: 2**15 - 1, BigInteger: 2**63 - 1, Integer: 2**31 - 1}
FLOAT_LIMIT = 1e15

Column = Any


def implementation(kind: Any) -> Any:
    """The type that a decorated type stands for."""
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


def _number(typed: str) -> str:
    """As Python reads it: spaces between the digits, a comma and a long minus are how people write numbers."""
    return re.sub(r"\s", "", typed).replace(",", ".").replace("−", "-").replace("–", "-")


def whole(typed: str, column: Column) -> int:
    text = _number(typed)
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise ValueError("Ожидается целое число.")
    largest = next((LARGEST[each] for each in type(column.type).__mro__ if each in LARGEST), LARGEST[Integer])
    if len(text) > 20 or abs(int(text)) > largest:
        raise ValueError(f"Слишком большое число: ожидается не больше {format_number(largest)}.")
    return int(text)


def decimal(typed: str, column: Column) -> Decimal:
    text = _number(typed)
    if not NUMBER.fullmatch(text):
        raise ValueError("Ожидается число, например 12,5.")
    value, kind = Decimal(text), implementation(column.type)
    scale = kind.scale if kind.scale is not None else 6
    if len(text.partition(".")[2].rstrip("0")) > scale:
        raise ValueError(f"Слишком точно: знаков после запятой не больше {scale}.")
    if kind.precision is not None and abs(value) >= Decimal(10) ** (kind.precision - scale):
        raise ValueError(f"Слишком большое число: знаков до запятой не больше {kind.precision - scale}.")
    return value.quantize(Decimal(1).scaleb(-scale))


def floating(typed: str, column: Column) -> float:
    text = _number(typed)
    if not NUMBER.fullmatch(text):
        raise ValueError("Ожидается число, например 12,5.")
    if abs(float(text)) > FLOAT_LIMIT:
        raise ValueError("Слишком большое число.")
    return float(text)


def day(typed: str, column: Column = None) -> date:
    found = read_date(typed, ANY_YEAR)
    if found is None:
        raise ValueError(f"«{typed[:20]}» – не дата. Ожидается дд.мм.гггг, например 31.08.2026.")
    if found.year not in YEARS:
        raise ValueError(f"«{typed[:20]}»: такой год не принимается. Год – от {YEARS[0]} до {YEARS[-1]}.")
    return found


def time_of_day(typed: str, column: Column = None) -> time:
    found = CLOCK_TIME.fullmatch(typed.strip())
    try:
        return time(*(int(part or 0) for part in found.groups())) if found else _refuse_time(typed)
    except ValueError:
        return _refuse_time(typed)


def _refuse_time(typed: str) -> time:
    raise ValueError(f"«{typed[:20]}» – не время. Ожидается чч:мм, например 08:30.")


def instant(typed: str, column: Column = None) -> datetime:
    """A local date and time of the installation."""
    found = MOMENT.fullmatch(typed.strip())
    try:
        if found is None:
            raise ValueError(typed)
        date_part, time_part = day(found[1]), time_of_day(found[2])
    except ValueError:
        raise ValueError(
            f"«{typed[:30]}» – не дата и время. Ожидается дд.мм.гггг чч:мм, например 31.08.2026 08:30."
        ) from None
    return datetime.combine(date_part, time_part, clock.zone()).astimezone(UTC)


def structure(typed: str, column: Column = None) -> Any:
    try:
        return json.loads(typed, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise ValueError(f'Не разобрать, строка {line}. Ожидается JSON, например {{"кабинет": 12}}.') from error


def _no_number(word: str) -> Any:
    raise ValueError(word)
