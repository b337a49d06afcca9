"""School years of a school: quarters and classes with their class teachers."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from math import ceil

from app.demo.engine.plan import Plan
from app.demo.engine.rows import Clerk, Row, Rows
from app.demo.people.households import Child
from app.demo.territory import Site
from app.models.study import AcademicYear, PeriodKind, SchoolClass, StudyPeriod
from app.regulation import WorkCalendar

LETTERS = "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ"
LARGEST_CLASS = 27
"""On average over the classes of a grade; a class may come out somewhat larger."""
SENIOR_SHARE = 0.45
"""Of a grade 9, those who stay for grades 10 and 11."""
FRIDAY = 4


@dataclass(slots=True, eq=False)
class Room:
    """A class, with those who are in it now."""

    id: int
    year: int
    grade: int
    letter: str
    leader: Row
    children: list[Child] = field(default_factory=list)


@dataclass(slots=True)
class Year:
    """A school year with its classes by grade and letter."""

    id: int
    start: int
    starts_on: date
    last_day: date
    rooms: dict[tuple[int, str], Room] = field(default_factory=dict)

    def grade(self, grade: int) -> list[Room]:
        return [room for room in self.rooms.values() if room.grade == grade]


class Calendar:
    """Adds the school years that are known by the plan's day, each with what was entered at the same time."""

    def __init__(self, rows: Rows, plan: Plan, site: Site, school_id: int, days: WorkCalendar) -> None:
        self._rows, self._plan, self._site, self._school_id, self._days = rows, plan, site, school_id, days
        self.letters = {grade: letters_of(classes_in(site, grade)) for grade in range(1, site.last_grade + 1)}

    @property
    def class_count(self) -> int:
        return sum(map(len, self.letters.values()))

    def add_years(self, clerk: Clerk, teachers: list[Row]) -> dict[int, Year]:
        found: dict[int, Year] = {}
        leaders: dict[tuple[int, str], Row] = {}
        for start in (start for start in self._plan.years if date(start + 1, 8, 31) >= self._site.started_on):
            entered = self._days.roll_forward(max(self._plan.year_entered_on(start), self._site.started_on))
            if entered <= self._plan.horizon:
                leaders = self._leaders(leaders, teachers)
                found[start] = self._add_year(start, clerk.stamp(entered), leaders)
        return found

    def _add_year(self, start: int, stamp: Row, leaders: dict[tuple[int, str], Row]) -> Year:
        starts_on = date(start, 9, 1)
        values = {
            "school_id": self._school_id,
            "start_year": start,
            "starts_on": starts_on,
            "ends_on": date(start + 1, 8, 31),
        }
        key = self._rows.add(AcademicYear, stamp | values)["id"]
        mine = {"school_id": self._school_id, "academic_year_id": key}
        quarters = quarters_of(start)
        for number, (first, last) in enumerate(quarters, 1):
            period = {"kind": PeriodKind.QUARTER, "number": number, "starts_on": first, "ends_on": last}
            self._rows.add(StudyPeriod, stamp | mine | period)
        year = Year(key, start, starts_on, quarters[-1][1])
        for (grade, letter), leader in leaders.items():
            values = mine | {"grade": grade, "letter": letter, "class_teacher_id": leader["id"]}
            room = self._rows.add(SchoolClass, stamp | values)
            year.rooms[grade, letter] = Room(room["id"], start, grade, letter, leader)
        return year

    def _leaders(self, before: dict[tuple[int, str], Row], teachers: list[Row]) -> dict[tuple[int, str], Row]:
        """A class teacher goes up with the class; who is free takes the new ones."""
        keys = [(grade, letter) for grade, letters in self.letters.items() for letter in letters]
        kept = {(grade, letter): before.get((grade - 1, letter)) for grade, letter in keys if grade not in (1, 10)}
        busy = {leader["id"] for leader in kept.values() if leader}
        free = iter([teacher for teacher in teachers if teacher["id"] not in busy])
        return {key: kept.get(key) or next(free) for key in keys}


def letters_of(number: int) -> list[str]:
    """Letters of that many classes of a grade: А, Б … Я, АА, АБ …"""
    single = len(LETTERS)
    return [(LETTERS[i // single - 1] if i >= single else "") + LETTERS[i % single] for i in range(number)]


def pupils_in(site: Site, grade: int) -> float:
    """Pupils of a grade: grades 10 and 11 are a part of the others."""
    weights = 9 + SENIOR_SHARE * (site.last_grade - 9)
    return site.pupils / weights * (SENIOR_SHARE if grade > 9 else 1)


def classes_in(site: Site, grade: int) -> int:
    return ceil(pupils_in(site, grade) / LARGEST_CLASS)


def quarters_of(start: int) -> list[tuple[date, date]]:
    """Four quarters as schools of the region keep them: about a week between them, two at the New Year."""
    work = WorkCalendar()
    first_ends, second_ends = _friday(date(start, 10, 27)), _friday(date(start, 12, 30))
    third_ends = _friday(date(start + 1, 3, 25))
    return [
        (work.roll_forward(date(start, 9, 1)), first_ends),
        (work.roll_forward(first_ends + timedelta(days=10)), second_ends),
        (work.roll_forward(date(start + 1, 1, 9)), third_ends),
        (work.roll_forward(third_ends + timedelta(days=10)), work.roll_back(date(start + 1, 5, 26))),
    ]


def _friday(day: date) -> date:
    return day - timedelta(days=(day.weekday() - FRIDAY) % 7)
