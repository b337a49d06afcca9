"""Days that an act made non-working, for the whole region and for one school; the terms are planted by them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.demo.engine.plan import DAY, Plan
from app.demo.engine.rows import Clerk, Row, Rows
from app.demo.territory import Site
from app.models.calendars import RegionCalendarDay, SchoolCalendarDay
from app.regulation import WorkCalendar
from app.regulation.workdays import Override
from app.russian import format_date

AMONG = 2
"""Number of the school that has a day of its own."""


@dataclass(frozen=True)
class Closed:
    """A day made non-working by an act that was entered before it came."""

    day: date
    act: str
    number: str
    act_date: date
    entered_on: date

    @property
    def values(self) -> Row:
        return {
            "day": self.day,
            "is_working": False,
            "act": self.act,
            "act_number": self.number,
            "act_date": self.act_date,
        }

    @property
    def text(self) -> str:
        return f"{self.act} от {format_date(self.act_date)} № {self.number}"


def of_region(plan: Plan) -> list[Closed]:
    """A Tuesday in the middle of the autumn of each year that has come so far."""
    return list(
        _known(plan, (_closed(date(year, 10, 15), "Указ Губернатора", f"{year % 100}-у") for year in plan.years))
    )


def of_school(plan: Plan, site: Site) -> list[Closed]:
    if site.number != AMONG:
        return []
    days = (date(year + 1, 4, 8) for year in plan.years)
    return list(_known(plan, (_closed(day, "Приказ управления образования", f"{day.year % 100}/4") for day in days)))


def _closed(around: date, act: str, number: str) -> Closed:
    plain = WorkCalendar()
    day = plain.roll_forward(around + (1 - around.weekday()) % 7 * DAY)  # a Tuesday
    signed = plain.nth_before(day, 8)
    return Closed(day, act, number, signed, plain.nth_after(signed, 2))


def _known(plan: Plan, found: Iterator[Closed]) -> Iterator[Closed]:
    return (each for each in found if plan.started_on <= each.entered_on <= plan.horizon)


def calendar_of(plan: Plan, site: Site) -> WorkCalendar:
    """The working days of a school, as the panel counts them: its own day wins over the region's."""
    closed = [*of_region(plan), *of_school(plan, site)]
    return WorkCalendar(site.work_week, {each.day: Override(False, each.text) for each in closed})


def add_days(rows: Rows, clerk: Clerk, closed: list[Closed], **of: int) -> None:
    """`of` names the school or the region."""
    model = SchoolCalendarDay if "school_id" in of else RegionCalendarDay
    for each in closed:
        rows.add(model, clerk.stamp(each.entered_on) | of | each.values)
