"""A fact with what a person wants to read of it: whom it is about, in which class, by which order, entered by whom."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, case, func, select

from app.compliance.facts import CLASS, PUPIL, in_force
from app.compliance.obligations import LINE, ORDER
from app.models import Municipality, School
from app.models.movement import YEAR_END
from app.models.russian import format_date

SCHOOL, MUNICIPALITY = School.__table__, Municipality.__table__

SORTED = ("sorted_on", "school_name", "grade", "letter", "last_name", "first_name", "rule", "subject_id")
"""Earliest due date first, then as a person looks for a pupil; the last two make the place unique."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """One obligation as known on a day; `status` and `due` are SQL's, where SQL was asked to judge."""

    rule: str
    kind: str
    school_id: int
    pupil_id: int
    academic_year_id: int
    class_id: int
    subject_id: int
    line_id: int | None
    membership_id: int | None
    anchor: date
    opens_on: date
    due: date | None
    evidence: date | None
    annulled_on: date | None
    stays_from: date | None
    exempt: int | None
    left_on: date | None
    sorted_on: date
    school_name: str
    school_code: str
    municipality: str
    last_name: str
    first_name: str
    middle_name: str | None
    grade: int
    letter: str
    order_id: int | None
    order_number: str | None
    order_date: date | None
    entered_by: str | None
    other_kind: str | None
    status: str | None = None

    @property
    def place(self) -> list[Any]:
        """Where the record stands in the list: `records(after=…)` goes on behind it."""
        return [getattr(self, name) for name in SORTED]

    @property
    def pupil(self) -> str:
        return " ".join(part for part in (self.last_name, self.first_name, self.middle_name) if part)

    @property
    def class_caption(self) -> str:
        return f"{self.grade} «{self.letter}»"

    @property
    def order_caption(self) -> str:
        return f"№ {self.order_number} от {format_date(self.order_date)}" if self.order_date else ""

    @property
    def author(self) -> str | None:
        """Who entered the evidence; what is entered later than the day asked about has none yet."""
        return self.entered_by if self.evidence else None


def sorting(fact: FromClause) -> tuple[Select, list[ColumnElement]]:
    """The facts with what they are sorted by, and those columns."""
    named = {
        "sorted_on": func.coalesce(fact.c.due, fact.c.anchor),
        "school_name": SCHOOL.c.name,
        "grade": CLASS.c.grade,
        "letter": CLASS.c.letter,
        "last_name": PUPIL.c.last_name,
        "first_name": PUPIL.c.first_name,
    }
    source = (
        fact.join(SCHOOL, SCHOOL.c.id == fact.c.school_id)
        .join(CLASS, CLASS.c.id == fact.c.class_id)
        .join(PUPIL, PUPIL.c.id == fact.c.pupil_id)
    )
    columns = (column.label(name) for name, column in named.items())
    details = SCHOOL.c.code.label("school_code"), SCHOOL.c.municipality_id, PUPIL.c.middle_name
    place = [named.get(name, fact.c.get(name)) for name in SORTED]
    return select(*fact.c, *columns, *details).select_from(source), place


def detailed(page: Select) -> Select:
    """A page of facts with the order that is the evidence; only the page's rows pay for the details."""
    fact = page.subquery("page")
    entered, order = LINE.alias("entered"), ORDER.alias("entered_order")
    first, other = LINE.alias("first"), LINE.alias("other")
    source = (
        fact.join(MUNICIPALITY, MUNICIPALITY.c.id == fact.c.municipality_id)
        .outerjoin(entered, entered.c.id == func.coalesce(fact.c.line_id, _first_entry(first, fact)))
        .outerjoin(order, order.c.id == entered.c.order_id)
    )
    columns = [column for column in fact.c if column.key not in ("line_id", "municipality_id")]
    return (
        select(
            *columns,
            MUNICIPALITY.c.name.label("municipality"),
            entered.c.id.label("line_id"),
            order.c.id.label("order_id"),
            order.c.number.label("order_number"),
            order.c.order_date,
            entered.c.entered_by,
            _contradiction(other, fact).label("other_kind"),
        )
        .select_from(source)
        .order_by(*(fact.c[name] for name in SORTED))
    )


def _of_pupil(line: FromClause, fact: FromClause) -> tuple[ColumnElement[bool], ...]:
    same = line.c.pupil_id == fact.c.pupil_id, line.c.academic_year_id == fact.c.academic_year_id
    return *same, *in_force(line)


def _first_entry(line: FromClause, fact: FromClause) -> ColumnElement:
    """The line whose entry date is the evidence of an obligation that no line made."""
    named = select(line.c.id).where(line.c.kind == fact.c.kind, *_of_pupil(line, fact))
    return named.order_by(line.c.entered_on, line.c.id).limit(1).correlate(fact).scalar_subquery()


def _contradiction(line: FromClause, fact: FromClause) -> ColumnElement:
    """A year-end order of another kind than the outcome of the year asks for."""
    kinds = [kind.value for kind in sorted(YEAR_END)]
    named = select(func.min(line.c.kind)).where(
        line.c.kind.in_(kinds), line.c.kind != fact.c.kind, *_of_pupil(line, fact)
    )
    return case((fact.c.kind.in_(kinds), named.correlate(fact).scalar_subquery()))
