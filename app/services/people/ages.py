"""Ages and spans of time that are usual; what is beyond them is asked about (doubts.py)."""

from datetime import date

from app.russian import plural

PUPIL_AGES = range(5, 26)
YOUNGEST_EMPLOYEE = 14
YOUNGEST_PARENT = 12


def age(born: date, day: date) -> int:
    """Full years on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def in_years(number: int) -> str:
    return f"{number} {plural(number, 'год', 'года', 'лет')}"


def is_over_a_year(first: date, last: date) -> bool:
    """Whether `last` is after the same date of the next year. Of 29 February the year is over with 28 February, so
    1 March is after it; 29 February is after the year of 28 February."""
    return (last.year - 1, last.month, last.day) > (first.year, first.month, first.day)
