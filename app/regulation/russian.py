"""Russian words that depend on numbers and dates, for every text the panel shows."""

from datetime import date


def ru_date(day: date) -> str:
    return f"{day:%d.%m.%Y}"


def plural(number: int, one: str, few: str, many: str) -> str:
    """«1 день», «2 дня», «5 дней»: the number with the right form of the word."""
    tail, teens = number % 10, number % 100
    if tail == 1 and teens != 11:
        word = one
    elif tail in (2, 3, 4) and teens not in (12, 13, 14):
        word = few
    else:
        word = many
    return f"{number} {word}"


def calendar_days(number: int) -> str:
    return plural(number, "календарный день", "календарных дня", "календарных дней")
