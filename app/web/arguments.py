"""Query arguments, cleaned: junk is a clear 400, never a 500 and never silently something else."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.models.names import visible
from app.russian import parse_date

PAGE_SIZES = (25, 50, 100)
LAST_PAGE = 100_000
LONGEST_SEARCH = 100


class BadArgument(Exception):
    """An argument of the address makes no sense. Becomes 400 with this Russian message."""


def page_number(args: Mapping[str, str], name: str = "page") -> int:
    return _whole(args.get(name, "1"), "Номер страницы", 1, LAST_PAGE)


def page_size(args: Mapping[str, str]) -> int:
    size = _whole(args.get("size", str(PAGE_SIZES[0])), "Размер страницы", 1, 10_000)
    if size not in PAGE_SIZES:
        raise BadArgument(f"Размер страницы: возможны {', '.join(map(str, PAGE_SIZES))}.")
    return size


def search_text(args: Mapping[str, str]) -> str:
    text = visible(args.get("q", "")).strip()
    if len(text) > LONGEST_SEARCH:
        raise BadArgument(f"Строка поиска длиннее {LONGEST_SEARCH} знаков. Сократите её.")
    return text


def day(args: Mapping[str, str], name: str, title: str) -> date | None:
    """A date argument, ISO or dd.mm.yyyy; None when it is not given."""
    text = args.get(name, "").strip()
    if not text:
        return None
    found = parse_date(text)
    if found is None:
        raise BadArgument(f"{title}: «{text[:20]}» – не дата. Ожидается дд.мм.гггг, например 31.08.2026.")
    return found


def values(args: Any, name: str) -> list[str]:
    """A repeated argument; a comma joins as well."""
    return [part for given in args.getlist(name) for part in given.split(",") if part]


def row_key(args: Mapping[str, str], name: str) -> int | None:
    """The number of the row from which a page is counted; None when it is not given."""
    text = args.get(name, "").strip()
    if not text:
        return None
    if not key(text):
        raise BadArgument(f"Место в списке: «{text[:20]}» – ожидается номер записи.")
    return key(text)


def key(text: str) -> int:
    """The number of a record in an address. What is no number names no record: 404 follows."""
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _whole(text: str, title: str, low: int, high: int) -> int:
    if not (text.isascii() and text.isdecimal() and low <= int(text[:12]) <= high):
        raise BadArgument(f"{title}: «{text[:20]}» – ожидается целое число от {low} до {high}.")
    return int(text)
