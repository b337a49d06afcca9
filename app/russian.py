"""Russian typography of numbers, dates and names, the same on pages, in messages and on paper.

Spaces inside a number, before «%» and inside initials do not break: U+00A0, the one such space the printed font has.
"""

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

NBSP = "\N{NO-BREAK SPACE}"
WORD_JOINER = "\N{WORD JOINER}"
NO_DATA = "нет данных"
SMALLEST_SHARE = Decimal("0.1")
LARGEST_SHARE = Decimal("99.9")


def plural(number: int, one: str, few: str, many: str) -> str:
    """The form of the noun for the number: 1 запись, 2 записи, 5 записей. The number itself is not included."""
    number = abs(number)
    if number % 100 in range(11, 15):
        return many
    if number % 10 == 1:
        return one
    return few if number % 10 in (2, 3, 4) else many


def counted(number: int, one: str, few: str, many: str) -> str:
    """1 день, 2 дня, 5 дней: the number with the right form of the word."""
    return f"{number} {plural(number, one, few, many)}"


def records_word(number: int) -> str:
    return plural(number, "запись", "записи", "записей")


def calendar_days(number: int) -> str:
    return counted(number, "календарный день", "календарных дня", "календарных дней")


def format_date(day: date) -> str:
    """dd.mm.yyyy, of a date or of an instant's own local date."""
    return f"{day.day:02}.{day.month:02}.{day.year:04}"


def school_year(start: int) -> str:
    """2025 → 2025/26, by the calendar year in which it begins."""
    return f"{start}/{(start + 1) % 100:02d}"


def format_number(number: int) -> str:
    """1726 → 1 726."""
    return f"{number:,}".replace(",", NBSP).replace("-", "−")


def unbroken(text: str) -> str:
    """5 «А» stays in one piece: a class is never parted from its letter."""
    return re.sub(r"(?<=\d) (?=«)", NBSP, text)


def held_together(text: str) -> str:
    """As a page writes it: besides, «10-й» is not broken at its hyphen. The mark takes no place and has no glyph."""
    return re.sub(r"(?<=\d-)(?=(?:й|я|е|го|му|м|х)\b)", WORD_JOINER, unbroken(text))


def format_decimal(number: Decimal | float) -> str:
    """12.5 → 12,5 and 12345.50 → 12 345,50: digits after the comma as they are kept, four digits in one piece."""
    text = format(number if isinstance(number, Decimal) else Decimal(repr(number)), "f")
    whole, _, rest = text.removeprefix("-").partition(".")
    grouped = format_number(int(whole)) if len(whole) > 4 else whole
    return ("−" if text.startswith("-") else "") + grouped + ("," + rest if rest else "")


def format_percent(share: float | None) -> str:
    """0.941 → 94,1 %. Nothing to count is «нет данных»; 100 % means all and 0 % none: rounding reaches neither."""
    if share is None:
        return NO_DATA
    # Through str: the shortest decimal that stands for the number, so that 0.0125 is a half and rounds up.
    percent = (Decimal(str(share)) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    if 0 < share < 1:
        percent = min(max(percent, SMALLEST_SHARE), LARGEST_SHARE)
    return f"{percent:.1f}".replace(".", ",") + NBSP + "%"


def short_name(last: str, first: str, middle: str | None = None) -> str:
    """Петрова, Ирина, Александровна → Петрова И. А.; a double first name keeps its hyphen: А.-М."""
    initials = [_initial(part) for part in (first, middle) if part and part.strip()]
    return NBSP.join([last.strip(), *initials])


def _initial(name: str) -> str:
    return "-".join(f"{part.strip()[0].upper()}." for part in name.split("-") if part.strip())


YEARS = range(1900, 2101)
"""Years of the dates that the panel knows."""
ANY_YEAR = range(1, 10_000)


@lru_cache(maxsize=1024)
def parse_date(text: str, years: range = YEARS) -> date | None:
    """A date of these years as browsers (ISO) or people (dd.mm.yyyy) write it; None when it is none."""
    for layout in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            day = datetime.strptime(text, layout).date()  # noqa: DTZ007 - a date, not an instant
        except ValueError:
            continue
        return day if day.year in years else None
    return None


MONTHS = (
    "янв январь января",
    "фев февр февраль февраля",
    "мар март марта",
    "апр апрель апреля",
    "май мая",
    "июн июнь июня",
    "июл июль июля",
    "авг август августа",
    "сен сент сентябрь сентября",
    "окт октябрь октября",
    "ноя нояб ноябрь ноября",
    "дек декабрь декабря",
)
NUMBERS = re.compile(r"([0-9]{1,2})[\s./-]+([0-9]{1,2})[\s./-]+([0-9]{4}|[0-9]{2})")
IN_WORDS = re.compile(r"([0-9]{1,2})[\s.]+([а-я]{3,8})[\s.]+([0-9]{4}|[0-9]{2})")
AFTER_YEAR = re.compile(r"\s*(г\.?|года?)$")
CENTURY_FROM = 50
"""Two digits from here on are of the last century: 15.03.15 is 2015, 15.03.85 is 1985."""


def read_date(text: str, years: range = YEARS) -> date | None:
    """A date of these years as people type or paste it: 15. 03. 2015, 15.03.15, 15 марта 2015 г. too; None when it is
    none."""
    bare = AFTER_YEAR.sub("", re.sub('[«»"]', "", text).strip().lower())
    found = NUMBERS.fullmatch(bare) or IN_WORDS.fullmatch(bare)
    if found is None:
        return parse_date(bare, years)
    month = found[2] if found[2].isdigit() else _month(found[2])
    year = int(found[3])
    if len(found[3]) == 2:
        year += 1900 if year >= CENTURY_FROM else 2000
    return parse_date(f"{year:04}-{month}-{found[1]}", years)


def _month(word: str) -> int:
    """The number of a month by its word; 0 when it is none."""
    return next((number for number, words in enumerate(MONTHS, 1) if word in words.split()), 0)
