"""A fact with what a person wants to read of it: whom it is about, in which class, by which order, entered by whom."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, case, func, select

from app.compliance.bindings.movement import LINE, OBLIGATIONS, ORDER, ByLine
from app.compliance.calendars import Statement
from app.compliance.columns import in_force
from app.compliance.lines import entries_of_lines
from app.compliance.within import CLASS, PUPIL
from app.models.movement.kinds import YEAR_END
from app.models.schools import School
from app.models.territory import Municipality
from app.russian import format_date

SCHOOL, MUNICIPALITY = School.__table__, Municipality.__table__

PLACE = ("sorted_on", "school_id", "class_id", "pupil_id", "rule", "subject_id")
"""Earliest due date first, then school and class. By numbers: names are read for the page alone, not for a region."""


@dataclass(frozen=True)
class Entry:
    """What was entered of a judged record, on which local day and by whom, and until when that stood."""

    trigger: date
    entered_on: date
    author: str
    until_on: date | None = None
    """None: it stands."""


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
    entries: tuple[Entry, ...] = ()
    """All of them, the first one first, where there are several."""

    def by_entry(self, on: date) -> list["Record"]:
        """The record as each of its entries that had opened by the day has it, the current one first."""
        if not self.entries:
            return [self]
        opened = [entry for entry in self.entries if entry.trigger <= on]
        opened.sort(key=lambda entry: (entry.until_on is None, entry.entered_on, entry.trigger), reverse=True)
        return [self._by(entry, on) for entry in opened]

    def _by(self, entry: Entry, on: date) -> "Record":
        evidence = entry.entered_on if entry.entered_on <= on else None
        return replace(self, anchor=entry.trigger, opens_on=entry.trigger, evidence=evidence, entered_by=entry.author)

    @property
    def stood(self) -> bool:
        """Whether the entry stands, or stood at the end of the day before the annulment."""
        return self.annulled_on is None or (self.evidence is not None and self.evidence < self.annulled_on)

    @property
    def place(self) -> list[Any]:
        """Where the record stands in the list: `records(after=…)` goes on behind it."""
        return [getattr(self, name) for name in PLACE]

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


def with_entries(connection: Connection, records: list[Record]) -> list[Record]:
    """The records with all their entries, where one has several: one query, however many."""
    lines = sorted({each.line_id for each in records if each.line_id and isinstance(OBLIGATIONS[each.rule], ByLine)})
    if not lines:
        return records
    found: dict[int, list[Entry]] = defaultdict(list)
    for key, *values in connection.execute(entries_of_lines(), {"lines": lines}):
        found[key].append(Entry(*values))
    return [replace(each, entries=tuple(found[each.line_id])) if each.line_id in found else each for each in records]


def sorted_facts(fact: FromClause) -> tuple[Statement, list[ColumnElement[Any]]]:
    """The facts with the columns of their place, and those columns."""
    sorted_on = func.coalesce(fact.c.due, fact.c.anchor)
    return select(*fact.c, sorted_on.label("sorted_on")), [sorted_on, *(fact.c[name] for name in PLACE[1:])]


def detailed(page: Statement) -> Statement:
    """A page of facts with names and with the order that is the evidence."""
    fact = page.subquery("page")
    entered, order = LINE.alias("entered"), ORDER.alias("entered_order")
    first, other = LINE.alias("first"), LINE.alias("other")
    source = (
        fact.join(SCHOOL, SCHOOL.c.id == fact.c.school_id)
        .join(MUNICIPALITY, MUNICIPALITY.c.id == SCHOOL.c.municipality_id)
        .join(CLASS, CLASS.c.id == fact.c.class_id)
        .join(PUPIL, PUPIL.c.id == fact.c.pupil_id)
        .outerjoin(entered, entered.c.id == func.coalesce(fact.c.line_id, _first_entry(first, fact)))
        .outerjoin(order, order.c.id == entered.c.order_id)
    )
    details = {
        "line_id": entered.c.id,
        "school_name": SCHOOL.c.name,
        "school_code": SCHOOL.c.code,
        "municipality": MUNICIPALITY.c.name,
        "order_id": order.c.id,
        "order_number": order.c.number,
        "other_kind": _contradiction(other, fact),
    }
    columns = [column for column in fact.c if column.key not in details]
    named = CLASS.c.grade, CLASS.c.letter, PUPIL.c.last_name, PUPIL.c.first_name, PUPIL.c.middle_name
    labelled = (column.label(name) for name, column in details.items())
    statement = select(*columns, *labelled, *named, order.c.order_date, entered.c.entered_by)
    return statement.select_from(source).order_by(*(fact.c[name] for name in PLACE))


def _of_pupil(line: FromClause, fact: FromClause) -> tuple[ColumnElement[bool], ...]:
    same = line.c.pupil_id == fact.c.pupil_id, line.c.academic_year_id == fact.c.academic_year_id
    return *same, *in_force(line)


def _first_entry(line: FromClause, fact: FromClause) -> ColumnElement[Any]:
    """The line whose entry date is the evidence of an obligation that no line made."""
    named = select(line.c.id).where(line.c.kind == fact.c.kind, *_of_pupil(line, fact))
    return named.order_by(line.c.entered_on, line.c.id).limit(1).correlate(fact).scalar_subquery()


def _contradiction(line: FromClause, fact: FromClause) -> ColumnElement[Any]:
    """A year-end order of another kind than the outcome of the year asks for."""
    kinds = [kind.value for kind in sorted(YEAR_END)]
    named = select(func.min(line.c.kind)).where(
        line.c.kind.in_(kinds), line.c.kind != fact.c.kind, *_of_pupil(line, fact)
    )
    return case((fact.c.kind.in_(kinds), named.correlate(fact).scalar_subquery()))
