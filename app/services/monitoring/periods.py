"""The periods that a report is asked for by a press: the school year, a month, everything."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.regulation import load_regulation
from app.russian import school_year

MONTHS = "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь".split()  # noqa: SIM905
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """Duties opened from `since` (None: from the first one), as they stood on the day `on`."""

    title: str
    since: date | None
    on: date


def first_day(day: date) -> date:
    """The day on which the school year of a day begins."""
    starts = load_regulation().year_starts
    return starts.within(starts.school_year(day), starts)


def offered(today: date) -> tuple[Period, ...]:
    """This school year, the one before, this month, the one before, everything: each as of its last day or today."""
    this_year, this_month = first_day(today), today.replace(day=1)
    last_year, last_month = first_day(this_year - _DAY), (this_month - _DAY).replace(day=1)
    return (
        Period(_year(this_year), this_year, today),
        Period(_year(last_year), last_year, this_year - _DAY),
        Period(_month(this_month), this_month, today),
        Period(_month(last_month), last_month, this_month - _DAY),
        Period("Всё время", None, today),
    )


def _year(first: date) -> str:
    return f"{school_year(first.year)} учебный год"


def _month(first: date) -> str:
    return f"{MONTHS[first.month - 1]} {first.year}".capitalize()
